"""Digests of documents: what was read of each, and what is known of it, so that damage never passes for text.

SQLite notices a page of the file that is out of order, not a letter that is another one. The digest of a document is
over its facts, pages and passages as the database gives them back; that of its metadata apart, for it changes without a
reading. What is worked out again and again (coverage, editions) and the names of the files are in neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, insert, select, update

from ingest.library import schema

_NOT_READ = frozenset(
    {"metadata", "group", "older_edition", "added", "written", "reading", "coverage", "gaps"}
)
_LATER = frozenset({"cells"})
"""Columns that came after digests: taken in where they hold something, so that the digests of before stay right."""
UNSEALED = ""
"""In the place of a digest: the document comes from a library format without digests."""


def content_digest(connection: Connection, ident: str) -> str:
    """Return 64 hex digits that stand for all that was read of a document: its facts, pages and passages."""
    digest = hashlib.sha256()
    pages, passages = schema.pages, schema.passages
    _take_in(digest, connection, schema.documents, schema.documents.c.id == ident)
    _take_in(digest, connection, pages, pages.c.document_id == ident, pages.c.number)
    _take_in(digest, connection, passages, passages.c.document_id == ident, passages.c.position)
    return digest.hexdigest()


def metadata_digest(ident: str, metadata: object) -> str:
    """Return 64 hex digits that stand for the metadata of a document, a JSON object, before what people typed."""
    return hashlib.sha256(ascii((ident, _plain(metadata))).encode("ascii")).hexdigest()


def _take_in(
    digest: hashlib._Hash,
    connection: Connection,
    table: Table,
    condition: ColumnElement[bool],
    order: ColumnElement[int] | None = None,
) -> None:
    columns = [column for column in table.c if column.name not in _NOT_READ]
    first = [number for number, column in enumerate(columns) if column.name not in _LATER]
    later = [number for number, column in enumerate(columns) if column.name in _LATER]
    query = select(*columns).where(condition)
    for row in connection.execute(query if order is None else query.order_by(order)):
        values = [row[number] for number in first]
        values += [[columns[number].name, row[number]] for number in later if row[number]]
        # Not repr: what it escapes changes with the version of Unicode.
        digest.update(ascii(_plain(values)).encode("ascii"))


def _plain(value: object) -> object:
    """Return a value in the one form that it has from every database: no tuples, keys of objects sorted."""
    if isinstance(value, dict):
        return [[key, _plain(item)] for key, item in sorted(value.items())]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def seal(connection: Connection, ident: str, *, content: bool = True) -> None:
    """Write the digests of a document as it now is; without `content` only that of its metadata."""
    table, documents = schema.digests, schema.documents
    values = {
        "metadata": metadata_digest(
            ident,
            connection.execute(select(documents.c.metadata).where(documents.c.id == ident)).scalar_one(),
        )
    }
    if content:
        values["content"] = content_digest(connection, ident)
    there = table.c.document_id == ident
    if connection.execute(select(table.c.document_id).where(there)).first() is None:
        connection.execute(insert(table).values(document_id=ident, **{"content": UNSEALED, **values}))
    else:
        connection.execute(update(table).where(there).values(**values))


def digests(connection: Connection, idents: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
    """Return document id -> (digest of the content, digest of the metadata)."""
    table = schema.digests
    query = select(table.c.document_id, table.c.content, table.c.metadata)
    if idents is not None:
        query = query.where(table.c.document_id.in_(list(idents)))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def unsealed(connection: Connection) -> list[str]:
    """Return the documents that have no digest yet."""
    table = schema.digests
    query = select(table.c.document_id).where((table.c.content == UNSEALED) | (table.c.metadata == UNSEALED))
    return list(connection.execute(query).scalars())
