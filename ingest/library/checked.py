"""Reading from a library that does not trust its disk: documents are compared with their digests before they are given.

A document is looked at once for each digest that it has had while the library is open. `Library.altered` looks at all
of them, whatever was looked at before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from ingest.errors import LibraryDamaged, UsageError
from ingest.library import mapping, schema, typed_file
from ingest.library.backend import Backend
from ingest.library.derived import KEYS_AT_ONCE, DerivedValues, chunks
from ingest.library.digest import UNSEALED, content_digest, digests, metadata_digest, seal, unsealed
from ingest.library.repair import ingest_command

# What reading a damaged value ends in: JSON or UTF-8 that is none, a number that is a text, a field too many.
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, OperationalError)


class CheckedReading(DerivedValues):
    """The base of `Library` that reads documents. `checking` is False for those who look for damage themselves."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        super().__init__(folder, backend)
        self.checking = True
        self._looked_at: set[tuple[str, str]] = set()
        self._described_at = ""

    def altered(self) -> dict[str, str]:
        """Return document id -> what of it is no longer what was stored: "text", "description", or neither readable."""
        wrong: dict[str, str] = {}
        with self._read() as connection:
            kept = mapping.pairs(connection, schema.meta).get(typed_file.DIGEST)
            if kept is not None and kept != typed_file.digest_of(typed_file.typed_in(connection)):
                wrong["values typed by people"] = "record"
            known = digests(connection)
            stored = set(connection.execute(select(schema.documents.c.id)).scalars())
            wrong |= dict.fromkeys(stored.symmetric_difference(known), "entry")
            for ident in sorted(stored & set(known)):
                try:
                    what = _altered(connection, ident, *known[ident])
                except _UNREADABLE as error:
                    what = f"text ({type(error).__name__})"
                if what:
                    wrong[ident] = what
        return wrong

    def seal(self) -> int:
        """Make the digests that older library formats lack, and the file of what people typed; return how many.

        The caller holds the writer lock.
        """
        with self._read() as connection:
            waiting = unsealed(connection)
        for some in chunks(waiting, KEYS_AT_ONCE):
            with self._write(change=False) as connection:
                for ident in some:
                    seal(connection, ident)
        with self._read() as connection:
            known = typed_file.DIGEST in mapping.pairs(connection, schema.meta)
        beside = self._backend.local and self.typed() != typed_file.readable_lines(self.folder)
        if not known or beside:
            with self._write(change=False) as connection:
                self.keep_typed(connection)
        return len(waiting)

    def _sound(self, connection: Connection, idents: Iterable[str]) -> None:
        """Raise LibraryDamaged where a document is not what was stored, unless that is not to be looked at."""
        if not self.checking:
            return
        wanted = list(dict.fromkeys(idents))
        known = digests(connection, wanted)
        table = schema.documents
        lost = [ident for ident in wanted if ident not in known]
        for ident in (
            connection.execute(select(table.c.id).where(table.c.id.in_(lost))).scalars() if lost else ()
        ):
            raise self._damaged(connection, ident, "entry")
        for ident, (content, metadata) in known.items():
            if (ident, content) in self._looked_at or content == UNSEALED:
                continue
            what = _altered(connection, ident, content, metadata)
            if what:
                raise self._damaged(connection, ident, what)
            self._looked_at.add((ident, content))

    def _described(self, connection: Connection) -> None:
        """Raise LibraryDamaged where the metadata of any document is not what was stored; once a revision."""
        if not self.checking:
            return
        facts = mapping.pairs(connection, schema.meta)
        revision = facts["revision"]
        if revision == self._described_at:
            return
        kept = facts.get(typed_file.DIGEST)
        if kept is not None and kept != typed_file.digest_of(typed_file.typed_in(connection)):
            raise LibraryDamaged(
                f"{self.where}: what people typed is not what was stored",
                ingest_command(self.folder, rebuild=True),
            )
        table, known = schema.documents, digests(connection)
        for ident, metadata in connection.execute(select(table.c.id, table.c.metadata)):
            wanted = known[ident][1] if ident in known else ""
            if ident not in known or wanted not in {UNSEALED, metadata_digest(ident, metadata)}:
                raise self._damaged(connection, ident, "description")
        self._described_at = revision

    def _damaged(self, connection: Connection, ident: str, what: str) -> LibraryDamaged:
        table = schema.files
        path = connection.execute(select(table.c.path).where(table.c.document_id == ident)).scalars().first()
        return LibraryDamaged(
            f"{self.where}: the {what} of {path or ident} is not what was stored; nothing of it is shown",
            ingest_command(self.folder, rebuild=True),
        )

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with super()._read() as connection:
                yield connection
        except (*_UNREADABLE, UsageError) as error:
            if isinstance(error, UnicodeEncodeError):  # asked for by a name that no database can hold
                raise
            raise LibraryDamaged(
                f"{self.where}: the database holds something that cannot be read ({type(error).__name__})",
                ingest_command(self.folder, rebuild=True),
            ) from error


def _altered(connection: Connection, ident: str, content: str, metadata: str) -> str:
    """Return what of a document does not have its digest, "" when all does or it has none yet."""
    table = schema.documents
    if content != UNSEALED and content_digest(connection, ident) != content:
        return "text"
    described = connection.execute(select(table.c.metadata).where(table.c.id == ident)).scalar_one()
    return "" if metadata in {UNSEALED, metadata_digest(ident, described)} else "description"
