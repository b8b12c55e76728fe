"""The Cite dialog: APA, Chicago, BibTeX to copy; RIS and CSL-JSON to download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from app.citations import wording
from app.exports.escape import for_html
from app.i18n import Words

if TYPE_CHECKING:
    from index.search import Hit


def dialog(t: Words, hit: Hit) -> None:
    """Open the dialog for a hit, with its page as locator."""
    st.dialog(t("Cite this passage"), width="medium")(_inside)(t, hit)


def _inside(t: Words, hit: Hit) -> None:
    from app.citations import styles

    document, passage, words = hit.document, hit.passage.passage, wording.citation_words(t)
    meta = document.metadata
    missing = [
        name for name, value in _fields(t, meta.authors or meta.publisher, meta.year, meta.title) if not value
    ]
    if missing:
        names = ", ".join(missing)
        st.html(
            f'<p class="state weak" role="status">{for_html(t("Missing: {names}").format(names=names))}</p>'
        )
    with st.container(key="prose"):
        for name, text in (
            ("APA", styles.apa(document, passage, words)),
            ("Chicago", styles.chicago(document, passage, words)),
        ):
            st.html(f'<h3 class="side">{name}</h3>')
            st.code(text, language=None, wrap_lines=True)
    st.html('<h3 class="side">BibTeX</h3>')
    st.code(styles.bibtex(document, passage, words), language=None, wrap_lines=True)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "RIS",
            styles.ris(document, passage, words),
            file_name="citation.ris",
            mime="application/x-research-info-systems",
            icon=":material/download:",
            on_click="ignore",
            key="cite-ris",
        )
        st.download_button(
            "CSL-JSON",
            json.dumps([styles.csl_json(document, passage, words)], ensure_ascii=False, indent=2),
            file_name="citation.json",
            mime="application/vnd.citationstyles.csl+json",
            icon=":material/download:",
            on_click="ignore",
            key="cite-csl",
        )
    st.html(f'<p class="note">{t("Check before publishing.")}</p>')


def _fields(t: Words, author: object, year: object, title: object) -> list[tuple[str, object]]:
    return [(t("author"), author), (t("year"), year), (t("title"), title)]
