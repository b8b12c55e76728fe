from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.retrieval import ivf
from index.retrieval.dense import WHOLE_SHARE, DenseIndex, owners_of
from index.snapshot.vector_writer import BLOCK, VectorWriter

RNG = np.random.default_rng(3)


def unit(rows: int, dimension: int = 16) -> np.ndarray:
    vectors = RNG.normal(size=(rows, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def made(counts: list[int]) -> tuple[DenseIndex, np.ndarray]:
    vectors = unit(sum(counts))
    spans = np.array([(i, i + 1) for count in counts for i in range(count)], np.int32).reshape(-1, 2)
    return DenseIndex.over(vectors, np.array(counts, np.int64), spans), vectors


def by_hand(vectors: np.ndarray, counts: list[int], query: np.ndarray) -> list[float]:
    scores, first = [], 0
    for count in counts:
        own = vectors[first : first + count] @ query
        first += count
        best = -1.0 if count == 0 else own[0] if count == 1 else own[:-1].max()
        scores.append(-1.0 if count == 0 else (1 - WHOLE_SHARE) * best + WHOLE_SHARE * own[-1])
    return scores


@pytest.mark.parametrize("counts", [[1], [3, 0, 1, 4], [2] * 50, [0, 1, 0, 5, 1, 1, 0]])
def test_scores_and_order_equal_the_definition(counts: list[int]) -> None:
    index, vectors = made(counts)
    query = unit(1)[0]
    expected = by_hand(vectors, counts, query)
    scores, spans = index.scores(query, np.arange(len(counts), dtype=np.int32))
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    rows, found = index.candidates(query, 5)
    filled = [row for row, count in enumerate(counts) if count]
    assert rows.tolist() == sorted(filled, key=lambda row: -expected[row])[:5]
    assert found.tolist() == sorted(found.tolist(), reverse=True)
    for row, count in enumerate(counts):
        first = sum(counts[:row])
        if count > 1:
            assert spans[row, 0] == int(np.argmax(vectors[first : first + count - 1] @ query))


def test_filters_come_before_the_top_k() -> None:
    index, _ = made([2] * 200)
    allowed = np.zeros(200, bool)
    allowed[[7, 150, 151]] = True
    rows, _ = index.candidates(unit(1)[0], 10, allowed)
    assert sorted(rows.tolist()) == [7, 150, 151]
    rows, _ = index.candidates(unit(1)[0], 10, np.zeros(200, bool))
    assert rows.tolist() == []


def test_saved_index_answers_equally(tmp_path: Path) -> None:
    index, _ = made([3] * 40)
    np.save(tmp_path / "vectors.npy", index.base)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r").view(np.ndarray)
    opened = DenseIndex.over(mapped, index.counts, index.spans)
    query = unit(1)[0]
    (rows, scores), (others, other_scores) = index.candidates(query, 10), opened.candidates(query, 10)
    assert (rows.tolist(), scores.tolist()) == (others.tolist(), other_scores.tolist())


def test_no_vectors_at_all() -> None:
    nothing = np.zeros((0, 16), np.float32)
    index = DenseIndex.over(nothing, np.zeros(3, np.int64), np.zeros((0, 2), np.int32))
    rows, _ = index.candidates(unit(1)[0], 10)
    assert rows.tolist() == []


def clustered(rows: int) -> np.ndarray:
    """Vectors around 200 centres, as texts on like topics are."""
    vectors = unit(200, 32)[RNG.integers(0, 200, rows)] + 0.08 * RNG.normal(size=(rows, 32)).astype(
        np.float32
    )
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_the_approximate_index_finds_what_comparing_all_finds(tmp_path: Path) -> None:
    vectors = clustered(20_000)
    counts = np.full(5_000, 4, np.int64)
    spans = np.tile(np.array([[0, 1]], np.int32), (20_000, 1))
    index, probes, recall = ivf.train(vectors)
    assert recall >= ivf.RECALL
    ivf.save(index, tmp_path / "coarse.faiss")
    exact = DenseIndex.over(vectors, counts, spans)
    large = DenseIndex.over(vectors, counts, spans, ivf.open_map(tmp_path / "coarse.faiss"), probes)
    allowed = RNG.random(5_000) < 0.9
    shared = 0
    for query in clustered(50):
        for flags in (None, allowed):
            true, scores = exact.candidates(query, 10, flags)
            found, close = large.candidates(query, 10, flags)
            assert close.max() <= scores.max() + 1e-6
            assert flags is None or flags[found].all()
            shared += len(np.intersect1d(true, found))
    assert shared >= 0.95 * 1000


@pytest.mark.parametrize("rows", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 5])
def test_a_file_written_in_pieces_is_what_numpy_writes(tmp_path: Path, rows: int) -> None:
    vectors = unit(rows)
    np.save(tmp_path / "whole.npy", vectors)
    with VectorWriter(tmp_path / "pieces.npy", rows, 16) as writer:
        for start in range(0, rows, 1000):
            writer.add(vectors[start : start + 1000])
    assert (tmp_path / "pieces.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    with VectorWriter(tmp_path / "copy.npy", rows, 16) as copy:
        for start in range(0, rows, 700):
            copy.copy(tmp_path / "pieces.npy", start, min(start + 700, rows))
    assert (tmp_path / "copy.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert copy.sum.tolist() == writer.sum.tolist()
    np.testing.assert_allclose(writer.sum, vectors.sum(axis=0, dtype=np.float64), atol=1e-3)


@pytest.mark.parametrize("written", [9, 11])
def test_a_file_of_another_size_than_announced_is_an_error(tmp_path: Path, written: int) -> None:
    with pytest.raises(ValueError, match="missing"), VectorWriter(tmp_path / "short.npy", 10, 16) as writer:
        writer.add(unit(written))


def test_a_tail_and_gaps_change_nothing() -> None:
    """Vectors in any place, some behind the base, some of documents that left: as if freshly written."""
    counts = [3, 0, 1, 4, 2, 2]
    whole, vectors = made(counts)
    own = np.concatenate([[0], np.cumsum(counts)])
    base = np.concatenate([unit(2), vectors[own[3] : own[4]], unit(3), vectors[own[0] : own[1]]])
    tail = np.concatenate([vectors[own[5] : own[6]], vectors[own[2] : own[3]], vectors[own[4] : own[5]]])
    firsts = np.array([9, 0, len(base) + 2, 2, len(base) + 3, len(base)], np.int64)
    owners = owners_of(firsts, whole.counts, len(base) + len(tail))
    assert np.count_nonzero(owners < 0) == 5
    split = replace(whole, base=base, tail=tail, firsts=firsts, owners=owners, has_gaps=True)
    some = np.array([True, True, True, False, True, False])
    for query in unit(20):
        for k, allowed in ((3, None), (6, None), (6, some)):
            for one, other in zip(
                whole.candidates(query, k, allowed), split.candidates(query, k, allowed), strict=True
            ):
                np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-6)
        rows = np.arange(6, dtype=np.int32)
        for one, other in zip(whole.scores(query, rows), split.scores(query, rows), strict=True):
            np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-6)


def test_vectors_of_documents_that_left_do_not_crowd_out_the_others() -> None:
    query = unit(1)[0]
    near = np.tile(query, (3_000, 1)) + 0.01 * unit(3_000)
    index = DenseIndex.over(unit(5), np.ones(5, np.int64), np.zeros((5, 2), np.int32))
    firsts = np.arange(3_000, 3_005)
    index = replace(
        index,
        base=np.concatenate([near, index.base]).astype(np.float32),
        firsts=firsts,
        owners=owners_of(firsts, index.counts, 3_005),
        has_gaps=True,
    )
    assert len(index.candidates(query, 5)[0]) == 5


def test_many_passages_are_compared_where_they_lie_with_the_scores_of_few() -> None:
    index, _ = made([1 + row % 4 for row in range(300)])
    query = unit(1)[0]
    everywhere, spans = index.scores(query, np.arange(300, dtype=np.int32))
    for first in range(0, 300, 10):
        rows = np.arange(first, first + 10, dtype=np.int32)
        scores, places = index.scores(query, rows)
        np.testing.assert_allclose(scores, everywhere[rows], atol=1e-6)
        np.testing.assert_array_equal(places, spans[rows])
