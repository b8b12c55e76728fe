"""The scales that fusion stands on: where a question stands, what is centred, how scores are brought to 0 … 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.fusion import (
    CENTRE_SHARE,
    COVERAGE_SHARE,
    DENSE_WEIGHT_KNOWN,
    DENSE_WEIGHT_UNKNOWN,
    KNOWN_FULL,
    KNOWN_NONE,
    NEIGHBOURS,
    centre_share,
    centred,
    dense_weight,
    fuse,
    known,
    lexical_share_of_neighbours,
    scaled,
)

SHARES = st.floats(0, 1)
SCORES = st.lists(st.floats(-5, 30), min_size=1, max_size=20)

# Share of the question's weight that is known -> where it stands.
STANDS = {0.0: 0.0, KNOWN_NONE: 0.0, (KNOWN_NONE + KNOWN_FULL) / 2: 0.5, KNOWN_FULL: 1.0, 1.0: 1.0}


@pytest.mark.parametrize("share", STANDS)
def test_a_question_stands_between_unknown_and_known(share: float) -> None:
    assert known(share) == pytest.approx(STANDS[share])


def test_weights_at_both_ends() -> None:
    assert dense_weight(0) == DENSE_WEIGHT_UNKNOWN and dense_weight(1) == pytest.approx(DENSE_WEIGHT_KNOWN)
    assert centre_share(0) == CENTRE_SHARE and centre_share(1) == 0


@given(SHARES, SHARES)
def test_the_more_is_known_the_less_is_centred(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert CENTRE_SHARE >= centre_share(low) >= centre_share(high) >= 0


def test_a_known_question_and_a_collection_without_mean_keep_the_vector() -> None:
    vector, mean = np.array([1.0, 0.0], np.float32), np.array([0.5, 0.5], np.float32)
    assert centred(vector, mean, 1.0) is vector
    assert centred(vector, None, 0.0) is vector


def test_an_unknown_question_loses_its_share_of_the_mean() -> None:
    vector, mean = np.array([1.0, 0.0], np.float32), np.array([0.5, 0.5], np.float32)
    np.testing.assert_allclose(centred(vector, mean, 0.0), [1 - CENTRE_SHARE / 2, -CENTRE_SHARE / 2])
    np.testing.assert_array_equal(vector, [1.0, 0.0])


SCALED = {
    "from nothing": ([0.0, 5.0, 10.0], 0.0, [0.0, 0.5, 1.0]),
    "from the worst": ([2.0, 3.0, 4.0], 2.0, [0.0, 0.5, 1.0]),
    "under the low end": ([-1.0, 1.0, 2.0], 0.0, [0.0, 0.5, 1.0]),
    "none above the low end": ([0.0, -1.0], 0.0, [0.0, 0.0]),
    "one": ([3.0], 0.0, [1.0]),
    "none": ([], 0.0, []),
}


@pytest.mark.parametrize("case", SCALED)
def test_scores_are_scaled(case: str) -> None:
    scores, low, wanted = SCALED[case]
    np.testing.assert_allclose(scaled(np.array(scores), low), wanted)


@given(SCORES, st.floats(-5, 5))
def test_scaling_keeps_the_order_within_bounds(scores: list[float], low: float) -> None:
    made = scaled(np.array(scores), low)
    assert np.all((made >= 0) & (made <= 1))
    order = np.argsort(scores, kind="stable")
    assert np.all(np.diff(made[order]) >= 0)
    assert bool(made.max() == 1) is bool(max(scores) > low)


def test_coverage_has_its_share_of_the_words() -> None:
    """Of two passages with one score and one cosine, the one with more of the question wins by its share."""
    lexical, dense = np.array([4.0, 4.0, 0.0]), np.array([0.8, 0.8, 0.0])
    scores = fuse(lexical, dense, 0.6, coverage=np.array([1.0, 0.5, 0.0]))
    assert scores[0] - scores[1] == pytest.approx(0.4 * COVERAGE_SHARE * 0.5)
    np.testing.assert_allclose(fuse(lexical, dense, 0.6, coverage=np.ones(3))[:2], [1.0, 1.0])


@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(-1, 1), SHARES, st.booleans()), min_size=1, max_size=15)
)
def test_all_that_is_fused_stays_in_bounds(rows: list[tuple[float, float, float, bool]]) -> None:
    lexical, dense, covered = (np.array([row[place] for row in rows]) for place in range(3))
    foreign = np.array([row[3] for row in rows])
    scores = fuse(lexical, dense, 0.6, coverage=covered, foreign=foreign)
    assert np.all((scores >= 0) & (scores <= 1 + 1e-9))
    native = fuse(lexical, dense, 0.6, coverage=covered)
    assert np.all(scores >= native - 1e-9)
    np.testing.assert_allclose(scores[~foreign], native[~foreign])


def test_only_the_nearest_neighbours_tell_what_words_are_worth() -> None:
    meaning = np.linspace(1.0, 0.1, NEIGHBOURS + 5)
    words = np.where(np.arange(len(meaning)) < NEIGHBOURS, 0.5 * meaning, 1.0)
    assert lexical_share_of_neighbours(words, meaning, 0.85) == pytest.approx(0.5)


NEIGHBOURHOODS = {
    "none": ([], [], 0.0),
    "words worth more than meaning": ([1.0], [0.1], 1.0),
    "no word": ([0.0, 0.0], [0.9, 0.8], 0.0),
    "no meaning at all": ([0.5], [0.0], 1.0),
}


@pytest.mark.parametrize("case", NEIGHBOURHOODS)
def test_the_share_lies_between_nothing_and_all(case: str) -> None:
    words, meaning, share = NEIGHBOURHOODS[case]
    assert lexical_share_of_neighbours(np.array(words), np.array(meaning), 0.85) == share
