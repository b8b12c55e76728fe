"""The database under a library, seen from the library: where it is, and what no two databases do alike.

`ingest.library.sqlite.SqliteBackend` is the implementation: one file in the library's folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from ingest.errors import PinciteError
from ingest.library.lock import WriterLock
from ingest.library.sqlite import SqliteBackend


class Backend(Protocol):
    """A database that holds one library. Usable from several threads."""

    @property
    def location(self) -> str:
        """What messages call the database."""
        ...

    def exists(self) -> bool:
        """Return whether there is a database, whatever is in it."""
        ...

    def connect(self, *, write: bool = False) -> AbstractContextManager[Connection]:
        """Give a connection inside a transaction: one state of the library, whoever writes.

        With `write` it is committed on the disk at the end and rolled back on any error; writers wait for
        one another for some seconds. Raises: what `translate` makes of the database's errors.
        """
        ...

    def write_lock(self) -> WriterLock:
        """Return the right to change the library for long, held by one process at a time, freed when that ends."""
        ...

    def translate(self, error: DBAPIError) -> PinciteError | None:
        """Return what to tell of an error that a machine can cause, None for one that is a defect of the program.

        LibraryBusy, LibraryDamaged or PinciteError (disk full, read-only, I/O), with the next step.
        """
        ...

    def integrity(self) -> list[str]:
        """Return what the database's own checks and the foreign keys find wrong, [] when sound."""
        ...

    def copy_to(self, path: Path) -> None:
        """Write one state of the database into a new SQLite file, whoever reads and writes meanwhile."""
        ...

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of which no two have one primary key, each replacing the row that has its key."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


def backend_at(folder: Path) -> Backend:
    """Return the database of the library in `folder`."""
    return SqliteBackend(folder)
