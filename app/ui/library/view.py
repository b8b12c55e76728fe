"""The Library page: what the library holds, in which state, with upload and editable metadata."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.exports.escape import for_html, for_markdown, visible
from app.i18n import Words, names
from app.service import ingest_jobs, uploads
from app.service.engine import Engine, NoIndex, engine
from app.service.site import may_edit, may_upload, told
from app.service.standing import Standing, standing
from app.ui import file_button, freshness, state, visitor
from app.ui.library import edit_metadata, metadata_proposals
from app.ui.library.file_status import Row, attention, rows
from ingest.errors import LibraryBusy, UnreadableFile

if TYPE_CHECKING:
    from ingest.library.library import Library

UPLOADS = "uploads"
"""What became of the files sent last; forgotten when another page is opened."""
_TURN = "upload_turn"
_CHOSEN = "document_chosen"
_LOOK_EVERY = 2.0


def view() -> None:
    """Draw the Library page."""
    t = state.words()
    machine = engine()
    st.html(f'<h1 class="page-title">{t("Library")}</h1>')
    _upload(t, machine)
    _job(t, machine)
    freshness.notice(t, machine)
    try:
        library = machine.library()
    except NoIndex:
        st.html(freshness.no_documents(t, machine))
        return
    stands = standing(machine)
    found = rows(
        library, t, stands.new, _event(machine, stands), better=stands.better, removed=stands.removed
    )
    st.fragment(_keep_true, run_every=_LOOK_EVERY)(machine, stands)
    _counts(t, library, found)
    if may_edit(machine.site, visitor.person(machine.site)):
        metadata_proposals.table(t, machine)
    chosen = _table(t, found)
    if chosen is not None and chosen.document is not None:
        edit_metadata.details(t, machine, chosen.document, chosen)


def _event(machine: Engine, stands: Standing) -> dict[str, Any] | None:
    """Return the newest event of the ingest that runs, {} where it tells nothing to us, None where none runs."""
    running = ingest_jobs.running(machine.site.library)
    if running is not None and running.events:
        return running.events[-1]
    return None if stands.ingest is None else {}


def _keep_true(machine: Engine, shown: Standing) -> None:
    """Draw the page again when the folder or an ingest made something else of what it shows."""
    if standing(machine) != shown:
        st.rerun()


def _counts(t: Words, library: Library, found: list[Row]) -> None:
    documents = t.n("{n} document", "{n} documents", len({row.document.id for row in found if row.document}))
    passages = t.n("{n} passage", "{n} passages", library.counts().get("passages", 0))
    parts = [documents, passages]
    if number := sum(attention(row) for row in found):
        parts.append(t.n("{n} needs attention", "{n} need attention", number))
    st.html(f'<p class="count" role="status">{" · ".join(parts)}</p>')


def _table(t: Words, found: list[Row]) -> Row | None:
    """Draw the table and return the row that is selected."""
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
        return None
    st.html(f'<p class="note">{t("Select a row to see and change what is known of a document.")}</p>')
    files = [row.file for row in found]
    # A selection is a place in the table: where the table is another one, the place means another document.
    key = f"documents-{hash(tuple(files))}"
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
    chosen = st.session_state.get(_CHOSEN)
    return next((row for row in found if row.file == chosen), None)


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


def _upload(t: Words, machine: Engine) -> None:
    settings = machine.site.settings
    corpus = machine.corpus()
    if not may_upload(machine.site, visitor.person(machine.site)) or corpus is None:
        note = t(
            "Put files into the corpus folder to add them. Uploading here is off (upload in pincite.toml)."
        )
        st.html(f'<p class="note">{note}</p>')
        return
    turn = int(st.session_state.get(_TURN, 0))
    choose = t("Choose files")
    limit = t("PDF, at most {n} MB each").format(n=settings.upload_max_mb)
    with st.container(key="upload"):
        file_button.words_for_upload("upload", choose, limit)
        st.file_uploader(
            t("Add PDF files"),
            type="pdf",
            accept_multiple_files=True,
            max_upload_size=settings.upload_max_mb,
            key=f"uploader-{turn}",
            on_change=_store,
            args=(f"uploader-{turn}", machine, corpus),
        )
    for done in st.session_state.get(UPLOADS, ()):
        kind = "" if done.outcome == "stored" else " weak"
        message = for_html(uploads.message(t, done, settings.upload_max_mb, settings.upload_daily_mb))
        st.html(f'<p class="state{kind}" role="status">{message}</p>')


def _store(key: str, machine: Engine, corpus: Path) -> None:
    """Store what was sent, begin to read it, and give the page an empty uploader again."""
    files = st.session_state.get(key) or []
    if not may_upload(machine.site, visitor.person(machine.site)):
        return
    known = _known(machine)
    settings = machine.site.settings
    limits = {"max_mb": settings.upload_max_mb, "daily_mb": settings.upload_daily_mb}
    done = [uploads.store(corpus, file.name, file.getvalue(), known=known, **limits) for file in files]
    st.session_state[UPLOADS] = done
    st.session_state[_TURN] = int(st.session_state.get(_TURN, 0)) + 1
    if any(one.outcome == "stored" for one in done):
        ingest_jobs.start(corpus, machine.site)


def _known(machine: Engine) -> dict[str, str]:
    try:
        documents = machine.library().documents()
    except NoIndex:
        return {}
    return {document.sha256: document.metadata.title or document.file for document in documents}


def _job(t: Words, machine: Engine) -> None:
    job = ingest_jobs.last(machine.site.library)
    if job is None:
        return
    if job.code is None:
        st.fragment(_watch, run_every=1.0)(t, job)
        return
    if job.code in {0, UnreadableFile.exit_code}:
        return
    busy = job.code == LibraryBusy.exit_code
    if busy and not ingest_jobs.at_work(machine.site.library):
        return
    message = t("Another ingest is running.") if busy else t("The documents could not be read: {reason}")
    st.warning(message.format(reason=for_markdown(told(job.message()))))


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
            n=round(speed, 1)
        )
    if left:
        minutes = round(left / 60)
        soon = t("less than a minute left")
        told += " · " + (t.n("about {n} minute left", "about {n} minutes left", minutes) if minutes else soon)
    return told
