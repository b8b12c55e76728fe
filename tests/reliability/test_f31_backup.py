"""F31: one archive of all that people typed and all that was read, taken at any moment, and back."""

import json
import random
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from library_papers import put_papers

from app.cli import main
from app.service.engine import Engine
from app.service.site import Site
from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError, UsageError
from ingest.library.archive import MANIFEST, back_up, copy_library, restore, stays_below
from ingest.library.library import Library
from ingest.library.lock import WriterLock


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of four papers with typed values, feedback, a brief, a glossary, a snapshot, a lock and a draft."""
    folder = tmp_path / "library"
    with Library.open(folder, create=True) as opened:
        put_papers(opened, range(4))
        opened.set_override(opened.documents()[0].id, "year", 1999)
        opened.put_derived("space", [("key", b"value")])
        opened.set_setting("corpus", "/somewhere")
    (folder / "feedback.jsonl").write_text('{"useful": true}\n')
    (folder / "glossary.csv").write_text("en,es\nhealth,salud\n")
    (folder / "briefs" / "someone").mkdir(parents=True)
    (folder / "briefs" / "someone" / "b.json").write_text("{}")
    (folder / "snapshot" / "gen-00000001").mkdir(parents=True)
    (folder / "snapshot" / "CURRENT").write_text("gen-00000001 x\n")
    (folder / "writer.lock").write_text("1\n")
    (folder / ".hidden.draft").write_text("half")
    (folder / "link").symlink_to("/etc/hostname")
    return folder


def held(folder: Path) -> object:
    with Library.open(folder) as opened:
        return (
            opened.documents(),
            list(opened.passages()),
            [opened.pages(one.id) for one in opened.documents()],
            opened.typed(),
            opened.get_derived("space", ["key"]),
            opened.files(),
        )


def test_a_backup_holds_all_that_was_read_and_typed_and_comes_back_the_same(
    library: Path, tmp_path: Path
) -> None:
    contents = back_up(library, tmp_path / "b.zip")
    assert (contents.documents, contents.typed) == (4, 1)
    assert set(contents.files) == {
        "library.db", "typed.jsonl", "feedback.jsonl", "glossary.csv", "briefs/someone/b.json"
    }  # fmt: skip
    restored, aside = restore(tmp_path / "b.zip", tmp_path / "again")
    assert (restored, aside) == (contents, None)
    assert held(tmp_path / "again") == held(library)
    for name in ("feedback.jsonl", "glossary.csv", "briefs/someone/b.json", "typed.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (library / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "b.zip", "library"], (
        "nothing is left over"
    )


def test_restore_overwrites_nothing(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "b.zip")
    with Library.open(library) as opened:
        put_papers(opened, [9])
    before = held(library)
    with pytest.raises(PinciteError, match="nothing was changed"):
        restore(tmp_path / "b.zip", library)
    assert held(library) == before
    _, aside = restore(tmp_path / "b.zip", library, replace=True)
    assert isinstance(aside, Path)
    assert held(aside) == before
    assert len(held(library)[0]) == 4  # type: ignore[index]


def test_restore_waits_for_no_writer_and_takes_nothing_from_it(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "b.zip")
    with WriterLock(library), pytest.raises(LibraryBusy):
        restore(tmp_path / "b.zip", library, replace=True)
    assert len(held(library)[0]) == 4  # type: ignore[index]


def test_a_backup_taken_while_others_write_is_one_state(tmp_path: Path) -> None:
    folder, stop = tmp_path / "library", threading.Event()
    with Library.open(folder, create=True) as opened:
        put_papers(opened, [0])

        def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                put_papers(opened, [number], passages=5)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            counts = [back_up(folder, tmp_path / f"{n}.zip").documents for n in range(6)]
        finally:
            stop.set()
            writer.join(20)
    assert counts == sorted(counts)
    assert counts[-1] > 1
    for n, count in enumerate(counts):
        restore(tmp_path / f"{n}.zip", tmp_path / f"r{n}")
        assert len(held(tmp_path / f"r{n}")[0]) == count  # type: ignore[index]


def test_a_damaged_archive_is_refused_and_leaves_nothing(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "b.zip")
    data, wanted = (tmp_path / "b.zip").read_bytes(), held(library)
    sound = 0
    for number in range(40):
        chance = random.Random(number)
        body = bytearray(data)
        for _ in range(chance.choice((1, 1, 20))):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        if number % 5 == 0:
            del body[chance.randrange(len(body)) :]
        (tmp_path / "bad.zip").write_bytes(bytes(body))
        try:
            restore(tmp_path / "bad.zip", tmp_path / "again")
        except (UsageError, LibraryDamaged, PinciteError) as error:
            assert "bad.zip" in str(error) or "damaged" in str(error)
        else:
            sound += 1  # what was hit is not used, a time or a comment
            assert held(tmp_path / "again") == wanted
            shutil.rmtree(tmp_path / "again")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "bad.zip", "library"]
    assert sound < 20


NAMES = (
    *("../x", "/x", "a/../../x", "C:/x", "a\\b", "", ".", "..", ".hidden", "a//b", "a/./b", "x\0y", "nul|x"),
    "a" * 2_000,
)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_archive_leads_out(library: Path, tmp_path: Path, name: str) -> None:
    assert not stays_below(name)
    back_up(library, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        manifest, files = (
            json.loads(packed.read(MANIFEST)),
            {one: packed.read(one) for one in packed.namelist()},
        )
    manifest["files"][name] = manifest["files"]["glossary.csv"]
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as packed:
        for one, data in files.items():
            packed.writestr(one, json.dumps(manifest) if one == MANIFEST else data)
    with pytest.raises(UsageError, match="holds a name that no backup has"):
        restore(tmp_path / "evil.zip", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_no_more_is_unpacked_than_the_archive_states(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        files = {one: packed.read(one) for one in packed.namelist()}
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for one, data in files.items():
            packed.writestr(one, bytes(50_000_000) if one.endswith("glossary.csv") else data)
    with pytest.raises(LibraryDamaged, match="glossary"):
        restore(tmp_path / "bomb.zip", tmp_path / "again")


def test_a_newer_archive_and_other_files_are_refused(library: Path, tmp_path: Path) -> None:
    contents = back_up(library, tmp_path / "b.zip")
    assert contents.format == 1
    with zipfile.ZipFile(tmp_path / "newer.zip", "w") as packed:
        packed.writestr(MANIFEST, '{"format": 99, "more": true}')
    with pytest.raises(PinciteError, match="newer pincite"):
        restore(tmp_path / "newer.zip", tmp_path / "again")
    (tmp_path / "text.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("x", "y")
    for name in ("text.zip", "other.zip", "none.zip"):
        with pytest.raises(UsageError, match=name):
            restore(tmp_path / name, tmp_path / "again")


def test_a_damaged_library_is_not_backed_up_as_sound(library: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(library / "library.db")) as connection, connection:
        connection.execute("UPDATE pages SET text = CAST(replace(text, 'clinic', 'x') AS BLOB)")
    with pytest.raises(LibraryDamaged, match="Nothing was written"):
        back_up(library, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_the_commands(small_library: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    archive, again, third = (str(tmp_path / name) for name in ("b.zip", "again", "third"))

    def run(*words: str) -> int:
        with pytest.raises(SystemExit) as stop:
            main(list(words))
        return int(stop.value.code or 0)

    assert run("backup", archive, "--library", str(small_library)) == 0
    assert run("backup", archive, "--library", str(small_library)) == 1
    assert run("backup", archive, "--library", str(small_library), "--replace") == 0
    assert run("backup", str(small_library / "x.zip"), "--library", str(small_library)) == 2
    assert run("restore", archive, "--library", again) == 0
    assert run("restore", archive, "--library", again) == 1
    assert run("doctor", "--library", again) == 0
    capfd.readouterr()
    assert run("search", "consultations of patients", "--json", "--library", again) == 0
    assert json.loads(capfd.readouterr().out)["hits"][0]["document"]["file"] == "clinics.pdf"
    assert run("library", "copy", again, third) == 0
    assert run("library", "copy", again, third) == 1
    assert run("library", "copy", again, "mysql://host/db") == 2
    assert "kept in a folder or in PostgreSQL" in capfd.readouterr().err


def test_a_copy_holds_the_same(library: Path, tmp_path: Path) -> None:
    copy_library(library, tmp_path / "other")
    assert held(tmp_path / "other") == held(library)


def test_a_served_library_that_is_restored_is_opened_again(library: Path, tmp_path: Path) -> None:
    machine = Engine(Site(library))
    back_up(library, tmp_path / "b.zip")
    with Library.open(library) as opened:
        put_papers(opened, [9])
    assert len(machine.library().documents()) == 5
    restore(tmp_path / "b.zip", library, replace=True)
    assert len(machine.library().documents()) == 4
