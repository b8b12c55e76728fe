"""Kills, full disks and two writers: what was acknowledged stays, and the next run finishes the rest."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from forked_runs import ForkedRuns, forked_runs
from sqlalchemy import Engine, event

from ingest.errors import PinciteError
from ingest.library.library import Library
from ingest.library.lock import WriterLock, busy
from ingest.library.sqlite import SqliteBackend
from ingest.pipeline import ingest_folder

ROOT = Path(__file__).resolve().parents[2]

IMPORTS = """
from pathlib import Path
from ingest.library.library import Library
from ingest.pipeline import ingest_folder

def tell(event):
    if event.stage == "file":
        print("read", event.file, flush=True)
"""
INGEST = """
with Library.open(Path(sys.argv[2]), create=True) as library:
    ingest_folder(Path(sys.argv[1]), library, settle=0.01, on_event=tell)
"""

HOLD = """
import sys, time
from pathlib import Path
from ingest.errors import LibraryBusy
from ingest.library.lock import WriterLock

started = time.monotonic()
try:
    with WriterLock(Path(sys.argv[1]), wait=0.3):
        print("held", flush=True)
        sys.stdin.readline()
except LibraryBusy as error:
    print(f"{time.monotonic() - started:.2f} {error}", flush=True)
    sys.exit(error.exit_code)
