"""Metrics by hand-worked cases, and equal to ir_measures (trec_eval) on random runs with ties."""

import math
from itertools import pairwise

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import AP, RR, R, Success, nDCG

from evals.measures.metrics import (
    average_precision,
    descending,
    first_rank,
    judged,
    ndcg,
    ranking_metrics,
    recall,
    reciprocal_rank,
    trec_order,
)

IDS = [f"p{number}" for number in range(12)]
# Few distinct scores, so that most runs have ties; the last two are equal only as float32.
SCORES = st.sampled_from([0.0, 0.25, 0.5, 0.5000000001, 1.0, -1.0])
RUNS = st.dictionaries(st.sampled_from(IDS), SCORES, min_size=1)
GRADES = st.dictionaries(st.sampled_from(IDS), st.integers(0, 2), min_size=1)


def test_ndcg_of_a_worked_case() -> None:
    # gains 1, 0, 2 at ranks 1–3 against the ideal 2, 1
    got = ndcg(["a", "b", "c"], {"a": 1, "c": 2})
    assert got == pytest.approx((1 + 2 / math.log2(4)) / (2 + 1 / math.log2(3)))


def test_ndcg_is_one_for_the_ideal_order_and_zero_without_relevant_hits() -> None:
    assert ndcg(["c", "a"], {"a": 1, "c": 2}) == 1.0
    assert ndcg(["b"], {"a": 1}) == 0.0
    assert ndcg([], {"a": 1}) == 0.0
    assert ndcg(["a"], {}) == 0.0


def test_ndcg_counts_relevant_passages_that_were_not_found() -> None:
    assert ndcg(["a"], {"a": 2, "b": 2}) < 1.0


def test_reciprocal_rank_stops_at_the_cut() -> None:
    ranking = [f"x{number}" for number in range(10)] + ["a"]
    assert reciprocal_rank(ranking, {"a": 1}, 10) == 0.0
    assert reciprocal_rank(ranking, {"a": 1}, 11) == pytest.approx(1 / 11)
    assert first_rank(ranking, {"a": 1}) == 11


def test_recall_and_average_precision_of_a_worked_case() -> None:
    ranking, grades = ["a", "x", "b"], {"a": 1, "b": 2, "c": 1}
    assert recall(ranking, grades, 5) == pytest.approx(2 / 3)
    assert recall(ranking, grades, 2) == pytest.approx(1 / 3)
    assert average_precision(ranking, grades) == pytest.approx((1 + 2 / 3) / 3)


def test_judged_counts_rejected_passages_too() -> None:
    assert judged(["a", "b", "c", "d"], {"a": 2, "b": 0}) == 0.5
    assert judged([], {"a": 2}) == 0.0


def test_ties_are_broken_as_trec_eval_does() -> None:
    assert trec_order({"a": 1.0, "c": 0.5, "b": 1.0}) == ["b", "a", "c"]


@settings(max_examples=150, deadline=None)
@given(run=RUNS, grades=GRADES)
def test_equal_to_ir_measures(run: dict[str, float], grades: dict[str, int]) -> None:
    ranking = trec_order(run)
    ours = ranking_metrics(ranking, grades)
    named = {
        nDCG @ 10: "ndcg@10",
        R @ 5: "recall@5",
        R @ 10: "recall@10",
        R @ 20: "recall@20",
        AP: "map",
        Success @ 1: "success@1",
    }
    theirs = ir_measures.calc_aggregate(list(named), {"q": grades}, {"q": run})
    for measure, name in named.items():
        assert ours[name] == pytest.approx(theirs[measure], abs=1e-9), name
    # RR@10 comes from MS MARCO's script, which breaks ties by file order; trec_eval knows only RR uncut.
    cut = {item: run[item] for item in ranking[:10]}
    theirs = ir_measures.calc_aggregate([RR], {"q": grades}, {"q": cut})
    assert ours["mrr@10"] == pytest.approx(theirs[RR], abs=1e-9)


@given(st.lists(st.floats(-1e6, 1e6, width=32)))
def test_falling_scores_keep_the_order_that_was_shown(scores: list[float]) -> None:
    fallen = descending(scores)
    assert all(first > second for first, second in pairwise(fallen))
    run = {f"p{number:03}": score for number, score in enumerate(fallen)}
    assert trec_order(run) == sorted(run)


def test_falling_scores_leave_a_falling_list_alone() -> None:
    assert descending([3.0, 1.5, -2.0]) == [3.0, 1.5, -2.0]
    assert descending([1.0, 1.0])[0] == 1.0
