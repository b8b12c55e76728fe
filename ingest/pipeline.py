"""`ingest_folder`: bring the library up to date with a folder of documents.

scan → compare by content → read what is new in child processes → store, one transaction a document →
metadata → editions. Killed at any moment, the next run finishes the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import StatementError

from ingest.changes import (
    SETTLE_SECONDS,
    STILL_CHANGING,
    LibraryState,
    compare_folder,
    refuse_another_folder,
    refuse_to_empty,
)
from ingest.corpus.corpus import corpus_at
from ingest.corpus.folder import FileStamp
from ingest.editions import update_groups
from ingest.library.library import (
    READABLE,
    Basis,
    FileRecord,
    Library,
    NewDocument,
    from_reading,
    unread,
)
from ingest.metadata.catalogue import CATALOGUE, Sidecars, read_catalogue
from ingest.metadata.metadata import Metadata
from ingest.metadata.proposals import FIRST_PAGES
from ingest.metadata.references.match import References, ReferenceSource, printed_dois, remarks
from ingest.metadata.references.read import read_references, reference_files
from ingest.metadata.sources import Source, Subject, resolve, sources_of
from ingest.passages.invariants import UNTRUSTED, violations
from ingest.readers.version import NOT_READ, ReaderVersion
from ingest.report import Event, IngestReport, Progress, Record, Unreadable
from ingest.sandbox.pool import NOT_USABLE, TOO_LONG, Workers
from ingest.sandbox.reader import OpenReader, Outcome
from ingest.text.safe import printable

__all__ = ["Event", "IngestReport", "Unreadable", "ingest_folder"]

TRY_AGAIN = "the next run tries it again"
# Runs in which a content may take too long, each on a machine that was busy, before that is taken for its nature.
MOST_TRIES = 3
TRIES = "tries"
"""The space of derived values in which those runs are counted, by the hash of the content."""

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
    open_reader: OpenReader = Workers,
) -> IngestReport:
    """Make the library hold what the folder holds, and return what that changed.

    Only new and changed contents are read, by `open_reader`, at most `workers` at a time. With `dry_run` nothing is
    read or written. `settle` is the time in seconds a file must rest before it is read. Every document leaves
    only with `allow_empty`: more often a drive is missing (a folder without any file), or the library is that
    of another folder. Raises: UsageError for a missing folder, a broken catalogue, or a folder other than the
    last one that holds less than half of the library's contents; PinciteError for an empty one (nothing is changed
    then); LibraryBusy when another process is writing; PinciteError for a full or failing disk.
    """
    tell = on_event or (lambda _: None)
    with nullcontext() if dry_run else library.writing():
        found = _compared(corpus, library, tell, settle, dry_run=dry_run)
        if not dry_run:
            if not allow_empty:
                refuse_to_empty(corpus, found.record.scan, found.record.plan)
                refuse_another_folder(corpus, library, found.state, found.record.plan)
            _store_names(corpus, library, found.record)
            _Storing(corpus, library, found).read_all(workers, open_reader)
        changes = _changed_metadata(library, found)
        if dry_run:
            return found.record.report(library, dry_run=True)
        if changes:
            library.put_metadata(changes)
            tell(Event("metadata", total=len(changes)))
        update_groups(library)
        report = found.record.report(library, dry_run=False)
        tell(report.last_event)
        return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The folder and the library compared, what people wrote about the files, and the record of the run.

    `undescribed` are the paths of which that cannot be read: what is known of them stays. `references` are those of
    reference files, None without any.
    """

    state: LibraryState
    sources: tuple[Source, ...]
    undescribed: frozenset[str]
    references: References | None
    record: Record

    def subject(
        self, paths: Sequence[str], facts: NewDocument | Basis, first_pages: Iterable[str]
    ) -> Subject:
        """Return what is to be described; the first pages are looked at only where a reference may name a DOI."""
        dois = printed_dois(first_pages) if self.references is not None and self.references.by_doi else ()
        return Subject(
            paths=paths,
            guessed_title=facts.guessed_title,
            info=facts.info,
            language=facts.language,
            dois=dois,
        )


