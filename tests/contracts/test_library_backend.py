"""What holds of every database under a library; a second one is one more entry of `BACKENDS`."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from ingest.errors import LibraryBusy, LibraryDamaged
from ingest.library import schema
from ingest.library.backend import Backend, server_backend
from ingest.library.library import Library
from ingest.library.sqlite import SqliteBackend

Make = Callable[[Path], Backend]
Damage = Callable[[Path, Backend], None]


def on_a_server(request: pytest.FixtureRequest) -> Make:
    """A schema of a PostgreSQL that the tests start."""
    url = request.getfixturevalue("schema_url")
    return lambda folder: server_backend(folder, url)


BACKENDS: dict[str, Callable[[pytest.FixtureRequest], Make]] = {
    "sqlite": lambda _: SqliteBackend,
    "postgresql": on_a_server,
}
SLOW = {"postgresql"}
ALL = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in BACKENDS]


def write_nonsense(folder: Path, backend: Backend) -> None:
    """Put something that is no database in the place of the SQLite file."""
    (folder / "library.db").write_bytes(b"not a database at all, but long enough to be looked at" * 40)


def overwrite_pages(request: pytest.FixtureRequest) -> Damage:
    """Overwrite pages of a table in the server's files."""
    server: PostgresServer = request.getfixturevalue("postgres")

    def damage(folder: Path, backend: Backend) -> None:
        with backend.connect(write=True) as connection:
            schema.tables.create_all(connection)
            backend.insert(connection, schema.derived, [row(f"{n}", b"x" * 99) for n in range(99)])
        name = re.search(r"schema (\w+)", backend.location)
        assert name is not None
        server.damage(name[1], schema.derived.name)

    return damage


DAMAGE: dict[str, Callable[[pytest.FixtureRequest], Damage]] = {
    "sqlite": lambda _: write_nonsense,
    "postgresql": overwrite_pages,
}


@pytest.fixture(params=ALL)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Backend]]:
    """Give what makes one more backend of the same place; all are closed in the end."""
    make, opened = BACKENDS[request.param](request), []

    def another() -> Backend:
        opened.append(make(tmp_path))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


@pytest.fixture
def backend(made: Callable[[], Backend]) -> Iterator[Backend]:
    """A database with the tables of a library."""
    one = made()
    with one.connect(write=True) as connection:
        schema.tables.create_all(connection)
    yield one
    one.close()


def values(connection: Connection) -> dict[str, bytes]:
    table = schema.derived
    return {row[0]: row[1] for row in connection.execute(select(table.c.key, table.c.value))}


def row(key: str, value: bytes) -> dict[str, object]:
    return {"space": "vectors", "key": key, "value": value}


def test_it_exists_from_the_first_write_on_and_says_where(made: Callable[[], Backend]) -> None:
    one = made()
    assert not one.exists()
    with one.connect(write=True) as connection:
        schema.tables.create_all(connection)
    assert one.exists()
    assert made().exists()
    assert one.location
    one.close()


def test_what_is_written_is_there_for_another_connection_and_what_fails_is_not(
    backend: Backend, made: Callable[[], Backend]
) -> None:
    with backend.connect(write=True) as connection:
        connection.execute(insert(schema.derived), [row("a", b"1")])
    with pytest.raises(RuntimeError), backend.connect(write=True) as connection:
        connection.execute(insert(schema.derived), [row("b", b"2")])
        raise RuntimeError
    other = made()
    with other.connect() as connection:
        assert values(connection) == {"a": b"1"}
    other.close()


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(backend: Backend) -> None:
    with backend.connect() as reading:
        assert values(reading) == {}

        def write() -> None:
            with backend.connect(write=True) as connection:
                backend.upsert(connection, schema.derived, [row("a", b"1")])

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(10)
        assert not writer.is_alive(), "a reader held the writer up"
        assert values(reading) == {}
    with backend.connect() as reading:
        assert values(reading) == {"a": b"1"}


def test_two_short_writers_wait_for_one_another(backend: Backend) -> None:
    def write(n: int) -> None:
        with backend.connect(write=True) as connection:
            before = len(values(connection))
            backend.upsert(connection, schema.derived, [row(f"{n}", b"%d" % before)])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with backend.connect() as connection:
        assert sorted(values(connection).values()) == [b"%d" % n for n in range(8)]


def test_upsert_replaces_what_has_the_key_and_leaves_the_rest(backend: Backend) -> None:
    with backend.connect(write=True) as connection:
        backend.upsert(connection, schema.derived, [row("a", b"1"), row("b", b"2")])
        backend.upsert(connection, schema.derived, [row("b", b"new"), row("c", b"3")])
        backend.upsert(connection, schema.derived, [])
        assert values(connection) == {"a": b"1", "b": b"new", "c": b"3"}


def test_the_long_lock_excludes_others_and_may_be_nested(
    backend: Backend, made: Callable[[], Backend]
) -> None:
    mine, other = backend.write_lock(), made()
    with mine:
        with mine:
            pass
        with pytest.raises(LibraryBusy), other.write_lock():
            pytest.fail("two writers")
    with other.write_lock():
        pass
    other.close()


