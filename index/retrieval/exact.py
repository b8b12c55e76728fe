"""Exact search: every vector is compared, and memory's speed is the limit.

faiss computes the products (`fvec_inner_products_ny`, one thread), numpy finds the largest. That function takes plain
pointers, so `products` refuses what they would read beyond its end. Not used, milliseconds of CPU a question for the
first 1,000 of 100,000 | 200,000 vectors, half of them near the question (ours 5.2 | 10.2): `faiss.knn`, 5.4 | 10.8, for
it takes no flags, and a library of several languages asks with flags at each search; `faiss.pairwise_distances` and
`numpy.matmul`, which do, 12.7 | 26.5. `bench/index.py` measures them beside ours.
"""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Flags = NDArray[np.bool_]

GROUP = 32
"""Scores a group: the k-th largest of the groups' maxima is a lower bound for the k-th largest score."""


def nearest(vectors: Vectors, query: Vectors, k: int, flags: Flags | None = None) -> NDArray[np.int64]:
    """Return, ascending, the numbers of the vectors that no k others surpass in inner product with the query.

    `vectors` (n, dimension) may be a memory map, `query` is (dimension,). `flags` (n) are the vectors that count.
    There are k of them, more where the last scores are equal, fewer where fewer count.
    """
    scores = products(vectors, query)
    if flags is not None:
        scores[~flags] = -np.inf
    return largest(scores, k)


def products(vectors: Vectors, query: Vectors) -> Vectors:
    """Return the inner product (n) of each vector with the query."""
    import faiss

    size, dimension = vectors.shape
    if query.shape != (dimension,) or vectors.dtype != np.float32 or not vectors.flags.c_contiguous:
        raise ValueError(f"{vectors.dtype} vectors {vectors.shape} cannot be compared with {query.shape}")
    found = np.empty(size, np.float32)
    asked = np.ascontiguousarray(query, np.float32)
    ends = faiss.swig_ptr(found), faiss.swig_ptr(asked), faiss.swig_ptr(vectors)
    faiss.fvec_inner_products_ny(*ends, dimension, size)  # type: ignore[attr-defined]  # not in the stubs
    return found


def largest(scores: Vectors, k: int) -> NDArray[np.int64]:
    """Return, ascending, where the `k` largest scores stand, and all equal to the last of them; never −∞."""
    places = None
    if k < 1:
        return np.zeros(0, np.int64)
    if (groups := len(scores) // GROUP) > k:
        # Far from each other, so that the vectors of one passage fall into several groups.
        maxima = scores[: groups * GROUP].reshape(GROUP, groups).max(axis=0)
        places = np.flatnonzero(scores >= _kth(maxima, k))
        scores = scores[places]
    floor = _kth(scores, k) if len(scores) > k else -np.inf
    chosen = np.flatnonzero((scores >= floor) & (scores > -np.inf))
    return chosen if places is None else places[chosen]


def _kth(scores: Vectors, k: int) -> np.float32:
    kth: np.float32 = -np.partition(-scores, k - 1)[k - 1]
    return kth
