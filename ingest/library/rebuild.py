"""Reading all anew: the database gets another name, and a new one takes over what people typed."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from ingest.atomic_files import sync
from ingest.errors import LibraryDamaged, PinciteError
from ingest.library.library import Library
from ingest.library.sqlite import DATABASE_FILE
from ingest.library.typed_file import TYPED_FILE, Typed, readable_lines, write_typed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aside:
    """Where the database of before is now, None where there was none, and the value of a setting in it."""

    path: Path | None
    setting: str | None = None


def set_aside(folder: Path, setting: str) -> Aside:
    """Give the database another name, so that the next ingest reads all anew.

    What people typed is first brought into the plain file from which a new database takes it: that file's word counts,
    and the database's where the file has none. The caller holds the lock. `setting` is read for whoever goes on.
    """
    path = folder / DATABASE_FILE
    if not path.exists():
        return Aside(None)
    typed, kept = _still_readable(folder, setting)
    for ident, values in readable_lines(folder).items():
        typed[ident] = {**typed.get(ident, {}), **values}
    write_typed(folder, typed, {})
    aside = folder / f"{DATABASE_FILE}.before-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    for ending in (
        "-wal",
        "-shm",
        "",
    ):  # the database last: a kill leaves it, and the typed file, where they are
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    sync(folder)
    return Aside(aside, kept)


def _still_readable(folder: Path, setting: str) -> tuple[Typed, str | None]:
    """Return what people typed and the setting, as far as a database that may be damaged still tells."""
    try:
        with Library.open(folder) as library:
            kept = library.setting(setting)
            return library.typed(), kept if isinstance(kept, str) else None
    except PinciteError as error:
        fault = error.fault if isinstance(error, LibraryDamaged) else str(error).removesuffix(".")
        log.warning(
            "%s; all is read anew, and what people typed is taken from %s", fault, folder / TYPED_FILE
        )
        return {}, None