def _compared(corpus: Path, library: Library, tell: OnEvent, settle: float, *, dry_run: bool) -> _Found:
    started = time.monotonic()
    found = corpus_at(corpus).scan(leave_out=library.folder, quick=dry_run)
    catalogue = read_catalogue(corpus)
    paths = [stamp.path for stamp in found.stamps]
    sidecars = Sidecars.read(corpus, paths)
    files = reference_files(corpus, found.skipped)
    found = replace(found, skipped={path: why for path, why in found.skipped.items() if path not in files})
    references = References.of(read_references(corpus, files)) if files else None
    sources = sources_of(catalogue, sidecars.entries, ReferenceSource(references) if references else None)
    tell(Event("scan", total=len(paths)))
    state = LibraryState.of(library)
    plan, waiting = compare_folder(corpus, found, state, settle=settle, fetch=not dry_run)
    record = Record(
        started=started,
        scan=found,
        plan=plan,
        waiting=waiting,
        notices=[f"{CATALOGUE}: no file is called {printable(name)!r}" for name in catalogue.unused(paths)],
        broken=tuple(sidecars.broken.values()),
        progress=Progress([stamps[0] for stamps in plan.read.values()], tell),
    )
    return _Found(
        state=state,
        sources=sources,
        undescribed=frozenset(sidecars.broken),
        references=references,
        record=record,
    )


def _store_names(corpus: Path, library: Library, record: Record) -> None:
    """Record what needs no reading: digests of before, renames, duplicates, removals, files that cannot be opened."""
    library.seal()
    if record.plan.names or record.plan.gone:
        library.put_files(record.plan.names, record.plan.gone)
    library.put_skipped(record.scan.skipped)
    library.set_setting("corpus", corpus_at(corpus).name)


class _Storing:
    """Reads what must be read and stores each content as soon as it is there, in a transaction of its own."""

    def __init__(self, corpus: Path, library: Library, found: _Found) -> None:
        self.corpus, self.library, self.found = corpus_at(corpus), library, found
        self.sources, self.record, self.readable = found.sources, found.record, found.state.readable
        self.undescribed = found.undescribed

    def read_all(self, workers: int, open_reader: OpenReader) -> None:
        """Read every content of the plan, in its order."""
        work = list(self.record.plan.read.items())
        if not work:
            return
        names: dict[Path, str] = {}

        def paths() -> Iterator[Path]:
            for sha256, stamps in work:
                path = self.corpus.local(stamps[0], sha256)
                names[path] = stamps[0].path
                yield path

        def on_page(path: Path, kind: str, page: int, pages: int) -> None:
            self.record.progress.page(names[path], kind, page, pages)

        with open_reader(min(workers, len(work)), on_page=on_page) as reader:
            for (sha256, stamps), outcome in zip(work, reader.process(paths()), strict=True):
                self._take(sha256, stamps, outcome)

    def _take(self, sha256: str, stamps: Sequence[FileStamp], outcome: Outcome) -> None:
        record, first = self.record, stamps[0]
        record.cpu += outcome.cpu
        record.peak = max(record.peak, outcome.peak)
        if self._moved_on(sha256, first, outcome):
            record.waiting[first.path] = STILL_CHANGING
            record.progress.file(first, "waiting", STILL_CHANGING)
            return
        new, tried = document_of(sha256, outcome), outcome.transient and not self._gives_up(sha256, outcome)
        replaced = record.plan.replaces.get(sha256)
        if replaced is not None:
            self.library.move_overrides(replaced, new.id)
        if outcome.transient and new.id in self.readable:
            self._keep(new, stamps)
            return
        if outcome.transient and not tried:
            new = unread(sha256, outcome.state, f"{outcome.reason}, in {MOST_TRIES} runs")
        new = self._stored(new, stamps, NOT_READ if tried else ReaderVersion.current())
        record.read += 1
        record.failed += new.state not in READABLE
        pages = len(new.pages) if new.paged else 0
        record.progress.file(first, new.state, new.reason, pages, len(new.passages))

    def _gives_up(self, sha256: str, outcome: Outcome) -> bool:
        """Count the runs in which a content took too long; return whether it is not to be tried again.

        Faults of the machine (a full disk, a killed reader) do not count.
        """
        if outcome.reason != TOO_LONG:
            return False
        tries = int(self.library.get_derived(TRIES, [sha256]).get(sha256, b"0")) + 1
        self.library.put_derived(TRIES, [(sha256, b"%d" % tries)])
        return tries >= MOST_TRIES

    def _moved_on(self, sha256: str, stamp: FileStamp, outcome: Outcome) -> bool:
        """Return whether the file changed or vanished between hashing and the end of reading."""
        if outcome.sha256 is None:
            return self.corpus.current(stamp.path) is None
        return outcome.sha256 != sha256 or outcome.changed

    def _keep(self, new: NewDocument, stamps: Sequence[FileStamp]) -> None:
        """Keep the older reading of a content, now that a transient fault stopped the newer one."""
        reason = f"{new.reason}; what was read before is kept"
        self.library.put_files([FileRecord(stamp, new.id) for stamp in stamps])
        self.record.waiting |= {stamp.path: reason for stamp in stamps}
        self.record.progress.file(stamps[0], "waiting", reason)

    def _stored(self, new: NewDocument, stamps: Sequence[FileStamp], version: ReaderVersion) -> NewDocument:
        """Store a reading and return it, or where the database refuses it, what was stored in its stead."""
        paths = [stamp.path for stamp in stamps]
        subject = self.found.subject(paths, new, (page.text for page in new.pages[:FIRST_PAGES]))
        metadata = resolve(subject, self.sources)
        if not self.undescribed.isdisjoint(paths):
            known = self.library.bases().get(self.record.plan.replaces.get(new.sha256, new.id))
            metadata = known.metadata if known is not None else metadata
        try:
            self.library.put_document(new, metadata, stamps, str(version))
            return new
        except StatementError:
            log.warning("%s: its reading cannot be stored", printable(paths[0]), exc_info=True)
        refused = unread(new.sha256, "failed", NOT_USABLE)
        metadata = resolve(Subject(paths=paths), self.sources)
        self.library.put_document(refused, metadata, stamps, str(ReaderVersion.current()))
        return refused


