"""What is known of one document, to see and to change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from app.exports.escape import for_html, for_markdown, visible
from app.i18n import Words
from app.i18n.command_line import in_language
from app.service import ingest_jobs
from app.service.engine import Engine
from app.service.site import may_edit, told
from app.ui import file_button, state, typed_text, visitor
from app.ui.library import metadata_proposals
from app.ui.library.file_status import Row, advice
from ingest.errors import PinciteError, UsageError
from ingest.metadata.countries import country_code, country_name
from ingest.metadata.metadata import checked

if TYPE_CHECKING:
    from ingest.library.library import Document

_SAVED = "metadata_saved"
_DRAFTS = "metadata_drafts"
_TURNS = "metadata_turns"
_TYPED = "metadata_typed"


def details(t: Words, machine: Engine, document: Document, row: Row) -> None:
    """Draw the document of a row: its state, its file, and a form with its metadata."""
    title = document.metadata.title or document.file
    below = for_html(f"{row.file} · {row.status}")
    with st.container(key="detail_head"):
        _head(t, document, row, f'<h2 class="detail">{for_html(title)}</h2><p class="note">{below}</p>')
    file_button.draw(t, machine, document)
    if may_edit(machine.site, visitor.person(machine.site)):
        _form(t, machine, document)
        metadata_proposals.of_document(t, machine, document)
    else:
        st.html(f'<p class="note">{t("Metadata can be changed on the server itself.")}</p>')


def _head(t: Words, document: Document, row: Row, title: str) -> None:
    """Draw title and state of a document: a part of its own, so that no state moves the form below it."""
    st.html(title)
    if row.status == t("Can be read better"):
        again = t(
            "More of this document can be read now than when it was read. “Read them now” above does it."
        )
        st.html(f'<p class="state notice" role="status">{again}</p>')
    elif text := advice(document, t):
        reason = f" ({in_language(document.reason, t.language)})" if document.reason else ""
        st.html(f'<p class="state weak" role="status">{for_html(text + reason)}</p>')
    for note in document.notes:
        st.html(f'<p class="note">{for_html(in_language(note, t.language))}</p>')


def _form(t: Words, machine: Engine, document: Document) -> None:
    """Draw a field for each value. What is typed belongs to this document, whatever an ingest does meanwhile."""
    labels = {
        "title": t("Title"),
        "publisher": t("Publisher"),
        "authors": t("Authors, one a line (Surname, Given name)"),
        "year": t("Year"),
        "type": t("Type"),
        "countries": t("Countries, by name or code, with commas between them"),
        "language": t("Language (two letters)"),
        "url": t("Web address of the source"),
    }
    sources = document.metadata.sources
    with st.container(key=f"metadata-{document.id}", border=True):
        for name, label in labels.items():
            learned = _learned(t, sources.get(name))
            _field(t, name, f"{label} ({learned})", document)
        st.button(
            t("Save"),
            key=f"save-{document.id}",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(machine, document.id),
        )
    _outcome(document.id)


def _outcome(ident: str) -> None:
    """Say what became of the last save: it names the document and the fields."""
    saved = st.session_state.get(_SAVED)
    if saved is not None and saved[0] == ident:
        kind, role = ("", "status") if saved[1] else (" weak", "alert")
        st.html(f'<p class="state{kind}" role="{role}">{for_html(saved[2])}</p>')


def drafts(ident: str) -> dict[str, str]:
    """Return what was typed for a document and not saved yet, by field."""
    return _every().setdefault(ident, {})


def _every() -> dict[str, dict[str, str]]:
    """Return what was typed and not saved yet, by document and field: here, or before the page was loaded anew."""
    if _DRAFTS not in st.session_state:
        every: dict[str, dict[str, str]] = {}
        for place, text in typed_text.left().items():
            if place.startswith("meta-"):
                _, name, ident = place.split("-")
                every[ident] = {**every.pop(ident, {}), name: text}  # the last one typed stands last
        st.session_state[_DRAFTS] = every
    return cast("dict[str, dict[str, str]]", st.session_state[_DRAFTS])


def left_open() -> str | None:
    """Return the document for which something was typed last and not saved yet, None without one."""
    return next((ident for ident, texts in reversed(_every().items()) if texts), None)


def unsaved() -> bool:
    """Return whether something was typed here for any document and not saved yet."""
    typed: set[str] = st.session_state.get(_TYPED, set())
    return any(_every().get(ident) for ident in typed)


def _field(t: Words, name: str, label: str, document: Document) -> None:
    # The label is also read out, where escapes would be heard: only what is not ours in it is escaped.
    key = _key(name, document.id)
    stored = shown(t, document, name)
    value = drafts(document.id).get(name, stored)
    if st.session_state.get(key, value) != value:
        # Setting a field that stands already would overwrite what is being typed: it gets a new one.
        st.session_state[_TURNS][document.id, name] = st.session_state[_TURNS].get((document.id, name), 0) + 1
        key = _key(name, document.id)
    args = (document.id, name, key)
    if name == "authors":
        st.text_area(label, value, key=key, height=80, max_chars=2_000, on_change=_typed, args=args)
    else:
        st.text_input(label, value, key=key, max_chars=500, on_change=_typed, args=args)


def _key(name: str, ident: str) -> str:
    turns: dict[tuple[str, str], int] = st.session_state.setdefault(_TURNS, {})
    return f"meta-{name}-{ident}-{turns.get((ident, name), 0)}"


def _typed(ident: str, name: str, key: str) -> None:
    drafts(ident)[name] = st.session_state[key]
    st.session_state.setdefault(_TYPED, set()).add(ident)
    st.session_state.pop(_SAVED, None)


def _learned(t: Words, source: str | None) -> str:
    """Return where a value was learned, or that it is missing."""
    return t("from: {source}").format(source=for_markdown(_source(t, source))) if source else t("missing")


def _source(t: Words, source: str) -> str:
    names = {
        "edited": t("typed here"),
        "catalogue": t("catalogue"),
        "sidecar": t("file beside it"),
        "first page": t("first page"),
        "pdf info": t("the PDF itself"),
        "file name": t("file name"),
        "text": t("its text"),
    }
    return names.get(source, source)


def shown(t: Words, document: Document, name: str) -> str:
    """Return the value of a field as a person reads and types it."""
    value = getattr(document.metadata, name)
    if name == "countries":
        return ", ".join(country_name(code, t.language) for code in value)
    if name == "authors":
        return visible("\n".join(value))
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
    return _countries(text) if name == "countries" else text


def _countries(text: str) -> list[str]:
    """Return the codes that names or codes mean; what means no country stays as typed."""
    named: list[str] = []
    for part in (piece.strip() for piece in re.split(r"[,;\n]", text)):
        words = [part] if country_code(part) else part.split()
        known = [country_code(word) for word in words]
        named += [code for code in known if code] if all(known) else [part]
    return [name for name in named if name]


def _save(machine: Engine, ident: str) -> None:
    """Store what was changed; emptied fields go back to what the other sources say."""
    if not may_edit(machine.site, visitor.person(machine.site)):
        return
    t = state.words()
    library = machine.library()
    document = library.document(ident)
    if document is None:
        st.session_state[_SAVED] = (ident, False, t("This document is no longer in the library."))
        return
    title = visible(document.metadata.title or document.file)
    changed = _changed(t, document)
    try:
        values = {name: _checked(t, name, text) for name, text in changed.items()}
        for name, value in values.items():
            library.set_override(ident, name, value)
    except PinciteError as error:
        st.session_state[_SAVED] = (ident, False, f"{title}: {told(error)}")
        return
    drafts(ident).clear()
    typed_text.forget({f"meta-{name}-{ident}" for name in _names(t)})
    named = ", ".join(_names(t)[name] for name in changed)
    text = t("Saved for “{title}”: {fields}. It stays when the document is read again.")
    nothing = t("Nothing was changed for “{title}”.")
    st.session_state[_SAVED] = (ident, True, (text if changed else nothing).format(title=title, fields=named))
    if changed and (corpus := machine.corpus()) is not None:
        ingest_jobs.start(corpus, machine.site)


def _changed(t: Words, document: Document) -> dict[str, str]:
    """Return the fields whose text is another one than the stored one; the newest keystrokes count."""
    found = {}
    for name in _names(t):
        key = _key(name, document.id)
        text = st.session_state.get(key, drafts(document.id).get(name))
        if text is not None and text.strip() != shown(t, document, name).strip():
            found[name] = text
    return found


def _checked(t: Words, name: str, text: str) -> Any:
    """Return the value of a field, told in the language of the page where it does not fit. Raises UsageError."""
    value = parsed(name, text)
    if value is None:
        return None
    try:
        checked(name, value)
    except UsageError as error:
        known = {
            "year": t("the year must be a year such as 2022"),
            "countries": t("“{text}” holds a name that is no country"),
            "url": t("the web address must begin with http:// or https://"),
        }.get(name)
        raise UsageError(known.format(text=text) if known else str(error)) from error
    return value


def _names(t: Words) -> dict[str, str]:
    return {
        "title": t("title"),
        "publisher": t("publisher"),
        "authors": t("authors"),
        "year": t("year"),
        "type": t("type"),
        "countries": t("countries"),
        "language": t("language"),
        "url": t("web address"),
    }
