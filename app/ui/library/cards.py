"""The documents as a list of cards, which narrow windows show in place of the table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from app.citations.wording import shown_title
from app.exports.escape import for_html, visible
from app.i18n import Words
from app.ui.library.file_status import Row

MOST = 60
"""Cards drawn at once; typing part of a title narrows them down."""


def draw(t: Words, found: Sequence[Row], chosen: str) -> None:
    """Draw a card a file; its button puts the file into the session under `chosen`."""
    with st.container(key="document_cards"):
        for number, row in enumerate(found[:MOST]):
            with st.container(key=f"document-card-{number}"):
                st.html(card_html(t, row))
                if row.document is not None:
                    st.button(
                        t("See and change"),
                        key=choose_key(row.file),
                        type="tertiary",
                        icon=":material/edit_note:",
                        on_click=_choose,
                        args=(chosen, row.file),
                    )
        if (more := len(found) - MOST) > 0:
            text = t.n(
                "{n} more document; type part of its title.",
                "{n} more documents; type part of a title.",
                more,
            )
            st.html(f'<p class="note">{text}</p>')


def choose_key(file: str) -> str:
    """Return the key of the button that chooses a file: the file's, not its place's, which an ingest changes."""
    return f"choose-document-{hashlib.sha256(file.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def card_html(t: Words, row: Row) -> str:
    """Return a file as HTML: title, status, what is known in one line, and its name."""
    document = row.document
    meta = document.metadata if document else None
    title = shown_title((meta.title if meta else None) or row.file)
    known = [str(value) for value in (meta.publisher, meta.year) if value] if meta else []
    if document is not None and document.paged:
        known.append(t.n("{n} page", "{n} pages", document.page_count))
    status = f'<span class="status{" wanting" if row.wanting else ""}">{for_html(row.status)}</span>'
    line = " · ".join([status, *(for_html(visible(one)) for one in known)])
    return (
        f'<article class="document"><h3>{for_html(visible(title))}</h3><p>{line}</p>'
        f"<p>{for_html(visible(row.file))}</p></article>"
    )


def _choose(chosen: str, file: str) -> None:
    st.session_state[chosen] = file
