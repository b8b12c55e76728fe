"""What holds of every reader of a corpus: one outcome a path, in order, and bad files cost themselves alone.

A second implementation is one more entry of `READERS`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pdf_samples import simple
from ray_nodes import shared_cluster

from ingest.library.library import Library
from ingest.pipeline import ingest_folder
from ingest.sandbox.pool import Workers
from ingest.sandbox.ray_pool import reader_on
from ingest.sandbox.reader import OpenReader

READERS: dict[str, Callable[[], OpenReader]] = {
    "child processes of this machine": lambda: Workers,
    "tasks of a Ray cluster": lambda: reader_on(shared_cluster()),
}
SLOW = {"tasks of a Ray cluster"}

WORDS = "Clinics in Lima open early, and nurses see newcomers first.\n"
STATES = {"failed", "empty", "needs_password"}
BAD = {
    "empty.pdf": b"",
    "header.pdf": b"%PDF-1.7\n",
    "zip.docx": b"PK\x03\x04" + bytes(90),
    "binary.txt": b"\0\1\2",
}


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in READERS]
)
def open_reader(request: pytest.FixtureRequest) -> OpenReader:
    return READERS[request.param]()


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, data in BAD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text(WORDS)
    (tmp_path / "good.pdf").write_bytes(simple(3))
    return [*sorted(tmp_path.iterdir()), tmp_path / "gone.pdf", tmp_path / "good.txt"]


@pytest.mark.parametrize("count", [1, 3])
def test_one_outcome_a_path_in_their_order_whatever_the_files_are(
    open_reader: OpenReader, paths: list[Path], count: int
) -> None:
    with open_reader(count) as reader:
        outcomes = list(reader.process(paths))
    assert [outcome.path for outcome in outcomes] == paths
    for outcome in outcomes:
        sound = outcome.path.name.startswith("good")
        assert (outcome.state == "ready") == sound
        assert (outcome.source is not None, outcome.split is not None) == (sound, sound)
        if not sound:
            assert outcome.state in STATES
            assert outcome.reason and "\n" not in outcome.reason


def test_a_sound_file_is_hashed_split_and_measured(open_reader: OpenReader, tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(WORDS)
    with open_reader(1) as reader:
        (outcome,) = reader.process([path])
    assert outcome.sha256 == hashlib.sha256(WORDS.encode()).hexdigest()
    assert outcome.source is not None
    assert outcome.split is not None
    assert [page.text for page in outcome.source.pages] == [WORDS]
    assert [passage.text for passage in outcome.split.passages] == [WORDS.strip()]
    assert (outcome.transient, outcome.changed) == (False, False)
    assert outcome.cpu >= 0.0


def test_a_file_that_is_gone_may_come_back_and_a_damaged_one_stays_damaged(
    open_reader: OpenReader, paths: list[Path]
) -> None:
    with open_reader(1) as reader:
        by_name = {outcome.path.name: outcome for outcome in reader.process(paths)}
    assert by_name["gone.pdf"].transient
    assert by_name["gone.pdf"].sha256 is None
    assert not any(by_name[name].transient for name in BAD)


def test_pages_are_told_as_they_are_read(open_reader: OpenReader, paths: list[Path]) -> None:
    told: list[tuple[str, str, int, int]] = []
    with open_reader(
        1, on_page=lambda path, kind, done, total: told.append((path.name, kind, done, total))
    ) as reader:
        list(reader.process(path for path in paths if path.suffix == ".pdf"))
    assert [one for one in told if one[0] == "good.pdf"] == [("good.pdf", "page", n, 3) for n in (1, 2, 3)]


def test_who_leaves_early_gets_out(open_reader: OpenReader, paths: list[Path]) -> None:
    with open_reader(2) as reader:
        assert next(iter(reader.process(paths))).path == paths[0]


def test_no_files_are_no_outcomes(open_reader: OpenReader) -> None:
    with open_reader(2) as reader:
        assert list(reader.process([])) == []


def test_an_ingest_reads_by_it(open_reader: OpenReader, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "good.txt").write_text(WORDS)
    (tmp_path / "corpus" / "empty.txt").write_bytes(b"")
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(tmp_path / "corpus", library, settle=0.01, open_reader=open_reader)
        assert [(one.file, one.state) for one in report.unreadable] == [("empty.txt", "empty")]
        assert [stored.passage.text for stored in library.passages()] == [WORDS.strip()]
