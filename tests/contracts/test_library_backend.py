"""What holds of every database under a library; a second one is one more entry of `BACKENDS`."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from ingest.errors import LibraryBusy, LibraryDamaged
from ingest.library import schema
from ingest.library.backend import Backend
from ingest.library.library import Library
from ingest.library.sqlite import SqliteBackend

BACKENDS: dict[str, Callable[[Path], Backend]] = {"sqlite": SqliteBackend}


def write_nonsense(folder: Path) -> None:
    """Put something that is no database in the place of the SQLite file."""
    (folder / "library.db").write_bytes(b"not a database at all, but long enough to be looked at" * 40)


DAMAGE = {"sqlite": write_nonsense}


@pytest.fixture(params=BACKENDS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Backend]:
    """Return what makes one more backend of the same place."""
    return lambda: BACKENDS[request.param](tmp_path)


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


@pytest.mark.parametrize("name", BACKENDS)
def test_a_damaged_database_is_named_with_the_next_step(name: str, tmp_path: Path) -> None:
    DAMAGE[name](tmp_path)
    one = BACKENDS[name](tmp_path)
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
