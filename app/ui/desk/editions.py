"""What changed between two documents, sentence by sentence, each with its page in either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.citations import wording
from app.citations.styles import PDF
from app.desk.editions import Change, Sentence, changes, sentences_of
from app.exports.escape import for_html
from app.i18n import Words
from app.service.engine import Engine
from app.ui import state
from app.ui.desk import passage_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.library.records import Document

MOST_SHOWN = 300
_TAGS = {"same": ("", ""), "out": ("<del>", "</del>"), "in": ("<ins>", "</ins>")}


def draw(t: Words, machine: Engine, document: Document, documents: Sequence[Document]) -> None:
    """Draw the choice of another edition and what changed from it; those of the same group stand first."""
    others = [one for one in documents if one.id != document.id and one.passage_count]
    others.sort(key=lambda one: (one.group is None or one.group != document.group, one.file))
    names = passage_html.titles(others)
    if not names:
        return
    with st.expander(t("What changed against another edition")), st.container(key="editions"):
        chosen = st.selectbox(
            t("Earlier edition"),
            list(names),
            index=None,
            format_func=lambda ident: names.get(ident, ident),
            placeholder=t("Choose a document"),
            key=state.labelled("read_edition", names),
        )
        if chosen:
            old = next(one for one in others if one.id == chosen)
            _changes(t, machine, old, document)


def _changes(t: Words, machine: Engine, old: Document, new: Document) -> None:
    library = machine.library()
    found = changes(sentences_of(library.passages(old.id)), sentences_of(library.passages(new.id)))
    moved = sum(one.kind == "moved" for one in found)
    found = [one for one in found if one.kind != "moved"]
    count = t.n("{n} change", "{n} changes", len(found))
    st.html(f'<p class="count" role="status">{count}</p>')
    if moved:
        only = t.n(
            "{n} sentence only stands in another place.", "{n} sentences only stand in another place.", moved
        )
        st.html(f'<p class="note">{only}</p>')
    st.html("".join(change_html(t, one, (old.format, new.format)) for one in found[:MOST_SHOWN]))
    if len(found) > MOST_SHOWN:
        more = t("The first {n} are shown.").format(n=MOST_SHOWN)
        st.html(f'<p class="note">{more}</p>')


def change_html(t: Words, change: Change, forms: tuple[str, str] = (PDF, PDF)) -> str:
    """Return a change as HTML: what was taken out and put in, with the page in either edition of these formats."""
    kind = {
        "in": t("Put in"),
        "out": t("Taken out"),
        "changed": t("Worded anew"),
        "moved": t("Moved"),
    }[change.kind]
    parts = "".join(f"{_TAGS[op][0]}{for_html(text)}{_TAGS[op][1]}" for op, text in change.parts)
    before = t("before: {place}").format(place=_place(t, change.old, forms[0])) if change.old else ""
    after = t("now: {place}").format(place=_place(t, change.new, forms[1])) if change.new else ""
    where = " · ".join(part for part in (kind, before, after) if part)
    return f'<div class="edition"><p class="where">{for_html(where)}</p><p>{parts}</p></div>'


def _place(t: Words, sentence: Sentence, form: str) -> str:
    return wording.pages_text(t, sentence.passage, form=form)
