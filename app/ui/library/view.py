"""The Library page: what the library holds, in which state, with upload and editable metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from babel.numbers import format_decimal

from app.exports.escape import for_markdown, visible
from app.i18n import Words, names
from app.i18n.command_line import in_language
from app.service import ingest_jobs
from app.service.engine import Engine, NoIndex, engine
from app.service.site import may_edit, told
from app.service.standing import Standing, shown_state
from app.ui import freshness, state, visitor
from app.ui.library import cards, edit_metadata, metadata_proposals, upload
from app.ui.library.file_status import Row, attention, rows
from ingest.errors import LibraryBusy, UnreadableFile

if TYPE_CHECKING:
    from ingest.library.library import Library

_CHOSEN = "document_chosen"
_LOOK_EVERY = 2.0
# Documents from which on one is looked for by typing.
_MANY = 12


def view() -> None:
    """Draw the Library page."""
    t = state.words()
    machine = engine()
    st.html(f'<h1 class="page-title">{t("Library")}</h1>')
    # Containers of their own: what comes and goes in them moves no form below, which would be drawn anew.
    with st.container(key="library_upload"):
        upload.draw(t, machine)
    with st.container(key="library_job"):
        _job(t, machine)
    with st.container(key="library_notice"):
        freshness.notice(t, machine)
    try:
        library = machine.library()
    except NoIndex:
        st.html(freshness.no_documents(t, machine))
        return
    shown = shown_state(machine)
    stands = shown[0]
    found = rows(
        library, t, stands.new, _event(machine, stands), better=stands.better, removed=stands.removed
    )
    st.fragment(_keep_true, run_every=_LOOK_EVERY)(machine, shown)
    _counts(t, library, found)
    with st.container(key="library_proposals"):
        if may_edit(machine.site, visitor.person(machine.site)):
            metadata_proposals.table(t, machine)
    with st.container(key="documents"):
        found = _narrowed(t, found)
        _table(t, found)
        cards.draw(t, found, _CHOSEN)
        if _CHOSEN not in st.session_state and (left := edit_metadata.left_open()) is not None:
            # The page was loaded anew while somebody typed: their form comes back.
            of_it = (row.file for row in found if row.document is not None and row.document.id == left)
            st.session_state[_CHOSEN] = next(of_it, None)
        chosen = next((row for row in found if row.file == st.session_state.get(_CHOSEN)), None)
        if chosen is not None and chosen.document is not None:
            with st.container(key="document_chosen_details"):
                edit_metadata.details(t, machine, chosen.document, chosen)
                upload.of_document(t, machine, chosen.document)


def _narrowed(t: Words, found: list[Row]) -> list[Row]:
    """Draw a field for part of a title, file name or publisher, and return the rows that have it."""
    if len(found) < _MANY:
        return found
    sought = st.text_input(
        t("Find a document by its title, file or publisher"), key="find_document"
    ).casefold()
    return [row for row in found if sought in _named(row).casefold()] if sought else found


def _named(row: Row) -> str:
    meta = row.document.metadata if row.document else None
    return " ".join([row.file, (meta.title or "") if meta else "", (meta.publisher or "") if meta else ""])


def _event(machine: Engine, stands: Standing) -> dict[str, Any] | None:
    """Return the newest event of the ingest that runs, {} where it tells nothing to us, None where none runs."""
    running = ingest_jobs.running(machine.site.library)
    if running is not None and running.events:
        return running.events[-1]
    return None if stands.ingest is None else {}


def _keep_true(machine: Engine, shown: tuple[Standing, str]) -> None:
    """Draw the page again when the folder, an ingest or another window made something else of what it shows.

    Not while somebody types: the notice above tells it meanwhile, and no keystroke may fall between two pages.
    """
    if shown_state(machine) != shown and not edit_metadata.unsaved():
        st.rerun()


def _counts(t: Words, library: Library, found: list[Row]) -> None:
    documents = t.n("{n} document", "{n} documents", len({row.document.id for row in found if row.document}))
    passages = t.n("{n} passage", "{n} passages", library.counts().get("passages", 0))
    parts = [documents, passages]
    if number := sum(attention(row) for row in found):
        parts.append(t.n("{n} needs attention", "{n} need attention", number))
    st.html(f'<p class="count" role="status">{" · ".join(parts)}</p>')


def _table(t: Words, found: list[Row]) -> None:
    """Draw the table, which wide windows show."""
    columns = (
        t("Status"),
        t("Title"),
        t("File"),
        t("Publisher"),
        t("Year"),
        t("Type"),
        t("Language"),
        t("Pages"),
        t("Passages"),
        t("Added"),
    )
    lines = [dict(zip(columns, _cells(t, row), strict=True)) for row in found]
    if not lines:
        return
    st.html(f'<p class="note wide">{t("Select a row to see and change what is known of a document.")}</p>')
    files = [row.file for row in found]
    # A selection is a place in the table: where the table is another one, the place means another document.
    key = f"documents-{hash(tuple(files))}"
    with st.container(key="documents_table"):
        st.dataframe(
            lines,
            key=key,
            hide_index=True,
            on_select=lambda: _select(key, files),
            selection_mode="single-row",
            column_config={
                columns[0]: st.column_config.TextColumn(width="medium"),
                columns[1]: st.column_config.TextColumn(width="large"),
                columns[2]: st.column_config.TextColumn(width="medium"),
                columns[4]: st.column_config.NumberColumn(format="%d"),
            },
            placeholder="",
            alt=t("Documents of the library"),
        )


def _select(key: str, files: list[str]) -> None:
    """Remember the file of the selected row: the form follows it, whatever becomes of the table."""
    picked: Any = st.session_state[key]
    rows = picked.selection.rows
    st.session_state[_CHOSEN] = files[rows[0]] if rows else None


def _cells(t: Words, row: Row) -> tuple[object, ...]:
    if row.document is None:
        return (row.status, visible(row.file), visible(row.file), "", None, "", "", None, None, "")
    document, meta = row.document, row.document.metadata
    return (
        row.status,
        visible(meta.title or row.file),
        visible(row.file),
        visible(meta.publisher or ""),
        meta.year,
        names.type_name(t, meta.type) if meta.type else "",
        names.language_name(t, document.language) if document.language else "",
        document.page_count if document.paged else None,
        document.passage_count,
        document.added[:10],
    )


def _job(t: Words, machine: Engine) -> None:
    job = ingest_jobs.last(machine.site.library)
    if job is None:
        return
    if job.code is None:
        if ingest_jobs.whose(machine.site.library) == "ours":
            st.fragment(_watch, run_every=1.0)(t, job)
        return
    if job.code in {0, UnreadableFile.exit_code, LibraryBusy.exit_code}:
        return  # the notice tells of another ingest, and of what waits for its end
    message = t("The documents could not be read: {reason}")
    st.warning(message.format(reason=for_markdown(in_language(told(job.message()), t.language))))


def _watch(t: Words, job: ingest_jobs.Job) -> None:
    """Show how far the job is, once a second; when it is done, draw the whole page again."""
    if job.code is not None:
        st.rerun()
    events = [event for event in job.events if event.get("stage") != "published"]
    event = events[-1] if events else {}
    done, total = int(event.get("done") or 0), int(event.get("total") or 0)
    st.progress(min(done / total, 1.0) if total else 0.0, text=for_markdown(_progress_text(t, event)))


def _progress_text(t: Words, event: dict[str, Any]) -> str:
    stage = event.get("stage")
    if stage == "read" and event.get("file"):
        return t("Reading {file}: page {page} of {pages}").format(**event) + _pace(t, event)
    if stage in {"read", "file"}:
        return t("Reading: {done} of {total} files").format(**event) + _pace(t, event)
    if stage in {"count", "embed", "write"}:
        return t("Preparing the search: {done} of {total}").format(**event) + _pace(t, event)
    return t("Looking at the corpus folder…")


def _pace(t: Words, event: dict[str, Any]) -> str:
    """Return the speed and the time left that an event tells, each behind a point; "" where it tells neither."""
    speed, left = event.get("per_second"), event.get("seconds_left")
    told = ""
    if speed:
        pieces = event.get("stage") == "embed"
        told += " · " + (t("{n} pieces a second") if pieces else t("{n} pages a second")).format(
            n=format_decimal(round(speed, 1), locale=t.language)
        )
    if left:
        minutes = round(left / 60)
        soon = t("less than a minute left")
        told += " · " + (t.n("about {n} minute left", "about {n} minutes left", minutes) if minutes else soon)
    return told
