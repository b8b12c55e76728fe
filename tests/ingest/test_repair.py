"""What damage is repaired with is named once, with the library's own folders."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from index.snapshot import checked
from index.snapshot.publish import publish
from ingest.errors import LibraryDamaged
from ingest.library.library import Library
from ingest.library.repair import corpus_of, ingest_command
from ingest.pipeline import ingest_folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A corpus whose name has a blank, and its library."""
    (tmp_path / "my papers").mkdir()
    (tmp_path / "my papers" / "one.txt").write_text("Clinics in Lima open early.\n")
    with Library.open(tmp_path / "lib", create=True) as library:
        ingest_folder(tmp_path / "my papers", library, settle=0.01)
        publish(library, tmp_path / "lib", None)
    return tmp_path


def command(place: Path) -> str:
    return f"pincite ingest '{place / 'my papers'}' --library {place / 'lib'}"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(str(stop.value.code)), " ".join(capsys.readouterr().err.split())


def test_the_command_names_the_corpus_that_the_library_was_read_from(place: Path) -> None:
    assert ingest_command(place / "lib") == command(place)
    assert ingest_command(place / "lib", rebuild=True) == f"{command(place)} --rebuild"


@pytest.mark.parametrize("database", [None, b"", b"SQLite format 3\0" + b"\0" * 90, b"no database"])
def test_without_a_database_that_tells_it_the_corpus_is_unknown(
    database: bytes | None, tmp_path: Path
) -> None:
    if database is not None:
        (tmp_path / "library.db").write_bytes(database)
    assert corpus_of(tmp_path) is None
    assert ingest_command(tmp_path) == f"pincite ingest CORPUS --library {tmp_path}"


@pytest.mark.parametrize("value", ["3", "null", "{", '"a\\nb"'])
def test_a_setting_that_is_no_folder_is_not_named(value: str, place: Path) -> None:
    with closing(sqlite3.connect(place / "lib" / "library.db")) as connection, connection:
        connection.execute("UPDATE settings SET value = ? WHERE key = 'corpus'", (value,))
    connection.close()
    assert corpus_of(place / "lib") is None


@pytest.mark.parametrize("inner", ["CURRENT", "gen-3", "gen-3/ends.npy", "gen-3/../base-3/vectors.npy"])
def test_a_damaged_file_is_named_plainly_with_the_library_it_belongs_to(inner: str, place: Path) -> None:
    path = place / "lib" / "snapshot" / inner
    error = checked.damage(path)
    assert str(error) == f"{os.path.normpath(path)} is damaged. Run: {command(place)}"
    assert error.repair == command(place)


def test_a_search_in_a_damaged_snapshot_says_how_to_build_this_one_again(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passages = next((place / "lib" / "snapshot").glob("gen-*/passages.jsonl"))
    passages.write_bytes(passages.read_bytes()[:-9])
    code, said = told(capsys, "search", "clinics", "--library", str(place / "lib"))
    assert (code, said) == (1, f"pincite: {passages} is damaged. Run: {command(place)}")
    (place / "lib" / "snapshot" / "CURRENT").write_bytes(b"\xe9\xff")
    code, said = told(capsys, "search", "clinics", "--library", str(place / "lib"))
    assert code == 1 and "codec" not in said and said.endswith(f"CURRENT is damaged. Run: {command(place)}")


def test_reading_anew_names_no_other_repair(
    place: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (place / "lib" / "library.db").write_bytes(b"SQLite format 3\0" + b"\0" * 90)
    words = ("ingest", str(place / "my papers"), "--library", str(place / "lib"), "--rebuild")
    code, said = told(capsys, *words, "--progress", "none")
    assert code == 0
    assert ["all is read anew" in one.message for one in caplog.records] == [True]
    assert "pincite doctor" not in said and "is kept as" in said


def test_an_error_without_a_repair_is_its_fault_alone() -> None:
    assert str(LibraryDamaged("x: is no library. Choose another.")) == "x: is no library. Choose another."
    assert LibraryDamaged("x: is no library.").fault == "x: is no library"
