"""PostgreSQL under a library: one schema of a database on a server, from several machines at a time.

Readers see one state of the library (repeatable read), short writers wait for one another, and the one long writer
holds an advisory lock in a session of its own. What it writes goes through that very session: who loses the lock can
no longer write.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

from ingest.errors import LibraryBusy, PinciteError
from ingest.library import place, row_copy, schema
from ingest.library.advisory_lock import AdvisoryLock
from ingest.library.aside import before
from ingest.library.copy_in import copy_in, copy_over
from ingest.library.postgres_faults import away, translated
from ingest.library.shared_files import SharedFiles

BUSY_SECONDS = 10
LONGEST_NAME = 63
"""Letters of a name; PostgreSQL cuts longer ones off at their end, which tells them apart."""
# A server that vanished without a word is given up after so long, instead of the hours that TCP waits.
_ANSWER = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
# Of the two numbers of an advisory lock the first tells whose it is; the second, of the schema, which library's.
_LONG, _SHORT = 0x70696E63, 0x70696E64
# Rows from which on copying into a table beside is quicker than a statement a row.
_MANY = 50


class PostgresBackend:
    """The schema that a URL names. `folder` holds what this machine keeps beside the database."""

    local = False

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.schema = place.schema_of(url)
        self.location = self.where = place.without_password(url)
        self.engine = create_engine(
            place.for_driver(url),
            pool_pre_ping=True,
            pool_timeout=BUSY_SECONDS,
            hide_parameters=True,
            connect_args={
                "connect_timeout": place.CONNECT_SECONDS,
                "application_name": f"pincite, process {os.getpid()} on {socket.gethostname()}"[:63],
                "options": f"-c search_path={self.schema}",
                **_ANSWER,
            },
        )
        self._holding = threading.RLock()
        self._session: Connection | None = None
        self._made = False

    @property
    def _number(self) -> int:
        """The second number of this library's locks: 31 bits of the schema's name."""
        return zlib.crc32(self.schema.encode("ascii")) >> 1

    def exists(self) -> bool:
        """Return whether there is a table in the schema."""
        with self.connect() as connection:
            return self._tables(connection)

    def identity(self) -> object:
        """Return the same value as long as it is the same database."""
        return self.url

    def _tables(self, connection: Connection) -> bool:
        query = text("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = :schema")
        return bool(connection.execute(query, {"schema": self.schema}).scalar_one())

    def connect(self, *, write: bool = False) -> AbstractContextManager[Connection]:
        """Give a connection inside a transaction (see `ingest.library.backend.Backend`)."""
        return self._writing() if write else self._reading()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with (
            self._faults(),
            self.engine.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
        ):
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._faults(), ExitStack() as stack:
            stack.enter_context(self._holding)
            connection = self._held_session() or stack.enter_context(self.engine.connect())
            stack.enter_context(connection.begin())
            connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_SECONDS * 1000}"))
            # Not at repeatable read: the state would be that of before the wait.
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:short, :number)"),
                {"short": _SHORT, "number": self._number},
            )
            if not self._made:
                self._make_schema(connection)
            yield connection
            self._made = True

    def _make_schema(self, connection: Connection) -> None:
        """Make the schema, unless it is there: who may not make one can be given one that is empty."""
        query = text("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = :schema")
        if not connection.execute(query, {"schema": self.schema}).scalar_one():
            connection.execute(text(f'CREATE SCHEMA "{self.schema}"'))

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.translate(error) or error from error

    def translate(self, error: DBAPIError) -> PinciteError | None:
        """Return what to tell of an error of PostgreSQL's; None for a defect."""
        return translated(error, self.where, str(self.folder))

    # The long lock -------------------------------------------------------------------------------

    def write_lock(self) -> AdvisoryLock:
        """Return the lock of the library, held in the database and, for its name, in the folder."""
        return AdvisoryLock(self.folder, self._hold, self._let_go)

    def busy(self) -> bool:
        """Return whether somebody holds the long lock, on whatever machine."""
        with self.connect() as connection:
            return self._holder(connection) is not None

    def _hold(self, wait: float) -> None:
        """Take the lock in a session of its own. Raises: LibraryBusy after `wait` seconds."""
        deadline = time.monotonic() + wait
        with self._faults():
            session = self.engine.connect()
            try:
                while not self._taken(session):
                    if time.monotonic() >= deadline:
                        holder = self._holder(session) or "unknown"
                        raise LibraryBusy(
                            f"{self.where}: another ingest is running ({holder}). "
                            "Wait until it has finished and try again."
                        )
                    time.sleep(0.05)
            except BaseException:
                session.close()
                raise
        self._session = session

    def _taken(self, session: Connection) -> bool:
        with session.begin():
            query = text("SELECT pg_try_advisory_lock(:long, :number)")
            return bool(session.execute(query, {"long": _LONG, "number": self._number}).scalar_one())

    def _holder(self, connection: Connection) -> str | None:
        query = text(
            "SELECT a.application_name FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :long AND l.objid = :number AND l.database = "
            "(SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
        )
        found = connection.execute(query, {"long": _LONG, "number": self._number}).first()
        return None if found is None else str(found[0] or "unknown").removeprefix("pincite, ")

    def _held_session(self) -> Connection | None:
        """Return the session of the long lock, None without. Raises: LibraryAway where it was lost."""
        session = self._session
        if session is not None and (session.invalidated or _closed(session)):
            raise away(self.where, "the connection was lost, and with it the right to write")
        return session

    def _let_go(self) -> None:
        """End the session: with it the server frees the lock."""
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()
            session.close()

    # ---------------------------------------------------------------------------------------------

    def integrity(self) -> list[str]:
        """Return rows whose keys lead nowhere and indexes that are not valid, [] when sound."""
        wrong: list[str] = []
        with self.connect() as connection:
            for table in schema.tables.sorted_tables:
                for key in table.foreign_keys:
                    other, column = key.column.table, key.parent
                    query = table.select().where(
                        column.is_not(None) & ~column.in_(other.select().with_only_columns(key.column))
                    )
                    lost = len(connection.execute(query.with_only_columns(column)).all())
                    if lost:
                        wrong.append(f"{lost} rows of {table.name} point at a missing {other.name}")
            invalid = text(
                "SELECT indexrelid::regclass FROM pg_catalog.pg_index WHERE NOT indisvalid AND indrelid IN "
                "(SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace(:schema))"
            )
            wrong += [
                f"index {row[0]} is not valid" for row in connection.execute(invalid, {"schema": self.schema})
            ]
        return wrong

    def copy_to(self, path: Path) -> None:
        """Write one state of the database into a new SQLite file, row by row."""
        with self.connect() as connection:
            row_copy.to_file(connection, path)

    def copy_from(self, path: Path) -> str | None:
        """Fill the schema with what a library's SQLite file holds, in one transaction.

        What is there gets another name, which is returned.
        """
        with self.connect(write=True) as connection:
            aside = self._rename(connection) if self._tables(connection) else None
            self._make_schema(connection)
            schema.tables.create_all(connection)
            row_copy.from_file(path, connection, self.insert)
        return aside

    def set_aside(self) -> str:
        """Give the schema another name; return it. The next library begins with an empty one."""
        with self.connect(write=True) as connection:
            aside = self._rename(connection)
        self._made = False
        return aside

    def _rename(self, connection: Connection) -> str:
        name = before(self.schema, "_", "_", LONGEST_NAME)
        connection.execute(text(f'ALTER SCHEMA "{self.schema}" RENAME TO "{name}"'))
        return f"schema {name} of {place.without_password(place.for_driver(self.url))}"

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write new rows, all with the same columns, with COPY."""
        if rows:
            copy_in(connection, table, rows, table.name)

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows, each replacing the row that has its primary key."""
        if rows:
            copy_over(connection, table, rows, beside=len(rows) >= _MANY)

    def shared(self) -> SharedFiles:
        """Return where the machines that use this library leave files for each other."""
        return SharedFiles(self.connect, self.insert)

    def close(self) -> None:
        """Close all connections."""
        self._let_go()
        self.engine.dispose()


def _closed(session: Connection) -> bool:
    return bool(getattr(session.connection.driver_connection, "closed", True))
