"""`typed.jsonl` in a library's folder: what people typed in, in a plain file beside the database that has it as well.

One line a document: {"document": id, "file": name, "values": {field: value}}. It is written with every change. A new
database takes it up, so that neither a damaged one nor one that was removed costs what nobody can read from the corpus.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from ingest.atomic_files import whole_file
from ingest.errors import UsageError
from ingest.library import schema
from ingest.metadata.metadata import checked
from ingest.text.jsonl import json_line, records
from ingest.text.safe import printable

log = logging.getLogger(__name__)

TYPED_FILE = "typed.jsonl"
DIGEST = "typed"
"""The library's fact that holds the digest of all that people typed; libraries of older formats have none yet."""
# A document has eight fields of some hundred characters: this is a hundred thousand edited documents.
MOST_BYTES = 64 << 20
_ID = re.compile("[0-9a-f]{32}")

Typed = dict[str, dict[str, Any]]
"""Document id -> field -> value."""


def write_typed(folder: Path, typed: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Replace the file; `names` are file names by document id, for people who read it. Raises: PinciteError."""
    path = folder / TYPED_FILE
    lines = [
        json_line({"document": ident, "file": names.get(ident, ""), "values": dict(values)})
        for ident, values in sorted(typed.items())
        if values
    ]
    if not lines and not path.exists():
        return
    with whole_file(path) as file:
        file.writelines(lines)


def read_typed(folder: Path) -> Typed:
    """Return what the file holds, {} where there is none. Raises: UsageError naming file and line."""
    path = folder / TYPED_FILE
    if not path.is_file():
        return {}
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{path}, line 1: larger than {MOST_BYTES >> 20} MiB. It was not read.")
    typed: Typed = {}
    for number, record in records(path):
        ident, values = record.get("document"), record.get("values")
        if not isinstance(ident, str) or not _ID.fullmatch(ident) or not isinstance(values, dict):
            raise UsageError(
                f'{path}, line {number}: lacks "document" or "values". Correct or remove that line.'
            )
        try:
            for name, value in values.items():
                checked(name, value)
        except UsageError as error:
            raise UsageError(f"{path}, line {number}: {error}. Correct or remove that line.") from error
        typed[ident] = values
    return typed


def readable_lines(folder: Path) -> Typed:
    """Return what the file holds, {} where it is broken."""
    try:
        return read_typed(folder)
    except UsageError as error:
        log.warning("%s", error)
        return {}


def typed_in(connection: Connection) -> Typed:
    """Return what the database has of what people typed, also for documents that are not there now."""
    typed: Typed = {}
    for ident, field, value in connection.execute(select(schema.overrides)):
        typed.setdefault(ident, {})[field] = value
    return typed


def keep(connection: Connection, folder: Path | None) -> None:
    """Write the file as the database has it in this transaction, which fails where the file cannot be written.

    Without a `folder`, where a server has the database, there is no such file.
    """
    names = {row.document_id: printable(row.path) for row in connection.execute(select(schema.files))}
    typed = typed_in(connection)
    connection.execute(delete(schema.meta).where(schema.meta.c.key == DIGEST))
    connection.execute(insert(schema.meta).values(key=DIGEST, value=digest_of(typed)))
    if folder is not None:
        write_typed(folder, typed, names)


def digest_of(typed: Typed) -> str:
    """Return 64 hex digits that stand for all that people typed."""
    return hashlib.sha256(json.dumps(typed, sort_keys=True).encode("ascii")).hexdigest()


def take_up(connection: Connection, folder: Path) -> None:
    """Give a new database what the file holds. Raises: UsageError naming file and line."""
    for ident, values in read_typed(folder).items():
        for field, value in values.items():
            connection.execute(insert(schema.overrides).values(document_id=ident, field=field, value=value))
