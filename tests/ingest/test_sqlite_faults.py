"""Faults of SQLite are told by its result codes, in whatever language and words it speaks of them."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError
from ingest.library.full_disk import full_disk
from ingest.library.sqlite import SqliteBackend

FAULTS = {
    "busy": (sqlite3.SQLITE_BUSY, LibraryBusy, "another process is writing"),
    "busy, in more detail": (sqlite3.SQLITE_BUSY_SNAPSHOT, LibraryBusy, "another process is writing"),
    "locked": (sqlite3.SQLITE_LOCKED, LibraryBusy, "another process is writing"),
    "corrupt": (sqlite3.SQLITE_CORRUPT, LibraryDamaged, "pincite doctor"),
    "corrupt index": (sqlite3.SQLITE_CORRUPT_INDEX, LibraryDamaged, "pincite doctor"),
    "another file": (sqlite3.SQLITE_NOTADB, LibraryDamaged, "pincite doctor"),
    "read-only": (sqlite3.SQLITE_READONLY, PinciteError, "cannot be written to"),
    "no room for its files": (sqlite3.SQLITE_CANTOPEN, PinciteError, "cannot be written to"),
    "disk error": (sqlite3.SQLITE_IOERR_FSYNC, PinciteError, "the disk failed"),
    "full": (sqlite3.SQLITE_FULL, PinciteError, "the disk is full"),
}
DEFECTS = {
    "syntax": sqlite3.SQLITE_ERROR,
    "constraint": sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    "misuse": sqlite3.SQLITE_MISUSE,
}


def fault(code: int) -> OperationalError:
    """Return the error as SQLAlchemy hands it on, its text in words that nothing is read from."""
    error = sqlite3.OperationalError("la base de datos dice que no")
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", None, error)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_machine_is_told_with_the_folder_and_what_to_do(name: str, tmp_path: Path) -> None:
    code, kind, expected = FAULTS[name]
    told = SqliteBackend(tmp_path).translate(fault(code))
    assert type(told) is kind
    assert expected in str(told)
    assert str(tmp_path) in str(told)
    assert "\n" not in str(told)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_the_program_is_not_translated(name: str, tmp_path: Path) -> None:
    assert SqliteBackend(tmp_path).translate(fault(DEFECTS[name])) is None


def test_an_error_of_python_has_no_code_and_is_a_defect(tmp_path: Path) -> None:
    error = ProgrammingError("SELECT 1", None, sqlite3.ProgrammingError("closed: the database is locked"))
    assert SqliteBackend(tmp_path).translate(error) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, "is full"),
        (sqlite3.SQLITE_READONLY, "is full"),
        (sqlite3.SQLITE_BUSY, "another"),
    ],
)
def test_where_it_says_only_that_it_could_not_write_the_disk_is_asked(
    code: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room._replace(free=5 * 1024))
    assert expected in str(SqliteBackend(tmp_path).translate(fault(code)))


def test_a_disk_with_room_is_full_only_where_the_system_says_so(tmp_path: Path) -> None:
    assert full_disk(tmp_path, certain=False) is None
    assert "the disk is full" in str(full_disk(tmp_path, certain=True))
    gone = full_disk(tmp_path / "none", certain=True)
    assert str(gone).startswith(f"{tmp_path}: the disk is full"), "a folder that is gone: the one above it"
