"""F25: what a newer version has written is refused by every command, the ingest too, and never overwritten."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from index.search import Searcher
from index.snapshot.paths import CURRENT, snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import MANIFEST, read_current
from ingest.errors import NewerFormat
from ingest.library.library import Library


@pytest.fixture
def library(small_library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_library, tmp_path / "library"))


def make_newer(library: Path) -> None:
    """Give the snapshot a format of the future, with all its hashes right."""
    parent = snapshot_folder(library)
    name, _ = read_current(parent)
    path = parent / name / MANIFEST
    content = json.dumps({**json.loads(path.read_bytes()), "format": 99}).encode()
    path.write_bytes(content)
    (parent / CURRENT).write_text(f"{name} {hashlib.sha256(content).hexdigest()}\n")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()
    }


def test_a_newer_snapshot_is_left_alone(
    library: Path, small_corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_newer(library)
    before = contents(snapshot_folder(library))
    with pytest.raises(NewerFormat):
        Searcher.open(library)
    with Library.open(library) as opened, pytest.raises(NewerFormat):
        publish(opened, library, None)
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(small_corpus), "--library", str(library), "--progress", "none"])
    assert stop.value.code == 1
    assert "newer version of pincite" in capfd.readouterr().err
    assert contents(snapshot_folder(library)) == before


def test_a_newer_library_is_left_alone(
    library: Path, small_corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(library / "library.db")) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    for words in (
        ["ingest", str(small_corpus)],
        ["doctor"],
        ["status"],
        ["backup", str(library.parent / "b.zip")],
    ):
        with pytest.raises(SystemExit) as stop:
            main([*words, "--library", str(library)])
        assert stop.value.code == 1
    assert "newer pincite" in " ".join(capfd.readouterr().err.split())
    with closing(sqlite3.connect(library / "library.db")) as connection, connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == ("99",)
    connection.close()
