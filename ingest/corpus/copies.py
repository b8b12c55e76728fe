"""Copies of a store's documents on this machine: by content, whole or not there, at most so many bytes of them."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ingest.atomic_files import sync
from ingest.corpus.folder import FileStamp
from ingest.readers.formats import SUFFIXES

FOLDER = "copies"
PART = ".part"
# What was used within this time is being read perhaps, and stays also where more is kept than should be.
IN_USE_SECONDS = 600.0
# A part that nothing was added to for so long is of a process that was killed.
ABANDONED_SECONDS = 600.0
# Made room for at once, so that not every copy looks at all others.
KEPT_SHARE = 0.9


class Copies:
    """Copies in a folder, named by the SHA-256 of their content and a mark of the object. For several threads."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Keep at most `most_bytes` in `folder`, and what was used in the last ten minutes."""
        self._folder = folder / FOLDER
        self._most = most_bytes
        self._bytes: int | None = None
        self._lock = threading.Lock()

    def of_content(self, sha256: str) -> Path | None:
        """Return a copy of this content, None where there is none."""
        return self._used(next(iter(sorted(self._folder.glob(f"{sha256}-*"))), None))

    def hashes(self) -> dict[str, str]:
        """Return mark -> hash of the objects of which there are copies."""
        found: dict[str, str] = {}
        with suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                sha256, dash, mark = path.stem.partition("-")
                if dash:
                    found[mark] = sha256
        return found

    def forget(self, path: Path) -> None:
        """Remove a copy that is no longer what was copied."""
        with suppress(OSError):
            path.unlink()

    @contextmanager
    def adding(self, stamp: FileStamp) -> Iterator[Addition]:
        """Give what takes the bytes of an object; at the end of the block it is a copy, unless that raises."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._folder / f".{secrets.token_hex(8)}{PART}"
        try:
            with part.open("xb") as file:
                addition = Addition(file)
                yield addition
            sync(part)
            suffix = Path(stamp.path).suffix.lower()
            name = f"{addition.sha256}-{mark_of(stamp)}{suffix if suffix in SUFFIXES else ''}"
            part.replace(self._folder / name)
            addition.path = self._folder / name
        finally:
            part.unlink(missing_ok=True)
        self._make_room(addition.size)

    def _used(self, path: Path | None) -> Path | None:
        if path is not None:
            try:
                os.utime(path)
            except OSError:
                return None
        return path

    def _make_room(self, added: int) -> None:
        with self._lock:
            self._bytes = None if self._bytes is None else self._bytes + added
            if self._bytes is None or self._bytes > self._most:
                self._bytes = self._shrink()

    def _shrink(self) -> int:
        """Remove the copies that were not used for the longest time; return the bytes that stay."""
        now = time.time()
        found: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        full = total > self._most
        for used, size, path in sorted(found):
            abandoned = path.suffix == PART and now - used > ABANDONED_SECONDS
            too_many = full and total > KEPT_SHARE * self._most and now - used > IN_USE_SECONDS
            if abandoned or too_many:
                with suppress(OSError):
                    path.unlink()
                    total -= size
        return total


class Addition:
    """What takes the bytes of a new copy; `path` is where it lies afterwards."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.size = 0
        self.path: Path | None = None

    @property
    def sha256(self) -> str:
        """The hash of the bytes taken so far, 64 hex digits."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Take more bytes."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)


def mark_of(stamp: FileStamp) -> str:
    """Return what tells an object as it was stamped from every other one, 24 hex digits."""
    written = f"{stamp.path}\0{stamp.size}\0{stamp.inode}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(written).hexdigest()[:24]
