"""The Cite dialog: reference, citation and quote in a style to copy, BibTeX; RIS and CSL-JSON to download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from app.citations import wording
from app.exports.escape import for_html
from app.exports.quotable import quoted_words
from app.i18n import Words
from app.service.site import current

if TYPE_CHECKING:
    from index.search import Hit
    from ingest.library.records import Document


def dialog(t: Words, hit: Hit) -> None:
    """Open the dialog for a hit, with its page as locator."""
    st.dialog(t("Cite this passage"), width="medium")(_citations)(t, hit)


def _citations(t: Words, hit: Hit) -> None:
    from app.citations import csl, styles

    document, passage, words = hit.document, hit.passage.passage, wording.citation_words(t)
    _missing(t, document)
    offered = current().settings.styles or csl.DEFAULT_STYLES
    st.pills(
        t("Style"),
        offered,
        format_func=csl.label,
        required=True,
        default=offered[0],
        key="cite_style",
        persist_state="session",
    )
    style = st.session_state["cite_style"] or offered[0]
    made = csl.cited(style, document, passage, t.language, words)
    with st.container(key="prose"):
        _copy(t("Quote with its citation"), f"“{quoted_words(passage)}” {made.citation}")
        _copy(t("In the text or in a note"), made.citation)
        _copy(t("List of references"), made.reference)
    _copy("BibTeX", styles.bibtex(document, passage, words))
    csl_item = styles.csl_json(document, passage, words)
    with st.container(horizontal=True, gap="small"):
        _download("RIS", "ris", "application/x-research-info-systems", styles.ris(document, passage, words))
        text = json.dumps([csl_item], ensure_ascii=False, indent=2)
        _download("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", text)
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
