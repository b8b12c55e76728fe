"""What any `VectorIndex` must do. A second implementation joins by one more entry in `MAKERS`."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from milvus_index import vectors_on_milvus
from numpy.typing import NDArray

from index.retrieval import ivf
from index.retrieval.base import VectorIndex
from index.retrieval.dense import WHOLE_SHARE, DenseIndex, owners_of

Vectors = NDArray[np.float32]
Maker = Callable[[Sequence[Vectors]], VectorIndex]
"""Vectors of each passage (its windows, the whole last) → the index; window n of a passage stands for (n, n + 1)."""

DIMENSION = 16


def _columns(passages: Sequence[Vectors]) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int32]]:
    counts = np.array([len(own) for own in passages], np.int64)
    spans = np.array([(i, i + 1) for own in passages for i in range(len(own))], np.int32).reshape(-1, 2)
    return np.concatenate([np.zeros((0, DIMENSION), np.float32), *passages]), counts, spans


def exact(passages: Sequence[Vectors]) -> VectorIndex:
    return DenseIndex.over(*_columns(passages))


def in_base_and_tail(passages: Sequence[Vectors]) -> VectorIndex:
    """The first half of the passages in the tail, the others in the base behind vectors that nobody has any more."""
    vectors, counts, spans = _columns(passages)
    starts = np.cumsum(counts) - counts
    cut = int(starts[len(passages) // 2]) if passages else 0
    base = np.concatenate([unit(3, seed=99), vectors[cut:]])
    firsts = np.where(starts < cut, len(base) + starts, 3 + starts - cut)
    return DenseIndex(
        base=base,
        tail=vectors[:cut],
        owners=owners_of(firsts, counts, len(base) + cut),
        firsts=firsts,
        counts=counts,
        spans=spans,
        span_firsts=starts,
        mean=vectors.mean(axis=0) if len(vectors) else None,
        has_gaps=True,
    )


def approximate(passages: Sequence[Vectors]) -> VectorIndex:
    vectors, counts, spans = _columns(passages)
    index, probes, _ = ivf.train(vectors)
    return DenseIndex.over(vectors, counts, spans, index, probes)


def unit(rows: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, DIMENSION)).astype(np.float32)
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


MAKERS: dict[str, Maker] = {"exact": exact, "base and tail": in_base_and_tail, "approximate": approximate}


def graph_on_milvus(passages: Sequence[Vectors]) -> VectorIndex:
    return vectors_on_milvus(passages, "HNSW")


ON_SERVER = [
    pytest.param(vectors_on_milvus, id="Milvus", marks=pytest.mark.slow),
    pytest.param(graph_on_milvus, id="Milvus, approximate", marks=pytest.mark.slow),
]
every_index = pytest.mark.parametrize(
    "make", [*(pytest.param(make, id=name) for name, make in MAKERS.items()), *ON_SERVER]
)

COUNTS = [3, 0, 1, 4, 1, 2] * 120
PASSAGES = [unit(count, seed) for seed, count in enumerate(COUNTS)]
ALL = np.arange(len(COUNTS), dtype=np.int32)
QUERIES = unit(12, 1_000)


def score_of(own: Vectors, query: Vectors) -> float:
    """A passage's score by the definition."""
    if not len(own):
        return -1.0
    windows = own[:-1] if len(own) > 1 else own
    return float((1 - WHOLE_SHARE) * (windows @ query).max() + WHOLE_SHARE * (own[-1] @ query))


@every_index
def test_it_knows_its_shape(make: Maker) -> None:
    index = make(PASSAGES)
    assert index.dimension == DIMENSION
    assert index.embedded.tolist() == [count > 0 for count in COUNTS]
    assert index.mean is not None
    np.testing.assert_allclose(index.mean, np.concatenate(PASSAGES).mean(axis=0), atol=1e-6)


@every_index
def test_scores_are_those_of_the_definition(make: Maker) -> None:
    index = make(PASSAGES)
    for query in QUERIES:
        scores, spans = index.scores(query, ALL)
        np.testing.assert_allclose(scores, [score_of(own, query) for own in PASSAGES], atol=1e-6)
        for row in (0, 3, 5):
            best = int(np.argmax(PASSAGES[row][:-1] @ query))
            assert spans[row].tolist() == [best, best + 1]
        assert spans[1].tolist() == [0, 0]


@every_index
def test_candidates_come_best_first_with_their_true_scores(make: Maker) -> None:
    index = make(PASSAGES)
    shared = 0
    for query in QUERIES:
        rows, scores = index.candidates(query, 10)
        true = index.scores(query, ALL)[0]
        np.testing.assert_allclose(scores, true[rows], atol=1e-6)
        assert scores.tolist() == sorted(scores.tolist(), reverse=True)
        shared += len(set(rows.tolist()) & set(np.argsort(-true)[:10].tolist()))
    assert shared >= 0.95 * 10 * len(QUERIES)


@every_index
def test_a_flag_limits_the_choice_before_the_top(make: Maker) -> None:
    index = make(PASSAGES)
    where = np.zeros(len(COUNTS), bool)
    where[[0, 1, 9, 300]] = True
    for query in QUERIES:
        assert sorted(index.candidates(query, 10, where)[0].tolist()) == [0, 9, 300]
    assert index.candidates(QUERIES[0], 10, np.zeros(len(COUNTS), bool))[0].tolist() == []


@every_index
def test_windows_and_wholes_of_a_passage(make: Maker) -> None:
    index, query = make(PASSAGES), QUERIES[0]
    scores, spans = index.windows(query, 3)
    np.testing.assert_allclose(scores.max(), index.scores(query, ALL[3:4])[0][0], atol=1e-6)
    assert spans.tolist() == [[0, 1], [1, 2], [2, 3]]
    alone, place = index.windows(query, 2)
    assert len(alone) == 1
    assert place.tolist() == [[0, 1]]
    assert len(index.windows(query, 1)[0]) == 0
    wholes = index.whole_vectors(np.array([0, 2, 5]))
    np.testing.assert_array_equal(wholes, [PASSAGES[0][-1], PASSAGES[2][-1], PASSAGES[5][-1]])


@pytest.mark.parametrize("make", [exact, in_base_and_tail], ids=["exact", "base and tail"])
def test_an_index_without_vectors_answers(make: Maker) -> None:
    index = make([np.zeros((0, DIMENSION), np.float32)] * 2)
    assert index.candidates(QUERIES[0], 5)[0].tolist() == []
    assert index.scores(QUERIES[0], ALL[:2])[0].tolist() == [-1.0, -1.0]
    assert index.mean is None
