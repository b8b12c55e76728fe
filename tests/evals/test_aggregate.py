"""From the results of questions to tables: means, halves, comparisons, detectors, languages."""

import math

import numpy as np
import pytest
from eval_results import question_result
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.measures.aggregate import (
    HEAD_METRICS,
    TABLE_METRICS,
    compare_modes,
    detectors,
    figures,
    language_ratios,
    scored,
    tables_by,
)
from evals.results import QuestionResult


def mixed(count: int = 24) -> list[QuestionResult]:
    """Return questions of both halves; every fourth is unanswerable, answerable ones are more confident."""
    found = []
    for number in range(count):
        answerable = number % 4 != 3
        found.append(
            question_result(
                f"q{number}",
                split="dev" if number % 8 < 4 else "test",
                answerable=answerable,
                confidence=0.8 - number / 1000 if answerable else 0.2 + number / 1000,
                refused=not answerable,
                modes=("hybrid", "lexical"),
                top_score=0.9 if answerable else 0.3,
                ndcg_10=number % 3 / 2,
            )
        )
    return found


def test_only_answerable_questions_of_the_half_are_scored() -> None:
    questions = [
        question_result("a", split="dev"),
        question_result("b", split="test"),
        question_result("c", split="test", answerable=False),
    ]
    assert [item.id for item in scored(questions, "hybrid")] == ["a", "b"]
    assert [item.id for item in scored(questions, "hybrid", "test")] == ["b"]
    assert scored(questions, "dense") == []


def test_figures_are_plain_means_over_questions() -> None:
    questions = [question_result(str(n), ndcg_10=value) for n, value in enumerate((0.0, 0.5, 1.0))]
    found = figures(questions, "hybrid")
    assert found["ndcg@10"].mean == pytest.approx(0.5)
    assert found["map"].mean == 1.0
    assert (found["map"].low, found["map"].high) == (1.0, 1.0)
    assert found["ndcg@10"].n == 3
    assert set(figures(questions, "hybrid", ["map"])) == {"map"}
    assert figures([], "hybrid") == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_interval_holds_the_mean_unless_groups_are_few(values: list[float]) -> None:
    found = figures([question_result(str(n), ndcg_10=v) for n, v in enumerate(values)], "hybrid")["ndcg@10"]
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert found.mean == pytest.approx(float(np.mean(values)))


def test_tables_have_a_row_a_type_in_sorted_order() -> None:
    questions = [
        question_result("a", kind="table", ndcg_10=0.2),
        question_result("b", kind="fact", ndcg_10=0.4),
        question_result("c", kind="fact", ndcg_10=0.8),
        question_result("d", kind="unanswerable", answerable=False),
    ]
    found = tables_by(questions, "hybrid", lambda item: item.type)
    assert list(found) == ["fact", "table"]
    assert found["fact"]["ndcg@10"].mean == pytest.approx(0.6)
    assert set(found["table"]) == set(TABLE_METRICS)


def test_modes_are_compared_on_each_half_and_head_metric_with_holm_over_the_others() -> None:
    modes = ("hybrid", "lexical", "dense")
    questions = []
    for number in range(12):
        item = question_result(f"q{number}", split="dev" if number < 6 else "test", modes=modes)
        item.scores["lexical"]["ndcg@10"] = 0.2
        item.scores["dense"]["ndcg@10"] = 0.9
        questions.append(item)
    found = compare_modes(questions, "hybrid", modes[1:])
    assert len(found) == 3 * len(HEAD_METRICS) * 2
    words = next(c for c in found if (c.split, c.metric, c.b) == ("all", "ndcg@10", "lexical"))
    assert words.difference.mean == pytest.approx(0.8)
    assert words.p < 0.01
    assert words.p_holm >= words.p
    same = next(c for c in found if (c.split, c.metric, c.b) == ("all", "mrr@10", "dense"))
    assert (same.difference.mean, same.p, same.p_holm) == (0.0, 1.0, 1.0)


def test_a_mode_that_was_not_asked_is_not_compared() -> None:
    assert compare_modes([question_result("a")], "hybrid", ["dense"]) == []
    assert compare_modes([question_result("a")], "hybrid", []) == []


def test_detectors_are_fitted_on_one_half_and_judged_on_the_other() -> None:
    questions = mixed()
    found = {item.name: item for item in detectors(questions, ("hybrid", "lexical"))}
    assert list(found) == ["shipped decision", "confidence", "top score, hybrid", "top score, lexical"]
    test = [item for item in questions if item.split == "test"]
    assert found["confidence"].answerable + found["confidence"].unanswerable == len(test)
    assert found["shipped decision"].threshold is None
    assert (found["shipped decision"].precision, found["shipped decision"].recall) == (1.0, 1.0)
    for item in found.values():
        assert item.auroc == 1.0
        assert item.auroc_low <= item.auroc <= item.auroc_high
    assert found["confidence"].threshold is not None
    assert 0.3 < found["confidence"].threshold < 0.8


def test_auroc_of_a_detector_is_scikit_learns() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(3)
    questions = [
        question_result(
            f"q{number}", split="test", answerable=bool(number % 3), confidence=float(rng.uniform())
        )
        for number in range(30)
    ]
    truth = [item.answerable for item in questions]
    (found,) = detectors(questions, ())
    assert found.auroc == pytest.approx(roc_auc_score(truth, [item.confidence for item in questions]))


def test_no_detector_where_the_test_half_lacks_one_kind() -> None:
    assert detectors([question_result("a", split="test")], ("hybrid",)) == ()
    assert detectors([], ("hybrid",)) == ()


def test_a_search_without_a_hit_scores_below_all_others() -> None:
    questions = [
        question_result("a", split="dev", top_score=0.4),
        question_result("b", split="dev", answerable=False, top_score=None),
        question_result("c", split="test", top_score=0.4),
        question_result("d", split="test", answerable=False, top_score=None),
    ]
    found = {item.name: item for item in detectors(questions, ("hybrid",))}["top score, hybrid"]
    assert (found.auroc, found.precision, found.recall) == (1.0, 1.0, 1.0)


def test_languages_are_compared_on_shared_groups_only() -> None:
    questions = [
        question_result("a-en", group="a", lang="en", recall_10=0.8),
        question_result("a-es", group="a", lang="es", recall_10=0.4),
        question_result("b-en", group="b", lang="en", recall_10=0.0),
        question_result("c-es", group="c", lang="es", recall_10=1.0),
        question_result("d-pt", group="d", lang="pt", recall_10=1.0),
    ]
    (spanish,) = language_ratios(questions, "hybrid")
    assert (spanish.language, spanish.groups) == ("es", 1)
    assert (spanish.recall, spanish.english, spanish.ratio) == pytest.approx((0.4, 0.8, 0.5))


def test_rewordings_in_one_group_are_averaged_first_and_nothing_found_in_english_has_no_ratio() -> None:
    questions = [
        question_result("a-en", group="a", lang="en", recall_10=0.0),
        question_result("a-pt1", group="a", lang="pt", recall_10=0.2),
        question_result("a-pt2", group="a", lang="pt", recall_10=0.6),
    ]
    (found,) = language_ratios(questions, "hybrid")
    assert found.recall == pytest.approx(0.4)
    assert math.isnan(found.ratio)