def _changed_metadata(library: Library, found: _Found) -> dict[str, Metadata]:
    """Return document id -> metadata that differs from what is stored, and tell of it in the record of the run."""
    described = described_documents(library, found)
    changes = {
        ident: one.metadata
        for ident, one in described.items()
        if one.metadata != one.before and found.undescribed.isdisjoint(one.subject.paths)
    }
    found.record.metadata_changed = list(changes)
    if found.references is not None:
        pairs = [(one.subject, one.metadata) for one in described.values()]
        found.record.notices = [*found.record.notices, *remarks(found.references, pairs)]
    return changes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Described:
    """What the sources say of a document, and what was stored of it before."""

    subject: Subject
    metadata: Metadata
    before: Metadata


def described_documents(library: Library, found: _Found) -> dict[str, _Described]:
    """Return document id -> what the sources say of it now, for all documents that have a name in the folder."""
    paths: dict[str, list[str]] = {}
    for record in library.files():
        if record.document_id is not None:
            paths.setdefault(record.document_id, []).append(record.stamp.path)

    def first_pages(ident: str) -> Iterator[str]:
        for number in range(1, FIRST_PAGES + 1):
            page = library.page(ident, number)
            if page is not None:
                yield page.text

    described = {}
    for ident, basis in library.bases().items():
        if ident in paths:
            subject = found.subject(paths[ident], basis, first_pages(ident))
            metadata = resolve(subject, found.sources)
            described[ident] = _Described(subject=subject, metadata=metadata, before=basis.metadata)
    return described


def document_of(sha256: str, outcome: Outcome) -> NewDocument:
    """Return what to store of a reading; the child that made it is not trusted with the excerpts."""
    if outcome.source is None or outcome.split is None:
        reason = outcome.reason or "could not be read"
        return unread(sha256, outcome.state, f"{reason}; {TRY_AGAIN}" if outcome.transient else reason)
    new = from_reading(sha256, outcome.source, outcome.split)
    wrong = violations(
        sha256,
        new.passages,
        {page.number: page.text for page in new.pages},
        {page.number: page.label for page in new.pages},
        paged=new.paged,
    )
    if any(what in UNTRUSTED for what, _ in wrong):
        return unread(sha256, "failed", NOT_USABLE)
    return new
