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
from app.service.file_links import Gone, document_path
from app.service.page_images import NoPageImage, PageImages
from app.ui import file_button, state
from app.ui.address import read_address
from app.ui.ask.highlights import marked_html
from app.ui.desk import similar
from ingest.readers.formats import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.search import Hit
    from ingest.library.records import Document, StoredPage

_PAGE = "pane_page"


@cache
def page_images() -> PageImages:
    """Return the drawer of page images, one a process."""
    return PageImages()


def linked(t: Words, machine: Engine, shown: Sequence[Hit]) -> Hit | None:
    """Return the selected passage as a hit of rank 0 where it is not among those shown.

    Where the corpus no longer holds it, say so and select the first hit instead.
    """
    from index.ranking.hits import unranked

    wanted = state.address().passage
    if wanted is None or any(hit.passage.passage.id == wanted for hit in shown):
        return None
    library = machine.library()
    stored = library.passage(wanted)
    document = library.document(stored.document_id) if stored else None
    if stored is not None and document is not None:
        return unranked(stored, document)
    st.html(f'<p class="state notice" role="status">{t("That passage is no longer in the corpus.")}</p>')
    state.change(passage=shown[0].passage.passage.id if shown else None, page=state.address().page)
    return None


def draw(t: Words, machine: Engine, hit: Hit) -> None:
    """Draw the pane of a hit."""
    with st.container(key="pane", gap="small"):
        if hit.passage.passage.pages:
            _paged(t, machine, hit)
        else:
            _unpaged(t, machine, hit)


def _read_button(t: Words, document: Document, page: int | None = None) -> None:
    """Draw a link to the whole document in the reading view."""
    st.link_button(
        t("Read the document"), read_address(t.language, document.id, page), icon=":material/menu_book:"
    )


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


def _unpaged(t: Words, machine: Engine, hit: Hit) -> None:
    """Draw the pane of a source without pages: where the passage stands, and its text between its neighbours."""
    place = wording.pages_text(t, hit.passage.passage, hit.document.metadata.title, hit.document.format)
    _head(hit.document, place)
    with st.container(key="pane_tools", horizontal=True, gap="small"):
        file_button.draw(t, machine, hit.document)
        _read_button(t, hit.document)
        _close_button(t)
    _text(machine, hit)


def _paged(t: Words, machine: Engine, hit: Hit) -> None:
    """Draw the pane of a source with pages: tools to turn them, and the page as an image, or else its text."""
    document = hit.document
    number = _number(machine, hit)
    page = machine.library().page(document.id, number)
    place = wording.page_text(t, number, page.label if page else None, document.format)
    with st.container(key="pane_top", gap="small"):
        _head(document, f"{place} {t('of {n}').format(n=document.page_count)}")
        with st.container(key="pane_tools", horizontal=True, gap="small"):
            file_button.draw(t, machine, document, number)
            _read_button(t, document, number)
            similar.button(t, machine, hit.passage, "pane_similar")
            _turn_button(t("Previous"), "pane_previous", ":material/chevron_left:", hit, number - 1)
            _turn_button(t("Next"), "pane_next", ":material/chevron_right:", hit, number + 1)
            _close_button(t)
    if page is not None and drawable(document.format):
        _image(t, machine, hit, page, place)
    else:
        _page_text(hit, page)


def _head(document: Document, place: str) -> None:
    title = wording.shown_title(document.metadata.title or document.file)
    st.html(f'<header class="pane-head"><h3>{for_html(title)}</h3><p>{for_html(place)}</p></header>')


def _turn_button(label: str, key: str, icon: str, hit: Hit, to: int) -> None:
    st.button(
        label,
        key=key,
        icon=icon,
        type="tertiary",
        disabled=not 1 <= to <= hit.document.page_count,
        on_click=_turn,
        args=(hit.passage.passage.id, to),
    )


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


def _image(t: Words, machine: Engine, hit: Hit, page: StoredPage, place: str) -> None:
    spans = tuple((start, end) for number, start, end in hit.passage.passage.spans if number == page.number)
    try:
        path = document_path(machine.corpus(), hit.document)
        image = page_images().page(path, hit.document.sha256, page.number, page.text, spans)
    except Gone:
        _page_text(hit, page)
        return
    except NoPageImage:
        st.html(f'<p class="state" role="status">{t("The page image cannot be shown.")}</p>')
        _page_text(hit, page)
        return
    alt = t("{title}, {page}, with the passage marked") if spans else t("{title}, {page}")
    title = hit.document.metadata.title or hit.document.file
    with st.container(key="pane_image"):
        st.image(image.png, width="stretch", alt=alt.format(title=title, page=place))
        ratio = f".st-key-pane_image img {{ aspect-ratio: {image.width} / {image.height}; }}"
        st.html(f'<style>{ratio}</style><div class="jump" style="top:{100 * image.top:.1f}%"></div>')


def _page_text(hit: Hit, page: StoredPage | None) -> None:
    if page is None:
        return
    # A hyphen at a line's end is U+0002 or U+FFFE in what pdfium reads.
    text = page.text.replace("\x02", "-").replace("\ufffe", "-")
    marks = [(start, end) for number, start, end in hit.passage.passage.spans if number == page.number]
    st.html(f'<div class="page-text">{marked_html(text, (0, len(text)), marks)}</div>')


def _text(machine: Engine, hit: Hit) -> None:
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
