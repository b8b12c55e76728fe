"""Sets of files in the library's database, on a real server: stored once, current at once, swept when out of use."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update

from ingest.errors import LibraryDamaged, PinciteError
from ingest.library import row_copy, schema, shared_files
from ingest.library.postgres import PostgresBackend
from ingest.library.shared_files import PART, SharedFiles, parts
from ingest.library.sqlite import SqliteBackend

pytestmark = pytest.mark.slow


@pytest.fixture
def backend(schema_url: str, tmp_path: Path) -> Iterator[PostgresBackend]:
    one = PostgresBackend(tmp_path, schema_url)
    yield one
    one.close()


@pytest.fixture
def shared(backend: PostgresBackend) -> SharedFiles:
    return backend.shared()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(shared: SharedFiles, folder: Path, name: str, *contents: bytes) -> str:
    """Put a set of files with these contents; return its digest."""
    files = {}
    for number, content in enumerate(contents):
        path = folder / f"{name}-{number}"
        path.write_bytes(content)
        files[sha(content)] = path
    manifest = name.encode() * 3
    shared.put(name, sha(manifest), manifest, files)
    return sha(manifest)


def stored(backend: PostgresBackend) -> set[str]:
    with backend.connect() as connection:
        return set(connection.execute(select(parts.c.sha256)).scalars())


def test_nothing_is_there_before_the_first_set(shared: SharedFiles) -> None:
    assert shared.current() is None
    assert shared.current_set() is None


def test_files_come_back_part_by_part(shared: SharedFiles, tmp_path: Path) -> None:
    long, empty = bytes(range(256)) * (PART // 128) + b"end", b""
    digest = put(shared, tmp_path, "gen-1", long, empty)
    assert shared.current() == ("gen-1", digest)
    found = shared.current_set()
    assert found is not None
    assert (found.name, found.digest, found.manifest) == ("gen-1", digest, b"gen-1gen-1gen-1")
    pieces = list(shared.read(sha(long)))
    assert len(pieces) == 3
    assert b"".join(pieces) == long
    assert b"".join(shared.read(sha(empty))) == b""
    assert list(shared.read("0" * 64)) == []


def test_a_file_of_two_sets_is_stored_once_and_what_no_set_needs_goes(
    shared: SharedFiles, backend: PostgresBackend, tmp_path: Path
) -> None:
    put(shared, tmp_path, "gen-1", b"base", b"one")
    with backend.connect(write=True) as connection:
        connection.execute(
            update(parts).where(parts.c.sha256 == sha(b"base")).values(data=b"kept")
        )  # as many bytes
    put(shared, tmp_path, "gen-2", b"base", b"two")
    assert b"".join(shared.read(sha(b"base"))) == b"kept", "not sent again"
    assert stored(backend) == {sha(b"base"), sha(b"one"), sha(b"two")}
    put(shared, tmp_path, "gen-3", b"base", b"three")
    assert stored(backend) == {sha(b"base"), sha(b"two"), sha(b"three")}
    assert shared.current() is not None and shared.current()[0] == "gen-3"  # type: ignore[index]


def test_a_set_that_was_not_finished_is_none_and_the_next_one_begins_anew(
    shared: SharedFiles, backend: PostgresBackend, tmp_path: Path
) -> None:
    first = put(shared, tmp_path, "gen-1", b"one")
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"another content")
    with pytest.raises(LibraryDamaged, match="wrong is damaged"):
        shared.put("gen-2", "d" * 64, b"x", {sha(b"expected"): wrong})
    assert shared.current() == ("gen-1", first)
    wrong.write_bytes(b"expected")
    manifest = b"now right"
    shared.put("gen-2", sha(manifest), manifest, {sha(b"expected"): wrong})
    assert b"".join(shared.read(sha(b"expected"))) == b"expected"
    assert stored(backend) == {sha(b"one"), sha(b"expected")}


def test_a_damaged_manifest_is_told(shared: SharedFiles, backend: PostgresBackend, tmp_path: Path) -> None:
    put(shared, tmp_path, "gen-1", b"one")
    with backend.connect(write=True) as connection:
        connection.execute(update(shared_files.sets).values(manifest=b"other"))
    with pytest.raises(LibraryDamaged, match="gen-1"):
        shared.current_set()


def test_rows_are_compared_after_copying(backend: PostgresBackend, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with backend.connect(write=True) as connection:
        schema.tables.create_all(connection)
        backend.insert(connection, schema.meta, [{"key": f"{n}", "value": "x"} for n in range(3)])
    with backend.connect() as connection:
        row_copy.to_file(connection, tmp_path / "file" / "library.db")
    file = SqliteBackend(tmp_path / "file")
    with backend.connect(write=True) as connection:
        connection.execute(delete(schema.meta))
        with pytest.raises(LibraryDamaged, match="0 of 3 rows of meta"):
            row_copy.from_file(file.path, connection, lambda *_: None)
    file.close()
    aside = backend.copy_from(file.path)
    assert aside is not None and "_before_" in aside
    with backend.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.meta)).scalar_one() == 3


def test_a_copy_that_fails_leaves_what_was_there(backend: PostgresBackend, tmp_path: Path) -> None:
    with backend.connect(write=True) as connection:
        schema.tables.create_all(connection)
        backend.insert(connection, schema.meta, [{"key": "mine", "value": "x"}])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "library.db").write_bytes(b"no database" * 500)
    with pytest.raises(PinciteError):
        backend.copy_from(tmp_path / "broken" / "library.db")
    with backend.connect() as connection:
        assert connection.execute(select(schema.meta.c.key)).scalars().all() == ["mine"]


def test_rows_that_point_nowhere_are_found(backend: PostgresBackend) -> None:
    with backend.connect(write=True) as connection:
        schema.tables.create_all(connection)
        connection.execute(text("ALTER TABLE digests DROP CONSTRAINT digests_document_id_fkey"))
        row = {"document_id": "f" * 32, "content": "", "metadata": ""}
        backend.insert(connection, schema.digests, [row])
    assert backend.integrity() == ["1 rows of digests point at a missing documents"]


def test_a_library_of_an_older_format_is_brought_up_to_date_in_one_transaction(
    backend: PostgresBackend, tmp_path: Path, schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.errors import NewerFormat
    from ingest.library.library import Library
    from ingest.library.place import point_at

    point_at(tmp_path, schema_url)
    Library.open(tmp_path, create=True).close()
    steps = ("ALTER TABLE pages ADD COLUMN colour VARCHAR", "ALTER TABLE nothing ADD COLUMN colour VARCHAR")

    def columns() -> int:
        query = text(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = :name AND column_name = 'colour'"
        )
        with backend.connect() as connection:
            return int(connection.execute(query, {"name": backend.schema}).scalar_one())

    monkeypatch.setattr(schema, "FORMAT", schema.FORMAT + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.FORMAT - 1, steps)
    with pytest.raises(Exception, match="nothing"):
        Library.open(tmp_path)
    assert columns() == 0, "half a migration is none"
    monkeypatch.setitem(schema.MIGRATIONS, schema.FORMAT - 1, steps[:1])
    Library.open(tmp_path).close()
    assert columns() == 1
    monkeypatch.undo()
    with pytest.raises(NewerFormat, match="made by a newer pincite"):
        Library.open(tmp_path)


def test_a_file_with_fewer_bytes_than_it_has_is_not_held_and_is_sent_again(
    shared: SharedFiles, backend: PostgresBackend, tmp_path: Path
) -> None:
    put(shared, tmp_path, "gen-1", b"base", b"one")
    files = {sha(b"base"): tmp_path / "gen-1-0", sha(b"one"): tmp_path / "gen-1-1"}
    assert shared.holds(files)
    with backend.connect(write=True) as connection:
        connection.execute(update(parts).where(parts.c.sha256 == sha(b"base")).values(data=b"bas"))
    assert not shared.holds(files)
    put(shared, tmp_path, "gen-1", b"base", b"one")
    assert shared.holds(files)
    assert b"".join(shared.read(sha(b"base"))) == b"base"


def test_what_is_dropped_or_forgotten_is_gone(
    shared: SharedFiles, backend: PostgresBackend, tmp_path: Path
) -> None:
    shared.forget()
    put(shared, tmp_path, "gen-1", b"base", b"one")
    shared.drop(sha(b"base"))
    assert stored(backend) == {sha(b"one")}
    shared.forget()
    assert stored(backend) == set()
    assert shared.current() is None