def test_a_sound_database_has_nothing_wrong_and_keys_are_watched(backend: Backend) -> None:
    assert backend.integrity() == []
    page = {"document_id": "a" * 32, "number": 1, "text": "Words.", "flags": [], "width": 0.0, "height": 0.0}
    with pytest.raises(DBAPIError) as caught, backend.connect(write=True) as connection:
        connection.execute(insert(schema.pages), [page])
    assert backend.translate(caught.value) is None
    assert backend.integrity() == []


def test_a_defect_of_the_program_is_no_fault_of_the_machine(backend: Backend) -> None:
    with backend.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert backend.translate(caught.value) is None
    with pytest.raises(DBAPIError) as twice, backend.connect(write=True) as connection:
        connection.execute(insert(schema.derived), [row("a", b"1"), row("a", b"2")])
    assert backend.translate(twice.value) is None
    with backend.connect() as connection:
        assert values(connection) == {}


@pytest.mark.parametrize("name", ALL)
def test_a_damaged_database_is_named_with_the_next_step(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    make = BACKENDS[name](request)
    one = make(tmp_path)
    DAMAGE[name](request)(tmp_path, one)
    with pytest.raises(LibraryDamaged, match="pincite doctor --library"), one.connect() as connection:
        values(connection)
    one.close()


def test_a_library_over_it_keeps_what_it_is_given(backend: Backend, tmp_path: Path) -> None:
    with backend.connect(write=True) as connection:
        connection.execute(delete(schema.meta))
        facts = {"format": str(schema.FORMAT), "id": "x", "revision": "0"}
        connection.execute(
            insert(schema.meta), [{"key": key, "value": value} for key, value in facts.items()]
        )
    library = Library(tmp_path, backend)
    library.set_setting("corpus", "a\udce9")
    library.put_derived("space", [("k", b"1"), ("k", b"2")])
    assert library.setting("corpus") == "a\udce9"
    assert library.get_derived("space", ["k"]) == {"k": b"2"}
    assert library.check() == []


def test_many_rows_are_inserted_at_once_whatever_is_in_them(backend: Backend) -> None:
    strange = [
        {"path": f"{n} \udce9\0\t\\N\n", "reason": None if n % 2 else "\ud800 ñ", "document_id": None}
        | {"size": 1 << 40, "mtime_ns": 1 << 62, "ctime_ns": -1, "inode": (1 << 63) - 1}
        for n in range(120)
    ]
    with backend.connect(write=True) as connection:
        backend.insert(connection, schema.files, strange)
        backend.insert(connection, schema.files, [])
    with backend.connect() as connection:
        found = [dict(one) for one in connection.execute(select(schema.files)).mappings()]
    assert sorted(found, key=lambda one: one["path"]) == sorted(strange, key=lambda one: str(one["path"]))


def test_a_row_that_is_there_is_refused_among_many(backend: Backend) -> None:
    rows = [row(f"{n}", b"1") for n in range(3)]
    for wrong in ([*rows, rows[0]], [row("a", b"1"), row("b", None)]):  # type: ignore[arg-type]
        with pytest.raises(DBAPIError) as caught, backend.connect(write=True) as connection:
            backend.insert(connection, schema.derived, wrong)
        assert backend.translate(caught.value) is None
    with backend.connect() as connection:
        assert values(connection) == {}


@pytest.mark.parametrize("many", [3, 300])
def test_upsert_of_few_and_of_many_rows(backend: Backend, many: int) -> None:
    for value in (b"old", b"new"):
        with backend.connect(write=True) as connection:
            backend.upsert(connection, schema.derived, [row(f"{n}", value) for n in range(many)])
            backend.upsert(connection, schema.derived, [row("0", value + b"est")])
    with backend.connect() as connection:
        assert values(connection) == {"0": b"newest"} | {f"{n}": b"new" for n in range(1, many)}


def test_a_database_set_aside_has_another_name_and_the_next_one_is_empty(
    backend: Backend, made: Callable[[], Backend]
) -> None:
    before = backend.identity()
    assert before is not None
    backend.close()
    with backend.write_lock():
        name = backend.set_aside()
    assert name and name != backend.location
    assert not backend.exists()
    other = made()
    with other.connect(write=True) as connection:
        schema.tables.create_all(connection)
        assert values(connection) == {}
    assert made().identity() == other.identity()
    other.close()


def test_one_state_is_copied_into_a_file_that_is_a_library(backend: Backend, tmp_path: Path) -> None:
    with backend.connect(write=True) as connection:
        backend.insert(connection, schema.derived, [row(f"{n}", b"%d" % n) for n in range(2_500)])
    (tmp_path / "copy").mkdir()
    backend.copy_to(tmp_path / "copy" / "library.db")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["library.db"]
    copied = SqliteBackend(tmp_path / "copy")
    with copied.connect() as connection:
        assert values(connection) == {f"{n}": b"%d" % n for n in range(2_500)}
    copied.close()
