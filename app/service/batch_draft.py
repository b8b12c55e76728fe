"""The answers of a batch while it runs: kept beside the file asked for, so that a stopped batch goes on where it was.

    answers.jsonl.part    a line that says what was asked of which library, then a line an answer, in order

A line that was cut off by a kill is answered again. Other questions, another library or other options begin anew.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.errors import PinciteError


def fingerprint(*facts: object) -> str:
    """Return what names a batch: equal for equal facts."""
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()


class BatchDraft:
    """The lines answered so far; `done` is their number. A context manager that closes the file and leaves it there."""

    def __init__(self, out: Path, name: str) -> None:
        """Open the draft of `out`, or begin it anew where it is of another batch than `name`.

        Raises: PinciteError when it cannot be written.
        """
        # Beside a pipe or a device nothing can be kept.
        ordinary = out.is_file() or not out.exists()
        self._folder = None if ordinary else tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "part" if self._folder else out.with_name(out.name + ".part")
        self._head = json.dumps({"batch": name}).encode() + b"\n"
        self.done = 0
        try:
            self._file = self._opened()
        except OSError as error:
            raise PinciteError(f"{out}: cannot be written ({error.strerror or error}).") from error

    def _opened(self) -> BinaryIO:
        try:
            file = self.path.open("r+b")
        except FileNotFoundError:
            file = self.path.open("x+b")
        head = file.readline()
        end = len(head)
        if head == self._head:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.done += 1
                end += len(line)
        else:
            file.seek(0)
            file.write(self._head)
            end = len(self._head)
        file.truncate(end)
        file.seek(end)
        return file

    def __enter__(self) -> BatchDraft:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, line: bytes) -> None:
        """Keep an answer, a line with its end; it is there for the next run as soon as this returns."""
        self._file.write(line)
        self._file.flush()
        self.done += 1

    def lines(self) -> Iterator[bytes]:
        """Yield the answers from the first on."""
        self._file.flush()
        with self.path.open("rb") as file:
            file.readline()
            yield from file

    def remove(self) -> None:
        """Take the draft away: its answers are in the file that was asked for."""
        self._file.close()
        self.path.unlink(missing_ok=True)
