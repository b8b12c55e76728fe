"""`ingest_folder`: bring the library up to date with a folder of documents.

scan → compare by content → read what is new in child processes → store, one transaction a document →
metadata → editions. Killed at any moment, the next run finishes the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy.exc import StatementError

from ingest.changes import Holdings, Plan, compare
from ingest.corpus_folder import looked_at, scan, wait_until_stable
from ingest.errors import PinciteError, UsageError
from ingest.grouping import update_groups
from ingest.library.library import (
    READABLE,
    Document,
    FileRecord,
    FileStamp,
    Library,
    NewDocument,
    document_id,
    from_reading,
    unread,
)
from ingest.metadata.catalogue import CATALOGUE, read_catalogue, read_sidecar
from ingest.metadata.metadata import Metadata, resolve
from ingest.passages.invariants import UNTRUSTED, violations
from ingest.readers.pdf.ocr import installed_languages
from ingest.report import Event, IngestReport, Progress, Unreadable
from ingest.sandbox.pool import Outcome, Workers
from ingest.sandbox.worker import CHANGED
from ingest.text.safe import printable

__all__ = ["READING", "Event", "IngestReport", "Unreadable", "ingest_folder"]

# Raised by one whenever reading or splitting gives other pages or passages: all files are read again.
READING = "6"
# The reading of a file that a passing fault stopped: no reader's, so the next run tries again.
UNREAD = ""
# A file changed less than this ago may still be being copied: it is looked at again after as long.
SETTLE_SECONDS = 0.5
# After this the files that still change are left for the next run.
LONGEST_WAIT_SECONDS = 5.0
NOT_SAFE = "could not be read safely: the reader gave no usable result"
TRY_AGAIN = "the next run tries it again"
STILL_CHANGING = "still being written; the next run takes it up"

log = logging.getLogger(__name__)

OnEvent = Callable[[Event], None]


def ingest_folder(
    corpus: Path,
    library: Library,
    *,
    workers: int = 1,
    on_event: OnEvent | None = None,
    dry_run: bool = False,
    allow_empty: bool = False,
    settle: float = SETTLE_SECONDS,
) -> IngestReport:
    """Make the library hold what the folder holds, and return what that changed.

    Only new and changed contents are read, in `workers` child processes. With `dry_run` nothing is read
    or written. `settle` is the time in seconds a file must rest before it is read. Every document leaves
    only with `allow_empty`: more often a drive is missing (a folder without any file), or the library is that
    of another folder. Raises: UsageError for a missing folder, a broken catalogue, or a folder other than the
    last one that holds less than half of the library's contents; PinciteError for an empty one (nothing is changed
    then); LibraryBusy when another process is writing; PinciteError for a full or failing disk.
    """
    tell = on_event or (lambda _: None)
    if dry_run:
        run = _Run(corpus, library, tell, settle)
        return run.report(run.metadata_changes(), dry_run=True)
    with library.writing():
        run = _Run(corpus, library, tell, settle)
        if not allow_empty:
            run.refuse_to_empty()
            run.refuse_another_folder()
        run.store_names()
        run.read_all(workers)
        return run.finish()


class _Run:
    """One ingest: the folder and the library compared, and what is done about it."""

    def __init__(self, corpus: Path, library: Library, tell: OnEvent, settle: float) -> None:
        self.started = time.monotonic()
        self.corpus, self.library, self.tell = corpus, library, tell
        self.catalogue = read_catalogue(corpus)
        self.scan = scan(corpus, leave_out=library.folder)
        self.sidecars = {stamp.path: read_sidecar(corpus, stamp.path) for stamp in self.scan.stamps}
        tell(Event("scan", total=len(self.scan.stamps)))
        stable, changing = wait_until_stable(
            corpus, self.scan.stamps, settle=settle, longest=LONGEST_WAIT_SECONDS
        )
        self.waiting = dict.fromkeys(changing, STILL_CHANGING)
        documents = library.documents()
        self.readable = frozenset(document.id for document in documents if document.state in READABLE)
        self.scans = frozenset(document.id for document in documents if document.pages_without_text)
        self.plan = self._compare(stable)
        self.waiting |= self.plan.kept
        self.progress = Progress([stamps[0] for stamps in self.plan.read.values()], tell)
        self.read = 0
        self.cpu, self.peak = 0.0, 0

    def _compare(self, stable: Mapping[str, FileStamp]) -> Plan:
        known = {record.stamp.path: record for record in self.library.files()}
        bases = self.library.bases()
        outdated = self._outdated({ident: basis.reading for ident, basis in bases.items()})
        leave = frozenset(path for path in known if path in self.waiting or self._unseen(path))
        stamps = [stable[stamp.path] for stamp in self.scan.stamps if stamp.path in stable]
        plan = compare(self.corpus, stamps, Holdings(known, frozenset(bases), outdated, leave))
        # One that hangs must not keep the others waiting in every run.
        again = {ident for ident, basis in bases.items() if basis.reading == UNREAD}
        plan.read = dict(sorted(plan.read.items(), key=lambda work: document_id(work[0]) in again))
        return plan

    def _outdated(self, readings: Mapping[str, str]) -> frozenset[str]:
        """Return the documents that an older reader read or none, and scans it had no languages for."""
        return frozenset(
            ident
            for ident, reading in readings.items()
            if reading.partition("+")[0] != READING
            or (ident in self.scans and not installed_languages() <= set(reading.split("+")[1:]))
        )

    def _unseen(self, path: str) -> bool:
        return any(
            path.startswith(place) if place.endswith("/") else path == place for place in self.scan.unseen
        )

    def refuse_to_empty(self) -> None:
        """Raise PinciteError where the folder holds no file at all and the library would lose its own."""
        if self.plan.removed and not self.scan.stamps:
            raise PinciteError(
                f"{self.corpus}: the folder holds no documents, the library {len(self.plan.removed)}; nothing was "
                "changed. Is a drive missing? Put the documents back, or empty the library with --allow-empty."
            )

    def refuse_another_folder(self) -> None:
        """Raise UsageError where the folder is not the one of the last ingest and most documents would leave."""
        last, held = self.library.setting("corpus"), len(self.library.bases())
        if last is None or last == str(self.corpus.resolve()):
            return
        stay = held - len(self.plan.leaving({record.stamp.path: record for record in self.library.files()}))
        if 2 * stay >= held:
            return
        raise UsageError(
            f"{self.corpus}: this folder holds {f'only {stay}' if stay else 'none'} of the {held} documents "
            f"of the library {self.library.folder}, which was filled from {last}; nothing was changed. "
            "Give this folder a library of its own with --library DIR, or let the other documents leave with "
            "--allow-empty."
        )

    def store_names(self) -> None:
        """Record what needs no reading: renames, duplicates, removals, files that cannot be opened."""
        if self.plan.names or self.plan.gone:
            self.library.put_files(self.plan.names, self.plan.gone)
        self.library.put_skipped(self.scan.skipped)
        self.library.set_setting("corpus", str(self.corpus.resolve()))

    def read_all(self, workers: int) -> None:
        """Read every content of the plan and store it as soon as it is there."""
        work = list(self.plan.read.items())
        if not work:
            return
        names = {self.corpus / stamps[0].path: stamps[0].path for _, stamps in work}

        def on_page(path: Path, kind: str, page: int, pages: int) -> None:
            self.progress.page(names[path], kind, page, pages)

        with Workers(min(workers, len(work)), on_page=on_page) as children:
            for (sha256, stamps), outcome in zip(work, children.process(names), strict=True):
                self._take(sha256, stamps, outcome)

    def _take(self, sha256: str, stamps: list[FileStamp], outcome: Outcome) -> None:
        self.cpu += outcome.cpu
        self.peak = max(self.peak, outcome.peak)
        if self._moved_on(sha256, stamps[0], outcome):
            self.waiting[stamps[0].path] = STILL_CHANGING
            self.progress.file(stamps[0], "waiting", STILL_CHANGING)
            return
        new = _document(sha256, outcome)
        replaced = self.plan.replaces.get(sha256)
        if replaced is not None:
            self.library.move_overrides(replaced, new.id)
        if outcome.passing and new.id in self.readable:
            self._keep(new, stamps)
            return
        try:
            self._put(new, stamps, UNREAD if outcome.passing else self._reading())
        except StatementError:
            log.warning("%s: its reading cannot be stored", printable(stamps[0].path), exc_info=True)
            new = unread(sha256, "failed", NOT_SAFE)
            self._put(new, stamps, self._reading())
        self.read += 1
        pages = len(new.pages) if new.paged else 0
        self.progress.file(stamps[0], new.state, new.reason, pages, len(new.passages))

    def _keep(self, new: NewDocument, stamps: list[FileStamp]) -> None:
        """Keep the older reading of a content, now that a passing fault stopped the newer one."""
        reason = f"{new.reason}; what was read before is kept"
        self.library.put_files([FileRecord(stamp, new.id) for stamp in stamps])
        self.waiting |= {stamp.path: reason for stamp in stamps}
        self.progress.file(stamps[0], "waiting", reason)

    def _put(self, new: NewDocument, stamps: list[FileStamp], reading: str) -> None:
        paths = [stamp.path for stamp in stamps]
        metadata = self._metadata(paths, new.guessed_title, new.info, new.language)
        self.library.put_document(new, metadata, stamps, reading)

    def _reading(self) -> str:
        return "+".join([READING, *sorted(installed_languages())])

    def _moved_on(self, sha256: str, stamp: FileStamp, outcome: Outcome) -> bool:
        """Return whether the file changed or vanished between hashing and the end of reading."""
        if outcome.sha256 is None:
            return looked_at(self.corpus, stamp.path) is None
        return outcome.sha256 != sha256 or outcome.reason == CHANGED

    def _metadata(
        self, paths: Sequence[str], title: str | None, info: Mapping[str, str], language: str | None
    ) -> Metadata:
        """Return the metadata of a content under these names; the first name that is catalogued counts."""
        known = (path for path in paths if self.catalogue.entry(path) or self.sidecars.get(path))
        path = next(known, paths[0])
        return resolve(
            path,
            self.catalogue.entry(path),
            self.sidecars.get(path, {}),
            guessed_title=title,
            info=info,
            language=language,
        )

    def metadata_changes(self) -> dict[str, Metadata]:
        """Return document id -> metadata, of those whose metadata is no longer what is stored."""
        paths: dict[str, list[str]] = {}
        for record in self.library.files():
            if record.document_id is not None:
                paths.setdefault(record.document_id, []).append(record.stamp.path)
        changed: dict[str, Metadata] = {}
        for ident, basis in self.library.bases().items():
            if ident in paths:
                found = self._metadata(paths[ident], basis.guessed_title, basis.info, basis.language)
                if found != basis.metadata:
                    changed[ident] = found
        return changed

    def finish(self) -> IngestReport:
        """Bring the metadata up to date and return the report."""
        changes = self.metadata_changes()
        if changes:
            self.library.put_metadata(changes)
            self.tell(Event("metadata", total=len(changes)))
        update_groups(self.library)
        report = self.report(changes, dry_run=False)
        self.tell(
            Event(
                "done",
                done=report.read,
                total=report.read,
                all_pages=report.pages,
                passages=report.passages,
                seconds_left=0.0,
            )
        )
        return report

    def report(self, metadata_changed: Iterable[str], *, dry_run: bool) -> IngestReport:
        """Return what was done, or would be done."""
        plan, documents = self.plan, self.library.documents()
        file_of = {document.id: document.file for document in documents}
        _, pages, passages = self.progress.totals
        return IngestReport(
            added=_shown(plan.added),
            changed=_shown(plan.changed),
            renamed=tuple((printable(old), printable(new)) for old, new in plan.renamed),
            removed=_shown(plan.removed),
            reread=_shown(plan.reread),
            unchanged=len(plan.unchanged),
            duplicates=tuple((file, d.file) for d in documents for file in d.files[1:]),
            metadata_changed=tuple(sorted(file_of[ident] for ident in metadata_changed)),
            unreadable=self._unreadable(documents),
            without_text=tuple(
                Unreadable(d.file, d.state, d.reason or "")
                for d in documents
                if d.state in {"partial", "no_text"}
            ),
            waiting={printable(path): reason for path, reason in sorted(self.waiting.items())},
            skipped={printable(path): reason for path, reason in self.scan.skipped.items()},
            notices=tuple(
                f"{CATALOGUE}: no file is called {printable(name)!r}"
                for name in self.catalogue.unused([stamp.path for stamp in self.scan.stamps])
            ),
            dry_run=dry_run,
            read=self.read,
            pages=pages,
            passages=passages,
            seconds=round(time.monotonic() - self.started, 2),
            cpu_seconds=round(self.cpu, 2),
            peak_memory=self.peak,
        )

    def _unreadable(self, documents: Sequence[Document]) -> tuple[Unreadable, ...]:
        failed = [
            Unreadable(file, document.state, document.reason or "could not be read")
            for document in documents
            if document.state not in READABLE
            for file in document.files
        ]
        failed += [
            Unreadable(printable(record.stamp.path), "failed", record.reason or "could not be opened")
            for record in self.library.files()
            if record.document_id is None
        ]
        return tuple(sorted(failed, key=lambda one: one.file))


def _document(sha256: str, outcome: Outcome) -> NewDocument:
    """Return what to store of a reading; the child that made it is not trusted with the excerpts."""
    if outcome.source is None or outcome.split is None:
        reason = outcome.reason or "could not be read"
        return unread(sha256, outcome.state, f"{reason}; {TRY_AGAIN}" if outcome.passing else reason)
    new = from_reading(sha256, outcome.source, outcome.split)
    wrong = violations(
        sha256,
        new.passages,
        {page.number: page.text for page in new.pages},
        {page.number: page.label for page in new.pages},
        paged=new.paged,
    )
    if any(what in UNTRUSTED for what, _ in wrong):
        return unread(sha256, "failed", NOT_SAFE)
    return new


def _shown(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        printable(path) for path in sorted(paths, key=lambda path: path.encode("utf-8", "surrogatepass"))
    )
