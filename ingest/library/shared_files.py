"""Files that one machine makes and the others need, in the library's database: whole sets, told apart by a name.

A file is kept under its SHA-256, in parts, and once however many sets hold it. A set becomes the current one in the
same transaction in which its last file is stored; readers see the set before or the new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)

from ingest.errors import LibraryDamaged
from ingest.library.mapping import PutRows

PART = 4 << 20
"""Bytes of a row. PostgreSQL takes up to 1 GB; both ends hold one in memory."""
KEPT = 2
"""Sets that stay: the current one, and the one that another machine may be fetching."""

tables = MetaData()

sets = Table(
    "file_sets",
    tables,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("manifest", LargeBinary, nullable=False),
)

members = Table(
    "file_set_members",
    tables,
    Column("number", ForeignKey("file_sets.number", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
)

parts = Table(
    "file_parts",
    tables,
    Column("sha256", String(64), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """A set: its name, and the SHA-256 and bytes of the manifest that describes its files."""

    name: str
    digest: str
    manifest: bytes


class _Connect(Protocol):
    def __call__(self, *, write: bool = False) -> AbstractContextManager[Connection]: ...


class SharedFiles:
    """The sets of one library. Its errors are those of the library's database."""

    def __init__(self, connect: _Connect, put: PutRows) -> None:
        self._connect, self._put = connect, put

    def current(self) -> tuple[str, str] | None:
        """Return name and digest of the current set, None where there is none."""
        with self._connect() as connection:
            if not connection.dialect.has_table(connection, sets.name):
                return None
            query = select(sets.c.name, sets.c.digest).order_by(sets.c.number.desc()).limit(1)
            found = connection.execute(query).first()
        return None if found is None else (found[0], found[1])

    def current_set(self) -> FileSet | None:
        """Return the current set with its manifest."""
        with self._connect() as connection:
            if not connection.dialect.has_table(connection, sets.name):
                return None
            found = connection.execute(select(sets).order_by(sets.c.number.desc()).limit(1)).first()
        if found is None:
            return None
        if hashlib.sha256(found.manifest).hexdigest() != found.digest:
            raise LibraryDamaged(
                f"the manifest of {found.name} in the database is damaged. Run pincite ingest again"
            )
        return FileSet(name=found.name, digest=found.digest, manifest=found.manifest)

    def put(self, name: str, digest: str, manifest: bytes, files: Mapping[str, Path]) -> None:
        """Store a set and make it the current one; `files` are paths by SHA-256. What is there is not sent again.

        The caller holds the library's long lock. A kill leaves the set before, and parts that the next one removes.
        """
        with self._connect(write=True) as connection:
            if not connection.dialect.has_table(connection, sets.name):
                tables.create_all(connection)
                # Snapshots are arrays of numbers: to press them costs time and wins little.
                connection.execute(text(f'ALTER TABLE "{parts.name}" ALTER COLUMN data SET STORAGE EXTERNAL'))
            whole = self._whole(connection, files)
            connection.execute(delete(parts).where(parts.c.sha256.not_in(select(members.c.sha256))))
            connection.execute(delete(parts).where(parts.c.sha256.in_(set(files).difference(whole))))
        for sha256, path in files.items():
            if sha256 not in whole:
                self._send(sha256, path)
        with self._connect(write=True) as connection:
            number = connection.execute(select(func.coalesce(func.max(sets.c.number), 0))).scalar_one() + 1
            connection.execute(
                insert(sets).values(number=number, name=name, digest=digest, manifest=manifest)
            )
            self._put(connection, members, [{"number": number, "sha256": sha256} for sha256 in files])
            connection.execute(delete(sets).where(sets.c.number <= number - KEPT))
            connection.execute(delete(parts).where(parts.c.sha256.not_in(select(members.c.sha256))))

    def holds(self, files: Mapping[str, Path]) -> bool:
        """Return whether files, given by SHA-256, are here with all their bytes; their content is not read."""
        with self._connect() as connection:
            if not connection.dialect.has_table(connection, sets.name):
                return False
            return self._whole(connection, files) == set(files)

    def _whole(self, connection: Connection, files: Mapping[str, Path]) -> set[str]:
        """Return which of the files a set has, in parts that have together as many bytes as the file."""
        query = (
            select(parts.c.sha256, func.sum(func.octet_length(parts.c.data)))
            .where(parts.c.sha256.in_(select(members.c.sha256)))
            .group_by(parts.c.sha256)
        )
        stored = {row[0]: row[1] for row in connection.execute(query)}
        return {sha256 for sha256, path in files.items() if stored.get(sha256) == path.stat().st_size}

    def drop(self, sha256: str) -> None:
        """Remove a file that is not what its hash says: a bad copy helps nobody, and the next `put` sends it again."""
        with self._connect(write=True) as connection:
            connection.execute(delete(parts).where(parts.c.sha256 == sha256))

    def forget(self) -> None:
        """Remove all sets and files: what is put next is stored whole. The caller holds the library's long lock."""
        with self._connect(write=True) as connection:
            if connection.dialect.has_table(connection, sets.name):
                connection.execute(delete(sets))  # members go with them
                connection.execute(delete(parts))

    def _send(self, sha256: str, path: Path) -> None:
        """Store a file, each part in a transaction of its own: others who write need not wait for the whole."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            number = 0
            while (data := file.read(PART)) or number == 0:
                digest.update(data)
                with self._connect(write=True) as connection:
                    self._put(connection, parts, [{"sha256": sha256, "part": number, "data": data}])
                number += 1
        if digest.hexdigest() != sha256:
            raise LibraryDamaged(f"{path} is damaged: it was not given to the other machines")

    def read(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes of a file, part by part; whoever stores them compares their hash."""
        query = select(parts.c.part, parts.c.data).where(parts.c.sha256 == sha256).order_by(parts.c.part)
        with self._connect() as connection:
            for _, data in connection.execution_options(yield_per=1).execute(query):
                yield data
