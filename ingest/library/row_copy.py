"""All rows of a library, from a server's database into a file and back: the same tables, value by value."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, func, select

from ingest.errors import LibraryDamaged
from ingest.library import schema
from ingest.library.mapping import PutRows
from ingest.library.sqlite import SqliteBackend

ROWS_AT_ONCE = 1_000


def to_file(source: Connection, path: Path) -> None:
    """Write what the library behind `source` holds into a new SQLite file, which is named as a library's is."""
    with closing(SqliteBackend(path.parent)) as file:
        assert file.path == path
        with file.connect(write=True) as target:
            schema.tables.create_all(target)
            _copy(source, target, file.insert)


def from_file(path: Path, target: Connection, put: PutRows) -> None:
    """Write what a library's SQLite file holds into empty tables."""
    with closing(SqliteBackend(path.parent)) as file:
        assert file.path == path
        with file.connect() as source:
            _copy(source, target, put)


def _copy(source: Connection, target: Connection, put: PutRows) -> None:
    for table in schema.tables.sorted_tables:
        found = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
        for rows in found.mappings().partitions():
            put(target, table, [dict(row) for row in rows])
        there, here = (
            one.execute(select(func.count()).select_from(table)).scalar_one() for one in (source, target)
        )
        if there != here:
            raise LibraryDamaged(f"{here} of {there} rows of {table.name} were copied. Nothing was kept")
