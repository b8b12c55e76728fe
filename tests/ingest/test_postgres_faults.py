"""What is told of errors of PostgreSQL, by their SQLSTATE or, where no connection was made, by their words."""

import sys
from pathlib import Path

import psycopg
import pytest
from running_service import free_port
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from ingest.errors import LibraryAway, LibraryBusy, LibraryDamaged, PinciteError
from ingest.library.backend import server_backend
from ingest.library.postgres_faults import translated
from ingest.library.repair import ingest_command
from ingest.library.writer import busy

WHERE = "postgresql://ana@db/papers"


def fault(code: str | None, words: str = "words", kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    error = psycopg.OperationalError(words)
    error.sqlstate = code
    return kind("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("55P03", LibraryBusy, "another process is writing"),
        ("40P01", LibraryBusy, "another process is writing"),
        ("XX001", LibraryDamaged, "pincite doctor --library '/a b'"),
        ("57P01", LibraryAway, "Nothing stored so far is lost"),
        ("57P03", LibraryAway, "run the same command again"),
        ("08006", LibraryAway, "cannot be reached"),
        ("58030", LibraryAway, "cannot be reached"),
        ("53100", PinciteError, "the disk of the server is full"),
        ("53300", PinciteError, "too many connections"),
        ("25006", PinciteError, "Name the primary server"),
        ("42501", PinciteError, "GRANT CREATE"),
        ("57014", PinciteError, "took too long"),
    ],
)
def test_what_a_machine_can_cause_has_one_line(code: str, kind: type[PinciteError], told: str) -> None:
    error = translated(fault(code), WHERE, "/a b")
    assert type(error) is kind
    assert str(error).startswith(WHERE)
    assert told in str(error)


@pytest.mark.parametrize("code", ["42P01", "23505", "22P02", "42601", "21000"])
def test_defects_are_no_fault_of_the_machine(code: str) -> None:
    assert translated(fault(code), WHERE, "x") is None
    assert translated(fault(None, kind=DBAPIError), WHERE, "x") is None


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        ("connection refused\n\tIs the server running?", LibraryAway, r"\(connection refused\)"),
        ('FATAL:  password authentication failed for user "ana"', PinciteError, "~/.pgpass"),
        ('failed: FATAL:  role "ana" does not exist', PinciteError, "refused the log-in"),
        ('FATAL:  database "papers" does not exist', PinciteError, "createdb"),
        (
            "FATAL:  the database system is starting up",
            LibraryAway,
            r"\(the database system is starting up\)",
        ),
        ("", LibraryAway, r"\(OperationalError\)"),
    ],
)
def test_a_connection_that_is_not_made(words: str, kind: type[PinciteError], told: str) -> None:
    for raised in (OperationalError, InterfaceError):
        error = translated(fault(None, words, raised), WHERE, "x")
        assert type(error) is kind
        with pytest.raises(kind, match=told):
            raise error


def test_a_missing_driver_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PinciteError, match=r'pip install "pincite\[postgres\]"') as caught:
        server_backend(tmp_path, "postgresql+psycopg://db/papers")
    assert "\n" not in str(caught.value)
    (tmp_path / "database.toml").write_text('url = "postgresql://db/papers"')
    assert ingest_command(tmp_path) == f"pincite ingest CORPUS --library {tmp_path}"


def test_nobody_listens(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://ana:secret@127.0.0.1:{free_port()}/papers"
    (tmp_path / "database.toml").write_text(f'url = "{url}"')
    backend = server_backend(tmp_path, url)
    with pytest.raises(LibraryAway, match="cannot be reached") as caught:
        backend.exists()
    assert "secret" not in str(caught.value)
    backend.close()
    assert not busy(tmp_path), "it cannot be told"
    assert "CORPUS" in ingest_command(tmp_path)
