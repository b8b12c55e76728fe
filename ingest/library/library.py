"""The library: documents, raw pages, passages and what was worked out from them, in one database.

SQLAlchemy Core over a `Backend`; every commit is on the disk before it is acknowledged. One
transaction a document: what was committed survives a kill or a power cut, and readers see a document
wholly or not at all. Writers hold `Library.writing()`; readers never wait.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from ingest.corpus.folder import FileStamp
from ingest.library import mapping, schema
from ingest.library.checked import CheckedReading
from ingest.library.coverage import WORST, CoverageFigures, coverage_figures
from ingest.library.derived import KEYS_AT_ONCE, chunks
from ingest.library.digest import seal
from ingest.library.lock import WriteLock
from ingest.library.opening import prepared
from ingest.library.records import (
    READABLE,
    STATES,
    Basis,
    Document,
    FileRecord,
    NewDocument,
    StoredPage,
    StoredPassage,
    document_id,
    from_reading,
    unread,
)
from ingest.metadata.metadata import Metadata, overridden
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.shared_files import SharedFiles

__all__ = [
    "READABLE",
    "STATES",
    "Basis",
    "Document",
    "FileRecord",
    "FileStamp",
    "Library",
    "NewDocument",
    "StoredPage",
    "StoredPassage",
    "document_id",
    "from_reading",
    "unread",
]


class Library(CheckedReading):
    """An open library. Usable from several threads; a context manager that closes it."""

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, create: bool = False) -> Library:
        """Open the library in `folder`; with `create`, make it where there is none.

        Raises: PinciteError when there is none; LibraryDamaged when the file is no database, or of a
        newer format, or of one too old to be brought up to date.
        """
        folder = Path(folder)
        return cls(folder, prepared(folder, create=create))

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._backend.close()

    def writing(self) -> WriteLock:
        """Return the writer lock, to be used in a `with`; nested use by this object is allowed.

        Raises (on entering): LibraryBusy, naming the process that holds it.
        """
        return self._lock

    # Reading -------------------------------------------------------------------------------------

    def documents(self) -> list[Document]:
        """Return all documents, also those that could not be read, in byte order of their names."""
        with self._read() as connection:
            self._described(connection)
            return mapping.documents(connection)

    def document(self, id_or_file: str) -> Document | None:
        """Return the document with this id, content hash or file name (as shown or as on disk)."""
        with self._read() as connection:
            if re.fullmatch("[0-9a-f]{32}(?:[0-9a-f]{32})?", id_or_file):
                found = mapping.documents(connection, schema.documents.c.id == document_id(id_or_file))
                if found and found[0].sha256.startswith(id_or_file):
                    return found[0]
            by_path = select(schema.files.c.document_id).where(schema.files.c.path == id_or_file)
            found = mapping.documents(connection, schema.documents.c.id.in_(by_path))
            if found:
                return found[0]
            return next((doc for doc in mapping.documents(connection) if id_or_file in doc.files), None)

    def pages(self, document_id: str) -> list[StoredPage]:
        """Return the pages of a document in order."""
        with self._read() as connection:
            self._sound(connection, [document_id])
            return mapping.pages(connection, schema.pages.c.document_id == document_id)

    def page(self, document_id: str, number: int) -> StoredPage | None:
        """Return page `number` (from 1) of a document."""
        table = schema.pages
        with self._read() as connection:
            self._sound(connection, [document_id])
            found = mapping.pages(
                connection, (table.c.document_id == document_id) & (table.c.number == number)
            )
        return found[0] if found else None

    def coverage(self, *, below: float = 1.0, most: int | None = WORST) -> CoverageFigures:
        """Return the share of all pages' text that stands in passages, and the pages under `below`, worst first."""
        with self._read() as connection:
            return coverage_figures(connection, below, most)

    def passages(self, document_id: str | None = None) -> Iterator[StoredPassage]:
        """Yield the passages of one document, or of all, documents in the order of `documents()`.

        All come from one state of the library, whatever is written meanwhile.
        """
        with self._read() as connection:
            wanted = (
                [document.id for document in mapping.documents(connection)]
                if document_id is None
                else [document_id]
            )
            for ident in wanted:
                self._sound(connection, [ident])
                yield from mapping.passages(connection, schema.passages.c.document_id == ident)

    def passage(self, passage_id: str) -> StoredPassage | None:
        """Return the passage with this id."""
        return self.passages_by_id([passage_id]).get(passage_id)

    def passages_by_id(self, ids: Iterable[str]) -> dict[str, StoredPassage]:
        """Return the passages with these ids, in the order of `ids`; unknown ids are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, StoredPassage] = {}
        with self._read() as connection:
            for some in chunks(wanted, KEYS_AT_ONCE):
                for stored in mapping.passages(connection, schema.passages.c.id.in_(some), neighbours=True):
                    found[stored.passage.id] = stored
            self._sound(connection, (stored.document_id for stored in found.values()))
        return {ident: found[ident] for ident in wanted if ident in found}

    def footnotes(self, document_id: str, first: int, last: int) -> list[Passage]:
        """Return the notes that begin on the pages `first` to `last` of a document, those that name a source too."""
        table = schema.passages
        there = (table.c.document_id == document_id) & table.c.first_page.between(first, last)
        with self._read() as connection:
            self._sound(connection, [document_id])
            found = mapping.passages(connection, there & table.c.kind.in_(("footnote", "references")))
            return [stored.passage for stored in found]

    def files(self) -> list[FileRecord]:
        """Return every file of the corpus the library knows, in byte order."""
        with self._read() as connection:
            return mapping.files(connection)

    def skipped(self) -> dict[str, str]:
        """Return what lies in the corpus and is not taken up: name as shown -> reason."""
        with self._read() as connection:
            return mapping.skipped(connection)

    def state(self) -> str:
        """Return a mark that changes whenever documents, passages or metadata change."""
        with self._read() as connection:
            facts = mapping.pairs(connection, schema.meta)
        return f"{facts['id']}:{facts['revision']}"

    def counts(self) -> dict[str, int]:
        """Return how many documents there are in each state of `STATES`, and "passages" in all."""
        table = schema.documents
        with self._read() as connection:
            found: dict[str, int] = {
                row[0]: row[1]
                for row in connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
            }
            passages = connection.execute(select(func.count()).select_from(schema.passages)).scalar_one()
        return {state: found.get(state, 0) for state in STATES} | {"passages": passages}

    # Documents -----------------------------------------------------------------------------------

    def put_document(
        self, new: NewDocument, metadata: Metadata, stamps: Sequence[FileStamp] = (), reading: str = ""
    ) -> None:
        """Store a document with its pages, passages and file names, replacing what had its id.

        `reading` is the version of the reader that made it. A name that belonged to another content
        is taken from it; contents left without a name leave with it.
        """
        with self._write() as connection:
            mapping.put_document(
                connection,
                new,
                metadata,
                reading,
                datetime.now(UTC).isoformat("T", "seconds"),
                put_rows=self._backend.insert,
            )
            mapping.put_files(connection, [FileRecord(stamp, new.id) for stamp in stamps])
            mapping.drop_nameless(connection)

    def put_files(self, records: Sequence[FileRecord], gone: Sequence[str] = ()) -> None:
        """Record names (new, renamed, or unhashable with a reason) and forget the paths in `gone`.

        Contents left without any name leave, with their pages and passages. New stamps of names that keep
        their content are no change of documents.
        """
        with self._write(change=False) as connection:
            before = {record.stamp.path: record.document_id for record in mapping.files(connection)}
            mapping.forget_files(connection, gone)
            mapping.put_files(connection, records)
            mapping.drop_nameless(connection)
            if before != {record.stamp.path: record.document_id for record in mapping.files(connection)}:
                mapping.raise_revision(connection)

    def put_skipped(self, skipped: Mapping[str, str]) -> None:
        """Replace the list of what is not taken up: path -> reason. Not a change of documents."""
        with self._write(change=False) as connection:
            mapping.put_skipped(connection, skipped)

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Replace the metadata of documents: document id -> metadata."""
        table = schema.documents
        with self._write() as connection:
            for ident, value in metadata.items():
                connection.execute(
                    update(table).where(table.c.id == ident).values(metadata=mapping.as_json(value))
                )
                seal(connection, ident, content=False)

    def put_groups(self, groups: Mapping[str, tuple[str, bool]]) -> None:
        """Replace all groups of editions: document id -> (group, is an older edition)."""
        table = schema.documents
        with self._write() as connection:
            connection.execute(update(table).values(group=None, older_edition=False))
            for ident, (group, older) in groups.items():
                connection.execute(
                    update(table).where(table.c.id == ident).values(group=group, older_edition=older)
                )

    def bases(self) -> dict[str, Basis]:
        """Return document id -> what its metadata was worked out from, and by which reader."""
        with self._read() as connection:
            return mapping.bases(connection)

    def set_override(self, document_id: str, field: str, value: object) -> None:
        """Keep a value of metadata that a person typed; it goes before every other source.

        `value` is what JSON can hold; None removes the override. It survives a re-ingest and takes
        effect at once. Raises: KeyError for an unknown document; UsageError for an unknown field or a
        value that does not fit it.
        """
        document = self.document(document_id)
        if document is None:
            raise KeyError(document_id)
        if value is not None:
            overridden(document.metadata, {field: value})
        with self._write() as connection:
            mapping.put_override(connection, document.id, field, value)
            self.keep_typed(connection)

    # ---------------------------------------------------------------------------------------------

    def copy_database(self, path: Path) -> None:
        """Write one state of the library into a new SQLite file, whoever reads and writes meanwhile."""
        self._backend.copy_to(path)

    def identity(self) -> object:
        """Return a value that changes when another database takes the place of this one; None where it is gone."""
        return self._backend.identity()

    def shared_files(self) -> SharedFiles | None:
        """Return where machines that use this library leave files for each other, None where it has one machine."""
        return self._backend.shared()

    def check(self) -> list[str]:
        """Return what the database's own checks and the foreign keys find wrong, [] when sound."""
        return self._backend.integrity()
