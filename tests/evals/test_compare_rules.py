"""The rules of the gate at their limits, over made-up runs: what breaks it, what does not, what is only told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_results import question_result, run_report

from evals.compare import (
    FIRST_TEN,
    GATE_FILE,
    LOST_PAGE_HITS,
    LOWEST_BOUND,
    LOWEST_MEAN,
    CompareReport,
    Gate,
    compare_runs,
    read_gate,
)
from evals.results import PER_QUESTION, SUMMARY, QuestionResult, Summary, write_json, write_lines
from ingest.errors import UsageError


def saved(folder: Path, questions: Sequence[QuestionResult], **summary: object) -> Path:
    """Write a run of these results, with changes of its summary."""
    folder.mkdir()
    report = run_report(questions, folder)
    changed: Summary = replace(report.summary, **summary)  # type: ignore[arg-type]  # the test gives sound fields
    write_json(folder / SUMMARY, changed)
    write_lines(folder / PER_QUESTION, report.questions)
    return folder


def compared(
    tmp_path: Path, base: Sequence[QuestionResult], new: Sequence[QuestionResult], gate: str = ""
) -> CompareReport:
    old = saved(tmp_path / "base", base)
    if gate:
        (old / GATE_FILE).write_text(gate, encoding="utf-8")
    return compare_runs(old, saved(tmp_path / "new", new))


def several(values: Sequence[float], rank: int = 2) -> list[QuestionResult]:
    return [question_result(f"q{place}", ndcg_10=value, rank=rank) for place, value in enumerate(values)]


def test_a_sure_and_large_fall_of_the_mean_breaks_the_gate(tmp_path: Path) -> None:
    report = compared(tmp_path, several([0.8] * 20), several([0.7] * 20))
    (reason,) = report.broken
    assert reason.startswith("nDCG@10 falls by 0.100")
    assert f"the limits are {LOWEST_MEAN} for the mean and {LOWEST_BOUND}" in reason


def test_a_small_fall_does_not_however_sure_it_is(tmp_path: Path) -> None:
    assert compared(tmp_path, several([0.8] * 20), several([0.785] * 20)).broken == ()


def test_a_fall_that_may_be_small_does_not(tmp_path: Path) -> None:
    # every question falls by .025: the mean is under its limit, the lower bound is not
    assert compared(tmp_path, several([0.8] * 20), several([0.775] * 20)).broken == ()


def test_a_gain_breaks_nothing_and_is_told(tmp_path: Path) -> None:
    report = compared(tmp_path, several([0.5] * 10), several([0.9] * 10, rank=1))
    assert report.exit_code == 0
    assert len(report.changes) == 10
    first = report.metrics[0]
    assert (first.metric, round(first.difference.mean, 6)) == ("ndcg@10", 0.4)
    assert first.p < 0.01
    assert first.p_holm >= first.p


PLACES = {
    "tenth is still seen": (1, FIRST_TEN, False),
    "eleventh is not": (1, FIRST_TEN + 1, True),
    "lost": (1, None, True),
    "was second": (2, None, False),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_question_that_stood_first(name: str, tmp_path: Path) -> None:
    before, after, breaks = PLACES[name]
    others = [question_result(f"o{place}") for place in range(40)]
    base = [question_result("q", rank=before), *others]
    new = [question_result("q", rank=after), *others]
    reasons = compared(tmp_path, base, new).broken
    assert bool(reasons) is breaks
    if breaks:
        where = "not in the run" if after is None else f"at rank {after}"
        assert f"question q stood first and is now {where}" in reasons[0]


@pytest.mark.parametrize(("lost", "won"), [(1, 0), (2, 0), (3, 1), (2, 1), (4, 4)])
def test_lost_pages_are_counted_net_and_all_named(lost: int, won: int, tmp_path: Path) -> None:
    base = [question_result(f"q{place}", page_hit_5=float(place >= won)) for place in range(20)]
    new = [question_result(f"q{place}", page_hit_5=float(place < 20 - lost)) for place in range(20)]
    reasons = [reason for reason in compared(tmp_path, base, new).broken if reason.startswith("page hit@5")]
    assert bool(reasons) is (lost - won >= LOST_PAGE_HITS)
    for reason in reasons:
        assert all(f"q{place}" in reason for place in range(20 - lost, 20))


@pytest.mark.parametrize(("figure", "breaks"), [(0.7, False), (0.7 - 1e-6, False), (0.699, True)])
def test_a_type_at_and_under_its_floor(figure: float, breaks: bool, tmp_path: Path) -> None:
    questions = several([figure] * 3)
    report = compared(tmp_path, questions, questions, "[floors]\nnatural = 0.7\n")
    assert bool(report.broken) is breaks


def test_questions_without_an_answer_have_no_part(tmp_path: Path) -> None:
    base = [*several([0.5]), question_result("u", answerable=False)]
    new = [*several([0.5]), question_result("u", answerable=False, refused=True, confidence=0.1)]
    report = compared(tmp_path, base, new)
    assert report.changes == ()
    assert report.metrics[0].difference.n == 1


def test_nothing_answerable_is_no_comparison_and_no_fault(tmp_path: Path) -> None:
    only = [question_result("u", answerable=False)]
    report = compared(tmp_path, only, only)
    assert (report.metrics, report.broken) == ((), ())


def test_changes_go_from_the_largest_loss_to_the_largest_gain(tmp_path: Path) -> None:
    report = compared(tmp_path, several([0.5, 0.5, 0.5, 0.5]), several([0.6, 0.2, 0.5, 0.5]))
    assert [item.new.id for item in report.changes] == ["q1", "q0"]


def test_runs_with_other_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"does not hold the questions of .*\['q1'\]"):
        compared(tmp_path, several([0.5, 0.5]), several([0.5]))


def test_what_differs_between_the_runs_is_told(tmp_path: Path) -> None:
    questions = several([0.5])
    base = saved(tmp_path / "base", questions)
    new = saved(
        tmp_path / "new", questions,
        model=None, settings={"depth": 50}, versions={"pincite": "2", "numpy": "2"},
    )  # fmt: skip
    notices = compare_runs(base, new).notices
    assert notices[0] == "the embedding model differs: words words-1 and none"
    assert notices[1] == "the settings differ: {'depth': 100} and {'depth': 50}"
    assert set(notices[2:]) == {"pincite 1 and 2", "numpy None and 2"}


GATES = {
    "nothing": ("", Gate((), {})),
    "accepted": ('accepted_changes = ["a", "b"]', Gate(("a", "b"), {})),
    "floors": ("[floors]\nfact = 1\nlegal = 0.25", Gate((), {"fact": 1.0, "legal": 0.25})),
    "a byte order mark": ('\ufeffaccepted_changes = ["a"]', Gate(("a",), {})),
}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_read(name: str, tmp_path: Path) -> None:
    text, wanted = GATES[name]
    (tmp_path / GATE_FILE).write_text(text, encoding="utf-8")
    assert read_gate(tmp_path / GATE_FILE) == wanted


def test_no_gate_file_is_the_bare_rules(tmp_path: Path) -> None:
    assert read_gate(tmp_path / GATE_FILE) == Gate()


@pytest.mark.parametrize("text", ["[floors]\nfact = true", "floors = 3", 'accepted_changes = "a"', "\x00"])
def test_a_gate_that_says_something_else_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / GATE_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"gate\.toml: "):
        read_gate(tmp_path / GATE_FILE)
