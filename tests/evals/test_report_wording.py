"""How figures are written in reports."""

import math

import pytest
from eval_results import METRICS, question_result
from hypothesis import given
from hypothesis import strategies as st

from evals.compare import QuestionChange
from evals.reports.wording import (
    NAMES,
    RANK_BINS,
    RANK_LABELS,
    interval,
    leg_ranks,
    name_of,
    number,
    p_value,
    pages,
    plural,
    rank,
    rank_counts,
    signed,
    worst,
)
from evals.results import Interval

NUMBERS = {
    "three digits": (0.8125, "0.812"),
    "a real minus": (-0.5, "−0.500"),
    "nothing": (math.nan, "–"),
}
SIGNED = {
    "gain": (0.25, "+0.250"),
    "loss": (-0.25, "−0.250"),
    "none": (0.0, "+0.000"),
    "nothing": (math.nan, "–"),
}
P_VALUES = {"small": (9.9e-5, "< 0.0001"), "edge": (1e-4, "0.0001"), "one": (1.0, "1.0000")}
PAGES = {
    "none": ((), "no pages"),
    "one": ((3,), "p. 3"),
    "one twice": ((3, 3), "p. 3"),
    "two": ((3, 4), "pp. 3–4"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_number(name: str) -> None:
    value, text = NUMBERS[name]
    assert number(value) == text


@pytest.mark.parametrize("name", SIGNED)
def test_signed(name: str) -> None:
    value, text = SIGNED[name]
    assert signed(value) == text


@pytest.mark.parametrize("name", P_VALUES)
def test_p_value(name: str) -> None:
    value, text = P_VALUES[name]
    assert p_value(value) == text


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    numbers, text = PAGES[name]
    assert pages(numbers) == text


def test_interval_rank_and_plural() -> None:
    assert interval(Interval(0.8, 0.75, 0.9, 20, 10)) == "0.800 [0.750, 0.900]"
    assert (rank(None), rank(3)) == ("lost", "3")
    assert (plural(1, "question"), plural(1200, "question")) == ("1 question", "1,200 questions")
    assert plural(2, "category", "categories") == "2 categories"


def test_every_metric_of_a_run_has_a_name_for_people() -> None:
    assert set(METRICS) <= set(NAMES)
    assert name_of("ndcg@10") == "nDCG@10"
    assert name_of("unheard@3") == "unheard@3"


def test_ranks_are_counted_in_bins_and_what_is_lost_goes_last() -> None:
    assert rank_counts([1, 2, 4, 5, 10, 11, 100, None]) == [1, 1, 0, 2, 1, 1, 1, 1]
    assert len(RANK_BINS) + 1 == len(RANK_LABELS)


@given(st.lists(st.one_of(st.none(), st.integers(1, 100))))
def test_every_rank_falls_into_one_bin(ranks: list[int | None]) -> None:
    counts = rank_counts(ranks)
    assert sum(counts) == len(ranks)
    assert counts[-1] == ranks.count(None)


def test_the_worst_question_has_the_lowest_figure_then_the_last_rank() -> None:
    questions = [
        question_result("perfect", ndcg_10=1.0),
        question_result("half", ndcg_10=0.5, rank=2),
        question_result("lost", ndcg_10=0.0, rank=None),
        question_result("far", ndcg_10=0.0, rank=90),
        question_result("none", answerable=False),
    ]
    assert [item.id for item in worst(questions, "hybrid")] == ["lost", "far", "half"]
    assert [item.id for item in worst(questions, "hybrid", 1)] == ["lost"]


def test_ranks_before_and_after_by_leg() -> None:
    old = question_result("a", modes=("hybrid", "dense"), rank=1)
    new = question_result("a", modes=("hybrid", "dense"), rank=None)
    change = QuestionChange(base=old, new=new, base_rank=1, new_rank=None, difference=-1.0)
    assert leg_ranks(change) == "hybrid 1 → lost, dense 1 → lost"
