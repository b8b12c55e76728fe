"""The database of a library, found or made, with the tables of the current format."""

from __future__ import annotations

import uuid
from pathlib import Path
from shlex import quote

from sqlalchemy import Connection, insert, inspect
from sqlalchemy.exc import OperationalError

from ingest.errors import LibraryDamaged, PinciteError
from ingest.library import mapping, schema, typed_file
from ingest.library.backend import Backend, backend_at
from ingest.library.repair import ingest_command


def prepared(folder: Path, *, create: bool) -> Backend:
    """Return the database of the library in `folder`, with `create` a new one. Raises as `Library.open`."""
    backend = backend_at(folder)
    try:
        if not backend.exists():
            if not create:
                raise PinciteError(
                    f"{backend.where}: there is no library here yet. Make one with: "
                    f"pincite ingest CORPUS --library {quote(str(folder))}"
                )
            _make_folder(folder)
        _prepare(backend, folder, create=create)
    except (ValueError, KeyError, TypeError, OperationalError) as error:
        backend.close()
        raise LibraryDamaged(
            f"{backend.location}: the database is damaged ({type(error).__name__})",
            ingest_command(folder, rebuild=True),
        ) from error
    except BaseException:
        backend.close()
        raise
    return backend


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PinciteError(
            f"{folder}: cannot be made ({error.strerror}). Choose another --library."
        ) from error


def _prepare(backend: Backend, folder: Path, *, create: bool) -> None:
    """Make the tables of a new library, or bring an older one to the current format."""
    with backend.connect() as connection:
        found = _format(connection)
    if found == schema.FORMAT:
        return
    with backend.connect(write=True) as connection:
        found = _format(connection)  # another process may have been faster
        if found is None and (not create or inspect(connection).get_table_names()):
            raise LibraryDamaged(f"{backend.location}: not a library of pincite. Choose another --library.")
        if found is not None:
            schema.migrate(connection, found, backend.where)
            return
        schema.tables.create_all(connection)
        first = {"format": str(schema.FORMAT), "id": uuid.uuid4().hex, "revision": "0"}
        connection.execute(insert(schema.meta), [{"key": k, "value": v} for k, v in first.items()])
        typed_file.take_up(connection, folder)
    if not backend.local:  # the file was only the way from the database of before
        (folder / typed_file.TYPED_FILE).unlink(missing_ok=True)


def _format(connection: Connection) -> int | None:
    """Return the format of the library, None where the database is empty or something else."""
    if not connection.dialect.has_table(connection, schema.meta.name):
        return None
    return int(mapping.pairs(connection, schema.meta).get("format", "0"))
