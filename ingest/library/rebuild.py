"""Reading all anew: the database gets another name, and a new one takes over what people typed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LibraryDamaged, PinciteError
from ingest.library.backend import backend_at
from ingest.library.library import Library
from ingest.library.typed_file import TYPED_FILE, Typed, readable_lines, write_typed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aside:
    """Where the database of before is now, None where there was none, and the value of a setting in it."""

    name: str | None
    setting: str | None = None


def set_aside(folder: Path, setting: str) -> Aside:
    """Give the database another name, so that the next ingest reads all anew.

    What people typed is first brought into the plain file from which a new database takes it: that file's word counts,
    and the database's where the file has none. The caller holds the lock. `setting` is read for whoever goes on.
    """
    backend = backend_at(folder)
    try:
        if not backend.exists():
            return Aside(None)
        typed, kept = _still_readable(folder, setting)
        if backend.local:
            for ident, values in readable_lines(folder).items():
                typed[ident] = {**typed.get(ident, {}), **values}
        write_typed(folder, typed, {})
        return Aside(backend.set_aside(), kept)
    finally:
        backend.close()


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
