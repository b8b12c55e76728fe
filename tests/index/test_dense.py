import numpy as np
import pytest

from index.dense import WHOLE_SHARE, DenseIndex, flat_index, open_index, save_index

RNG = np.random.default_rng(3)


def unit(rows: int, dimension: int = 16) -> np.ndarray:
    vectors = RNG.normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def made(counts: list[int]) -> tuple[DenseIndex, np.ndarray]:
    vectors = unit(sum(counts))
    spans = np.array([(i, i + 1) for count in counts for i in range(count)], np.int32).reshape(-1, 2)
    return DenseIndex.over(flat_index(vectors), np.array(counts, np.int64), spans), vectors


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
    rows, found = index.search(query, 5)
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
    rows, _ = index.search(unit(1)[0], 10, allowed)
    assert sorted(rows.tolist()) == [7, 150, 151]
    rows, _ = index.search(unit(1)[0], 10, np.zeros(200, bool))
    assert rows.tolist() == []


def test_saved_index_answers_equally(tmp_path) -> None:
    index, _ = made([3] * 40)
    save_index(index.index, tmp_path / "vectors.faiss")
    counts = np.diff(index.firsts)
    opened = DenseIndex.over(open_index(tmp_path / "vectors.faiss"), counts, index.spans)
    query = unit(1)[0]
    for one, other in zip(index.search(query, 10), opened.search(query, 10), strict=True):
        assert one.tolist() == other.tolist()


def test_no_vectors_at_all() -> None:
    index = DenseIndex.over(
        flat_index(np.zeros((0, 16), np.float32)), np.zeros(3, np.int64), np.zeros((0, 2), np.int32)
    )
    rows, _ = index.search(unit(1)[0], 10)
    assert rows.tolist() == []
