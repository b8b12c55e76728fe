"""Taking a document out of its folder, putting it back, and laying another file in its place.

Nothing is destroyed: what is taken out lies in `removed/` beside the library, under the day and time it was taken.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.atomic_files import sync
from ingest.errors import PinciteError, UsageError

REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Files moved out of the folder: (where each was, where it lies now)."""

    title: str
    moved: tuple[tuple[Path, Path], ...]


def take_out(corpus: Path, library: Path, title: str, files: Sequence[str]) -> TakenOut:
    """Move the files of a document, all copies of it, out of the folder. Raises PinciteError, with nothing moved."""
    bin_ = library / REMOVED / time.strftime("%Y-%m-%d_%H%M%S")
    moved: list[tuple[Path, Path]] = []
    try:
        for name in files:
            path = within(corpus, name)
            if not path.is_file():
                continue
            target = bin_ / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            moved.append((path, target))
    except OSError as error:
        put_back(TakenOut(title, tuple(moved)))
        raise PinciteError(f"{error.filename or corpus}: cannot be taken out: {error.strerror}") from error
    if not moved:
        raise PinciteError(f"{title}: the file is no longer in the folder")
    return TakenOut(title, tuple(moved))


def put_back(taken: TakenOut) -> bool:
    """Move files back where they were; return False where another file has taken a name meanwhile."""
    free = not any(path.exists() for path, _ in taken.moved)
    if free:
        for path, target in taken.moved:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(target, path)
    return free


def replace(corpus: Path, library: Path, title: str, file: str, data: bytes) -> TakenOut:
    """Lay other content under the name of a document's file; the old file is taken out. Raises PinciteError."""
    path = within(corpus, file)
    new = path.with_name(f".{path.name}.part")
    try:
        new.write_bytes(data)
        sync(new)
        taken = take_out(corpus, library, title, [file])
        try:
            new.replace(path)
        except OSError:
            put_back(taken)
            raise
        sync(path.parent)
    except OSError as error:
        raise PinciteError(f"{file}: cannot be replaced: {error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)
    return taken


def undo(taken: TakenOut) -> bool:
    """Put back what `take_out` or `replace` moved; a file laid in its place is taken out in turn."""
    for path, target in taken.moved:
        if path.exists():
            shutil.move(path, target.with_name(f"{target.name}.replacement"))
    return put_back(taken)


def within(corpus: Path, name: str) -> Path:
    """Return the path of a file of the folder. Raises UsageError for one that would lie outside of it."""
    path = corpus / name
    if not path.parent.resolve().is_relative_to(corpus.resolve()) or path.is_symlink():
        raise UsageError(f"{name}: not a file of the folder itself")
    return path
