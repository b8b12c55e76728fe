"""Passages like one, beside it: what other sources have on it, and where its own document says it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.desk.similar import similar_passages
from app.exports.escape import for_html, for_markdown
from app.i18n import Words
from app.service.engine import Engine
from app.service.site import told
from app.ui.address import read_address
from app.ui.desk import passage_html
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.search import Hit
    from ingest.library.records import StoredPassage

OTHER_SOURCES, OWN_DOCUMENT = 6, 3


def button(t: Words, machine: Engine, stored: StoredPassage, key: str) -> None:
    """Draw the button that opens the dialog of passages like one."""
    if st.button(t("Similar passages"), key=key, type="tertiary", icon=":material/hub:"):
        st.dialog(t("Similar passages"), width="large")(_dialog)(t, machine, stored)


def _dialog(t: Words, machine: Engine, stored: StoredPassage) -> None:
    from index.ranking.hits import unranked

    document = machine.library().document(stored.document_id)
    if document is None:
        return
    try:
        with machine.turn() as searcher:
            others = similar_passages(searcher, stored, OTHER_SOURCES, other_sources=True)
            around = similar_passages(searcher, stored, OTHER_SOURCES + OWN_DOCUMENT)
    except PinciteError as error:
        st.warning(for_markdown(told(error)))
        return
    own = unranked(stored, document)
    again = [hit for hit in around if hit.document.id == document.id][:OWN_DOCUMENT]
    left, right = st.columns(2, gap="large")
    with left:
        st.html(f'<h3 class="side">{t("This passage")}</h3>{_article(t, own)}')
        if again:
            st.html(f'<h3 class="side">{t("In the same document")}</h3>{_list(t, again, own)}')
    with right:
        none = f'<p class="state" role="status">{t("No other source was found.")}</p>'
        st.html(f'<h3 class="side">{t("Other sources on this")}</h3>{_list(t, others, own) or none}')


def _list(t: Words, hits: Sequence[Hit], own: Hit) -> str:
    return "".join(_article(t, hit, own) for hit in hits)


def _article(t: Words, hit: Hit, beside: Hit | None = None) -> str:
    """Return a passage as HTML; `beside` is the one whose page can be opened side by side with its own."""
    link = ""
    if beside is not None and hit.document.paged and beside.document.paged:
        address = read_address(t.language, beside.document.id, _page(beside), (hit.document.id, _page(hit)))
        words = for_html(t("Both pages side by side"))
        link = f'<p class="where"><a class="page" href="{for_html(address)}" target="_self">{words}</a></p>'
    source, quoted = passage_html.source_line(t, hit), passage_html.quotation(hit)
    return f'<article class="card">{source}{quoted}{link}</article>'


def _page(hit: Hit) -> int:
    return hit.passage.passage.pages[0]
