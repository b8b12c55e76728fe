"""What an ingest says while it works and when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.changes import Plan
from ingest.corpus.folder import FileStamp, Scan
from ingest.library.library import READABLE, Document, Library
from ingest.text.safe import printable

# States of documents that were read, with pages of which nothing could be taken up.
# Before so many seconds nothing is said of the speed, unless a file is finished.
SECONDS_OF_WORK = 3.0
_WITHOUT_TEXT = frozenset({"partial", "no_text"})


@dataclass(frozen=True, slots=True)
class Event:
    """Progress. `stage` is "scan", "read" (a page), "file" (one is finished), "metadata" or "done".

    `done` of `total` files to be read are finished; `page` of `pages` is the place in `file`; `all_pages`
    and `passages` were stored in this run; `seconds_left` is an estimate by bytes, pages of files at work counted in,
    None before there is one; `per_second` are the pages read a second.
    """

    stage: str
    done: int = 0
    total: int = 0
    file: str | None = None
    page: int | None = None
    pages: int | None = None
    ocr: bool = False
    state: str | None = None
    reason: str | None = None
    all_pages: int = 0
    passages: int = 0
    seconds_left: float | None = None
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of the corpus that could not be read, with its state and a reason for people."""

    file: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest changed, or with `dry_run` would change; all names as shown.

    `renamed` are (old, new), `duplicates` (file, first file with the same content) of the whole library.
    `unreadable` and `without_text` are of the whole library, not of this run alone. `waiting` are files
    still being copied, not open to us now, or kept as an older reader read them after a transient fault, with
    the reason: the next run takes them up. `reread` were read by an older reader, or by none for a transient
    fault. `broken` are sidecars that cannot be read, each with its line: what was known of their documents stays.
    `read` counts files that were tried, `failed` those of them that could not be read, `pages` (of sources that have
    any) and `passages` what they gave;
    `peak_memory` (bytes) is that of the largest child.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    reread: tuple[str, ...]
    unchanged: int
    duplicates: tuple[tuple[str, str], ...]
    metadata_changed: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    without_text: tuple[Unreadable, ...]
    waiting: Mapping[str, str]
    skipped: Mapping[str, str]
    notices: tuple[str, ...]
    dry_run: bool
    broken: tuple[str, ...] = ()
    read: int = 0
    failed: int = 0
    pages: int = 0
    passages: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0

    @property
    def nothing_to_do(self) -> bool:
        """Whether the library was already up to date."""
        lists = (self.added, self.changed, self.renamed, self.removed, self.reread, self.metadata_changed)
        return not any(lists)

    @property
    def last_event(self) -> Event:
        """What is told when all is done."""
        return Event(
            "done",
            done=self.read,
            total=self.read,
            all_pages=self.pages,
            passages=self.passages,
            seconds_left=0.0,
        )


