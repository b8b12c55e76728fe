"""What a node of a Ray cluster does with one document: the same child process reads it as on one machine.

The bytes come with the task and lie in a temporary file while they are read. The result goes back as the child wrote
it: who asked checks it as it checks one of this machine.
"""

from __future__ import annotations

import atexit
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.readers.child_processes import temporary_folder
from ingest.readers.limits import Limits
from ingest.readers.version import READER_VERSION, ReaderVersion
from ingest.sandbox.pool import NOT_USABLE, Workers
from ingest.sandbox.protocol import MAX_RESULT, Done

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

Page = tuple[int, str, int, int]
"""The number of a document in its run, "page" or "ocr", pages done and pages in all."""

# Pages are passed on together, and so many are kept for a driver that is busy.
TELL_SECONDS = 0.25
MOST_TOLD = 20_000
# A board that does not answer costs progress, not the document.
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Order:
    """One document of a run: its number there, its file name, how it is to be read, by which `ReaderVersion`."""

    number: int
    name: str
    limits: Limits
    ocr: bool
    version: str


@dataclass(frozen=True, slots=True)
class Read:
    """What the child said of a document: the hash of its bytes, its end, and the result as it was written.

    `version` is that of the node's reader; where it is another than the order's, nothing was read.
    """

    version: str
    sha256: str | None = None
    done: Done | None = None
    result: bytes = b""


class Board:
    """Pages read on all nodes, until the driver takes them. An actor."""

    def __init__(self) -> None:
        self._told: deque[Page] = deque(maxlen=MOST_TOLD)

    def tell(self, pages: list[Page]) -> None:
        """Take in pages."""
        self._told.extend(pages)

    def taken(self) -> list[Page]:
        """Return the pages told since the last call."""
        pages = list(self._told)
        self._told.clear()
        return pages


class _Teller:
    """Passes the pages of one document on to the board, those of a moment together."""

    def __init__(self, board: Any, number: int) -> None:
        self._board, self._number = board, number
        self._pages: list[Page] = []
        self._told = time.monotonic()

    def page(self, step: str, done: int, total: int) -> None:
        self._pages.append((self._number, step, done, total))
        if time.monotonic() - self._told > TELL_SECONDS:
            self._tell()

    def finish(self) -> None:
        """Tell the rest, and wait until it is there: whoever gets the document has its pages."""
        if self._board is not None:
            import ray

            with suppress(ray.exceptions.RayError):
                ray.get(self._tell(), timeout=PATIENCE)

    def _tell(self) -> Any:
        self._told = time.monotonic()
        pages, self._pages = self._pages, []
        return self._board.tell.remote(pages) if self._board is not None else None


class _NodeReader:
    """The reading child of a Ray worker, kept from one document to the next."""

    def __init__(self, limits: Limits, *, ocr: bool) -> None:
        self.teller: _Teller | None = None
        self._workers = Workers(1, limits, ocr=ocr, on_page=self._page)
        self._workers.__enter__()
        atexit.register(self._workers.__exit__, None, None, None)

    def _page(self, _: Path, step: str, done: int, total: int) -> None:
        if self.teller is not None:
            self.teller.page(step, done, total)

    def read(self, path: Path, version: str, teller: _Teller) -> Read:
        """Read one file, told to `teller` page by page."""
        self.teller = teller
        for ended in self._workers.ended([path]):
            done, result = ended.done, b""
            if done.reason is None:
                if ended.out.stat().st_size > MAX_RESULT:
                    done = Done(reason=NOT_USABLE, state="failed")
                else:
                    result = ended.out.read_bytes()
            found = Read(version, ended.sha256, done, result)
        teller.finish()
        return found


@lru_cache(maxsize=1)
def _reader(limits: Limits, ocr: bool) -> _NodeReader:
    return _NodeReader(limits, ocr=ocr)


def reads_alike(one: str, other: str) -> bool:
    """Return whether two reader versions give the same passages: the number, and the languages of scans."""
    return ReaderVersion.parse(one) == ReaderVersion.parse(other)


def read_document(order: Order, data: Bytes, board: Any) -> Read:
    """Read a document on this node. Raises: OSError, PinciteError where the node cannot; another one may."""
    own = str(ReaderVersion.current())
    if not reads_alike(own, order.version):
        return Read(own or READER_VERSION)
    with temporary_folder() as folder:
        path = folder / order.name
        path.write_bytes(data.data)
        return _reader(order.limits, order.ocr).read(path, own, _Teller(board, order.number))
