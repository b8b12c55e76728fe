"""Whether a file of the corpus still has the content that was read, told by its hash."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from cachetools import LRUCache

from ingest.atomic_files import file_sha256
from ingest.corpus.folder import COARSEST_CLOCK_NS, STAMPS_PROVE

# A key and a hash take 300 bytes.
_REMEMBERED = 4_096
_known: LRUCache[tuple[object, ...], str] = LRUCache(_REMEMBERED)
_lock = threading.Lock()


def content_hash(path: Path) -> str:
    """Return the SHA-256 of an ordinary file, read again unless all that the disk says of it is what it was.

    A file that changed within the last two seconds may change once more without its times moving on, and is not
    remembered. Raises: OSError when it cannot be read, is a link or no ordinary file.
    """
    before = _facts(path)
    with _lock:
        known = _known.get(before)
    if known is not None:
        return known
    hashed_at = time.time_ns()
    sha256 = file_sha256(path, follow_links=False)
    newest = max(_times(path))
    if STAMPS_PROVE and newest < hashed_at - COARSEST_CLOCK_NS and _facts(path) == before:
        with _lock:
            _known[before] = sha256
    return sha256


def _facts(path: Path) -> tuple[object, ...]:
    found = os.lstat(path)
    return (
        str(path),
        found.st_dev,
        found.st_ino,
        found.st_mode,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


def _times(path: Path) -> tuple[int, int]:
    found = os.lstat(path)
    return found.st_mtime_ns, found.st_ctime_ns