class Progress:
    """Counts files, pages and passages of a run and tells about them.

    `work` are the files to be read, in the order in which they are read.
    """

    def __init__(self, work: Sequence[FileStamp], tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._started = time.monotonic()
        self._bytes = sum(stamp.size for stamp in work)
        self._sizes = {stamp.path: stamp.size for stamp in work}
        self._bytes_done = 0
        self._at_work: dict[str, float] = {}
        self._pages = 0
        self._now = Event("read", total=len(work))

    def page(self, path: str, kind: str, page: int, pages: int) -> None:
        """Tell that a page of the file at `path` was read, or with kind "ocr" recognised."""
        self._pages += kind != "ocr"
        self._at_work[path] = self._sizes.get(path, 0) * min(page / max(pages, 1), 1.0)
        self._tell(
            replace(
                self._now,
                file=printable(path),
                page=page,
                pages=pages,
                ocr=kind == "ocr",
                seconds_left=self._seconds_left(),
                per_second=self._per_second(),
            )
        )

    def file(
        self, stamp: FileStamp, state: str, reason: str | None, pages: int = 0, passages: int = 0
    ) -> None:
        """Count a file as finished, with the pages and passages stored of it, and tell so."""
        self._at_work.pop(stamp.path, None)
        self._bytes_done += stamp.size
        self._now = replace(
            self._now,
            done=self._now.done + 1,
            all_pages=self._now.all_pages + pages,
            passages=self._now.passages + passages,
        )
        self._tell(
            replace(
                self._now,
                stage="file",
                file=printable(stamp.path),
                state=state,
                reason=reason,
                seconds_left=self._seconds_left(),
                per_second=self._per_second(),
            )
        )

    @property
    def totals(self) -> tuple[int, int, int]:
        """Files finished, pages and passages stored."""
        return self._now.done, self._now.all_pages, self._now.passages

    def _seconds_left(self) -> float | None:
        done = self._bytes_done + sum(self._at_work.values())
        spent = time.monotonic() - self._started
        if not done or (not self._bytes_done and spent < SECONDS_OF_WORK):
            return None
        return round(spent / done * (self._bytes - done), 1)

    def _per_second(self) -> float | None:
        spent = time.monotonic() - self._started
        return round(self._pages / spent, 1) if self._pages and spent >= SECONDS_OF_WORK else None


@dataclass(slots=True, kw_only=True)
class Record:
    """What an ingest has to tell: what it found, and what was done about it so far.

    `waiting` is path -> why a file is left to the next run. `cpu` is in seconds, `peak` in bytes, of the largest child.
    """

    started: float
    scan: Scan
    plan: Plan
    waiting: dict[str, str]
    notices: Sequence[str]
    progress: Progress
    broken: tuple[str, ...] = ()
    metadata_changed: list[str] = field(default_factory=list)
    read: int = 0
    failed: int = 0
    cpu: float = 0.0
    peak: int = 0

    def report(self, library: Library, *, dry_run: bool) -> IngestReport:
        """Return the report of a run that ends now; lists are of the library as it is now."""
        plan, documents = self.plan, library.documents()
        file_of = {document.id: document.file for document in documents}
        _, pages, passages = self.progress.totals
        return IngestReport(
            added=_names(plan.added),
            changed=_names(plan.changed),
            renamed=tuple((printable(old), printable(new)) for old, new in plan.renamed),
            removed=_names(plan.removed),
            reread=_names(plan.reread),
            unchanged=len(plan.unchanged),
            duplicates=tuple((file, one.file) for one in documents for file in one.files[1:]),
            metadata_changed=tuple(sorted(file_of[ident] for ident in self.metadata_changed)),
            unreadable=_unreadable(documents, library),
            without_text=tuple(
                Unreadable(one.file, one.state, one.reason or "")
                for one in documents
                if one.state in _WITHOUT_TEXT
            ),
            waiting={printable(path): reason for path, reason in sorted(self.waiting.items())},
            skipped={printable(path): reason for path, reason in self.scan.skipped.items()},
            notices=tuple(self.notices),
            broken=self.broken,
            dry_run=dry_run,
            read=self.read,
            failed=self.failed,
            pages=pages,
            passages=passages,
            seconds=round(time.monotonic() - self.started, 2),
            cpu_seconds=round(self.cpu, 2),
            peak_memory=self.peak,
        )


def _unreadable(documents: Sequence[Document], library: Library) -> tuple[Unreadable, ...]:
    failed = [
        Unreadable(file, document.state, document.reason or "could not be read")
        for document in documents
        if document.state not in READABLE
        for file in document.files
    ]
    failed += [
        Unreadable(printable(record.stamp.path), "failed", record.reason or "could not be opened")
        for record in library.files()
        if record.document_id is None
    ]
    return tuple(sorted(failed, key=lambda one: one.file))


def _names(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names fit to be seen, in byte order of the paths."""
    return tuple(
        printable(path) for path in sorted(paths, key=lambda path: path.encode("utf-8", "surrogatepass"))
    )
