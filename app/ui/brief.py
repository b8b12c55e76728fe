"""The Brief page, and the button that puts a result into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import streamlit as st

from app.checks.note_lookup import notes_of
from app.citations import wording
from app.exports.brief import MAX_NOTE, Brief, Item
from app.exports.escape import for_html
from app.i18n import Words
from app.service.engine import engine
from app.ui import state

if TYPE_CHECKING:
    from app.exports.brief_formats import Format
    from index.search import Hit

_BRIEF = "brief"
_REMOVED = "brief_removed"
_CUT = "note_cut"


def current() -> Brief:
    """Return this session's brief."""
    return cast(Brief, st.session_state.get(_BRIEF, Brief()))


def count() -> int:
    """Return how many passages are in the brief."""
    return len(current())


def add_button(t: Words, hit: Hit, question: str) -> None:
    """Draw the button that adds a hit to the brief, or takes it out again."""
    passage = hit.passage.passage
    inside = passage.id in current()
    st.button(
        t("In brief") if inside else t("Add to brief"),
        key=f"brief-{passage.id}",
        type="tertiary",
        icon=":material/bookmark_added:" if inside else ":material/bookmark_add:",
        help=t("Take it out of the brief") if inside else None,
        on_click=_remove if inside else _add,
        args=(passage.id,) if inside else (Item(hit.document, passage, question),),
    )


def view() -> None:
    """Draw the Brief page."""
    t = state.words()
    st.html(f'<h1 class="page-title">{t("Brief")}</h1>')
    brief = current()
    _undo(t)
    if not brief.items:
        empty = t("Nothing here yet. Use “Add to brief” under a passage on the Ask page.")
        st.html(f'<p class="lead">{empty}</p>')
        return
    _exports(t, brief)
    st.html(f'<p class="state weak">{_lost(t)}</p>')
    for number, item in enumerate(brief.items, start=1):
        _item(t, number, item, len(brief))


def _lost(t: Words) -> str:
    return t("The brief is lost when this page is reloaded or closed. Export it to keep it.")


def _item(t: Words, number: int, item: Item, total: int) -> None:
    ident = item.passage.id
    with st.container(key=f"item-{ident}", gap="small"):
        st.html(_item_html(t, number, item))
        st.text_area(
            t("Note"),
            key=state.seed(f"note-{ident}", item.note),
            height=80,
            on_change=_note,
            args=(ident,),
        )
        if st.session_state.get(_CUT) == (ident, item.note):
            cut = t("The note was too long. Only its first {n} characters were kept.").format(n=MAX_NOTE)
            st.html(f'<p class="state weak" role="status">{cut}</p>')
        with st.container(key=f"moves-{ident}", horizontal=True, gap="small"):
            last = number == total
            _act(t("Up"), f"up-{ident}", ":material/arrow_upward:", _move, ident, -1, disabled=number == 1)
            _act(t("Down"), f"down-{ident}", ":material/arrow_downward:", _move, ident, 1, disabled=last)
            _act(t("Remove"), f"remove-{ident}", ":material/delete:", _remove, ident)


def _item_html(t: Words, number: int, item: Item) -> str:
    """Return the quotation of an item with its source, the notes it calls and the question, as HTML."""
    from app.citations.styles import citation

    question = t("Asked: {question}").format(question=item.question)
    source = for_html(citation(item.document, item.passage, wording.citation_words(t)))
    notes = "".join(
        f'<p class="called" lang="{for_html(note.language or "")}">{for_html(f"{note.mark} {note.text}")}</p>'
        for note in item.called
    )
    return (
        f'<article class="card" aria-label="{number}"><div class="eyebrow">'
        f'<span class="rank">{number}</span><span class="publisher">{source}</span></div>'
        f'<blockquote lang="{for_html(item.passage.language or "")}">{for_html(item.passage.display_text)}</blockquote>'
        f'{notes}<p class="asked">{for_html(question)}</p></article>'
    )


def _act(
    label: str, key: str, icon: str, act: Callable[..., None], *args: object, disabled: bool = False
) -> None:
    st.button(label, key=key, icon=icon, type="tertiary", on_click=act, args=args, disabled=disabled)


def _exports(t: Words, brief: Brief) -> None:
    from app.exports import brief_formats

    with st.container(key="exports", horizontal=True, gap="small"):
        for style in brief_formats.FORMATS:
            st.download_button(
                style.label,
                data=_maker(brief, style, t),
                file_name=f"brief.{style.suffix}",
                mime=style.mime,
                key=f"export-{style.name}",
                icon=":material/download:",
                type="primary" if style.name == "word" else "secondary",
                on_click="ignore",
            )


def _maker(brief: Brief, style: Format, t: Words) -> Callable[[], bytes]:
    return lambda: style.write(brief, t)


def _undo(t: Words) -> None:
    removed = cast("tuple[int, Item] | None", st.session_state.get(_REMOVED))
    if removed is None:
        return
    with st.container(key="undo", horizontal=True, vertical_alignment="center"):
        where = wording.pages_text(t, removed[1].passage)
        st.html(f'<p class="note" role="status">{for_html(t("Removed: {what}").format(what=where))}</p>')
        st.button(t("Undo"), key="undo-remove", icon=":material/undo:", on_click=_restore)


def _add(item: Item) -> None:
    if not current():
        st.toast(_lost(state.words()), duration="long")
    notes = notes_of(engine().library(), item.document.id, item.passage)
    st.session_state[_BRIEF] = current().add(replace(item, called=tuple(notes)))


def _remove(passage_id: str) -> None:
    brief = current()
    here = brief.index_of(passage_id)
    st.session_state[_REMOVED] = (here, brief.items[here])
    st.session_state[_BRIEF] = brief.remove(passage_id)


def _restore() -> None:
    here, item = st.session_state.pop(_REMOVED)
    st.session_state[_BRIEF] = current().insert(here, item)


def _move(passage_id: str, steps: int) -> None:
    st.session_state[_BRIEF] = current().move(passage_id, steps)


def _note(passage_id: str) -> None:
    text = st.session_state[f"note-{passage_id}"]
    st.session_state[_BRIEF] = current().note(passage_id, text)
    st.session_state[_CUT] = (passage_id, text[:MAX_NOTE]) if len(text) > MAX_NOTE else None
