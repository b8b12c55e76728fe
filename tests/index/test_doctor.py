"""The doctor is silent about a sound library and names every kind of damage with its repair."""

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.checks.doctor import examine
from app.checks.rank_bm25_check import compare
from index.snapshot.paths import CURRENT, load_analyser
from index.snapshot.publish import publish
from index.snapshot.snapshot import MANIFEST, Snapshot, read_current
from ingest.atomic_files import file_sha256, full_stat
from ingest.errors import PinciteError
from ingest.library.library import Library
from ingest.pipeline import ingest_folder

TEXT = "Clinics in Lima open early, and nurses see newcomers first.\n\nFees were dropped for children.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus and its library, made once; each test works on a copy."""
    place = tmp_path_factory.mktemp("built")
    corpus = place / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text(TEXT)
    (corpus / "two.txt").write_text("First page of two has this text.\fSecond page of two has that text.\n")
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    with Library.open(place / "library", create=True) as library:
        ingest_folder(corpus, library, settle=0.01)
        publish(library, place / "library", None)
    return place


@pytest.fixture
def place(tmp_path: Path, built: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    with Library.open(tmp_path / "library") as library:
        library.set_setting("corpus", str(tmp_path / "corpus"))
    return tmp_path


@pytest.fixture
def corpus(place: Path) -> Path:
    return place / "corpus"


@pytest.fixture
def folder(place: Path) -> Path:
    return place / "library"


def sql(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "library.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_sound_library_has_nothing_wrong(folder: Path) -> None:
    assert examine(folder) == []


def test_pages_that_stand_in_passages_in_part_only_are_named(folder: Path) -> None:
    sql(folder, "UPDATE pages SET coverage = 0.96 WHERE number = 1")
    assert examine(folder) == []
    sql(folder, "UPDATE pages SET coverage = 0.5 WHERE number = 1")
    (finding,) = examine(folder)
    assert finding.area == "pages"
    assert "one.txt page 1: 50%" in finding.message and "export uncovered" in finding.repair


DAMAGE = {
    "altered passage": (
        "UPDATE passages SET text = CAST(replace(text, 'Lima', 'Cusco') AS BLOB)",
        "not verbatim",
    ),
    "altered page": ("UPDATE pages SET text = CAST(replace(text, 'early', 'late') AS BLOB)", "not verbatim"),
    "span outside": ("UPDATE passages SET spans = '[[1,0,99999]]' WHERE position = 0", "not verbatim"),
    "span of no page": ("UPDATE passages SET spans = '[[9,0,5]]' WHERE position = 0", "not verbatim"),
    "other id": (
        "UPDATE passages SET id = 'z' || substr(id, 2) WHERE position = 0",
        "id is not",
    ),
    "too long": ("UPDATE passages SET tokens = 257 WHERE position = 0", "over the budget of 256"),
    "wrong page": ("UPDATE passages SET first_page = 2, last_page = 2 WHERE first_page = 1", "pages are not"),
    "wrong label": ('UPDATE passages SET labels = \'["77","77"]\' WHERE first_page = 1', "pages are not"),
    "lost page": ("DELETE FROM pages WHERE number = 2", "pages are not all there"),
    "lost passage": ("DELETE FROM passages WHERE position = 0", "passages are not"),
    "back a page": ("UPDATE passages SET spans = '[[2,0,5],[1,0,5]]' WHERE position = 0", "go back a page"),
    "sentences": (
        "UPDATE passages SET sentences = '[[5,2]]' WHERE position = 0",
        "sentences are out of order",
    ),
    "orphan": ("DELETE FROM documents WHERE state = 'ready'", "damaged"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_in_the_database_is_named(folder: Path, name: str) -> None:
    statement, said = DAMAGE[name]
    sql(folder, statement)
    findings = examine(folder)
    assert any(said in finding.message for finding in findings), findings
    assert all("pincite ingest" in finding.repair for finding in findings)
    moved = [finding for finding in findings if "rename" in finding.repair]
    assert moved
    assert all("typed in on the Library page" in finding.repair for finding in moved)


def test_a_database_of_garbage_is_named(folder: Path) -> None:
    data = bytearray((folder / "library.db").read_bytes())
    (folder / "library.db-wal").unlink(missing_ok=True)
    for at in range(4096, len(data), 4096):
        data[at : at + 200] = b"\xff" * 200
    (folder / "library.db").write_bytes(data)
    findings = examine(folder)
    assert findings
    assert {finding.area for finding in findings} == {"database"}


def test_a_truncated_database_is_named(folder: Path) -> None:
    (folder / "library.db").write_bytes(b"SQLite format 3\0" + b"\0" * 50)
    assert [finding.area for finding in examine(folder)] == ["database"]


def test_every_damaged_file_of_the_snapshot_is_named(folder: Path) -> None:
    generation = next((folder / "snapshot").glob("gen-*"))
    for path in sorted(generation.iterdir()):
        before = path.read_bytes()
        if path.name == "checked.json" or not before:
            continue
        at = len(before) // 2
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        assert [finding.area for finding in examine(folder)] == ["snapshot"], path.name
        path.write_bytes(before)
    assert examine(folder) == []


def test_a_missing_and_an_older_snapshot_are_named(folder: Path, corpus: Path) -> None:
    (corpus / "three.txt").write_text("One more paper came in today.\n")
    with Library.open(folder) as library:
        ingest_folder(corpus, library, settle=0.01)
    assert [(finding.area, finding.message) for finding in examine(folder)] == [
        ("snapshot", "older than the library")
    ]
    (folder / "snapshot" / "CURRENT").unlink()
    assert [finding.area for finding in examine(folder)] == ["snapshot"]


def test_changed_and_vanished_files_are_named_and_new_ones_are_not(folder: Path, corpus: Path) -> None:
    (corpus / "new.txt").write_text("New here.\n")
    assert examine(folder) == []
    (corpus / "one.txt").write_text("Something else entirely.\n")
    (corpus / "two.txt").unlink()
    messages = [finding.message for finding in examine(folder)]
    assert messages == ["1 file changed: one.txt", "1 file no longer there: two.txt"]
    (corpus / "catalogue.toml").write_text("broken")
    assert "line 1" in examine(folder)[0].message


def test_no_library_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="no library here"):
        examine(tmp_path)


def rewritten(folder: Path, name: str, array: np.ndarray) -> None:
    """Put another array into the current generation, with its right hash: built wrong, not damaged since."""
    parent = folder / "snapshot"
    generation = parent / read_current(parent)[0]
    np.save(generation / name, array)
    manifest = json.loads((generation / MANIFEST).read_bytes())
    manifest["files"][name] = [(generation / name).stat().st_size, file_sha256(generation / name)]
    payload = json.dumps(manifest).encode()
    (generation / MANIFEST).write_bytes(payload)
    (parent / CURRENT).write_text(f"{generation.name} {hashlib.sha256(payload).hexdigest()}\n")


def test_a_changed_count_in_the_postings_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = Snapshot.open(folder / "snapshot")
    counts = opened.lexical.counts.copy()
    counts[len(counts) // 2] += 1
    rewritten(folder, "counts.npy", counts)
    (unfitting,) = examine(folder)
    assert unfitting.area == "snapshot" and "remove" in unfitting.repair
    lengths = opened.lexical.lengths.copy()
    lengths[opened.lexical.rows[len(counts) // 2]] += 1
    rewritten(folder, "lengths.npy", lengths)
    findings = examine(folder)
    assert [finding.area for finding in findings] == ["snapshot"] * len(findings)
    assert "the words of 1 passage are counted wrongly" in findings[0].message
    with pytest.raises(SystemExit) as stop:
        cli.main(["doctor", "--library", str(folder)])
    assert stop.value.code == 1
    assert "counted wrongly" in capsys.readouterr().out


def test_wrong_scores_are_named_where_every_count_is_right(folder: Path) -> None:
    opened = Snapshot.open(folder / "snapshot")
    impacts = opened.lexical.impacts.copy()
    impacts[: len(impacts) // 2] //= 2
    rewritten(folder, "impacts.npy", impacts)
    (finding,) = examine(folder)
    assert "scored otherwise than by rank-bm25" in finding.message
    assert "remove" in finding.repair


def test_it_says_what_was_compared(folder: Path) -> None:
    told: list[str] = []
    assert examine(folder, told.append) == []
    total = Snapshot.open(folder / "snapshot").manifest.passages
    assert told == [f"Words compared with rank-bm25: all {total} passages, {total} questions, the best 10."]


def test_of_a_large_library_a_part_is_compared(folder: Path) -> None:
    opened, analyser = Snapshot.open(folder / "snapshot"), load_analyser(folder)
    compared = compare(opened, analyser, most=2)
    assert (compared.passages, compared.faults) == (2, ())
    assert str(compared).startswith(
        f"Words compared with rank-bm25: 2 of {opened.manifest.passages} passages"
    )


def test_words_counted_under_other_acronyms_are_not_compared(folder: Path) -> None:
    (folder / "acronyms.toml").write_text('[zzz]\nacronyms = ["ZZZ"]\n')
    told: list[str] = []
    assert examine(folder, told.append) == []
    assert told[0].startswith("Words not compared with rank-bm25")


def test_each_finding_has_one_repair_with_the_folders_of_this_library(folder: Path, corpus: Path) -> None:
    own = f"pincite ingest {corpus} --library {folder}"
    (folder / "snapshot" / CURRENT).write_bytes(b"\xffgen-00000001 x\n")
    (finding,) = examine(folder)
    assert finding.message == f"{folder / 'snapshot' / CURRENT} is damaged"
    assert str(finding).count("pincite") == 1 and str(finding).endswith(own)
    (folder / "library.db").write_bytes(b"SQLite format 3\0" + b"\0" * 50)
    (finding,) = examine(folder)
    assert str(finding).count("pincite ") == 1
    assert f"pincite ingest CORPUS --library {folder} --rebuild" in finding.repair


def test_what_is_remembered_of_earlier_checks_is_made_anew(folder: Path) -> None:
    """It is no content: the doctor hashes every file whatever stands there, and so does the next search."""
    generation = folder / "snapshot" / read_current(folder / "snapshot")[0]
    Snapshot.open(folder / "snapshot")
    remembered = generation / "checked.json"
    sound = remembered.read_bytes()
    remembered.write_bytes(bytes([sound[0] ^ 1]) + sound[1:])
    assert examine(folder) == [] and remembered.read_bytes() == sound
    damaged = generation / "passages.jsonl"
    stamps, content = damaged.stat(), damaged.read_bytes()
    damaged.write_bytes(content.replace(b"Lima", b"Cali"))
    claimed = json.loads(sound) | {damaged.name: full_stat(damaged)}
    remembered.write_text(json.dumps(claimed))
    assert stamps.st_size == damaged.stat().st_size
    assert [finding.area for finding in examine(folder)] == ["snapshot"]
