"""F31: a damaged library never gives other text than was stored, says so, and is read anew with what people typed."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_papers import put_papers
from sqlalchemy import text
from typer.testing import CliRunner

from app.checks.doctor import examine
from app.cli import app, main
from ingest.errors import LibraryDamaged, PinciteError, UsageError
from ingest.library import schema
from ingest.library.digest import content_digest, metadata_digest
from ingest.library.library import Library
from ingest.library.rebuild import set_aside
from ingest.library.typed_file import TYPED_FILE, read_typed
from ingest.pipeline import ingest_folder

QUICK, SOAK = 60, int(os.environ.get("PINCITE_SOAK", "1000"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of six papers of 30 passages, three with values that somebody typed."""
    folder = tmp_path_factory.mktemp("sound") / "library"
    with Library.open(folder, create=True) as library:
        put_papers(library, range(6))
        for number, document in enumerate(library.documents()[:3]):
            library.set_override(document.id, "year", 2000 + number)
            library.set_override(document.id, "publisher", f"Press {number}")
    return folder


def everything(folder: Path) -> list[Any]:
    """Return all that a person can be shown of a library, names of files aside."""
    with Library.open(folder) as library:
        documents = [
            replace(one, file="", path="", files=(), written="", added="") for one in library.documents()
        ]
        found: list[Any] = sorted(documents, key=lambda one: one.id)
        for document in found[: len(documents)]:
            found += [replace(page, coverage=None, gaps=()) for page in library.pages(document.id)]
            found += list(library.passages(document.id))
        return found


def damage(path: Path, chance: random.Random) -> None:
    """Do to a file what a failing disk does: bits, bytes, a block of zeros, a block that belongs elsewhere."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(100, len(data))
    match chance.randrange(5):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at] = chance.randrange(256)
        case 2:
            data[at : at + 16] = bytes(len(data[at : at + 16]))
        case 3:
            letters = [i for i in range(at, min(len(data), at + 4_000)) if data[i : i + 1].isalpha()]
            if letters:
                data[chance.choice(letters)] = ord("x")
        case _:
            other = chance.randrange(0, len(data) - 64)
            data[at : at + 64] = data[other : other + 64][: len(data[at : at + 64])]
    path.write_bytes(bytes(data))


def silent_changes(sound: Path, place: Path, count: int, seed: int) -> tuple[int, int]:
    """Damage a library `count` times; return how many were given out as other content, and how many were refused."""
    true = everything(sound)
    wrong = refused = 0
    for number in range(count):
        folder = place / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(sound, folder)
        damage(folder / "library.db", random.Random(seed * 1_000_003 + number))
        try:
            wrong += everything(folder) != true
        except PinciteError:
            refused += 1
            assert refused % 5 or any("pincite ingest" in finding.repair for finding in examine(folder))
    return wrong, refused


def test_60_damages_give_no_other_text(sound: Path, tmp_path: Path) -> None:
    wrong, refused = silent_changes(sound, tmp_path, QUICK, seed=31)
    assert wrong == 0
    assert refused > QUICK // 3, "the damage does not reach the text"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_1000_damages_give_no_other_text(
    sound: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    wrong, refused = silent_changes(sound, tmp_path, SOAK, seed=1)
    record_property("soak", f"{SOAK} damages, {refused} refused, {wrong} given out as other text")
    assert wrong == 0


SINGLE: dict[str, str] = {
    "a letter of a page": "UPDATE pages SET text = CAST(replace(text, 'clinic', 'clinik') AS BLOB)",
    "a letter of a passage": "UPDATE passages SET text = CAST(replace(text, 'clinic', 'clinik') AS BLOB)",
    "a printed number": "UPDATE pages SET label = CAST('77' AS BLOB)",
    "a page's flags": "UPDATE pages SET flags = '[\"ocr\"]'",
    "a passage's page": "UPDATE passages SET first_page = 2, last_page = 2",
    "the kind of a passage": "UPDATE passages SET kind = 'footnote'",
    "the order of passages": "UPDATE passages SET position = 1000 - position",
    "the title": "UPDATE documents SET metadata = replace(metadata, 'Paper 1', 'Paper 7')",
    "the state": "UPDATE documents SET state = 'no_text'",
    "a lost passage": "DELETE FROM passages WHERE position = 3",
    "a lost digest": "DELETE FROM digests",
    "a value that somebody typed": "UPDATE overrides SET value = '1999' WHERE field = 'year'",
    "metadata that is no JSON": "UPDATE documents SET metadata = '{'",
    "text that is no UTF-8": "UPDATE pages SET text = x'ff'",
    "a column less": "ALTER TABLE passages DROP COLUMN tokens",
    "a table less": "DROP TABLE pages",
    "a format that is no number": "UPDATE meta SET value = 'x' WHERE key = 'format'",
    "no revision": "DELETE FROM meta WHERE key = 'revision'",
}


@pytest.mark.parametrize("name", SINGLE)
def test_single_damages_are_refused_and_named_by_doctor(sound: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    with closing(sqlite3.connect(folder / "library.db")) as connection, connection:
        connection.execute(SINGLE[name])
    connection.close()
    with pytest.raises(LibraryDamaged, match="--rebuild"):
        everything(folder)
    findings = examine(folder)
    assert any("--rebuild" in finding.repair for finding in findings), findings


READS: dict[str, Callable[[Library, str], object]] = {
    "pages": lambda library, ident: library.pages(ident),
    "page": lambda library, ident: library.page(ident, 1),
    "passages": lambda library, ident: list(library.passages(ident)),
    "all passages": lambda library, _: list(library.passages()),
    "footnotes": lambda library, ident: library.footnotes(ident, 1, 9),
}


@pytest.mark.parametrize("name", READS)
def test_no_way_of_reading_gives_out_a_damaged_document(sound: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    with Library.open(folder) as library:
        ident = library.documents()[1].id
        passage = next(iter(library.passages(ident))).passage.id
    with closing(sqlite3.connect(folder / "library.db")) as connection, connection:
        connection.execute(
            "UPDATE passages SET text = CAST(replace(text, 'clinic', 'x') AS BLOB) WHERE document_id = ?",
            (ident,),
        )
    connection.close()
    with Library.open(folder) as library:
        for read in (READS[name], lambda library, _: library.passage(passage)):
            with pytest.raises(LibraryDamaged, match=r"00001\.pdf is not what was stored"):
                read(library, ident)
        other = library.documents()[0].id
        assert library.pages(other), "the others are given out"


def test_a_digest_is_the_same_from_every_reading(sound: Path) -> None:
    with Library.open(sound) as library:
        document = library.documents()[0]
        with library._read() as connection:
            first = content_digest(connection, document.id)
            assert content_digest(connection, document.id) == first
            stored = connection.execute(
                text("SELECT content FROM digests WHERE document_id = :i"), {"i": document.id}
            )
            assert stored.scalar_one() == first
    assert metadata_digest("a", {"b": (1,), "a": None}) == metadata_digest("a", {"a": None, "b": [1]})
    assert metadata_digest("a", {}) != metadata_digest("b", {})


def of_one_file(folder: Path) -> Path:
    """Read one file into a library in `folder`; return its corpus."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text("One tells of the clinics in Lima.\n")
    with Library.open(folder / "library", create=True) as library:
        ingest_folder(corpus, library, settle=0)
    return corpus


