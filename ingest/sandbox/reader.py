"""What reads the files of a corpus, seen from the ingest: paths go in, one outcome a path comes out.

`ingest.sandbox.pool.Workers` is the implementation: child processes of this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.passages.split import SplitResult
from ingest.readers.source import Source

OnPage = Callable[[Path, str, int, int], None]
"""Called with the path, "page" or "ocr", pages done and pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: `source` (its pages without lines) and `split`, or the `reason` why there are none.

    `state` is "ready" or the state of the failure; `sha256` is None where not even the bytes could be
    read. `transient` says that perhaps only the machine is at fault: another try may go well. `changed` says that the
    file was another one at the end of reading. `cpu` (seconds) and `peak` (bytes, of the child so far) are
    measurements, not content.
    """

    path: Path
    sha256: str | None
    source: Source | None
    split: SplitResult | None
    state: str = "ready"
    reason: str | None = None
    transient: bool = False
    changed: bool = False
    cpu: float = field(default=0.0, compare=False)
    peak: int = field(default=0, compare=False)


class Reader(Protocol):
    """Reads files that nobody trusts. A file that cannot be read costs itself alone, never the run."""

    def process(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield one Outcome a path, in the order of `paths`, whatever the files do.

        Raises: PinciteError when the machine lets nothing be read at all.
        """
        ...


class OpenReader(Protocol):
    """Makes a reader for one run; leaving the context leaves no process and no file behind."""

    def __call__(self, count: int, /, *, on_page: OnPage | None = None) -> AbstractContextManager[Reader]:
        """Return a reader of up to `count` files at a time."""
        ...
