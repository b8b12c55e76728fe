"""Fields whose text outlasts a reload: `static/typed_text.js` tells the server, a new session has it again."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import cast

import streamlit as st

from app.service.engine import engine
from app.service.typed_texts import TypedTexts
from app.ui import visitor
from ingest.errors import PinciteError

log = logging.getLogger(__name__)

_TEXTS = "typed_texts"


def left() -> dict[str, str]:
    """Return what was typed and not sent before this session began, by place, read once; the last typed at the end."""
    if _TEXTS not in st.session_state:
        try:
            texts = TypedTexts(engine().site.library, visitor.owner()).texts()
        except PinciteError as error:
            log.warning("what was typed is not shown: %s", error)
            texts = {}
        st.session_state[_TEXTS] = texts
    return cast("dict[str, str]", st.session_state[_TEXTS])


def seeded(key: str) -> str:
    """Give a field, whose key is its place, what was left in it; return the key."""
    text = left().pop(key, None)
    if text is not None and key not in st.session_state:
        st.session_state[key] = text
    return key


def forget(places: Collection[str]) -> None:
    """Drop what was sent or saved."""
    for place in places:
        left().pop(place, None)
    try:
        TypedTexts(engine().site.library, visitor.owner()).forget(places)
    except PinciteError as error:
        log.warning("what was typed is not dropped: %s", error)
