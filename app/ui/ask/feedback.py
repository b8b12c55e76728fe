"""Thumbs under a result: one JSON line each, for a person to turn into judgements. No user is named."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.i18n import Words
from app.service.engine import engine
from app.ui import state

if TYPE_CHECKING:
    from index.search import Hit

log = logging.getLogger(__name__)

FILE = "feedback.jsonl"
# A stored judgement is about 400 bytes; past 20 MB somebody is filling the disk on purpose.
MAX_BYTES = 20_000_000
_LOCK = threading.Lock()


def thumbs(t: Words, hit: Hit, question: str) -> None:
    """Draw the two thumbs of a hit, with the notice of what becomes of them."""
    key = f"thumbs-{hit.passage.passage.id}"
    with st.container(key=f"feedback-{hit.passage.passage.id}", horizontal=True, width="content"):
        st.feedback("thumbs", key=key, on_change=_store, args=(key, hit, question))
        if st.session_state.get(key) is not None:
            st.html(f'<p class="note" role="status">{t("Stored on this server to improve search.")}</p>')


def _store(key: str, hit: Hit, question: str) -> None:
    choice = st.session_state.get(key)
    if choice is None:
        return
    here = state.address()
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": question,
        "filters": here.search_filters(),
        "mode": here.mode,
        "passage_id": hit.passage.passage.id,
        "document": hit.document.id,
        "pages": list(hit.passage.passage.pages),
        "rank": hit.rank,
        "index": engine().snapshot(),
        "useful": bool(choice),
    }
    append(engine().site.library / FILE, record)


def append(path: Path, record: dict[str, Any]) -> bool:
    """Append one JSON line; False, with a warning in the log, when the file is full or cannot be written."""
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    try:
        with _LOCK, path.open("ab") as file:
            if file.tell() + len(line) > MAX_BYTES:
                log.warning(
                    "%s is larger than %d MB; feedback is no longer kept", path, MAX_BYTES // 1_000_000
                )
                return False
            file.write(line)
    except OSError as error:
        log.warning("feedback was not stored: %s", error)
        return False
    return True
