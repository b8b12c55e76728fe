"""Telling unanswerable questions: worked cases, and AUROC and F1 equal to scikit-learn's."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.measures.abstention import auroc, best_threshold, false_alarms_at_recall, refusals

SCORES = st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8]), min_size=1, max_size=12)


def test_auroc_of_worked_cases() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.1], [0.9]) == 0.0
    assert auroc([0.5], [0.5]) == 0.5
    assert math.isnan(auroc([], [0.5]))


@settings(deadline=None, max_examples=40)
@given(SCORES, SCORES)
def test_auroc_is_scikit_learns(high: list[float], low: list[float]) -> None:
    from sklearn.metrics import roc_auc_score

    truth = [1] * len(high) + [0] * len(low)
    assert auroc(high, low) == pytest.approx(roc_auc_score(truth, high + low), abs=1e-9)


def test_refusals_of_a_worked_case() -> None:
    got = refusals([True, True, False, False], [False, True, False, True])
    assert (got.precision, got.recall, got.f1, got.false_alarms, got.refused) == (0.5, 0.5, 0.5, 0.5, 2)


def test_refusing_nothing_has_no_precision() -> None:
    got = refusals([False, False], [True, False])
    assert math.isnan(got.precision)
    assert got.recall == got.f1 == 0.0


@settings(deadline=None, max_examples=40)
@given(SCORES, st.data())
def test_the_fitted_threshold_is_the_best_of_all(scores: list[float], data: st.DataObject) -> None:
    from sklearn.metrics import f1_score

    truth = data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    refused = [not known for known in truth]
    threshold = best_threshold(scores, truth)
    best = f1_score(refused, [score < threshold for score in scores], zero_division=0)
    for bar in (-1.0, 0.1, 0.3, 0.5, 0.7, 0.9):
        assert f1_score(refused, [score < bar for score in scores], zero_division=0) <= best + 1e-9


def test_a_search_without_a_hit_is_refused_by_a_threshold_of_its_own() -> None:
    scores, truth = [-math.inf, 0.4, -math.inf, 0.6], [False, True, False, True]
    threshold = best_threshold(scores, truth)
    assert [score < threshold for score in scores] == [True, False, True, False]


def test_false_alarms_at_recall_of_a_worked_case() -> None:
    scores = [0.1, 0.2, 0.3, 0.25, 0.9]
    truth = [False, False, False, True, True]
    assert false_alarms_at_recall(scores, truth) == 0.5
    assert false_alarms_at_recall(scores, truth, wanted=0.6) == 0.0
    assert math.isnan(false_alarms_at_recall([0.1], [True]))
