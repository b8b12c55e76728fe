"""The Brief page, and the button that puts a result into a brief."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from app.checks.note_lookup import notes_of
from app.citations import wording
from app.exports.brief import MAX_NOTE, Brief, Item
from app.exports.escape import for_html
from app.i18n import Words
from app.service.briefs import Kept
from app.service.engine import engine
from app.ui import brief_list, kept_brief, state, visitor

if TYPE_CHECKING:
    from app.exports.brief_formats import Format
    from app.exports.docx import Headings
    from index.search import Hit
    from ingest.library.records import Document
    from ingest.passage import Passage

_REMOVED = "brief_removed"
_CUT = "note_cut"
_BASES = "note_bases"
_SENT = "notes_sent"
_SESSION = "note_session"
_LOOK_EVERY = 3.0


def current() -> Brief:
    """Return the brief that this session works on."""
    return kept_brief.current()


def count() -> int:
    """Return how many passages are in the brief."""
    return len(current())


def add(document: Document, passage: Passage, question: str) -> None:
    """Put a passage into the brief."""
    _add(Item(document, passage, question))


def add_button(t: Words, hit: Hit, question: str, place: str = "") -> None:
    """Draw the button that adds a hit to the brief, or takes it out again; `place` tells two of one passage apart."""
    passage = hit.passage.passage
    inside = passage.id in current()
    st.button(
        t("In brief") if inside else t("Add to brief"),
        key=f"brief-{place}{passage.id}",
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
    _told(t)
    brief_list.draw(t)
    kept = kept_brief.kept()
    _undo(t)
    if kept is None or not kept.brief.items:
        empty = t("Nothing here yet. Use “Add to brief” under a passage on the Ask page.")
        st.html(f'<p class="lead">{empty}</p>')
    else:
        brief, gone = kept_brief.fresh(kept.brief)
        _exports(t, kept)
        for number, item in enumerate(brief.items, start=1):
            _item(t, kept, number, item, gone=item.passage.id in gone)
        st.fragment(_watch, run_every=_LOOK_EVERY)(kept)
    brief_list.open_again(t)


def _watch(shown: Kept) -> None:
    """Draw the page again when another window changed the brief."""
    now = kept_brief.briefs().get(shown.id)
    if now is None or now.version != shown.version:
        st.rerun()


def _told(t: Words) -> None:
    """Say where the brief is kept, and what another window did to it."""
    if (trouble := kept_brief.trouble()) is not None:
        text = t("The brief cannot be kept on the server ({reason}). Export it to keep it.")
        st.html(f'<p class="state weak" role="status">{for_html(text.format(reason=trouble))}</p>')
    elif visitor.lasting():
        told = t(
            "Kept on this server for this browser, also when the page is closed. Export it to pass it on."
        )
        st.html(f'<p class="note">{told}</p>')
    else:
        st.html(f'<p class="state weak">{_lost(t)}</p>')
    if kept_brief.changed_elsewhere():
        text = t("This brief was changed in another window. Both changes are kept.")
        st.html(f'<p class="state notice" role="status">{text}</p>')


def _lost(t: Words) -> str:
    return t("The brief is lost when this page is closed: the browser keeps no cookie. Export it to keep it.")


def _item(t: Words, kept: Kept, number: int, item: Item, *, gone: bool) -> None:
    ident = item.passage.id
    with st.container(key=f"item-{ident}", gap="small"):
        st.html(_item_html(t, number, item, gone=gone))
        key = _note_key(ident, item.note)
        told = (kept.id, ident, key, item.note)
        st.text_area(t("Note"), item.note, key=key, height=80, on_change=_note, args=told)
        kept_as = f'data-brief="{kept.id}" data-passage="{ident}" data-print="{_print(item.note)}"'
        st.html(
            f'<p class="kept" {kept_as} data-saving="{t("Saving…")}" data-saved="{t("Saved")}">&nbsp;</p>'
        )
        if st.session_state.get(_CUT) == (ident, item.note):
            cut = t("The note was too long. Only its first {n} characters were kept.").format(n=MAX_NOTE)
            st.html(f'<p class="state weak" role="status">{cut}</p>')
        with st.container(key=f"moves-{ident}", horizontal=True, gap="small"):
            last = number == len(kept.brief)
            _act(t("Up"), f"up-{ident}", ":material/arrow_upward:", _move, ident, -1, disabled=number == 1)
            _act(t("Down"), f"down-{ident}", ":material/arrow_downward:", _move, ident, 1, disabled=last)
            _act(t("Remove"), f"remove-{ident}", ":material/delete:", _remove, ident)


def _note_key(passage_id: str, note: str) -> str:
    """Return the key of the field of a note: a new one, so a new field, where it would show something else.

    Setting a field that stands already would overwrite what is being typed into it. No key outlasts its session: after
    a restart the browser would go on showing the field of the old one, which may lack what was stored since.
    """
    session = st.session_state.setdefault(_SESSION, secrets.token_hex(4))
    shown: dict[str, tuple[int, str]] = st.session_state.setdefault(_BASES, {})
    turn = shown.get(passage_id, (0, ""))[0]
    key = f"note-{passage_id}-{session}-{turn}"
    if st.session_state.get(key, note) != note:
        turn += 1
        key = f"note-{passage_id}-{session}-{turn}"
    shown[passage_id] = (turn, note)
    return key


def _print(text: str) -> str:
    """Return a fingerprint of a note that `page.js` computes as well (FNV-1a over UTF-16 code units)."""
    value = 0x811C9DC5
    units = text.encode("utf-16-le", "surrogatepass")
    for low, high in zip(units[::2], units[1::2], strict=True):
        value = ((value ^ (low | high << 8)) * 0x01000193) & 0xFFFFFFFF
    return f"{len(units) // 2}-{value:x}"


def _item_html(t: Words, number: int, item: Item, *, gone: bool) -> str:
    """Return the quotation of an item with its source, the notes it calls and the question, as HTML."""
    from app.citations.styles import citation

    question = t("Asked: {question}").format(question=item.question)
    source = for_html(citation(item.document, item.passage, wording.citation_words(t)))
    notes = "".join(
        f'<p class="called" lang="{for_html(note.language or "")}">{for_html(f"{note.mark} {note.text}")}</p>'
        for note in item.called
    )
    lost = t("No longer in the library in these words. The excerpt is shown as it was collected.")
    warning = f'<p class="state weak">{lost}</p>' if gone else ""
    return (
        f'<article class="card" aria-label="{number}"><div class="eyebrow">'
        f'<span class="rank">{number}</span><span class="publisher">{source}</span></div>'
        f'<blockquote lang="{for_html(item.passage.language or "")}">{for_html(item.passage.display_text)}</blockquote>'
        f'{notes}<p class="asked">{for_html(question)}</p>{warning}</article>'
    )


def _act(
    label: str, key: str, icon: str, act: Callable[..., None], *args: object, disabled: bool = False
) -> None:
    st.button(label, key=key, icon=icon, type="tertiary", on_click=act, args=args, disabled=disabled)


def _exports(t: Words, kept: Kept) -> None:
    from app.exports import brief_formats

    name = brief_list.file_name(kept.name)
    key = f"word_headings_{t.language}"
    choices: dict[Headings, str] = {
        "excerpt": t("one heading an excerpt"),
        "document": t("one heading a document"),
        "question": t("one heading a question"),
    }
    with st.container(key="exports", horizontal=True, gap="small", vertical_alignment="bottom"):
        for style in brief_formats.FORMATS:
            st.download_button(
                style.label,
                data=_maker(kept, style, t, st.session_state.get(key, "excerpt")),
                file_name=f"{name}.{style.suffix}",
                mime=style.mime,
                key=f"export-{style.name}",
                icon=":material/download:",
                type="primary" if style.name == "word" else "secondary",
                on_click="ignore",
            )
        st.selectbox(
            t("The Word file has"), list(choices), format_func=choices.__getitem__, key=key, width=230
        )


def _maker(kept: Kept, style: Format, t: Words, headings: Headings) -> Callable[[], bytes]:
    """Return what makes the file when it is asked for: out of the brief as it is stored then."""
    from app.exports import docx

    store = kept_brief.briefs()

    def make() -> bytes:
        now = store.get(kept.id) or kept
        brief = kept_brief.fresh(now.brief)[0]
        return (
            docx.write(brief, t, now.name, headings)
            if style.name == "word"
            else style.write(brief, t, now.name)
        )

    return make


def _undo(t: Words) -> None:
    removed: Item | None = st.session_state.get(_REMOVED)
    if removed is None or removed.passage.id in current():
        return
    with st.container(key="undo", horizontal=True, vertical_alignment="center"):
        where = wording.pages_text(t, removed.passage, form=removed.document.format)
        st.html(f'<p class="note" role="status">{for_html(t("Removed: {what}").format(what=where))}</p>')
        st.button(t("Undo"), key="undo-remove", icon=":material/undo:", on_click=_restore)


def _add(item: Item) -> None:
    if not current() and not visitor.lasting():
        st.toast(_lost(state.words()), duration="long")
    notes = notes_of(engine().library(), item.document.id, item.passage)
    kept_brief.add(replace(item, called=tuple(notes)))


def _remove(passage_id: str) -> None:
    brief = current()
    if passage_id in brief:
        st.session_state[_REMOVED] = brief.items[brief.index_of(passage_id)]
    kept_brief.change(lambda store, ident: store.remove(ident, passage_id))


def _restore() -> None:
    removed: Item = st.session_state.pop(_REMOVED)
    kept_brief.change(lambda store, ident: store.put_back(ident, removed.passage.id))


def _move(passage_id: str, steps: int) -> None:
    kept_brief.change(lambda store, ident: store.move(ident, passage_id, steps))


def _note(brief_id: str, passage_id: str, key: str, base: str) -> None:
    """Store what was typed into a field that showed `base`."""
    text: str = st.session_state[key]
    # The page may not have been drawn since: then the text before this one is what the field goes on from.
    sent: dict[str, str] = st.session_state.setdefault(_SENT, {})
    before = sent.get(key)
    kept_brief.change(lambda store, _: store.note(brief_id, passage_id, base, text, before))
    sent[key] = text
    st.session_state[_CUT] = (passage_id, text[:MAX_NOTE]) if len(text) > MAX_NOTE else None
