import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.ranking.language_offset import OFFSET_SHARE, with_offsets
from index.retrieval.dense import DenseIndex
from index.retrieval.language_steps import LEAST_PAIRS, known_sizes, language_offsets

DIMENSION = 24


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def collection(*languages: NDArray[np.float64]) -> tuple[DenseIndex, NDArray[np.int8], NDArray[np.int64]]:
    """An index with one vector a passage, the languages one after the other."""
    sizes = np.array([len(vectors) for vectors in languages], np.int64)
    vectors = unit(np.concatenate(languages))
    counts = np.ones(len(vectors), np.int64)
    leg = DenseIndex.over(vectors, counts, np.zeros((len(vectors), 2), np.int32))
    return leg, np.repeat(np.arange(len(sizes), dtype=np.int8), sizes), sizes


def topics(count: int, seed: int) -> NDArray[np.float64]:
    """Texts about different things; the last two numbers are left to the language."""
    found = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    found[:, -2:] = 0
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def spoken(texts: NDArray[np.float64], language: int, step: float = 0.3) -> NDArray[np.float64]:
    """The texts as a model would place them in a language."""
    moved = texts.copy()
    moved[:, -1 - language] += step
    return moved


def test_a_translated_collection_is_brought_to_one_level() -> None:
    texts = topics(60, 1)
    leg, numbers, sizes = collection(spoken(texts, 0), spoken(texts, 1))
    steps = language_offsets(leg, numbers, sizes)
    question = unit(spoken(texts[:1] + 0.01, 0))[0]
    cosines = (leg.base @ question).astype(np.float64)
    behind = cosines[:60] - cosines[60:]
    assert np.all(behind > 0.05)
    raised = with_offsets(cosines, numbers, question, steps)
    np.testing.assert_allclose(raised[:60], cosines[:60])
    np.testing.assert_allclose(raised[60:] - cosines[60:], OFFSET_SHARE * behind, atol=0.01)


def test_strangers_in_one_language_change_nothing_between_the_others() -> None:
    texts = topics(40, 2)
    question = unit(spoken(texts[:1], 0))[0]
    alone = language_offsets(*collection(spoken(texts, 0), spoken(texts, 1)))
    strangers = spoken(topics(400, 3), 1)
    crowded = language_offsets(*collection(spoken(texts, 0), np.concatenate([spoken(texts, 1), strangers])))
    lacks = [float((steps[0] - steps[1]) @ question) for steps in (alone, crowded)]
    assert abs(lacks[0] - lacks[1]) < 0.01 < lacks[0]


def test_three_languages_agree_whichever_is_the_most_frequent() -> None:
    texts = topics(50, 4)
    question = unit(spoken(texts[:1], 0))[0]
    gaps = []
    for many in ((50, 30, 20), (20, 30, 50)):
        steps = language_offsets(*collection(*(spoken(texts[:n], i) for i, n in enumerate(many))))
        gaps.append([float((steps[0] - steps[other]) @ question) for other in (1, 2)])
    np.testing.assert_allclose(gaps[0], gaps[1], atol=0.02)


def test_a_language_with_few_passages_and_an_unknown_one_stay_where_they_are() -> None:
    texts = topics(30, 5)
    leg, numbers, sizes = collection(
        spoken(texts, 0), spoken(texts, 1), spoken(texts[: LEAST_PAIRS - 1], 1), spoken(texts, 1)
    )
    sizes[3] = 0  # language unknown
    steps = language_offsets(leg, numbers, sizes)
    assert not np.isnan(steps[:2]).any()
    assert np.isnan(steps[2:]).all()
    question = unit(spoken(texts[:1], 0))[0]
    cosines = (leg.base @ question).astype(np.float64)
    raised = with_offsets(cosines, numbers, question, steps)
    np.testing.assert_array_equal(raised[numbers >= 2], cosines[numbers >= 2])


def test_languages_without_anything_in_common_are_left_alone() -> None:
    leg, numbers, sizes = collection(spoken(topics(LEAST_PAIRS - 1, 6), 0), spoken(topics(90, 7), 1))
    steps = language_offsets(leg, numbers, sizes)
    cosines = np.linspace(0.1, 0.9, len(numbers))
    np.testing.assert_array_equal(with_offsets(cosines, numbers, leg.base[0], steps), cosines)


def test_passages_without_vectors_are_no_pairs() -> None:
    texts = topics(20, 8)
    vectors = unit(np.concatenate([spoken(texts, 0), spoken(texts, 1)]))
    counts = np.insert(np.ones(40, np.int64), [0, 20, 40], 0)
    leg = DenseIndex.over(vectors, counts, np.zeros((40, 2), np.int32))
    numbers = np.insert(np.repeat(np.array([0, 1], np.int8), 20), [0, 20, 40], [0, 0, 1])
    steps = language_offsets(leg, numbers, np.bincount(numbers))
    assert float((steps[0] - steps[1]) @ unit(spoken(texts[:1], 0))[0]) > 0.05
    assert np.isnan(language_offsets(leg, numbers, np.zeros(2, np.int64))).all()


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 3)), min_size=1, max_size=60), st.integers(0, 9))
def test_offsets_keep_the_order_within_a_language_and_lowers_nothing(
    pairs: list[tuple[float, int]], seed: int
) -> None:
    cosines = np.array([cosine for cosine, _ in pairs])
    languages = np.array([number for _, number in pairs], np.int8)
    generator = np.random.default_rng(seed)
    steps, query = (
        generator.normal(size=(4, 8)).astype(np.float32),
        generator.normal(size=8).astype(np.float32),
    )
    steps[3] = np.nan  # unknown language
    raised = with_offsets(cosines, languages, query, steps)
    assert np.all(raised >= cosines)
    np.testing.assert_array_equal(raised[languages == 3], cosines[languages == 3])
    for number in range(4):
        shift = (raised - cosines)[languages == number]
        assert np.ptp(shift) < 1e-9 if len(shift) else True


def test_passages_of_unknown_language_are_of_no_size() -> None:
    numbers = np.array([0, 1, 1, 2, 2, 2], np.int8)
    assert known_sizes(numbers, ["en", None, "es"]).tolist() == [1, 0, 3]
    assert known_sizes(numbers, ["en", "", "es", "pt"]).tolist() == [1, 0, 3, 0]
