"""Runs of evaluation on this machine are found, read once, and given with their judgements."""

import os
import shutil
from pathlib import Path

import pytest

from app.commands.output import json_text
from app.service import evaluation_runs
from app.service.evaluation_runs import find_runs, load, qrels, starter_questions
from app.service.site import Site
from app.ui.crash import reference
from evals.results import PER_QUESTION, QRELS, SUMMARY
from ingest.errors import UsageError


def finished(folder: Path, when: int) -> Path:
    folder.mkdir(parents=True)
    for name in (SUMMARY, PER_QUESTION):
        (folder / name).write_text("{}", encoding="utf-8")
        os.utime(folder / name, (when, when))
    return folder


def test_finished_runs_are_found_the_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    wanted = [
        finished(tmp_path / "papers" / "library" / "runs" / "c", 3_000),
        finished(tmp_path / "papers" / "out" / "b", 2_000),
        finished(here / "runs" / "a", 1_000),
    ]
    finished(tmp_path / "papers" / "runs" / "deep" / "below", 4_000)
    (here / "runs" / "begun").mkdir()
    (here / "runs" / "begun" / SUMMARY).write_text("{}", encoding="utf-8")
    assert find_runs(Site(tmp_path / "papers" / "library")) == wanted


def test_a_run_is_named_once_however_it_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = finished(tmp_path / "runs" / "a", 1_000)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "same").symlink_to(run, target_is_directory=True)
    assert find_runs(Site(tmp_path / "library")) == [run]


def test_a_run_that_cannot_be_read_is_told_each_time(tmp_path: Path) -> None:
    run = finished(tmp_path / "run", 1_000)
    for _ in range(2):
        with pytest.raises(UsageError, match=SUMMARY):
            load(run)
    shutil.rmtree(run)
    with pytest.raises(UsageError):
        load(run)


def test_judgements_are_given_as_they_lie_there(tmp_path: Path) -> None:
    assert qrels(tmp_path) is None
    (tmp_path / QRELS).write_bytes(b"q1 0 p1 2\n")
    assert qrels(tmp_path) == b"q1 0 p1 2\n"


def test_questions_come_along_for_a_library_that_holds_all_their_documents() -> None:
    path = Path(evaluation_runs.__file__).parents[2] / "evals" / "gold" / "starter.jsonl"
    wanted = evaluation_runs._documents_of(path)
    assert starter_questions(wanted) == path
    assert starter_questions(wanted | {"own.pdf"}) == path
    assert starter_questions(wanted - {min(wanted)}) is None


def test_a_failure_stands_in_the_log_under_its_reference(caplog: pytest.LogCaptureFixture) -> None:
    first, second = (reference(ZeroDivisionError("a word of a document")) for _ in range(2))
    assert first != second and len(first) == 8
    assert f"reference {first}: ZeroDivisionError" in caplog.messages


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_json_fits_the_encoding_of_standard_output(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    shown = json_text({"año": 1, "path": Path("x"), "lone": "\udcff"})
    shown.encode(encoding)
    assert json_text({"a": "é"}) == ('{"a": "é"}' if encoding == "utf-8" else '{"a": "\\u00e9"}')
