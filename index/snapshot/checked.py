"""The files of a generation have their hashes, and `checked.json` remembers which were found to have them, and when.

A file whose size, times and inode are what they were then is not read again.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from ingest.atomic_files import file_sha256, full_stat, known_stamps, remember_stamps
from ingest.errors import LibraryDamaged
from ingest.library.repair import ingest_command

log = logging.getLogger(__name__)

CHECKED = "checked.json"


def check(folder: Path, files: Mapping[str, tuple[int, str]], known: Mapping[str, list[int]]) -> None:
    """Raise LibraryDamaged unless every file has its size and SHA-256; those with `known` stamps are not read."""
    fresh = {}
    for name, (size, digest) in files.items():
        path = folder / name
        try:
            fresh[name] = full_stat(path)
        except FileNotFoundError:
            raise damage(path, "is missing") from None
        if known.get(name) == fresh[name]:
            continue
        if fresh[name][0] != size or file_sha256(path) != digest:
            raise damage(path)
    if fresh != known:
        remember(folder, fresh)


def damaged(path: Path, fault: str = "") -> LibraryDamaged:
    """Return the error of a file, or of a generation, that was found right when it was last hashed and is not now."""
    forget(path if path.is_dir() else path.parent)
    return damage(path, f"is damaged{f': {fault}' if fault else ''}")


def damage(path: Path, what: str = "is damaged") -> LibraryDamaged:
    """Return the error of something within a snapshot, with the command that builds it again."""
    path = Path(os.path.normpath(path))
    folder = next((one for one in (path, path.parent) if one.name.startswith(("gen-", "base-"))), path)
    return LibraryDamaged(f"{path} {what}", ingest_command(folder.parent.parent))


def forget(folder: Path) -> None:
    """Forget that the files of a generation were found right: whoever opens it next hashes them."""
    try:
        (folder / CHECKED).unlink(missing_ok=True)
    except OSError as error:
        log.info("%s cannot be removed: %s", folder / CHECKED, error)


def known(folder: Path) -> dict[str, list[int]]:
    """Return the stamps with which the files of a generation were found right last, {} where that is not known."""
    return known_stamps(folder / CHECKED)


def remember(folder: Path, stamps: Mapping[str, list[int]]) -> None:
    """Remember which files of a generation were found right."""
    remember_stamps(folder / CHECKED, stamps)
