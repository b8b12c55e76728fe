"""Opening the database, and its faults as pincite's own errors."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError

DATABASE_FILE = "library.db"
# Writers are kept apart by the kernel lock; the wait covers moments such as a checkpoint.
BUSY_SECONDS = 10
BUSY_PAUSE = 0.02
# With fewer bytes free a disk is full: SQLite wants room for its log and its pages before it stores a byte.
LEAST_ROOM = 1 << 20
# What SQLite answers where it cannot make its files beside a database that could be read.
_NO_ROOM = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
)


class Frozen(sqlite3.Connection):
    """A connection to a database that is read as it lies there, because nothing can be written beside it."""


def open_engine(folder: Path) -> Engine:
    """Return an engine for the database in `folder`; every connection has the same settings."""
    path = folder / DATABASE_FILE
    engine = create_engine(URL.create("sqlite", database=str(path)), creator=lambda: _connect(path))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _connect(path: Path) -> sqlite3.Connection:
    """Return a connection; a frozen one on a read-only or full disk, unless the journal holds something.

    Even to read, SQLite makes two files beside the database, which keep readers and writers apart.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _NO_ROOM or not path.is_file() or _journal(path):
            raise
        connection = _frozen(path)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
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


@contextlib.contextmanager
def reading(engine: Engine, folder: Path) -> Iterator[Connection]:
    """Give a connection inside a read transaction: one state of the library, whoever writes."""
    with faults(folder), engine.connect() as connection:
        try:
            yield connection
        finally:
            if isinstance(connection.connection.driver_connection, Frozen):
                connection.invalidate()  # the next one looks again whether others write by now


@contextlib.contextmanager
def writing(engine: Engine, folder: Path) -> Iterator[Connection]:
    """Give a connection inside a write transaction: committed at the end, rolled back on any error."""
    with faults(folder), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def faults(folder: Path) -> Iterator[None]:
    """Turn the database's errors into pincite's, naming the folder and the next step.

    Raises: LibraryBusy, LibraryDamaged or PinciteError (disk full, read-only, I/O) for the SQLite
    errors that a machine can cause; anything else is a defect and passes unchanged.
    """
    try:
        yield
    except DBAPIError as error:
        raise _translated(error, folder) or error from error


def _translated(error: DBAPIError, folder: Path) -> PinciteError | None:
    full = disk_full(error, folder)
    if full is not None:
        return full
    text = str(error.orig)
    database = folder / DATABASE_FILE
    if "is locked" in text:
        return LibraryBusy(f"{folder}: another process is writing to this library. Try again later.")
    if "malformed" in text or "not a database" in text:
        return LibraryDamaged(
            f"{database}: the database is damaged ({text}). "
            f"Run: pincite doctor --library {quote(str(folder))}"
        )
    message = None
    if "unable to open" in text and _journal(database):
        message = (
            f"the last ingest was stopped, and the end of its journal ({DATABASE_FILE}-wal) can be read only where "
            "the folder can be written to. Run the command with write permission, or on a copy of the folder."
        )
    elif "readonly" in text or "unable to open" in text:
        message = f"cannot be written to ({text}). Check the folder's permissions."
    elif "disk I/O error" in text:
        message = (
            f"the disk failed while reading or writing ({text}). Nothing stored so far is "
            "lost; check the disk and run the same command again."
        )
    return PinciteError(f"{folder}: {message}") if message else None


@contextlib.contextmanager
def telling_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Turn an OSError behind which the disk of `folder` is full into a PinciteError that says so."""
    try:
        yield
    except OSError as error:
        raise disk_full(error, folder) or error from error


def disk_full(error: DBAPIError | OSError, folder: Path) -> PinciteError | None:
    """Return what to tell of an error where a full disk is behind it, else None.

    SQLite in places and numpy say only that something could not be written; then the disk of `folder` is asked.
    """
    if isinstance(error, OSError):
        said, vague = error.errno in {errno.ENOSPC, errno.EDQUOT}, error.errno is None
        place = Path(error.filename).parent if isinstance(error.filename, str) else folder
    else:
        text, place = str(error.orig), folder
        frozen = "readonly" in text and os.access(folder, os.W_OK)
        said, vague = "disk is full" in text, frozen or "disk I/O error" in text
    if not (said or vague):
        return None
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        return None
    if not said and free >= LEAST_ROOM:
        return None
    return PinciteError(
        f"{place}: the disk is full ({free / 2**20:,.1f} MiB free). Nothing stored so far is lost; "
        "free some space and run the same command again."
    )
