import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.fusion import dense_weight, fuse

PAIRS = st.lists(st.tuples(st.floats(0, 30), st.floats(-1, 1)), min_size=1, max_size=20)


@given(PAIRS, st.floats(0, 1))
def test_fused_scores_stay_in_bounds_and_respect_agreement(
    pairs: list[tuple[float, float]], weight: float
) -> None:
    lexical, dense = (np.array(column) for column in zip(*pairs, strict=True))
    scores = fuse(lexical, dense, weight)
    assert np.all((scores >= 0) & (scores <= 1 + 1e-9))
    for i in range(len(pairs)):
        for j in range(len(pairs)):
            if lexical[i] >= lexical[j] and dense[i] >= dense[j]:
                assert scores[i] >= scores[j] - 1e-9


def test_a_lexical_list_of_zeros_does_not_vote() -> None:
    dense = np.array([0.7, 0.9, 0.8])
    np.testing.assert_allclose(fuse(np.zeros(3), dense, 0.5), [0, 1, 0.5])


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_less_is_known_the_more_the_dense_leg_weighs(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert dense_weight(low) >= dense_weight(high)
    assert 0.5 <= dense_weight(low) <= 1


def test_words_do_not_vote_against_another_language() -> None:
    lexical = np.array([4.0, 1.0, 0.0, 0.0])
    dense = np.array([0.80, 0.70, 0.85, 0.60])
    foreign = np.array([False, False, True, True])
    assert np.argmax(fuse(lexical, dense, 0.5)) == 0
    assert np.argmax(fuse(lexical, dense, 0.5, foreign=foreign)) == 2
    everything = fuse(lexical, dense, 0.5, foreign=np.ones(4, bool))
    np.testing.assert_allclose(everything, fuse(lexical, dense, 0.5))


def test_foreign_passages_get_no_more_than_own_ones_earn() -> None:
    """A near passage whose words differ from the question keeps its place before one in another language."""
    lexical = np.array([1.0, *[0.1] * 12, 0.0])
    dense = np.array([0.0, *[0.9] * 12, 0.89])
    foreign = np.arange(14) == 13
    scores = fuse(lexical, dense, 0.6, foreign=foreign)
    assert scores[1] > scores[13] > fuse(lexical, dense, 0.6)[13]
