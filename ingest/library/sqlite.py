"""SQLite under a library: opening the database, and its faults as pincite's own errors."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from sqlalchemy import URL, Connection, Table, create_engine, event, insert
from sqlalchemy.exc import DBAPIError

from ingest.atomic_files import sync
from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError
from ingest.library.aside import before
from ingest.library.full_disk import full_disk
from ingest.library.lock import WriterLock
from ingest.library.place import OWN_DATABASE as DATABASE_FILE

# Writers are kept apart by the kernel lock; the wait covers moments such as a checkpoint.
BUSY_SECONDS = 10
BUSY_PAUSE = 0.02
# What SQLite answers where it cannot make its files beside a database that could be read.
_NO_ROOM = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
)

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NOT_WRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


class Frozen(sqlite3.Connection):
    """A connection to a database that is read as it lies there, because nothing can be written beside it."""


class SqliteBackend:
    """The file `library.db` in a library's folder, with a write-ahead log and every commit brought to the disk."""

    local = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = str(folder)
        path = self.path = folder / DATABASE_FILE
        self.engine = create_engine(URL.create("sqlite", database=str(path)), creator=lambda: _connect(path))

        @event.listens_for(self.engine, "begin")
        def _begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @property
    def location(self) -> str:
        """The path of the file."""
        return str(self.path)

    def exists(self) -> bool:
        """Return whether the file is there."""
        return self.path.exists()

    def identity(self) -> object:
        """Return what tells this file from another one of its name: it was restored, or read anew."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def connect(self, *, write: bool = False) -> AbstractContextManager[Connection]:
        """Give a connection inside a transaction (see `ingest.library.backend.Backend`)."""
        return self._writing() if write else self._reading()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._faults(), self.engine.connect() as connection:
            try:
                yield connection
            finally:
                if isinstance(connection.connection.driver_connection, Frozen):
                    connection.invalidate()  # the next one looks again whether others write by now

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            self._faults(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.translate(error) or error from error

    def write_lock(self) -> WriterLock:
        """Return the lock of the folder."""
        return WriterLock(self.folder)

    def translate(self, error: DBAPIError) -> PinciteError | None:
        """Return what to tell of an error of SQLite's, by its result code; None for a defect."""
        return _translated(error, self.folder)

    def integrity(self) -> list[str]:
        """Return what SQLite's own integrity check and the foreign keys find wrong, [] when sound."""
        with self.connect() as connection:
            broken = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            orphans = [
                f"{row[0]} row {row[1]} points at a missing {row[2]}"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ]
        return [line for line in broken if line != "ok"] + orphans

    def copy_to(self, path: Path) -> None:
        """Write one state of the database into a new file, by SQLite's online backup in a single step."""
        with self.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            target = sqlite3.connect(path, isolation_level=None)
            try:
                source.backup(target)
            except sqlite3.Error as error:
                known = _translated(DBAPIError(None, None, error), self.folder)
                raise known or LibraryDamaged(f"{self.path}: cannot be copied ({error})") from error
            finally:
                target.close()

    def set_aside(self) -> str:
        """Give the file another name, and the files of its journal; return its path."""
        aside = self.folder / before(DATABASE_FILE)
        # The database last: a kill leaves it where it is.
        for ending in ("-wal", "-shm", ""):
            part = self.path.with_name(self.path.name + ending)
            if part.exists():
                part.rename(aside.with_name(aside.name + ending))
        sync(self.folder)
        return str(aside)

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write new rows."""
        if rows:
            connection.execute(insert(table), list(rows))

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows, each replacing the row that has its primary key."""
        if rows:
            connection.execute(insert(table).prefix_with("OR REPLACE"), list(rows))

    def shared(self) -> None:
        """Return None: whoever reads this library reads its snapshot in the same folder."""
        return

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _connect(path: Path) -> sqlite3.Connection:
    """Return a connection; a frozen one on a read-only or full disk, unless the journal holds something.

    Even to read, SQLite makes two files beside the database, which keep readers and writers apart.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
    except sqlite3.Error as error:
        connection.close()
        no_room = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _NO_ROOM
        if not no_room or not path.is_file() or _journal(path):
            raise
        connection = _frozen(path)
    try:
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _frozen(path: Path) -> Frozen:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1",
        isolation_level=None,  # transactions begin with the engine's event, also for reading
        check_same_thread=False,
        factory=Frozen,
        uri=True,
    )


def _journal(path: Path) -> int:
    """Return how many bytes of a database are still in its write-ahead log."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the database to a write-ahead log, where it has none yet.

    SQLite answers two processes that switch at the same moment with "locked" at once, without the
    connection's timeout, so the wait is here. Raises: sqlite3.OperationalError after `BUSY_SECONDS`.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(BUSY_PAUSE)


def _translated(error: DBAPIError, folder: Path) -> PinciteError | None:
    code, text = _code(error), str(error.orig)
    database = folder / DATABASE_FILE
    if _may_be_full(code, folder):
        full = full_disk(folder, certain=code == sqlite3.SQLITE_FULL)
        if full is not None:
            return full
    if code in _LOCKED:
        return LibraryBusy(f"{folder}: another process is writing to this library. Try again later.")
    if code in _DAMAGED:
        return LibraryDamaged(
            f"{database}: the database is damaged ({text})", f"pincite doctor --library {quote(str(folder))}"
        )
    message = None
    if code == sqlite3.SQLITE_CANTOPEN and _journal(database):
        message = (
            f"the last ingest was stopped, and the end of its journal ({DATABASE_FILE}-wal) can be read only where "
            "the folder can be written to. Run the command with write permission, or on a copy of the folder."
        )
    elif code in _NOT_WRITABLE:
        message = f"cannot be written to ({text}). Check the folder's permissions."
    elif code == sqlite3.SQLITE_IOERR:
        message = (
            f"the disk failed while reading or writing ({text}). Nothing stored so far is "
            "lost; check the disk and run the same command again."
        )
    return PinciteError(f"{folder}: {message}") if message else None


def _code(error: DBAPIError) -> int | None:
    """Return SQLite's primary result code, None where the error is Python's."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _may_be_full(code: int | None, folder: Path) -> bool:
    """Return whether a full disk may be behind the code: SQLite in places says only that it could not write."""
    if code == sqlite3.SQLITE_READONLY:
        return os.access(folder, os.W_OK)
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