"""


PAIRS = 20


def start(code: str, *arguments: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def paper(number: int, sentences: int = 40) -> str:
    return "".join(
        f"Sentence {n} of paper {number} tells of clinic {n * number}.\n\n" for n in range(1, sentences)
    )


def content(library: Library) -> dict[str, Any]:
    """Everything in the library that must be the same as after an undisturbed run."""
    return {
        document.path: (
            document.id,
            document.state,
            [page.text for page in library.pages(document.id)],
            [stored.passage for stored in library.passages(document.id)],
        )
        for document in library.documents()
    }


def killed_run(runs: ForkedRuns, chance: random.Random) -> set[str]:
    """Begin an ingest, kill it at some moment, and return the files that it acknowledged."""
    runs.start()
    lines, told = chance.randrange(5), list[str]()
    while len(told) < lines and (line := runs.line()) is not None:
        told.append(line)
    time.sleep(chance.random() * (0.8 if lines == 0 else 0.1))
    code, rest = runs.kill()
    assert code in {0, -signal.SIGKILL}, code
    return {line.removeprefix("read ") for line in [*told, *rest] if line.startswith("read ")}


def holds_all(folder: Path, acknowledged: set[str]) -> None:
    with Library.open(folder) as library:
        assert library.check() == []
        there = {document.file for document in library.documents()}
        assert acknowledged <= there, "an acknowledged file was lost"
        for document in library.documents():
            assert document.passage_count == len(list(library.passages(document.id))) > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_kills_lose_nothing(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    chance, kills = random.Random(30), int(os.environ.get("PINCITE_SOAK", "30"))
    corpus, folder = tmp_path / "corpus", tmp_path / "library"
    corpus.mkdir()
    acknowledged: set[str] = set()
    with forked_runs(IMPORTS, INGEST, corpus, folder) as runs:
        for turn in range(kills):
            for number in range(6):
                (corpus / f"{turn:03}-{number}.txt").write_text(paper(turn * 10 + number))
            acknowledged |= killed_run(runs, chance)
            if (folder / "library.db").exists() and acknowledged:
                holds_all(folder, acknowledged)
    with Library.open(folder, create=True) as library:
        report = ingest_folder(corpus, library, settle=0.01)
        survived = content(library)
    with Library.open(tmp_path / "clean", create=True) as library:
        ingest_folder(corpus, library, settle=0.01)
        assert content(library) == survived
    record_property(
        "soak", f"{kills} kills, {len(acknowledged)} files acknowledged, 0 lost, content as if undisturbed"
    )
    assert len(survived) == 6 * kills
    assert 0 < len(acknowledged) < 6 * kills, "the kills came too early or too late to show anything"
    assert report.unchanged >= len(acknowledged)


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_twenty_pairs_of_writers_exclude_each_other_and_a_kill_frees_the_lock(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{PAIRS} pairs, the second always refused within 1 s")
    holder = start(HOLD, tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    for _ in range(PAIRS):
        second = start(HOLD, tmp_path)
        said = second.communicate(timeout=20)[0]
        assert second.returncode == 75
        assert f"process {holder.pid}" in said
        assert float(said.split()[0]) < 1.0
        third = start(HOLD, tmp_path)
        holder.kill()
        holder.communicate()
        assert third.stdout is not None
        assert third.stdout.readline() == "held\n"
        holder = third
    holder.communicate("\n", timeout=20)
    assert holder.returncode == 0


def engine_of(library: Library) -> Engine:
    backend = library._backend
    assert isinstance(backend, SqliteBackend)
    return backend.engine


@contextmanager
def room_for(library: Library, pages: int) -> Iterator[Any]:
    """Let the database grow by `pages` pages and no more: SQLite then reports a full disk, as it would."""
    with engine_of(library).connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {used + pages}").close()

    event.listen(engine_of(library), "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine_of(library), "checkout", limit)
        with engine_of(library).connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


def test_a_disk_that_fills_up_at_any_point_stops_clearly_and_loses_nothing(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "old.txt").write_text(paper(1))
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(corpus, library, settle=0.01)
        before = content(library)
        (corpus / "new.txt").write_text(paper(2))
        (corpus / "newer.txt").write_text(paper(3))
        stops = 0
        for pages in range(0, 60, 6):
            with room_for(library, pages):
                try:
                    ingest_folder(corpus, library, settle=0.01)
                    break
                except PinciteError as error:
                    assert "disk is full" in str(error)
                    assert "MiB free" in str(error)
                    stops += 1
            assert library.check() == []
            now = content(library)
            assert now["old.txt"] == before["old.txt"]
            assert all(passages for _, _, _, passages in now.values()), "half a document was stored"
        assert stops >= 2
        ingest_folder(corpus, library, settle=0.01)
        assert sorted(content(library)) == ["new.txt", "newer.txt", "old.txt"]
    assert sorted(path.name for path in (tmp_path / "library").iterdir() if "db" not in path.name) == [
        "writer.lock"
    ]


@contextmanager
def files_up_to(size: int) -> Iterator[Any]:
    """Let no file of this process grow over `size` bytes: each further write fails (EFBIG)."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_at_any_size_leaves_the_library_and_the_export_as_they_were(
    tmp_path: Path,
) -> None:
    from library_papers import put_papers

    from app.exports.records import export

    with Library.open(tmp_path / "library", create=True) as library:
        put_papers(library, range(3))
        before, whole = content(library), tmp_path / "whole.jsonl"
        export(library, "passages", "jsonl", whole)
    failures = 0
    for at in range(12):
        folder = tmp_path / f"copy {at}"
        shutil.copytree(tmp_path / "library", folder)
        out = folder / "out.jsonl"
        out.write_text("the old export")
        with Library.open(folder) as library:
            size = (folder / "library.db").stat().st_size
            with files_up_to(size // 12 * at + 1):
                with pytest.raises(PinciteError) as caught:
                    put_papers(library, range(3, 60))
                assert "\n" not in str(caught.value)
                failures += 1
            with (
                files_up_to(whole.stat().st_size * at // 12),
                pytest.raises(PinciteError, match="cannot be written"),
            ):
                export(library, "passages", "jsonl", out)
            assert out.read_text() == "the old export"
            assert not list(folder.glob(".out*"))
        with Library.open(folder) as library:
            assert library.check() == []
            now = content(library)
            assert {path: now[path] for path in before} == before
            put_papers(library, range(3, 6))
            assert len(content(library)) >= 6
    assert failures == 12


@contextmanager
def failing_at(library: Library, number: int) -> Iterator[Any]:
    """Let the statement with this number that changes anything fail, counted from 1."""
    count = 0

    def fail(_connection: Any, _cursor: Any, statement: Any, *_: Any) -> None:
        nonlocal count
        if not statement.lstrip().upper().startswith("SELECT"):
            count += 1
            if count == number:
                raise OSError(28, "No space left on device")

    event.listen(engine_of(library), "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine_of(library), "before_cursor_execute", fail)


def test_a_statement_that_fails_anywhere_in_a_document_leaves_none_of_it(tmp_path: Path) -> None:
    from library_papers import put_papers

    failed = 0
    with Library.open(tmp_path / "library", create=True) as library:
        put_papers(library, range(1))
        before, state = content(library), library.state()
        for stop_at in range(1, 100):
            with failing_at(library, stop_at):
                try:
                    put_papers(library, range(1, 2))
                    break
                except OSError:
                    failed += 1
            assert (content(library), library.state()) == (before, state)
        assert failed >= 5
        assert len(content(library)) == 2


def test_a_held_lock_is_seen_and_left_as_it_is(tmp_path: Path) -> None:
    assert not busy(tmp_path)
    with WriterLock(tmp_path):
        assert busy(tmp_path) and busy(tmp_path)
        assert (tmp_path / "writer.lock").read_text() == f"{os.getpid()}\n"
    assert not busy(tmp_path)
    with WriterLock(tmp_path):
        pass


def test_the_lock_file_names_nobody_who_is_gone(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library, library.writing():
        assert (tmp_path / "writer.lock").read_text() == f"{os.getpid()}\n"
    (tmp_path / "writer.lock").write_text("99999999\n")
    with Library.open(tmp_path) as library, library.writing():
        assert (tmp_path / "writer.lock").read_text() == f"{os.getpid()}\n"


def test_progress_lines_are_json_whatever_the_file_is_called(tmp_path: Path) -> None:
    from dataclasses import asdict

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / os.fsdecode(b"\xff\x1b.txt")).write_text("Some words stand here.\n")
    lines = []
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(
            corpus,
            library,
            settle=0.01,
            on_event=lambda one: lines.append(json.dumps(asdict(one), ensure_ascii=False).encode()),
        )
    assert any(json.loads(line)["file"] == r"\xff\x1b.txt" for line in lines)
