"""A page of another document beside the one that is read; the address holds both (`with` and `m`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.citations import wording
from app.citations.styles import PDF
from app.exports.escape import for_html
from app.i18n import Words
from app.service.engine import Engine
from app.ui import state
from app.ui.desk import passage_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.library.records import Document


def asked(machine: Engine) -> tuple[Document, int] | None:
    """Return the document and page that the address puts beside, the page brought into the document."""
    document = machine.library().document(str(st.query_params.get("with", "")))
    if document is None or not document.paged or not document.page_count:
        return None
    return document, state.number("m", document.page_count)


def choose(t: Words, document: Document, documents: Sequence[Document], there: Document | None) -> None:
    """Draw the choice of a document whose pages are to stand beside, `there` so far; it may be the one that is read."""
    paged = passage_html.titles([one for one in documents if one.paged and one.passage_count])
    if not document.paged or not paged:
        return
    with st.expander(t("Another page beside this one"), expanded=False):
        key = state.labelled(f"beside_choice_{document.id}", paged)
        if there is not None:
            state.seed(key, there.id)
        st.selectbox(
            t("Document"),
            list(paged),
            index=None,
            format_func=lambda ident: paged.get(ident, ident),
            placeholder=t("Choose a document"),
            key=key,
            on_change=_choose,
            args=(key,),
        )


def head(t: Words, document: Document, number: int, printed: str | None) -> None:
    """Draw title and place of the page beside, which has this printed label, and what turns it and closes it."""
    place = wording.page_text(t, number, printed, document.format)
    title = wording.shown_title(document.metadata.title or document.file)
    st.html(f'<header class="pane-head"><h3>{for_html(title)}</h3><p>{for_html(place)}</p></header>')
    with st.container(key="beside_tools", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.number_input(
            t("PDF page") if document.format == PDF else t("Page of the file"),
            1,
            document.page_count,
            key=state.seed("beside_page", number),
            on_change=lambda: _go(str(st.session_state["beside_page"])),
            width=140,
        )
        for label, name, icon, to in (
            (t("Previous"), "previous", ":material/chevron_left:", number - 1),
            (t("Next"), "next", ":material/chevron_right:", number + 1),
        ):
            st.button(
                label,
                key=f"beside-{name}",
                icon=icon,
                disabled=not 1 <= to <= document.page_count,
                on_click=_go,
                args=(str(to),),
            )
        st.button(t("Close"), key="beside-close", icon=":material/close:", type="tertiary", on_click=_close)


def _choose(key: str) -> None:
    chosen = st.session_state[key]
    if chosen is None:
        _close()
    else:
        st.query_params["with"] = chosen
        st.query_params["m"] = "1"


def _go(number: str) -> None:
    st.query_params["m"] = number


def _close() -> None:
    for name in ("with", "m"):
        if name in st.query_params:
            del st.query_params[name]
