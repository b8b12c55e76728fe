"""The database under a library, seen from the library: where it is, and what no two databases do alike.

`ingest.library.sqlite.SqliteBackend` is one file in the library's folder; `ingest.library.postgres.PostgresBackend` a
schema on a server, which `ingest.library.place` finds named in the folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from ingest.errors import PinciteError
from ingest.library.lock import WriteLock
from ingest.library.place import database_url
from ingest.library.sqlite import SqliteBackend

if TYPE_CHECKING:
    from ingest.library.postgres import PostgresBackend
    from ingest.library.shared_files import SharedFiles


class Backend(Protocol):
    """A database that holds one library. Usable from several threads."""

    @property
    def location(self) -> str:
        """What messages call the database."""
        ...

    @property
    def where(self) -> str:
        """What messages call the library."""
        ...

    @property
    def local(self) -> bool:
        """Whether the database is a file of this machine, and what people typed stands in another one beside it."""
        ...

    def exists(self) -> bool:
        """Return whether there is a database, whatever is in it."""
        ...

    def identity(self) -> object:
        """Return a value that changes when another database takes the place of this one; None where there is none."""
        ...

    def connect(self, *, write: bool = False) -> AbstractContextManager[Connection]:
        """Give a connection inside a transaction: one state of the library, whoever writes.

        With `write` it is committed on the disk at the end and rolled back on any error; writers wait for
        one another for some seconds. Raises: what `translate` makes of the database's errors.
        """
        ...

    def write_lock(self) -> WriteLock:
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

    def set_aside(self) -> str:
        """Give the database another name and return it; the next one begins empty. The caller holds the long lock."""
        ...

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write new rows, all with the same columns, as fast as the database takes them."""
        ...

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of which no two have one primary key, each replacing the row that has its key."""
        ...

    def shared(self) -> SharedFiles | None:
        """Return where machines that use the same library leave files for each other; None where it has one machine."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


def backend_at(folder: Path) -> Backend:
    """Return the database of the library in `folder`. Raises: PinciteError where its driver is not installed."""
    url = database_url(folder)
    return SqliteBackend(folder) if url is None else server_backend(folder, url)


def server_backend(folder: Path, url: str) -> PostgresBackend:
    """Return the database of a URL. Raises: PinciteError where its driver is not installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise PinciteError(
            'a library in PostgreSQL needs the package psycopg. Install it with: pip install "pincite[postgres]"'
        ) from error
    from ingest.library.postgres import PostgresBackend

    return PostgresBackend(folder, url)


def exists(folder: Path) -> bool:
    """Return whether there is a library in `folder`, or on the server that it names."""
    backend = backend_at(folder)
    try:
        return backend.exists()
    finally:
        backend.close()
