"""What a run leaves behind comes back as it was; what is broken or of another shape is refused."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from eval_results import question_result, run_report
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.results import (
    PER_QUESTION,
    SUMMARY,
    TIMINGS,
    Latency,
    RunReport,
    Timings,
    load_run,
    plain,
    write_json,
    write_lines,
)
from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Thing:
    """A value with everything that `plain` knows."""

    path: Path
    share: float
    names: tuple[str, ...]
    inner: dict[int, float]


def written(folder: Path) -> RunReport:
    """Write a small run of two modes and return it."""
    questions = [
        question_result("a", split="dev", modes=("hybrid", "dense"), ndcg_10=1 / 3),
        question_result("b", split="test", modes=("hybrid", "dense")),
        question_result("c", split="dev", answerable=False, modes=("hybrid", "dense"), top_score=None),
        question_result("d", split="test", answerable=False, modes=("hybrid", "dense")),
    ]
    timings = Timings("2026-11-27T10:00:00+00:00", 1.5, {"hybrid": Latency(0.1, 0.2, 4)})
    report = run_report(questions, folder, modes=("hybrid", "dense"), timings=timings)
    write_json(folder / SUMMARY, report.summary)
    write_lines(folder / PER_QUESTION, report.questions)
    write_json(folder / TIMINGS, report.timings)
    return report


def edit(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / SUMMARY).read_text())
    for key, value in changes.items():
        if value is None:
            del record[key]
        else:
            record[key] = value
    (folder / SUMMARY).write_text(json.dumps(record))


def test_values_become_what_json_can_say() -> None:
    thing = Thing(Path("a/b"), 1 / 3, ("x", "y"), {1: math.nan, 2: math.inf, 3: 0.5})
    assert plain(thing) == {
        "path": "a/b", "share": 0.333333, "names": ["x", "y"], "inner": {"1": None, "2": None, "3": 0.5},
    }  # fmt: skip
    assert plain(Thing) is Thing


@settings(max_examples=50, deadline=None)
@given(st.recursive(st.one_of(st.floats(), st.text(), st.booleans(), st.none()), st.lists, max_leaves=12))
def test_what_is_plain_is_json_without_nan(value: object) -> None:
    text = json.dumps(plain(value), allow_nan=False)
    assert plain(json.loads(text)) == plain(value)


def test_a_run_comes_back_with_types_and_all(tmp_path: Path) -> None:
    report, back = written(tmp_path), load_run(tmp_path)
    assert back.timings == report.timings
    assert back.summary.modes == ("hybrid", "dense")
    assert [type(item) for item in back.questions] == [type(item) for item in report.questions]
    assert back.questions[1:] == report.questions[1:]
    assert back.questions[0].scores["hybrid"]["ndcg@10"] == 0.333333
    assert isinstance(back.questions[0].evidence[0].pages, tuple)


def test_figures_that_do_not_exist_come_back_as_nan_and_no_threshold_as_none(tmp_path: Path) -> None:
    written(tmp_path)
    record = json.loads((tmp_path / SUMMARY).read_text())
    record["detectors"][0]["precision"] = None
    record["language_ratios"] = [{"language": "es", "groups": 1, "recall": 0.5, "english": 0, "ratio": None}]
    (tmp_path / SUMMARY).write_text(json.dumps(record))
    summary = load_run(tmp_path).summary
    assert summary.detectors[0].threshold is None
    assert math.isnan(summary.detectors[0].precision)
    assert math.isnan(summary.language_ratios[0].ratio)
    assert summary.language_ratios[0].english == 0.0


def test_a_run_without_timings_is_a_run(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / TIMINGS).unlink()
    assert load_run(tmp_path).timings is None


def test_what_a_later_version_adds_does_not_matter(tmp_path: Path) -> None:
    report = written(tmp_path)
    edit(tmp_path, added_later={"x": 1})
    assert load_run(tmp_path).summary.gold_hash == report.summary.gold_hash


SUMMARIES: dict[str, dict[str, Any]] = {
    "no modes": {"modes": None},
    "figures are a list": {"figures": []},
    "a figure in words": {
        "by_type": {"fact": {"map": {"mean": "high", "low": 0, "high": 0, "n": 1, "groups": 1}}}
    },
    "a comparison without p": {"comparisons": [{"split": "all"}]},
    "counts in words": {"counts": {"questions": "many"}},
    "a hash that is a number": {"gold_hash": 5},
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_of_another_shape_is_refused(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    edit(tmp_path, **SUMMARIES[name])
    with pytest.raises(UsageError, match=r"summary.json: is not the summary of a run"):
        load_run(tmp_path)


QUESTIONS: dict[str, dict[str, Any]] = {
    "a rank in words": {"first_ranks": {"hybrid": "first"}},
    "a score in words": {"scores": {"hybrid": {"map": "good"}}},
    "answerable by word": {"answerable": "yes"},
    "evidence without a quote": {"evidence": [{"doc": "a.pdf"}]},
    "pages that are no numbers": {
        "top": [{"passage_id": "p", "file": "f", "pages": ["i"], "grade": 0, "excerpt": ""}]
    },
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_result_is_checked_field_by_field(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    lines = (tmp_path / PER_QUESTION).read_text().split("\n")
    lines[1] = json.dumps(json.loads(lines[1]) | QUESTIONS[name])
    (tmp_path / PER_QUESTION).write_text("\n".join(lines))
    with pytest.raises(UsageError, match=r"per_question.jsonl, line 2: is not a question result"):
        load_run(tmp_path)


def test_question_results_that_are_missing_are_told(tmp_path: Path) -> None:
    written(tmp_path)
    lines = (tmp_path / PER_QUESTION).read_text().split("\n")
    (tmp_path / PER_QUESTION).write_text("\n".join(lines[:2]))
    with pytest.raises(UsageError, match=r"holds 2 question results, the summary counts 4"):
        load_run(tmp_path)


TIMING = {"cut off": '{"started"', "seconds in words": '{"started": "x", "seconds": "long"}', "a list": "[]"}


@pytest.mark.parametrize("name", TIMING)
def test_broken_timings_are_named(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / TIMINGS).write_text(TIMING[name])
    with pytest.raises(UsageError, match=r"timings.json: is not the timings of a run"):
        load_run(tmp_path)


def test_files_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / SUMMARY).write_bytes(b"\xff{}")
    with pytest.raises(UsageError, match="not a readable file of a run"):
        load_run(tmp_path)


def test_the_order_of_questions_is_kept_and_keys_are_sorted(tmp_path: Path) -> None:
    write_lines(tmp_path / "x.jsonl", [{"b": 1, "a": 2}, {"a": "\u2028é"}])
    assert (tmp_path / "x.jsonl").read_bytes() == '{"a": 2, "b": 1}\n{"a": "\u2028é"}\n'.encode()


def test_a_run_written_twice_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    written(tmp_path / "one")
    back = load_run(tmp_path / "one")
    write_json(tmp_path / "two" / SUMMARY, replace(back.summary))
    write_lines(tmp_path / "two" / PER_QUESTION, back.questions)
    for name in (SUMMARY, PER_QUESTION):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
