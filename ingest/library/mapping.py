"""Between rows of the database and the frozen values of `ingest.library.records`; each call inside a transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, exists, insert, select, update

from ingest.corpus.folder import FileStamp
from ingest.library import schema
from ingest.library.digest import seal
from ingest.library.records import (
    Basis,
    Document,
    FileRecord,
    NewDocument,
    StoredPage,
    StoredPassage,
)
from ingest.metadata.metadata import Metadata, metadata_from_json, overridden
from ingest.passage import Gap, Passage
from ingest.text.safe import printable


def as_json(metadata: Metadata) -> dict[str, Any]:
    """Return metadata as a JSON object."""
    return asdict(metadata)


def pairs(connection: Connection, table: Table) -> dict[str, str]:
    """Return a two-column table as a dictionary."""
    return {row[0]: row[1] for row in connection.execute(select(table))}


def raise_revision(connection: Connection) -> None:
    """Mark the library as changed."""
    table = schema.meta
    revision = int(connection.execute(select(table.c.value).where(table.c.key == "revision")).scalar_one())
    connection.execute(update(table).where(table.c.key == "revision").values(value=str(revision + 1)))


def documents(connection: Connection, condition: ColumnElement[bool] | None = None) -> list[Document]:
    """Return documents that meet the condition, in byte order of their first names."""
    chosen, names_of, typed_of = select(schema.documents), select(schema.files), select(schema.overrides)
    if condition is not None:
        chosen = chosen.where(condition)
        wanted = select(schema.documents.c.id).where(condition)
        names_of = names_of.where(schema.files.c.document_id.in_(wanted))
        typed_of = typed_of.where(schema.overrides.c.document_id.in_(wanted))
    names: dict[str, list[str]] = {}
    for row in connection.execute(names_of.order_by(schema.files.c.path)):
        names.setdefault(row.document_id, []).append(row.path)
    typed: dict[str, dict[str, Any]] = {}
    for ident, field, value in connection.execute(typed_of):
        typed.setdefault(ident, {})[field] = value
    found = [
        _document(row, tuple(names.get(row.id, ())), typed.get(row.id, {}))
        for row in connection.execute(chosen)
    ]
    return sorted(found, key=lambda document: (_bytes(document.path), document.id))


def _document(row: Row[Any], paths: tuple[str, ...], typed: Mapping[str, Any]) -> Document:
    return Document(
        id=row.id,
        sha256=row.sha256,
        file=printable(paths[0]) if paths else "",
        path=paths[0] if paths else "",
        files=tuple(printable(path) for path in paths),
        format=row.format,
        paged=row.paged,
        state=row.state,
        reason=row.reason,
        page_count=row.page_count,
        passage_count=row.passage_count,
        pages_without_text=row.pages_without_text,
        language=row.language,
        metadata=overridden(metadata_from_json(row.metadata), typed),
        notes=tuple(row.notes),
        group=row.group,
        older_edition=row.older_edition,
        added=row.added,
        written=row.written,
    )


def bases(connection: Connection) -> dict[str, Basis]:
    """Return document id -> what its metadata was worked out from."""
    table = schema.documents
    query = select(
        table.c.id, table.c.guessed_title, table.c.info, table.c.language, table.c.metadata, table.c.reading
    )
    return {
        row.id: Basis(
            row.guessed_title, row.info, row.language, metadata_from_json(row.metadata), row.reading
        )
        for row in connection.execute(query)
    }


def pages(connection: Connection, condition: ColumnElement[bool]) -> list[StoredPage]:
    """Return pages that meet the condition, by document and number."""
    table = schema.pages
    query = select(table).where(condition).order_by(table.c.document_id, table.c.number)
    return [
        StoredPage(
            document_id=row.document_id,
            number=row.number,
            text=row.text,
            label=row.label,
            label_source=row.label_source,
            flags=frozenset(row.flags),
            width=row.width,
            height=row.height,
            coverage=row.coverage,
            gaps=tuple(Gap(start, end, reason) for start, end, reason in row.gaps),
        )
        for row in connection.execute(query)
    ]


def passages(
    connection: Connection, condition: ColumnElement[bool], *, neighbours: bool = False
) -> Iterator[StoredPassage]:
    """Yield passages that meet the condition, by document and position.

    The neighbours are those of the list that is returned (right for whole documents), unless
    `neighbours`, which looks them up.
    """
    table = schema.passages
    query = select(table).where(condition).order_by(table.c.document_id, table.c.position)
    found = connection.execute(query).all()
    around = _neighbours(connection, condition) if neighbours else {}
    for index, row in enumerate(found):
        if neighbours:
            previous = around.get((row.document_id, row.position - 1))
            following = around.get((row.document_id, row.position + 1))
        else:
            previous = found[index - 1].id if index else None
            following = found[index + 1].id if index + 1 < len(found) else None
        yield StoredPassage(_passage(row), row.document_id, row.position, previous, following)


def _neighbours(connection: Connection, condition: ColumnElement[bool]) -> dict[tuple[str, int], str]:
    """Return (document, position) -> id for the passages before and after those that meet the condition."""
    table, other = schema.passages, schema.passages.alias("other")
    query = select(other.c.document_id, other.c.position, other.c.id).join_from(
        table,
        other,
        (other.c.document_id == table.c.document_id)
        & (other.c.position.in_([table.c.position - 1, table.c.position + 1])),
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query.where(condition))}


def _passage(row: Row[Any]) -> Passage:
    return Passage(
        id=row.id,
        text=row.text,
        kind=row.kind,
        language=row.language,
        section=tuple(row.section),
        spans=tuple((page, start, end) for page, start, end in row.spans),
        pages=() if row.first_page is None else (row.first_page, row.last_page),
        labels=tuple(row.labels),
        label_source=row.label_source,
        locator=row.locator,
        sentences=tuple((start, end) for start, end in row.sentences),
        tokens=row.tokens,
        ocr=row.ocr,
        readers_agree=row.readers_agree,
        cut=row.cut,
        calls=tuple((start, end) for start, end in row.calls),
        cells=tuple((start, end, at, first, last) for start, end, at, first, last in row.cells),
    )


PutRows = Callable[[Connection, Table, Sequence[Mapping[str, Any]]], None]
"""Writes new rows, all with the same columns: `Backend.insert`."""


def put_document(
    connection: Connection, new: NewDocument, metadata: Metadata, reading: str, now: str, *, put_rows: PutRows
) -> None:
    """Write a document with pages and passages; of an older row with its id, names and date stay."""
    table = schema.documents
    values = {
        "id": new.id,
        "sha256": new.sha256,
        "format": new.format,
        "paged": new.paged,
        "state": new.state,
        "reason": new.reason,
        "page_count": len(new.pages) if new.paged else 0,
        "passage_count": len(new.passages),
        "pages_without_text": sum("no_text" in page.flags for page in new.pages),
        "language": new.language,
        "guessed_title": new.guessed_title,
        "info": dict(new.info),
        "notes": list(new.notes),
        "metadata": as_json(metadata),
        "reading": reading,
        "written": uuid.uuid4().hex,
    }
    there = connection.execute(select(table.c.id).where(table.c.id == new.id)).scalar_one_or_none()
    if there is None:
        connection.execute(insert(table).values(**values, added=now, older_edition=False))
    else:
        connection.execute(update(table).where(table.c.id == new.id).values(**values))
        for part in (schema.pages, schema.passages):
            connection.execute(delete(part).where(part.c.document_id == new.id))
    put_rows(connection, schema.pages, [_page_row(new.id, page) for page in new.pages])
    rows = [_passage_row(new.id, index, passage) for index, passage in enumerate(new.passages)]
    put_rows(connection, schema.passages, rows)
    seal(connection, new.id)


def _page_row(ident: str, page: StoredPage) -> dict[str, Any]:
    return {
        "document_id": ident,
        "number": page.number,
        "text": page.text,
        "label": page.label,
        "label_source": page.label_source,
        "flags": sorted(page.flags),
        "width": page.width,
        "height": page.height,
        "coverage": page.coverage,
        "gaps": [[gap.start, gap.end, gap.reason] for gap in page.gaps],
    }


def _passage_row(ident: str, position: int, passage: Passage) -> dict[str, Any]:
    first, last = passage.pages or (None, None)
    return {
        "id": passage.id,
        "document_id": ident,
        "position": position,
        "text": passage.text,
        "kind": passage.kind,
        "language": passage.language,
        "section": list(passage.section),
        "spans": [list(span) for span in passage.spans],
        "first_page": first,
        "last_page": last,
        "labels": list(passage.labels),
        "label_source": passage.label_source,
        "locator": passage.locator,
        "sentences": [list(sentence) for sentence in passage.sentences],
        "tokens": passage.tokens,
        "ocr": passage.ocr,
        "readers_agree": passage.readers_agree,
        "cut": passage.cut,
        "calls": [list(call) for call in passage.calls],
        "cells": [list(cell) for cell in passage.cells],
    }


def files(connection: Connection) -> list[FileRecord]:
    """Return all names, in byte order."""
    table = schema.files
    return [
        FileRecord(
            FileStamp(row.path, row.size, row.mtime_ns, row.ctime_ns, row.inode), row.document_id, row.reason
        )
        for row in connection.execute(select(table).order_by(table.c.path))
    ]


def put_files(connection: Connection, records: Sequence[FileRecord]) -> None:
    """Write names, each replacing the row of the same path."""
    table = schema.files
    for record in records:
        connection.execute(delete(table).where(table.c.path == record.stamp.path))
    if records:
        connection.execute(
            insert(table),
            [
                {**asdict(record.stamp), "document_id": record.document_id, "reason": record.reason}
                for record in records
            ],
        )


def forget_files(connection: Connection, paths: Sequence[str]) -> None:
    """Remove names."""
    table = schema.files
    for path in paths:
        connection.execute(delete(table).where(table.c.path == path))


def drop_nameless(connection: Connection) -> None:
    """Remove documents that no file is left of; pages and passages leave with them."""
    table = schema.documents
    named = exists().where(schema.files.c.document_id == table.c.id)
    connection.execute(delete(table).where(~named))


def skipped(connection: Connection) -> dict[str, str]:
    """Return what is not taken up, name as shown -> reason, in byte order."""
    table = schema.skipped
    return {
        printable(row.path): row.reason for row in connection.execute(select(table).order_by(table.c.path))
    }


def put_skipped(connection: Connection, entries: Mapping[str, str]) -> None:
    """Replace the list of what is not taken up."""
    connection.execute(delete(schema.skipped))
    if entries:
        rows = [{"path": path, "reason": reason} for path, reason in entries.items()]
        connection.execute(insert(schema.skipped), rows)


def overrides(connection: Connection, ident: str) -> dict[str, Any]:
    """Return the values typed for a document."""
    table = schema.overrides
    query = select(table.c.field, table.c.value).where(table.c.document_id == ident)
    return {row[0]: row[1] for row in connection.execute(query)}


def put_override(connection: Connection, ident: str, field: str, value: object) -> None:
    """Keep a typed value, or with None remove it."""
    table = schema.overrides
    connection.execute(delete(table).where(table.c.document_id == ident, table.c.field == field))
    if value is not None:
        connection.execute(insert(table).values(document_id=ident, field=field, value=value))


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")
