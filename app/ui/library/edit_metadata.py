"""What is known of one document, to see and to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app.exports.escape import for_html, for_markdown, visible
from app.i18n import Words
from app.service import ingest_jobs
from app.service.engine import Engine
from app.service.site import may_edit
from app.ui import file_button, visitor
from app.ui.library.file_status import Row, advice
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from ingest.library.library import Document

_LISTS = {"authors": "\n", "countries": " "}
_SAVED = "metadata_saved"


def details(t: Words, machine: Engine, document: Document, row: Row) -> None:
    """Draw the document of a row: its state, its file, and a form with its metadata."""
    title = document.metadata.title or document.file
    below = for_html(f"{row.file} · {row.status}")
    st.html(f'<h2 class="detail">{for_html(title)}</h2><p class="note">{below}</p>')
    if text := advice(document, t):
        reason = f" ({document.reason})" if document.reason else ""
        st.html(f'<p class="state weak" role="status">{for_html(text + reason)}</p>')
    for note in document.notes:
        st.html(f'<p class="note">{for_html(note)}</p>')
    file_button.draw(t, machine, document)
    if may_edit(machine.site, visitor.person(machine.site)):
        _form(t, machine, document)
    else:
        st.html(f'<p class="note">{t("Metadata can be changed on the server itself.")}</p>')


def _form(t: Words, machine: Engine, document: Document) -> None:
    labels = {
        "title": t("Title"),
        "publisher": t("Publisher"),
        "authors": t("Authors, one a line (Surname, Given name)"),
        "year": t("Year"),
        "type": t("Type"),
        "countries": t("Countries (three letters each, for example PER COL)"),
        "language": t("Language (two letters)"),
        "url": t("Web address of the source"),
    }
    sources = document.metadata.sources
    with st.form(f"metadata-{document.id}", border=True):
        values = {}
        for name, label in labels.items():
            learned = t("from: {source}").format(source=for_markdown(_source(t, sources.get(name))))
            values[name] = _field(name, f"{label} ({learned})", _text(document, name), document.id)
        sent = st.form_submit_button(t("Save"), type="primary", icon=":material/save:")
    if sent:
        _save(t, machine, document, values)
    if st.session_state.pop(_SAVED, None) == document.id:
        st.html(f'<p class="state" role="status">{t("Saved. It stays when the document is read again.")}</p>')


def _field(name: str, label: str, value: str, ident: str) -> str:
    # The label is also read out, where escapes would be heard: only what is not ours in it is escaped.
    key = f"meta-{name}-{ident}"
    if name == "authors":
        return st.text_area(label, value, key=key, height=80, max_chars=2_000)
    return st.text_input(label, value, key=key, max_chars=500)


def _source(t: Words, source: str | None) -> str:
    names = {
        "edited": t("typed here"),
        "catalogue": t("catalogue"),
        "sidecar": t("file beside it"),
        "first page": t("first page"),
        "pdf info": t("the PDF itself"),
        "file name": t("file name"),
        "text": t("its text"),
    }
    return names.get(source or "", source or t("missing"))


def _text(document: Document, name: str) -> str:
    value = getattr(document.metadata, name)
    if name in _LISTS:
        return visible(_LISTS[name].join(value))
    return "" if value is None else visible(str(value))


def parsed(name: str, text: str) -> Any:
    """Return the value a person typed for a field: a number, a list or a text; None for nothing."""
    text = text.strip()
    if not text:
        return None
    if name == "year":
        return int(text) if text.isascii() and text.isdigit() else text
    if name == "authors":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if name == "countries":
        return text.upper().replace(",", " ").split()
    return text


def _save(t: Words, machine: Engine, document: Document, values: dict[str, str]) -> None:
    """Store what was changed; emptied fields go back to what the other sources say."""
    if not may_edit(machine.site, visitor.person(machine.site)):
        return
    changed = {name: text for name, text in values.items() if text.strip() != _text(document, name).strip()}
    library = machine.library()
    try:
        for name, text in changed.items():
            library.set_override(document.id, name, parsed(name, text))
    except PinciteError as error:
        st.error(for_markdown(str(error)))
        return
    corpus = machine.corpus()
    if changed and corpus is not None:
        ingest_jobs.start(corpus, machine.site)
    st.session_state[_SAVED] = document.id
    st.rerun()
