"""The brief that a session works on, as the server keeps it: read before each drawing, changed only through `change`.

Where the server cannot store it (a disk that is full or read-only), it goes on in a folder of this session's own, and
the page says so.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import streamlit as st

from app.desk.reading import still_stands
from app.exports.brief import Brief, Item
from app.service.briefs import Briefs, Kept
from app.service.engine import NoIndex, engine
from app.service.site import told
from app.ui import state, visitor
from ingest.errors import PinciteError

log = logging.getLogger(__name__)

_OPEN = "brief_open"
_KEPT = "brief_kept"
_SEEN = "brief_seen"
_ELSEWHERE = "brief_changed_elsewhere"
_TROUBLE = "brief_trouble"
_FOLDER = "brief_folder"


def briefs() -> Briefs:
    """Return the briefs of this visitor."""
    folder = st.session_state.get(_FOLDER)
    return Briefs(folder or engine().site.library, visitor.owner())


def load() -> None:
    """Read the brief as it is stored now, before a page is drawn; note when another window changed it."""
    try:
        kept = _stored()
    except PinciteError as error:
        _fall_back(error)
        kept = _stored()
    _take(kept, own_changes=0)


def kept() -> Kept | None:
    """Return the open brief, None before anything was collected."""
    return cast("Kept | None", st.session_state.get(_KEPT))


def current() -> Brief:
    """Return the items of the open brief."""
    found = kept()
    return found.brief if found is not None else Brief()


def change(act: Callable[[Briefs, str], Kept | None]) -> Kept | None:
    """Change the open brief, made now if there is none; return it as stored afterwards."""
    try:
        done = act(briefs(), _ident())
    except PinciteError as error:
        _fall_back(error)
        done = act(briefs(), _ident())
    if done is not None and done.id == st.session_state.get(_OPEN):
        _take(done, own_changes=1)
    return done


def add(item: Item) -> None:
    """Put an item into the open brief."""
    change(lambda store, ident: store.add(ident, item))


def open_brief(ident: str) -> None:
    """Work on another brief from now on, also after the page was closed; without one of this id on the same."""
    if briefs().open(ident) is not None:
        st.session_state[_OPEN] = ident
        st.session_state.pop(_SEEN, None)
    load()


def made(kept_brief: Kept | None) -> None:
    """Work on a brief that was just made or brought back."""
    if kept_brief is not None:
        st.session_state[_OPEN] = kept_brief.id
        st.session_state[_KEPT] = kept_brief
        st.session_state[_SEEN] = kept_brief.version


def trouble() -> str | None:
    """Return why the brief is not kept on the server, None where it is."""
    return cast("str | None", st.session_state.get(_TROUBLE))


def changed_elsewhere() -> bool:
    """Return whether another window changed the brief since this one showed it; asked once, then forgotten."""
    return bool(st.session_state.pop(_ELSEWHERE, False))


def fresh(brief: Brief) -> tuple[Brief, frozenset[str]]:
    """Return the brief with passages and metadata as the library has them now, and the ids of those it lacks.

    What the library no longer holds stays as it was collected.
    """
    try:
        library = engine().library()
    except NoIndex:
        return brief, frozenset(item.passage.id for item in brief.items)
    found = library.passages_by_id([item.passage.id for item in brief.items])
    items, gone = [], set()
    for item in brief.items:
        stored = found.get(item.passage.id)
        document = library.document(stored.document_id) if stored is not None else None
        if stored is None or document is None or stored.passage.text != item.passage.text:
            # Words that a person took from a page are no passage of the library, but may still stand there.
            if not still_stands(library, item.document.id, item.passage):
                gone.add(item.passage.id)
            items.append(item)
        else:
            items.append(replace(item, passage=stored.passage, document=document))
    return Brief(tuple(items)), frozenset(gone)


def _ident() -> str:
    found = kept()
    if found is not None and briefs().get(found.id) is not None:
        return found.id
    made(briefs().create(state.words()("My brief"), current()))
    return cast(Kept, kept()).id


def _stored() -> Kept | None:
    store = briefs()
    opened = st.session_state.get(_OPEN)
    found = store.get(opened) if opened else None
    return found if found is not None else store.current()


def _take(found: Kept | None, *, own_changes: int) -> None:
    if found is None:
        for name in (_KEPT, _OPEN, _SEEN):
            st.session_state.pop(name, None)
        return
    seen = st.session_state.get(_SEEN)
    if seen is not None and st.session_state.get(_OPEN) == found.id and found.version > seen + own_changes:
        st.session_state[_ELSEWHERE] = True
    st.session_state[_OPEN], st.session_state[_KEPT] = found.id, found
    st.session_state[_SEEN] = found.version


def _fall_back(error: PinciteError) -> None:
    """Go on in a folder of this session's own, with what the session knows of the brief."""
    if _FOLDER in st.session_state:
        raise error
    log.warning("briefs cannot be kept: %s", error)
    known = kept()
    st.session_state[_TROUBLE] = told(error)
    st.session_state[_FOLDER] = Path(tempfile.mkdtemp(prefix="pincite-brief-"))
    if known is not None:
        made(briefs().create(known.name, known.brief))