def test_the_digests_of_format_5_stay_right(tmp_path: Path) -> None:
    """Places of cells came with format 6; what has none is what it was."""
    of_one_file(tmp_path)
    with closing(sqlite3.connect(tmp_path / "library" / "library.db")) as old, old:
        rows = old.execute("SELECT content FROM digests").fetchall()
        old.execute("ALTER TABLE passages DROP COLUMN cells")
        old.execute("UPDATE meta SET value = '5' WHERE key = 'format'")
    old.close()
    with Library.open(tmp_path / "library") as library:
        assert [stored.passage.text for stored in library.passages()] == ["One tells of the clinics in Lima."]
    with closing(sqlite3.connect(tmp_path / "library" / "library.db")) as now, now:
        assert now.execute("SELECT content FROM digests").fetchall() == rows
    now.close()


def test_a_library_of_format_4_gets_its_digests_with_the_next_ingest(tmp_path: Path) -> None:
    corpus = of_one_file(tmp_path)
    with Library.open(tmp_path / "library") as library:
        library.set_override(library.documents()[0].id, "year", 2001)
    with closing(sqlite3.connect(tmp_path / "library" / "library.db")) as old, old:
        old.execute("DROP TABLE digests")
        old.execute("ALTER TABLE passages DROP COLUMN cells")
        old.execute("DELETE FROM meta WHERE key = 'typed'")
        old.execute("UPDATE meta SET value = '4' WHERE key = 'format'")
    old.close()
    (tmp_path / "library" / TYPED_FILE).unlink()
    with Library.open(tmp_path / "library") as library:
        state = library.state()
        ident = library.documents()[0].id
        assert library.pages(ident)
        assert library.altered() == {}
        ingest_folder(corpus, library, settle=0)
        assert library.state() == state, "nothing is read or indexed again"
        with library._read() as connection:
            assert connection.execute(schema.digests.select()).one().content == content_digest(
                connection, ident
            )
    assert read_typed(tmp_path / "library") == {ident: {"year": 2001}}


# What people typed -------------------------------------------------------------------------------


