"""What an ingest says while it works: to a log, to a program, to another command, and when it is stopped."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from index_library import HashingEmbedder

from app.cli import main
from app.commands import ingest, progress, search
from app.commands.progress import PLAIN_SECONDS, PlainLines
from index.embedding import cache
from index.snapshot.passage_files import BuildEvent
from ingest.library.library import Library
from ingest.library.lock import busy
from ingest.report import Event, IngestReport


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


class Log:
    """Plain lines under a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.plain = PlainLines(self.lines.append, clock=lambda: self.now)

    def after(self, seconds: float, event: object) -> None:
        self.now += seconds
        self.plain.event(event)


def test_a_log_gets_a_line_a_stage_and_then_one_now_and_then() -> None:
    log = Log()
    log.after(0, Event("scan", total=3))
    log.after(0, Event("read", total=3, file="a.pdf", page=1, pages=40))
    log.after(1, Event("read", total=3, file="a.pdf", page=2, pages=40))
    log.after(PLAIN_SECONDS, Event("read", 1, 3, file="b.pdf", page=7, pages=9, seconds_left=240.0))
    log.after(1, BuildEvent("count", 10, 10))
    log.after(1, BuildEvent("embed", 8, 408))
    log.after(PLAIN_SECONDS / 2, BuildEvent("embed", 48, 408))
    log.after(PLAIN_SECONDS / 2, BuildEvent("embed", 108, 408))
    log.after(300, BuildEvent("embed", 408, 408))
    assert log.lines == [
        "Reading: 0 of 3 files; a.pdf, page 1 of 40",
        "Reading: 1 of 3 files; b.pdf, page 7 of 9; about 4 min left",
        "Embedding: 8 of 408 pieces of text",
        "Embedding: 108 of 408 pieces of text; about 30 s left",
        "Embedding: 408 of 408 pieces of text",
    ]


def test_the_command_line_starts_where_there_is_no_resource_module() -> None:
    """Windows has none."""
    code = "import sys; sys.modules['resource'] = None; import app.cli, app.commands.ingest"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("peak", "line"),
    [(0, "2.0 s.\n"), (30_000_000, "2.0 s; peak memory 30 MB, largest reading process 50 MB.\n")],
)
def test_peak_memory_is_told_where_the_system_tells_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], peak: int, line: str
) -> None:
    monkeypatch.setattr(progress, "peak_memory", lambda: peak)
    report = IngestReport(
        (), (), (), (), (), 0, (), (), (), (), {}, {}, (), dry_run=False, peak_memory=50_000_000
    )
    progress.Reporter(progress.Progress.auto).finish(report, 2.0)
    assert capsys.readouterr().err.endswith(line)


def test_nothing_to_do_is_no_line() -> None:
    log = Log()
    log.after(0, Event("done"))
    log.after(60, BuildEvent("embed", 0, 0))
    assert log.lines == []


@pytest.fixture
def unread(tmp_path: Path, small_corpus: Path) -> tuple[Path, Path]:
    """A copy of the small corpus without a library yet."""
    return shutil.copytree(small_corpus, tmp_path / "corpus"), tmp_path / "library"


