"""`Corpus`: where the documents of a library come from, seen from the ingest: a folder, or a store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from ingest.atomic_files import file_sha256
from ingest.corpus import folder as on_disk
from ingest.corpus.folder import FileStamp, Hashed, Scan, provable
from ingest.corpus.place import corpus_name, store_url


class Corpus(Protocol):
    """Documents under names with `/`. What is not there raises OSError, as with files.

    Raises: PinciteError where the whole of it cannot be reached (UsageError for a folder that is not there,
    StoreAway for a store).
    """

    @property
    def name(self) -> str:
        """What people call it, and what a library remembers."""

    def scan(self, *, leave_out: Path | None = None, quick: bool = False) -> Scan:
        """Return what lies in it, without the folder `leave_out`; `quick` where somebody waits.

        What people wrote about the documents (catalogue, sidecars, references) lies in its folder afterwards.
        """

    def current(self, path: str) -> FileStamp | None:
        """Return the stamp that a document has now, None when it is gone."""

    def settled(
        self, stamps: Iterable[FileStamp], *, settle: float, longest: float
    ) -> tuple[dict[str, FileStamp], list[str]]:
        """Wait for documents that are still being written; return stamps by path, and the paths still changing."""

    def hashed(self, stamps: Iterable[FileStamp], *, fetch: bool) -> Iterator[Hashed]:
        """Yield the hash of each document; without `fetch` nothing is brought from another machine for it."""

    def local(self, stamp: FileStamp, sha256: str) -> Path:
        """Return a file of this machine with a document's content; where that is no longer to be had, one not there."""


class FolderCorpus:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """The whole path."""
        return corpus_name(self.folder)

    def scan(self, *, leave_out: Path | None = None, quick: bool = False) -> Scan:
        """As `Corpus.scan`."""
        return on_disk.scan(self.folder, leave_out=leave_out)

    def current(self, path: str) -> FileStamp | None:
        """As `Corpus.current`."""
        return on_disk.current_stamp(self.folder, path)

    def settled(
        self, stamps: Iterable[FileStamp], *, settle: float, longest: float
    ) -> tuple[dict[str, FileStamp], list[str]]:
        """As `Corpus.settled`: two looks have to agree."""
        return on_disk.wait_until_stable(self.folder, stamps, settle=settle, longest=longest)

    def hashed(self, stamps: Iterable[FileStamp], *, fetch: bool) -> Iterator[Hashed]:
        """As `Corpus.hashed`: everything is here, and always hashed."""
        for stamp in stamps:
            hashed_at = time.time_ns()
            try:
                sha256 = file_sha256(self.folder / stamp.path, follow_links=False)
            except OSError as error:
                yield stamp, error
            else:
                yield provable(stamp, hashed_at), sha256

    def local(self, stamp: FileStamp, sha256: str) -> Path:
        """As `Corpus.local`: the file itself."""
        return self.folder / stamp.path


def corpus_at(path: Path) -> Corpus:
    """Return the corpus at a path: a folder, or the store whose folder of this machine it is."""
    url = store_url(path)
    return FolderCorpus(path) if url is None else _store(path, url)


@lru_cache(maxsize=8)
def _store(path: Path, url: str) -> Corpus:
    """Open a store once in a process, for its connections stay open."""
    from ingest.corpus.store import StoreCorpus

    return StoreCorpus(path, url)
