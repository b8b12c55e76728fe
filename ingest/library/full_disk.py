"""A full disk, told in one line whoever meets it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import PinciteError

# With fewer bytes free a disk is full: a database wants room for its log and its pages before it stores a byte.
LEAST_ROOM = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def telling_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Turn an OSError behind which the disk of `folder` is full, or fails, into a PinciteError that says so.

    numpy says only that something could not be written; then the disk is asked.
    """
    try:
        yield
    except OSError as error:
        certain = error.errno in _FULL
        place = Path(error.filename).parent if isinstance(error.filename, str) else folder
        full = full_disk(place, certain=certain) if certain or error.errno is None else None
        if full is None and error.errno in {errno.EIO, None}:
            full = PinciteError(
                f"{place}: the disk failed while reading or writing ({error.strerror or error}). Nothing stored so far "
                "is lost; check the disk and run the same command again."
            )
        raise full or error from error


def full_disk(place: Path, *, certain: bool) -> PinciteError | None:
    """Return what to tell where the disk of `place` is full, else None; `certain` where the system has said so."""
    while not place.exists() and place != place.parent:  # a draft that is gone by now
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        return None
    if not certain and free >= LEAST_ROOM:
        return None
    return PinciteError(
        f"{place}: the disk is full ({free / 2**20:,.1f} MiB free). Nothing stored so far is lost; "
        "free some space and run the same command again."
    )