@pytest.fixture
def edited(tmp_path: Path) -> tuple[Path, Path]:
    """A corpus and its library, in which somebody typed a year and a title."""
    corpus, folder = tmp_path / "corpus", tmp_path / "library"
    corpus.mkdir()
    (corpus / "one.txt").write_text("One tells of the clinics in Lima. They open at eight.\n")
    (corpus / "two.txt").write_text("Two tells of the posts in Tumbes. They never close.\n")
    with Library.open(folder, create=True) as library:
        ingest_folder(corpus, library, settle=0)
        one, two = library.documents()
        library.set_override(one.id, "year", 1999)
        library.set_override(two.id, "title", "Postas de «Tumbes»")
    return corpus, folder


def typed(folder: Path) -> list[object]:
    with Library.open(folder) as library:
        one, two = library.documents()
        return [one.metadata.year, two.metadata.title]


def test_what_is_typed_stands_in_a_plain_file_too(edited: tuple[Path, Path]) -> None:
    _, folder = edited
    with Library.open(folder) as library:
        ident = library.documents()[0].id
        assert read_typed(folder)[ident] == {"year": 1999}
        assert '"file": "one.txt"' in (folder / TYPED_FILE).read_text()
        library.set_override(ident, "year", None)
        assert ident not in read_typed(folder)


def test_a_value_that_cannot_be_kept_in_both_is_kept_in_neither(edited: tuple[Path, Path]) -> None:
    _, folder = edited
    (folder / TYPED_FILE).unlink()
    (folder / TYPED_FILE).mkdir()
    with Library.open(folder) as library:
        ident = library.documents()[0].id
        with pytest.raises(PinciteError, match="cannot be written"):
            library.set_override(ident, "year", 2005)
        assert library.overrides(ident) == {"year": 1999}


def test_a_new_database_takes_up_what_was_typed(edited: tuple[Path, Path]) -> None:
    corpus, folder = edited
    (folder / "library.db").rename(folder / "library.old")
    with Library.open(folder, create=True) as library:
        ingest_folder(corpus, library, settle=0)
    assert typed(folder) == [1999, "Postas de «Tumbes»"]


BROKEN_LINES = {
    "a number": '{"document": 1}',
    "no id": '{"document": "x", "values": {}}',
    "no JSON": "[",
    "no year": f'{{"document": "{"a" * 32}", "values": {{"year": "soon"}}}}',
}


@pytest.mark.parametrize("name", BROKEN_LINES)
def test_a_broken_plain_file_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    first = f'{{"document": "{"b" * 32}", "values": {{"year": 2000}}}}'
    (tmp_path / TYPED_FILE).write_text(f"{first}\n{BROKEN_LINES[name]}\n")
    with pytest.raises(UsageError, match=rf"{TYPED_FILE}, line 2: "):
        read_typed(tmp_path)


@pytest.mark.parametrize("how", ["sound", "garbage", "bits", "gone"])
def test_rebuild_reads_all_anew_and_keeps_what_was_typed(edited: tuple[Path, Path], how: str) -> None:
    corpus, folder = edited
    path = folder / "library.db"
    (folder / "library.db-wal").unlink(missing_ok=True)
    if how == "garbage":
        path.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    elif how == "bits":
        data = bytearray(path.read_bytes())
        for at in range(200, len(data), 512):
            data[at] ^= 0xFF
        path.write_bytes(bytes(data))
    elif how == "gone":
        path.unlink()
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(corpus), "--library", str(folder), "--progress", "none", "--rebuild"])
    assert stop.value.code == 0
    assert typed(folder) == [1999, "Postas de «Tumbes»"]
    kept = [one for one in folder.glob("library.db.before-*") if not one.name.endswith(("-wal", "-shm"))]
    assert len(kept) == (how != "gone")
    assert examine(folder) == []


def test_rebuild_changes_nothing_where_there_is_nothing_to_read(
    edited: tuple[Path, Path], tmp_path: Path
) -> None:
    _, folder = edited
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(
        app, ["ingest", str(tmp_path / "empty"), "--library", str(folder), "--rebuild"]
    )
    assert isinstance(result.exception, PinciteError)
    assert typed(folder) == [1999, "Postas de «Tumbes»"]


def test_what_only_the_database_has_is_kept_as_well(edited: tuple[Path, Path]) -> None:
    _, folder = edited
    (folder / TYPED_FILE).unlink()
    assert set_aside(folder, "model").name is not None
    assert sorted(map(str, read_typed(folder).values())) == [
        "{'title': 'Postas de «Tumbes»'}",
        "{'year': 1999}",
    ]


def test_doctor_names_a_plain_file_that_says_something_else(edited: tuple[Path, Path]) -> None:
    _, folder = edited
    (folder / TYPED_FILE).write_text("")
    assert any(TYPED_FILE in finding.message for finding in examine(folder))
