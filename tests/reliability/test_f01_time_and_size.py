"""F1: too long is final once the CPU time is spent, or in the third run; what is too large is not hashed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest.atomic_files import file_sha256
from ingest.corpus import corpus as corpus_module
from ingest.library.library import Library
from ingest.pipeline import MOST_TRIES, ingest_folder
from ingest.readers.limits import Limits
from ingest.sandbox import pool
from ingest.sandbox.pool import TOO_LONG, Workers
from ingest.sandbox.reader import Outcome


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "one.txt").write_text("One tells of the clinics in Lima.\n")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@dataclass
class Slow:
    """A reader for which every file takes too long, or fails for another passing reason."""

    reason: str = TOO_LONG
    read: list[Path] = field(default_factory=list)

    def process(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        import hashlib

        for path in paths:
            self.read.append(path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield Outcome(
                path=path,
                sha256=digest,
                source=None,
                split=None,
                state="failed",
                reason=self.reason,
                transient=True,
            )

    def opened(self, count: int, /, *, on_page: Any = None) -> Any:
        @contextmanager
        def held() -> Iterator[Slow]:
            yield self

        return held()


def test_what_takes_too_long_in_three_runs_is_not_tried_again(corpus: Path, library: Library) -> None:
    slow = Slow()
    for run in range(MOST_TRIES + 2):
        ingest_folder(corpus, library, settle=0, open_reader=slow.opened)
        (document,) = library.documents()
        assert document.state == "failed"
        assert ("tries it again" in str(document.reason)) == (run < MOST_TRIES - 1)
    assert len(slow.read) == MOST_TRIES
    (corpus / "one.txt").write_text("One has changed, and is another content.\n")
    ingest_folder(corpus, library, settle=0)
    assert [one.state for one in library.documents()] == ["ready"]


def test_faults_of_the_machine_are_tried_again_for_ever(corpus: Path, library: Library) -> None:
    slow = Slow("could not be read safely: the reader was stopped from outside")
    for _ in range(MOST_TRIES + 2):
        ingest_folder(corpus, library, settle=0, open_reader=slow.opened)
    assert len(slow.read) == MOST_TRIES + 2


@pytest.mark.parametrize(("spent", "transient"), [(0.0, True), (2.0, True), (31.0, False), (None, True)])
def test_the_clock_is_final_where_the_cpu_time_is_spent(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, spent: float | None, transient: bool
) -> None:
    used = iter([0.0, spent])
    monkeypatch.setattr("ingest.sandbox.process.ChildProcess.cpu_seconds", lambda _: next(used))
    monkeypatch.setattr(pool, "TICK", 0.01)
    with Workers(1, Limits(cpu=60, wall=0.0)) as workers:
        (outcome,) = workers.process([corpus / "one.txt"])
    assert (outcome.reason, outcome.transient) == (TOO_LONG, transient)


def test_cpu_time_of_a_child_is_told() -> None:
    from ingest.sandbox.process import ChildProcess

    child = ChildProcess("tests.obedient_child", "x")
    try:
        child.send({"do": "echo", "text": "x"})
        child.line(4096)
        used = child.cpu_seconds()
        assert used is None or 0 < used < 60
    finally:
        child.stop()
    assert child.cpu_seconds() is None


def test_a_file_over_the_limit_is_not_hashed(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (corpus / "huge.pdf").open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(Limits().file + 1)
    hashed: list[str] = []
    real = file_sha256

    def counted(path: Path, *, follow_links: bool = True) -> str:
        hashed.append(path.name)
        return real(path, follow_links=follow_links)

    monkeypatch.setattr(corpus_module, "file_sha256", counted)
    for _ in range(2):
        report = ingest_folder(corpus, library, settle=0)
        told = [(one.file, one.reason) for one in report.unreadable]
        assert told == [("huge.pdf", "larger than 512 MB: split the file")]
    assert "huge.pdf" not in hashed
    assert [one.file for one in library.documents()] == ["one.txt"]
