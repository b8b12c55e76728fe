"""Restoring to a library on a server: the database to the server, all other files to this machine's folder."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import PinciteError
from ingest.library.aside import stamp
from ingest.library.backend import server_backend
from ingest.library.lock import LOCK_FILE
from ingest.library.place import OWN_DATABASE, POINTER
from ingest.library.typed_file import TYPED_FILE

_STAYS = frozenset({POINTER, LOCK_FILE, "snapshot"})


def holds_something(folder: Path, url: str) -> bool:
    """Return whether there is a library on the server, or something of one in the folder."""
    backend = server_backend(folder, url)
    try:
        return backend.exists() or bool(_others(folder))
    finally:
        backend.close()


def put(draft: Path, folder: Path, url: str) -> str | None:
    """Fill the schema of the server from an unpacked backup; return what the one that was there is called now.

    What lay in the folder is moved into a folder in it. The database changes in one transaction, the files follow.
    Raises: LibraryBusy; LibraryAway; PinciteError.
    """
    backend = server_backend(folder, url)
    try:
        with backend.write_lock():
            aside = backend.copy_from(draft / OWN_DATABASE)
            try:
                _move(draft, folder)
            except OSError as error:
                raise PinciteError(
                    f"{folder}: the database was restored, the files beside it were not ({error.strerror})"
                ) from error
            return aside
    finally:
        backend.close()


def _others(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if path.name not in _STAYS and not path.name.startswith(("before-", "."))
    ]


def _move(draft: Path, folder: Path) -> None:
    there = _others(folder)
    if there:
        aside = folder / f"before-{stamp()}"
        aside.mkdir()
        for path in there:
            path.rename(aside / path.name)
    for path in draft.iterdir():
        if path.name not in {OWN_DATABASE, TYPED_FILE} and not path.name.startswith(f"{OWN_DATABASE}-"):
            path.rename(folder / path.name)
