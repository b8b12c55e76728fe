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
    from ingest.library.records import Document


def dialog(t: Words, hit: Hit) -> None:
    """Open the dialog for a hit, with its page as locator."""
    st.dialog(t("Cite this passage"), width="medium")(_citations)(t, hit)


def _citations(t: Words, hit: Hit) -> None:
    from app.citations import styles

    document, passage, words = hit.document, hit.passage.passage, wording.citation_words(t)
    _missing(t, document)
    with st.container(key="prose"):
        _copy("APA", styles.apa(document, passage, words))
        _copy("Chicago", styles.chicago(document, passage, words))
    _copy("BibTeX", styles.bibtex(document, passage, words))
    csl = json.dumps([styles.csl_json(document, passage, words)], ensure_ascii=False, indent=2)
    with st.container(horizontal=True, gap="small"):
        _download("RIS", "ris", "application/x-research-info-systems", styles.ris(document, passage, words))
        _download("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", csl)
    st.html(f'<p class="note">{t("Check before publishing.")}</p>')


def _missing(t: Words, document: Document) -> None:
    """Say what a citation needs and nobody knows."""
    meta = document.metadata
    facts = ((t("author"), meta.authors or meta.publisher), (t("year"), meta.year), (t("title"), meta.title))
    if names := ", ".join(name for name, value in facts if not value):
        text = t("Missing: {names}").format(names=names)
        st.html(f'<p class="state weak" role="status">{for_html(text)}</p>')


def _copy(style: str, text: str) -> None:
    st.html(f'<h3 class="side">{style}</h3>')
    st.code(text, language=None, wrap_lines=True)


def _download(style: str, suffix: str, mime: str, text: str) -> None:
    st.download_button(
        style,
        text,
        file_name=f"citation.{suffix}",
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"cite-{'csl' if suffix == 'json' else suffix}",
    )
