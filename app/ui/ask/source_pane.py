"""The source pane: the page of the selected passage as an image with the passage marked, or its text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import streamlit as st

from app.checks.note_lookup import page_at, texts_of
from app.citations import wording
from app.exports.escape import for_html
from app.i18n import Words
from app.service.engine import Engine
from app.service.file_links import Gone, document_path, link
from app.service.page_images import NoPicture, Pictures
from app.ui import state
from app.ui.ask.highlights import marked_html
from ingest.readers.formats import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.search import Hit
    from ingest.library.records import Document, StoredPage

_PAGE = "pane_page"


@cache
def pictures() -> Pictures:
    """Return the drawer of page images, one a process."""
    return Pictures()


def linked(t: Words, machine: Engine, shown: Sequence[Hit]) -> Hit | None:
    """Return the selected passage as a hit of rank 0 where it is not among those shown.

    Where the corpus no longer holds it, say so and select the first hit instead.
    """
    from index.search import Hit

    wanted = state.address().passage
    if wanted is None or any(hit.passage.passage.id == wanted for hit in shown):
        return None
    library = machine.library()
    stored = library.passage(wanted)
    document = library.document(stored.document_id) if stored else None
    if stored is not None and document is not None:
        return Hit(
            rank=0,
            score=0.0,
            passage=stored,
            document=document,
            lexical_rank=None,
            dense_rank=None,
            weak=False,
            window=None,
        )
    st.html(f'<p class="state notice" role="status">{t("That passage is no longer in the corpus.")}</p>')
    state.change(passage=shown[0].passage.passage.id if shown else None, page=state.address().page)
    return None


def draw(t: Words, machine: Engine, hit: Hit) -> None:
    """Draw the pane of a hit."""
    with st.container(key="pane", gap="small"):
        _inside(t, machine, hit)


def _close_button(t: Words) -> None:
    st.button(
        t("Close"),
        key="close_pane",
        icon=":material/close:",
        type="tertiary",
        shortcut="Escape",
        on_click=_close,
    )


def _close() -> None:
    state.change(passage=None)
    st.session_state.pop(_PAGE, None)


def _inside(t: Words, machine: Engine, hit: Hit) -> None:
    document, passage = hit.document, hit.passage.passage
    title = for_html(document.metadata.title or document.file)
    if not passage.pages:
        where = wording.pages_text(t, passage, document.metadata.title)
        st.html(f'<header class="pane-head"><h3>{title}</h3><p>{for_html(where)}</p></header>')
        with st.container(key="pane_tools", horizontal=True, gap="small"):
            _open(t, machine, document, None)
            _close_button(t)
        _text(t, machine, hit)
        return
    number = _number(machine, hit)
    page = machine.library().page(document.id, number)
    label = page.label if page else None
    where = wording.page_text(t, number, label)
    total = t("of {n}").format(n=document.page_count)
    with st.container(key="pane_top", gap="small"):
        st.html(
            f'<header class="pane-head"><h3>{title}</h3><p>{for_html(where)} {for_html(total)}</p></header>'
        )
        with st.container(key="pane_tools", horizontal=True, gap="small"):
            _open(t, machine, document, number)
            ident = passage.id
            for label_, key, icon, to in (
                (t("Previous"), "pane_previous", ":material/chevron_left:", number - 1),
                (t("Next"), "pane_next", ":material/chevron_right:", number + 1),
            ):
                outside = not 1 <= to <= document.page_count
                st.button(
                    label_,
                    key=key,
                    icon=icon,
                    type="tertiary",
                    disabled=outside,
                    on_click=_turn,
                    args=(ident, to),
                )
            _close_button(t)
    if page is not None and drawable(document.format):
        _image(t, machine, hit, page, where)
    else:
        _page_text(hit, page)


def _number(machine: Engine, hit: Hit) -> int:
    """Return the page to show: the one turned to, else the one on which the sentences that fit best begin."""
    turned = cast("tuple[str, int] | None", st.session_state.get(_PAGE))
    passage = hit.passage.passage
    if turned and turned[0] == passage.id and 1 <= turned[1] <= hit.document.page_count:
        return turned[1]
    if hit.window is None:
        return passage.pages[0]
    return page_at(passage, hit.window[0], texts_of(machine.library(), hit.document.id))


def _turn(passage_id: str, number: int) -> None:
    st.session_state[_PAGE] = (passage_id, number)


def _open(t: Words, machine: Engine, document: Document, number: int | None) -> None:
    try:
        document_path(machine.corpus(), document)
    except Gone:
        st.html(f'<p class="note" role="status">{t("The file is no longer in the corpus folder.")}</p>')
        return
    label = t("Open PDF") if drawable(document.format) else t("Download the file")
    st.link_button(label, link(document.id, number), icon=":material/open_in_new:", type="secondary")


def _image(t: Words, machine: Engine, hit: Hit, page: StoredPage, where: str) -> None:
    spans = tuple((start, end) for number, start, end in hit.passage.passage.spans if number == page.number)
    try:
        path = document_path(machine.corpus(), hit.document)
        picture = pictures().page(path, hit.document.sha256, page.number, page.text, spans)
    except Gone:
        _page_text(hit, page)
        return
    except NoPicture:
        st.html(f'<p class="state" role="status">{t("The page image cannot be shown.")}</p>')
        _page_text(hit, page)
        return
    alt = t("{title}, {page}, with the passage marked") if spans else t("{title}, {page}")
    title = hit.document.metadata.title or hit.document.file
    with st.container(key="pane_image"):
        st.image(picture.png, width="stretch", alt=alt.format(title=title, page=where))
        ratio = f".st-key-pane_image img {{ aspect-ratio: {picture.width} / {picture.height}; }}"
        st.html(f'<style>{ratio}</style><div class="jump" style="top:{100 * picture.top:.1f}%"></div>')


def _page_text(hit: Hit, page: StoredPage | None) -> None:
    if page is None:
        return
    # A hyphen at a line's end is U+0002 or U+FFFE in what pdfium reads.
    text = page.text.replace("\x02", "-").replace("\ufffe", "-")
    marks = [(start, end) for number, start, end in hit.passage.passage.spans if number == page.number]
    st.html(f'<div class="page-text">{marked_html(text, (0, len(text)), marks)}</div>')


def _text(t: Words, machine: Engine, hit: Hit) -> None:
    section = " › ".join(hit.passage.passage.section)
    if section:
        st.html(f'<p class="section">{for_html(section)}</p>')
    before, after = hit.passage.previous, hit.passage.next
    around = machine.library().passages_by_id([ident for ident in (before, after) if ident])
    parts = []
    for ident in (before, hit.passage.passage.id, after):
        if ident == hit.passage.passage.id:
            parts.append(f"<p><mark>{for_html(hit.passage.passage.display_text)}</mark></p>")
        elif ident in around:
            parts.append(f"<p>{for_html(around[ident].passage.display_text)}</p>")
    st.html(f'<div class="page-text">{"".join(parts)}</div>')
