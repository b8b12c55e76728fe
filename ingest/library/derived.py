"""What a library keeps beside its documents: values people typed, values worked out, settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select

from ingest.library import mapping, schema, typed_file
from ingest.library.backend import Backend

T = TypeVar("T")

# Databases bound the values of one statement: SQLite takes 32,766 (since 3.32), PostgreSQL 65,535.
KEYS_AT_ONCE = 5_000
# Rows of derived values in one transaction: about 2 MB of vectors.
ROWS_AT_ONCE = 1_000


class DerivedValues:
    """The base of `ingest.library.library.Library`: its transactions, and all that is not a document."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.folder = folder
        self.where = backend.where
        self._backend = backend
        self._lock = backend.write_lock()

    # Values a person typed in ----------------------------------------------------------------------

    def overrides(self, document_id: str) -> dict[str, Any]:
        """Return the values a person typed for this document: field -> value."""
        with self._read() as connection:
            return mapping.overrides(connection, document_id)

    def keep_typed(self, connection: Connection) -> None:
        """Write down, in the transaction that changes it, what people typed: its digest and the file beside."""
        typed_file.keep(connection, self.folder if self._backend.local else None)

    def typed(self) -> typed_file.Typed:
        """Return all that people typed: document id -> field -> value, also for documents that are not there now."""
        with self._read() as connection:
            return typed_file.typed_in(connection)

    def move_overrides(self, old: str, new: str) -> None:
        """Copy typed values from a document to the one that replaces it, where it has none."""
        with self._write() as connection:
            for field, value in mapping.overrides(connection, old).items():
                if field not in mapping.overrides(connection, new):
                    mapping.put_override(connection, new, field, value)
            if mapping.overrides(connection, old):
                self.keep_typed(connection)

    # Derived values ------------------------------------------------------------------------------

    def get_derived(self, space: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values kept under `keys` in `space`; missing keys are left out."""
        table = schema.derived
        found: dict[str, bytes] = {}
        with self._read() as connection:
            for some in chunks(keys, KEYS_AT_ONCE):
                query = select(table.c.key, table.c.value).where(
                    table.c.space == space, table.c.key.in_(some)
                )
                found.update((row[0], row[1]) for row in connection.execute(query))
        return found

    def derived_keys(self, space: str) -> set[str]:
        """Return all keys of a space."""
        table = schema.derived
        with self._read() as connection:
            return set(connection.execute(select(table.c.key).where(table.c.space == space)).scalars())

    def put_derived(self, space: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep values under their keys, replacing older ones; of a key given twice the last.

        Committed every `ROWS_AT_ONCE` items.
        """
        for some in chunks(items, ROWS_AT_ONCE):
            rows = [{"space": space, "key": key, "value": value} for key, value in dict(some).items()]
            with self._write(change=False) as connection:
                self._backend.upsert(connection, schema.derived, rows)

    def collect_derived(self, space: str, keys_in_use: Iterable[str]) -> int:
        """Drop the values of `space` whose key is not in use; return how many."""
        table = schema.derived
        unused = sorted(self.derived_keys(space) - set(keys_in_use))
        for some in chunks(unused, KEYS_AT_ONCE):
            with self._write(change=False) as connection:
                connection.execute(delete(table).where(table.c.space == space, table.c.key.in_(some)))
        return len(unused)

    # Settings ------------------------------------------------------------------------------------

    def setting(self, key: str) -> Any:
        """Return a value the library remembers (corpus folder, last model), None when it has none."""
        table = schema.settings
        with self._read() as connection:
            return connection.execute(select(table.c.value).where(table.c.key == key)).scalar_one_or_none()

    def set_setting(self, key: str, value: object) -> None:
        """Remember a JSON value; None forgets it."""
        table = schema.settings
        with self._write(change=False) as connection:
            connection.execute(delete(table).where(table.c.key == key))
            if value is not None:
                connection.execute(insert(table).values(key=key, value=value))

    def _read(self) -> AbstractContextManager[Connection]:
        return self._backend.connect()

    @contextmanager
    def _write(self, *, change: bool = True) -> Iterator[Connection]:
        """Give a connection in a write transaction; `change` marks the library as changed."""
        with self._backend.connect(write=True) as connection:
            yield connection
            if change:
                mapping.raise_revision(connection)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
