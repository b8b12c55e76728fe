"""Tests of differences by exact enumeration, worked cases and other people's implementations."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.measures.significance import bootstrap, holm, randomisation_p


def exact_p(differences: list[float]) -> float:
    """All sign flips, counted one by one."""
    observed = abs(sum(differences))
    totals = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(total >= observed - 1e-12 for total in totals) / len(totals)


@pytest.mark.parametrize(
    "differences",
    [[0.1, 0.2, 0.3, -0.1, 0.05, 0.4, 0.2, 0.0], [0.5] * 10, [0.1, -0.1, 0.3, -0.3], [1.0, 0.2]],
)
def test_randomisation_is_close_to_all_flips_counted(differences: list[float]) -> None:
    groups = [str(number) for number in range(len(differences))]
    assert randomisation_p(differences, groups) == pytest.approx(exact_p(differences), abs=0.005)


def test_randomisation_agrees_with_scipy() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(5)
    differences = rng.normal(0.05, 0.2, size=60)
    groups = [str(number) for number in range(60)]
    theirs = permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=50_000, rng=np.random.default_rng(1)
    )
    assert randomisation_p(differences.tolist(), groups) == pytest.approx(theirs.pvalue, abs=0.01)


def test_no_difference_has_p_one_and_a_clear_one_a_small_p() -> None:
    assert randomisation_p([0.0] * 20, ["a"] * 20) == 1.0
    assert randomisation_p([0.3] * 20, [str(n) for n in range(20)]) < 0.001


def test_translations_of_one_question_flip_together() -> None:
    alone = randomisation_p([0.3] * 8, [str(n) for n in range(8)])
    together = randomisation_p([0.3] * 8, [str(n // 2) for n in range(8)])
    assert together == pytest.approx(2 / 16, abs=0.01)
    assert alone < together


def test_the_same_input_gives_the_same_figures() -> None:
    values, groups = [0.1, 0.5, 0.9, 0.3], ["a", "b", "c", "c"]
    assert bootstrap(values, groups) == bootstrap(values, groups)
    assert randomisation_p(values, groups) == randomisation_p(values, groups)


def test_bootstrap_is_close_to_scipy() -> None:
    from scipy import stats

    values = np.random.default_rng(2).uniform(size=80)
    ours = bootstrap(values.tolist(), [str(n) for n in range(80)])
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(3))
    assert ours.mean == pytest.approx(values.mean())
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.01)


def test_bootstrap_by_group_is_wider_than_pretending_independence() -> None:
    values = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0] * 5
    apart = bootstrap(values, [str(n) for n in range(30)])
    grouped = bootstrap(values, [str(n // 3) for n in range(30)])
    assert grouped.high - grouped.low > 1.3 * (apart.high - apart.low)
    assert (grouped.n, grouped.groups) == (30, 10)


def test_bootstrap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no value"):
        bootstrap([], [])


def test_holm_of_a_worked_case() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=6))
def test_holm_never_makes_smaller_and_keeps_the_order(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    assert list(adjusted) == list(p_values)
    assert all(p_values[name] <= adjusted[name] <= 1 for name in p_values)
    ordered = sorted(p_values, key=lambda name: p_values[name])
    assert [adjusted[name] for name in ordered] == sorted(adjusted.values())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.integers(1, 5))
def test_the_interval_holds_the_mean_and_stays_inside_the_values(values: list[float], size: int) -> None:
    found = bootstrap(values, [str(number // size) for number in range(len(values))])
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9 or found.groups < 10
