"""The tables of the library, and what is done to databases of other formats.

Text that comes from files is kept as UTF-8 bytes with "surrogatepass": lone surrogates and NUL, which
real PDFs and file names contain, come back unchanged, and offsets into the text stay what they were.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

from ingest.errors import LibraryDamaged, NewerFormat

# Raised by one whenever a table changes; MIGRATIONS then gets the step from the number before.
FORMAT = 6

MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: ("ALTER TABLE documents ADD COLUMN written VARCHAR(32) NOT NULL DEFAULT ''",),
    2: ("ALTER TABLE passages ADD COLUMN calls VARCHAR NOT NULL DEFAULT '[]'",),
    3: (
        "ALTER TABLE pages ADD COLUMN coverage FLOAT",
        "ALTER TABLE pages ADD COLUMN gaps VARCHAR NOT NULL DEFAULT '[]'",
    ),
    # Without digests until the next ingest, which takes the documents for what was read (`Library.seal`).
    4: (
        "CREATE TABLE IF NOT EXISTS digests (document_id VARCHAR(32) NOT NULL PRIMARY KEY "
        "REFERENCES documents (id) ON DELETE CASCADE, content VARCHAR(64) NOT NULL, metadata VARCHAR(64) NOT NULL)",
        "INSERT OR IGNORE INTO digests SELECT id, '', '' FROM documents",
    ),
    5: ("ALTER TABLE passages ADD COLUMN cells VARCHAR NOT NULL DEFAULT '[]'",),
}
"""Format found -> SQL statements that bring the database to the next format."""


class RawText(TypeDecorator[str]):
    """Any Python string, lone surrogates and NUL included, stored as bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the bytes that are stored."""
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Return the string that was stored."""
        return None if value is None else value.decode("utf-8", "surrogatepass")


class Json(TypeDecorator[Any]):
    """A JSON value as ASCII text: what is not ASCII is escaped, so any string survives."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Return the JSON text."""
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value."""
        return None if value is None else json.loads(value)


tables = MetaData()

# The library's own facts: format, id, revision (rises with every change of documents).
meta = Table(
    "meta",
    tables,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

settings = Table(
    "settings",
    tables,
    Column("key", String, primary_key=True),
    Column("value", Json, nullable=False),
)

documents = Table(
    "documents",
    tables,
    Column("id", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("format", String, nullable=False),
    Column("paged", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", RawText),
    Column("page_count", Integer, nullable=False),
    Column("passage_count", Integer, nullable=False),
    Column("pages_without_text", Integer, nullable=False),
    Column("language", String),
    Column("guessed_title", RawText),
    Column("info", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("group", String),
    Column("older_edition", Boolean, nullable=False),
    Column("reading", String, nullable=False),
    Column("added", String, nullable=False),
    Column("written", String(32), nullable=False, server_default=""),
)

# A name in the corpus folder. A content under two names is one document with two files.
files = Table(
    "files",
    tables,
    Column("path", RawText, primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), index=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("reason", RawText),
)

# What lies in the corpus folder and is not taken up, with the reason (links, devices, other kinds).
skipped = Table(
    "skipped",
    tables,
    Column("path", RawText, primary_key=True),
    Column("reason", RawText, nullable=False),
)

pages = Table(
    "pages",
    tables,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", RawText, nullable=False),
    Column("label", RawText),
    Column("label_source", String),
    Column("flags", Json, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("coverage", Float),
    Column("gaps", Json, nullable=False, server_default="[]"),
)

passages = Table(
    "passages",
    tables,
    Column("id", String(32), primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", RawText, nullable=False),
    Column("kind", String, nullable=False),
    Column("language", String),
    Column("section", Json, nullable=False),
    Column("spans", Json, nullable=False),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("labels", Json, nullable=False),
    Column("label_source", String),
    Column("locator", RawText),
    Column("sentences", Json, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("ocr", Boolean, nullable=False),
    Column("readers_agree", Boolean, nullable=False),
    Column("cut", Boolean, nullable=False),
    Column("calls", Json, nullable=False, server_default="[]"),
    Column("cells", Json, nullable=False, server_default="[]"),
    Index("passages_in_order", "document_id", "position", unique=True),
)

# What `ingest.library.digest` makes of each document. Every document has a row; "" is a digest not yet made.
digests = Table(
    "digests",
    tables,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("content", String(64), nullable=False),
    Column("metadata", String(64), nullable=False),
)

# Values a person typed in. Not tied to `documents` by a key: they outlive a removal and a replacement.
overrides = Table(
    "overrides",
    tables,
    Column("document_id", String(32), primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", Json, nullable=False),
)

# What is worked out from texts and dear to work out again: vectors, term counts.
derived = Table(
    "derived",
    tables,
    Column("space", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


def migrate(connection: Connection, found: int, where: str) -> None:
    """Bring a database of format `found` to `FORMAT`, inside the caller's transaction.

    Raises: LibraryDamaged when the format is newer, or too old for the steps known here.
    """
    if found > FORMAT:
        raise NewerFormat(
            f"{where}: made by a newer pincite (library format {found}, this one reads up to {FORMAT}). "
            "Update pincite, or ingest into another folder with --library."
        )
    for number in range(found, FORMAT):
        if number not in MIGRATIONS:
            raise LibraryDamaged(
                f"{where}: library format {found} is too old to be brought up to date. "
                "Move the folder away and run: pincite ingest CORPUS --library DIR"
            )
        for statement in MIGRATIONS[number]:
            connection.exec_driver_sql(statement)
    if found != FORMAT:
        connection.execute(meta.update().where(meta.c.key == "format").values(value=str(FORMAT)))
