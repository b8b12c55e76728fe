"""The files of an open generation, read again slowly: a disk that decays changes what no time tells of."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from index.snapshot import checked
from index.snapshot.snapshot import Snapshot

log = logging.getLogger(__name__)

PIECE = 1 << 20
"""Bytes that are read at once: less than a millisecond of one core."""


def damaged_file(opened: Snapshot, pause: Callable[[], None]) -> Path | None:
    """Return the first file of a generation that has not its hash, None where all have theirs, or it has been replaced.

    `pause` is called before each `PIECE`. That the files were found right once is forgotten where one is not, so that
    the next opening refuses them and the next ingest makes them anew.
    """
    for name, (_, digest) in opened.manifest.files.items():
        path = opened.folder / name
        try:
            if _sha256(path, pause) == digest:
                continue
        except FileNotFoundError:
            if not opened.folder.is_dir():
                return None  # a newer generation is in use
        except OSError as error:
            log.info("%s cannot be read: %s", path, error)
        checked.forget(opened.folder)
        return path
    return None


def _sha256(path: Path, pause: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while True:
            pause()
            piece = file.read(PIECE)
            if not piece:
                return digest.hexdigest()
            digest.update(piece)
