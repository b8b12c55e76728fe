"""What people and programs are told while an ingest goes on: speed, time left, and what can be searched already."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.console import Console

from app.commands import computing, ingest
from app.commands.ingest import OwnProcess, Priority, give_way
from app.commands.library import _show_status
from app.commands.progress import PLAIN_SECONDS, PlainLines, Progress, Reporter, searchable
from app.i18n import LANGUAGES, words
from app.i18n.notices import sentence
from app.ui.library.view import _progress_text
from index.notices import Notice, NoticeKind
from index.snapshot.passage_files import BuildEvent
from ingest.corpus.folder import FileStamp
from ingest.errors import ModelUnavailable
from ingest.report import SECONDS_OF_WORK, Event
from ingest.report import Progress as Reading
from ingest.sandbox.own_limits import NICE

GENERATIONS = {
    "words alone": (BuildEvent("published", 0, 42), "Searchable now: 42 documents by words"),
    "one": (BuildEvent("published", 0, 1), "Searchable now: 1 document by words"),
    "some meaning": (
        BuildEvent("published", 31, 42),
        "Searchable now: 42 documents by words, 31 of them by meaning as well",
    ),
}


@pytest.mark.parametrize("case", GENERATIONS)
def test_a_generation_is_told(case: str) -> None:
    event, line = GENERATIONS[case]
    assert searchable(event) == line


def test_a_log_has_the_speed_and_what_is_searchable() -> None:
    lines: list[str] = []
    now = [0.0]
    plain = PlainLines(lines.append, clock=lambda: now[0])
    for event in (
        Event("read", 1, 3, file="a.pdf", page=2, pages=9, seconds_left=20.0, per_second=8.25),
        BuildEvent("published", 0, 1),
        BuildEvent("embed", 10, 400, 240.0, 61.4),
    ):
        now[0] += PLAIN_SECONDS
        plain.event(event)
    assert lines == [
        "Reading: 1 of 3 files; a.pdf, page 2 of 9; about 20 s left; 8.2 pages a second",
        "Searchable now: 1 document by words",
        "Embedding: 10 of 400 pieces of text; about 4 min left; 61 pieces a second",
    ]


def test_a_terminal_shows_them_beside_the_bar() -> None:
    reporter = Reporter(Progress.auto)
    screen = io.StringIO()
    reporter.console = Console(file=screen, force_terminal=True, width=140, highlight=False)
    with reporter:
        reporter.event(BuildEvent("embed", 10, 400, 240.0, 61.4))
        reporter.event(BuildEvent("published", 3, 9))
        assert reporter.bar is not None
        task = reporter.bar.tasks[0]
        assert (task.completed, task.total, task.fields["told"]) == (
            10,
            400,
            "about 4 min left; 61 pieces a second",
        )
    assert "Searchable now: 9 documents by words, 3 of them by meaning as well" in screen.getvalue()


def test_a_program_gets_them_as_keys(capsys: pytest.CaptureFixture[str]) -> None:
    Reporter(Progress.json).event(BuildEvent("embed", 10, 400, 240.0, 61.4))
    told = json.loads(capsys.readouterr().out)
    assert told == {"stage": "embed", "done": 10, "total": 400, "seconds_left": 240.0, "per_second": 61.4}


PAGE = {
    "reading": (
        {"stage": "file", "done": 1, "total": 3, "per_second": 8.25, "seconds_left": 130.0},
        "Reading: 1 of 3 files · 8.2 pages a second · about 2 minutes left",
    ),
    "embedding": (
        {"stage": "embed", "done": 5, "total": 9, "per_second": 61.44, "seconds_left": 61.0},
        "Preparing the search: 5 of 9 · 61.4 pieces a second · about 1 minute left",
    ),
    "soon": (
        {"stage": "embed", "done": 8, "total": 9, "seconds_left": 20.0},
        "Preparing the search: 8 of 9 · less than a minute left",
    ),
    "not known": (
        {"stage": "embed", "done": 0, "total": 9, "seconds_left": None},
        "Preparing the search: 0 of 9",
    ),
}


@pytest.mark.parametrize("case", PAGE)
def test_the_page_tells_speed_and_time_left(case: str) -> None:
    event, text = PAGE[case]
    assert _progress_text(words("en"), event) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_much_meaning_is_ready_is_told_in_every_language(language: str) -> None:
    told = sentence(words(language), Notice(NoticeKind.MEANING_PARTIAL, {"ready": 31, "documents": 42}))
    assert "31" in told
    assert "42" in told
    assert (
        told == sentence(words("en"), Notice(NoticeKind.MEANING_PARTIAL, {"ready": 31, "documents": 42}))
    ) is (language == "en")


def facts(**snapshot: Any) -> dict[str, Any]:
    return {
        "library": "L",
        "corpus": "C",
        "documents": {"total": 42, "by_state": {"ready": 42}, "pages": 9, "pages_without_text": 0,
                      "unreadable": [], "incomplete": []},
        "ingest_running": True,
        "passages": 30,
        "coverage": {"share": None, "worst": []},
        "snapshot": {"generation": "gen-00000007", "passages": 30, "vectors": 60, "model": "e5"} | snapshot,
        "runtime": "ctranslate2",
        "not_searchable": {"new": (), "changed": (), "removed": (), "stale": False},
    }  # fmt: skip


@pytest.mark.parametrize(("ready", "told"), [(31, True), (42, False)])
def test_status_says_for_how_many_documents_meaning_is_ready(
    capsys: pytest.CaptureFixture[str], ready: int, told: bool
) -> None:
    _show_status(facts(documents=42, documents_with_meaning=ready))
    line = "Meaning   ready for 31 of 42 documents; the others are found by their words"
    assert (line in capsys.readouterr().out.splitlines()) is told


def test_reading_counts_the_pages_of_files_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("ingest.report.time", SimpleNamespace(monotonic=lambda: now[0]))
    told: list[Event] = []
    reading = Reading([FileStamp("a.pdf", size=1_000), FileStamp("b.pdf", size=3_000)], told.append)
    reading.page("a.pdf", "page", 1, 4)
    assert (told[-1].seconds_left, told[-1].per_second) == (None, None)
    now[0] += SECONDS_OF_WORK + 1
    reading.page("a.pdf", "page", 2, 4)
    # Half of a quarter of the bytes took four seconds.
    assert told[-1].seconds_left == pytest.approx(28.0)
    assert told[-1].per_second == 0.5
    reading.page("a.pdf", "ocr", 2, 4)
    assert told[-1].per_second == 0.5, "a page that is recognised was counted when it was read"
    now[0] += 4
    reading.file(FileStamp("a.pdf", size=1_000), "ready", None, 4, 9)
    assert told[-1].seconds_left == pytest.approx(24.0)


def context(own: object) -> typer.Context:
    return SimpleNamespace(obj=own)  # type: ignore[return-value]


def test_only_a_process_of_its_own_is_made_to_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered: list[bool] = []
    monkeypatch.setattr(ingest, "lower_priority", lambda: lowered.append(True))
    give_way(context(None), Priority.low)
    give_way(context(OwnProcess()), Priority.normal)
    assert lowered == []
    give_way(context(OwnProcess()), Priority.low)
    assert lowered == [True]


@pytest.mark.skipif(os.name == "nt", reason="priorities of POSIX")
@pytest.mark.parametrize(("before", "after"), [(0, NICE), (NICE + 5, NICE + 5)])
def test_a_low_priority_is_never_raised(before: int, after: int) -> None:
    code = (
        "import os; from ingest.sandbox.own_limits import lower_priority; "
        f"os.setpriority(os.PRIO_PROCESS, 0, max({before}, os.getpriority(os.PRIO_PROCESS, 0))); "
        "lower_priority(); lower_priority(); print(os.getpriority(os.PRIO_PROCESS, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= after


def test_jobs_bound_readers_and_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from app.settings import Settings
    from index.embedding import loading

    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Nurses register every visit.", encoding="utf-8")
    asked: dict[str, object] = {}

    def load(name: str | None, **options: object) -> None:
        asked.update(options)
        raise ModelUnavailable("not here")

    monkeypatch.setattr(loading, "load_model", load)
    computing._loaded_here.cache_clear()
    ingest.bring_up_to_date(
        tmp_path / "corpus", tmp_path / "library", Settings(), progress=Progress.none, jobs=3
    )
    assert asked["cores"] == 3
