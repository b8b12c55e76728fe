"""What an ingest says while it works and when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.corpus_folder import FileStamp
from ingest.text.safe import printable


@dataclass(frozen=True, slots=True)
class Event:
    """Progress. `stage` is "scan", "read" (a page), "file" (one is finished), "metadata" or "done".

    `done` of `total` files to be read are finished; `page` of `pages` is the place in `file`; `all_pages`
    and `passages` were stored in this run; `seconds_left` is an estimate by bytes, None before there is one.
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
    still being copied, not open to us now, or kept as an older reader read them after a passing fault, with
    the reason: the next run takes them up. `reread` were read by an older reader, or by none for a passing
    fault. `read` counts files read, `pages` (of sources that have any) and `passages` what they gave;
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
    read: int = 0
    pages: int = 0
    passages: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0

    @property
    def nothing_to_do(self) -> bool:
        """True when the library was already up to date."""
        lists = (self.added, self.changed, self.renamed, self.removed, self.reread, self.metadata_changed)
        return not any(lists)


class Progress:
    """Counts files, pages and passages of a run and tells about them.

    `work` are the files to be read, in the order in which they are read.
    """

    def __init__(self, work: Sequence[FileStamp], tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._started = time.monotonic()
        self._bytes = sum(stamp.size for stamp in work)
        self._bytes_done = 0
        self._now = Event("read", total=len(work))

    def page(self, path: str, kind: str, page: int, pages: int) -> None:
        """Tell that a page of the file at `path` was read, or with kind "ocr" recognised."""
        self._tell(
            replace(
                self._now,
                file=printable(path),
                page=page,
                pages=pages,
                ocr=kind == "ocr",
                seconds_left=self._seconds_left(),
            )
        )

    def file(
        self, stamp: FileStamp, state: str, reason: str | None, pages: int = 0, passages: int = 0
    ) -> None:
        """Count a file as finished, with the pages and passages stored of it, and tell so."""
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
            )
        )

    @property
    def totals(self) -> tuple[int, int, int]:
        """Files finished, pages and passages stored."""
        return self._now.done, self._now.all_pages, self._now.passages

    def _seconds_left(self) -> float | None:
        if not self._bytes_done:
            return None
        spent = time.monotonic() - self._started
        return round(spent / self._bytes_done * (self._bytes - self._bytes_done), 1)
