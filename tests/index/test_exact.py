from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.retrieval.exact import GROUP, largest, nearest, products

RNG = np.random.default_rng(8)


def unit(rows: int, dimension: int = 384) -> np.ndarray:
    vectors = RNG.normal(size=(rows, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def near_one_topic(rows: int) -> np.ndarray:
    """Scores that hardly differ, as those of a model that holds everything to be alike."""
    return (unit(1) + 0.05 * unit(rows)).astype(np.float32)


@pytest.mark.parametrize("rows", [1, 9, 10, 11, 319, 320, 321, 352, 5_000])
@pytest.mark.parametrize("make", [unit, near_one_topic], ids=["spread", "crowded"])
def test_the_ten_nearest_are_those_of_faiss(rows: int, make: Callable[[int], np.ndarray]) -> None:
    vectors = make(rows)
    exact = faiss.IndexFlatIP(384)
    exact.add(vectors)
    flags = RNG.random(rows) < 0.5
    for query in unit(20):
        _, true = exact.search(query[None], min(10, rows))
        assert nearest(vectors, query, 10).tolist() == sorted(true[0].tolist())
        bits = np.packbits(flags, bitorder="little")
        # The annotations of faiss are those of its C++ names, not of the wrappers that take arrays.
        chosen = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg,arg-type]
        _, true = exact.search(query[None], 10, params=chosen)
        assert nearest(vectors, query, 10, flags).tolist() == sorted(n for n in true[0].tolist() if n >= 0)


def test_products_of_a_map_equal_those_of_double_precision(tmp_path: Path) -> None:
    vectors, query = unit(1_000), unit(1)[0]
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r").view(np.ndarray)
    wanted = vectors.astype(np.float64) @ query.astype(np.float64)
    np.testing.assert_allclose(products(mapped, query), wanted, atol=1e-6)


WRONG = {
    "another dimension": (unit(4), unit(1, 16)[0]),
    "several questions": (unit(4), unit(1)),
    "half precision": (unit(4).astype(np.float16), unit(1)[0]),
    "every other row": (unit(8)[::2], unit(1)[0]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_would_be_read_beyond_its_end_is_refused(case: str) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        products(*WRONG[case])


scores = st.integers(0, 40 * GROUP).flatmap(
    lambda size: arrays(
        np.float32, size, elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.25, 0.5, 0.75, 1.0])
    )
)


@given(scores, st.integers(0, 50))
def test_largest_holds_all_that_are_equal_to_the_last(values: np.ndarray, k: int) -> None:
    ranked = np.sort(values[values > -np.inf])[::-1][:k]
    wanted = np.flatnonzero(values >= ranked[-1]) if len(ranked) else np.zeros(0)
    assert largest(values, k).tolist() == wanted.tolist()
