"""Opening the database, and its faults as pincite's own errors."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError

DATABASE_FILE = "library.db"
# Writers are kept apart by the kernel lock; the wait covers moments such as a checkpoint.
BUSY_SECONDS = 10
BUSY_PAUSE = 0.02


def open_engine(folder: Path) -> Engine:
    """Return an engine for the database in `folder`; every connection has the same settings."""
    engine = create_engine(
        URL.create("sqlite", database=str(folder / DATABASE_FILE)),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, also for reading
        _use_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


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
        yield connection


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
    text = str(error.orig)
    if "disk is full" in text:
        free = shutil.disk_usage(folder).free // 2**20
        return PinciteError(
            f"{folder}: the disk is full ({free} MiB free). Nothing stored so far is lost; "
            "free some space and run the same command again."
        )
    if "is locked" in text:
        return LibraryBusy(f"{folder}: another process is writing to this library. Try again later.")
    if "malformed" in text or "not a database" in text:
        return LibraryDamaged(
            f"{folder / DATABASE_FILE}: the database is damaged ({text}). "
            f"Run: pincite doctor --library {quote(str(folder))}"
        )
    if "readonly" in text or "unable to open" in text:
        return PinciteError(f"{folder}: cannot be written to ({text}). Check the folder's permissions.")
    if "disk I/O error" in text:
        return PinciteError(
            f"{folder}: the disk failed while reading or writing ({text}). Nothing stored so far is "
            "lost; check the disk and run the same command again."
        )
    return None