def test_a_program_hears_of_the_model_and_of_every_batch(
    unread: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, library = unread
    assert call("ingest", str(corpus), "--library", str(library), "--progress", "json", "--workers", "1") == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = [event["stage"] for event in events]
    assert stages.index("done") < stages.index("model") < stages.index("embed")
    embedded = [event for event in events if event["stage"] == "embed"]
    assert embedded[-1]["done"] == embedded[-1]["total"] > 0


class ByThrees(HashingEmbedder):
    """Encodes three texts at a time, as a model on a small machine does."""

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        for start in range(0, len(texts), 3):
            if on_batch is not None:
                on_batch(len(texts[start : start + 3]))
        return super().encode_documents(texts)


def test_each_batch_of_a_chunk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CHUNK", 5)
    told: list[tuple[int, int]] = []
    cache.embed([f"passage {n}" for n in range(8)], ByThrees(), on_done=lambda *now: told.append(now))
    assert told == [(3, 8), (5, 8), (5, 8), (8, 8), (8, 8)]


def test_a_log_of_an_ingest_has_more_than_its_end(
    unread: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, library = unread
    assert call("ingest", str(corpus), "--library", str(library), "--workers", "1") == 3
    told = capsys.readouterr().err
    for line in ("Reading: ", " of 4 files", "Loading the embedding model", "Embedding: "):
        assert line in told


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_stopped_ingest_says_that_nothing_is_lost_and_goes_on(
    unread: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["ingest", str(unread[0]), "--library", str(unread[1]), "--workers", "1"]
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "_load_embedder", stopped)
        assert call(*words, "--progress", "none") == 130
    assert capsys.readouterr().err == (
        "pincite: stopped; what was read and embedded is kept: run pincite ingest again to go on\n"
    )
    assert not busy(unread[1])
    assert call(*words, "--progress", "json") == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (events[-1]["read"], events[-1]["unchanged"]) == (0, 4)


def test_any_other_command_says_that_it_was_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "opened", stopped)
    assert call("search", "prenatal care", "--library", str(tmp_path)) == 130
    assert capsys.readouterr().err == "pincite: stopped\n"


def test_a_stopped_watch_is_no_error_to_go_on_after(
    unread: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_load_embedder", stopped)
    assert call("watch", str(unread[0]), "--library", str(unread[1]), "--progress", "none") == 130
    assert "run pincite watch again to go on" in capsys.readouterr().err


def test_another_folder_is_refused_in_one_line(
    unread: tuple[Path, Path], small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "papers"
    other.mkdir()
    (other / "ports.txt").write_text("Ports in Ilo close at night.\n")
    for command in ("ingest", "watch"):
        assert call(command, str(other), "--library", str(small_library)) == 2
        error = capsys.readouterr().err
        assert f"{other}: this folder holds none of the 4 documents" in error.splitlines()[-1]
    assert call("ingest", str(other), "--library", str(small_library), "--dry-run") == 3
    assert "4 would be removed" in capsys.readouterr().err


@pytest.fixture
def words_only(unread: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library whose passages are not embedded yet: what a first ingest publishes before it embeds."""
    corpus, library = unread
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "_load_embedder", lambda *_: None)
        assert call("ingest", str(corpus), "--library", str(library), "--progress", "none") == 3
    return library


def test_search_and_status_tell_of_the_running_ingest(
    words_only: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with Library.open(words_only) as library, library.writing():
        assert call("search", "prenatal care", "--library", str(words_only)) == 0
        searched = " ".join(capsys.readouterr().err.split())
        assert call("status", "--library", str(words_only)) == 0
        told = capsys.readouterr().out
        assert call("status", "--library", str(words_only), "--json") == 0
        assert json.loads(capsys.readouterr().out)["ingest_running"] is True
    assert "until the running ingest has embedded the passages" in searched
    assert "without a model" not in searched
    assert "Ingest    running" in told
    assert "words only until the passages are embedded" in told
    assert "Run: pincite ingest" not in told


def test_while_the_first_files_are_read_search_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Library.open(tmp_path, create=True) as library:
        with library.writing():
            assert call("search", "prenatal care", "--library", str(tmp_path)) == 1
            assert "the running ingest is still reading" in capsys.readouterr().err
            assert call("status", "--library", str(tmp_path)) == 0
            assert "none yet: the ingest is at it" in capsys.readouterr().out
        assert call("search", "prenatal care", "--library", str(tmp_path)) == 1
        assert "Fill it with: pincite ingest" in capsys.readouterr().err


def test_search_and_status_name_the_ingest_to_run_where_none_runs(
    words_only: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert call("search", "prenatal care", "--library", str(words_only)) == 0
    assert "run pincite ingest to add one" in " ".join(capsys.readouterr().err.split())
    assert call("status", "--library", str(words_only)) == 0
    told = capsys.readouterr().out
    assert "none: words only" in told
    assert "running" not in told


def test_status_gives_a_reason_once_and_the_pages_that_ingest_counted(
    tmp_path: Path, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    corpus, library = shutil.copytree(small_corpus, tmp_path / "corpus"), tmp_path / "library"
    writer = PdfWriter(clone_from=PdfReader(corpus / "clinics.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = BytesIO()
    writer.write(locked)
    (corpus / "locked.pdf").write_bytes(locked.getvalue())
    assert call("ingest", str(corpus), "--library", str(library), "--workers", "1") == 3
    read = capsys.readouterr().err
    assert "not readable: locked.pdf: needs a password" in read
    assert call("status", "--library", str(library)) == 0
    told = capsys.readouterr().out
    assert "not readable: locked.pdf: needs a password\n" in told
    assert "Pages     4," in told  # two of the PDF, two of the text file; the web page has none
    assert "3 files read: 4 pages" in read and "; 2 could not be read; 0 unchanged." in read
