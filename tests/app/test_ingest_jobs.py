"""The ingest that the page starts: one a library, its events and its last word."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cachetools import TTLCache

from app.service import ingest_jobs
from app.service.ingest_jobs import KEPT_EVENTS, Job
from app.service.site import Site
from app.settings import Settings
from ingest.errors import LibraryBusy, UsageError
from ingest.library import lock, writer
from ingest.library.lock import WriterLock
from ingest.library.place import point_at


@contextmanager
def job_of(program: str) -> Iterator[Job]:
    """Follow a job whose child runs a little program instead of the ingest, to its end."""
    with tempfile.TemporaryFile() as errors:
        child = [sys.executable, "-c", program]
        job = Job(subprocess.Popen(child, stdout=subprocess.PIPE, stderr=errors), errors)
        ingest_jobs._follow(job)
        yield job


def test_events_are_read_and_other_lines_left_out(caplog: pytest.LogCaptureFixture) -> None:
    lines = ('{"stage": "read", "done": 1}', "no event", "[1]", '{"stage": "report"}')
    with job_of(f"print(*{lines!r}, sep='\\n')") as job:
        assert [event["stage"] for event in job.events] == ["read", "report"]
        assert job.code == 0 and job.message() == ""
    assert "a line that is no event" in caplog.text


def test_only_the_newest_events_are_kept() -> None:
    with job_of(f"for n in range({KEPT_EVENTS} + 10): print('{{\"done\": %d}}' % n)") as job:
        assert len(job.events) == KEPT_EVENTS and job.events[-1] == {"done": KEPT_EVENTS + 9}


def test_the_message_is_the_last_line_of_the_child() -> None:
    with job_of("import sys; sys.stderr.write('first\\npincite: the disk is full\\n'); sys.exit(1)") as job:
        assert (job.code, job.message()) == (1, "the disk is full")


def test_one_job_a_library_at_a_time(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text("Oxygen for the clinic.\n", encoding="utf-8")
    served = Site(tmp_path / "library", corpus)
    assert ingest_jobs.running(served.library) is None and ingest_jobs.last(served.library) is None
    job = ingest_jobs.start(corpus, served)
    assert ingest_jobs.start(corpus, served) is job
    assert ingest_jobs.running(served.library) is job and ingest_jobs.at_work(served.library)
    assert job.process.wait(120) == 0, job.message()
    assert ingest_jobs.running(served.library) is None and not ingest_jobs.at_work(served.library)
    assert ingest_jobs.last(served.library) is job


def test_the_child_ends_as_the_command_does(tmp_path: Path) -> None:
    job = ingest_jobs.start(tmp_path / "nowhere", Site(tmp_path / "library"))
    assert job.process.wait(120) == UsageError.exit_code
    assert "no such folder" in job.message()


JOBS_ON = {
    "this machine": (None, ["--workers", "1"]),
    "the cluster of the settings": ("ray://head:10001", ["--on", "ray://head:10001"]),
}


@pytest.mark.parametrize("case", JOBS_ON)
def test_the_page_reads_where_the_settings_say(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, expected = JOBS_ON[case]
    begun: list[list[str]] = []

    def start(command: list[str], **how: Any) -> "subprocess.Popen[bytes]":
        begun.append(command)
        return subprocess.Popen([sys.executable, "-c", ""], **how)

    monkeypatch.setattr(ingest_jobs, "start_process", start)
    job = ingest_jobs.start(tmp_path, Site(tmp_path / "library", settings=Settings(ray=cluster)))
    assert job.process.wait(60) == 0
    assert begun[0][-2:] == expected
    assert ("--on" in begun[0]) != ("--workers" in begun[0])


def test_a_cluster_that_is_away_is_the_last_word_of_the_job(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Oxygen for the clinic.\n", encoding="utf-8")
    served = Site(tmp_path / "library", tmp_path, settings=Settings(ray="ray://127.0.0.1:9"))
    job = ingest_jobs.start(tmp_path, served)
    assert job.process.wait(120) == 1
    assert "ray://127.0.0.1:9 cannot be joined" in job.message()
    assert not served.library.exists()


def until_read(served: Site, corpus: Path, seconds: int = 120) -> bool:
    """Wait until nothing of the corpus is left to be read."""
    for _ in range(seconds * 5):
        if not ingest_jobs.at_work(served.library) and not ingest_jobs.unsearchable(served.library, corpus):
            return True
        time.sleep(0.2)
    return False


def test_a_file_that_comes_while_an_ingest_runs_is_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(5):
        (corpus / f"{number}.txt").write_text(f"Oxygen for clinic {number}.\n", encoding="utf-8")
    served = Site(tmp_path / "library", corpus)
    first = ingest_jobs.start(corpus, served)
    while not first.events:
        time.sleep(0.05)
    (corpus / "late.txt").write_text("A late text about clinics.\n", encoding="utf-8")
    assert ingest_jobs.start(corpus, served) is first
    assert ingest_jobs.whose(served.library) == "ours"
    assert until_read(served, corpus)
    assert ingest_jobs.whose(served.library) is None


def test_a_file_that_comes_while_somebody_else_ingests_is_read_afterwards(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text("Oxygen for the clinic.\n", encoding="utf-8")
    served = Site(tmp_path / "library", corpus)
    assert ingest_jobs.start(corpus, served).process.wait(120) == 0
    (corpus / "late.txt").write_text("A late text about clinics.\n", encoding="utf-8")
    with WriterLock(served.library):
        refused = ingest_jobs.start(corpus, served)
        assert ingest_jobs.whose(served.library) == "another"
        assert refused.process.wait(120) == LibraryBusy.exit_code
        assert ingest_jobs.unsearchable(served.library, corpus) == ["late.txt"]
    assert until_read(served, corpus)


def test_the_process_that_writes_is_known_by_its_number(tmp_path: Path) -> None:
    assert not lock.held_by(tmp_path, os.getpid())
    with WriterLock(tmp_path):
        assert lock.held_by(tmp_path, os.getpid())
        assert not lock.held_by(tmp_path, os.getpid() + 1)
    assert not lock.held_by(tmp_path, os.getpid()), "its number stays in the file"


def test_a_server_is_asked_for_its_writer_once_a_second_however_many_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(tmp_path, "postgresql://nobody@127.0.0.1:9/none")
    asked: list[float] = []
    writes = [True]

    def server_busy(_: Path) -> bool:
        asked.append(time.monotonic())
        time.sleep(0.05)
        return writes[0]

    monkeypatch.setattr(writer, "busy", server_busy)
    monkeypatch.setattr(ingest_jobs, "_ANSWERS", TTLCache(4, 0.5))
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ingest_jobs.at_work, [tmp_path] * 60)) == [True] * 60
    assert len(asked) == 1
    writes[0] = False
    until = time.monotonic() + 20
    while ingest_jobs.at_work(tmp_path):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 0.5


def test_a_library_in_its_folder_is_looked_at_each_time(tmp_path: Path) -> None:
    for _ in range(3):
        with WriterLock(tmp_path):
            assert ingest_jobs.at_work(tmp_path)
        assert not ingest_jobs.at_work(tmp_path)
