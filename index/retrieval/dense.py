"""The vector leg: inner product over window vectors, passages ranked by their best window.

Up to `FLAT_MAX` vectors every one is compared (`index.retrieval.exact`). Above, an approximate index (IVF, 8 bits a
number) proposes the candidates, and their scores are still exact: they come from the full vectors.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.base import NO_VECTOR, Flags, Rows, Scores
from index.retrieval.exact import nearest, products

Vectors = NDArray[np.float32]

OVERFETCH = 10
"""Windows fetched for each passage wanted: several windows of one passage are often near each other."""
FLAT_MAX = 200_000
"""Vectors up to which the exact scan is fast enough: about 40 ms on one core."""
FEW = 20_000
"""Up to so many allowed vectors a filter is answered by scoring all of them."""
GATHERED = 4
"""Vectors that are compared where they lie in the time in which one is copied out and compared: of 26,000, 4,000 took
.42 ms, 8,000 3.2 and all of them where they lie 1.2."""
WHOLE_SHARE = 0.3
"""Share of the whole passage's vector in its score; the rest is its best window's."""


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """Vectors of all passages, those of one passage side by side, the whole last.

    They lie in `base` (n, dimension), and for what came after it was written in `tail`; vectors are numbered
    through both, and either may be a memory map. Passage `row` has `counts[row]` of them from number
    `firsts[row]` on (none for an empty one); `owners` is the passage of each vector, −1 for one whose document
    left (then `has_gaps`). `spans` (n, 2), in the order of the passages from `span_firsts[row]` on, is the part
    of the text that each stands for. `ivf` is the faiss index that proposes candidates out of a large base,
    `probes` how many of its cells are read. `mean` is the mean of the vectors.
    """

    base: Vectors
    tail: Vectors
    owners: Rows
    firsts: NDArray[np.int64]
    counts: NDArray[np.int64]
    spans: NDArray[np.int32]
    span_firsts: NDArray[np.int64]
    ivf: Any = None
    probes: int = 0
    mean: Vectors | None = None
    has_gaps: bool = False

    @classmethod
    def over(
        cls,
        vectors: Vectors,
        counts: NDArray[np.int64],
        spans: NDArray[np.int32],
        ivf: Any = None,
        probes: int = 0,
    ) -> "DenseIndex":
        """Return the index over vectors in the order of the passages; `counts` are those of each passage."""
        firsts = np.cumsum(counts, dtype=np.int64) - counts
        owners = owners_of(firsts, counts, len(vectors))
        mean = vectors.mean(axis=0) if len(vectors) else None
        return cls(vectors, vectors[:0], owners, firsts, counts, spans, firsts, ivf, probes, mean)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.base.shape[1])

    @property
    def embedded(self) -> Flags:
        """Which passages have a vector."""
        return np.asarray(self.counts) > 0

    def candidates(self, vector: Vectors, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return the best `k` passages and their scores, best first; equal scores keep row order.

        `vector` has the norm 1 where scores are to be cosines. `where` (a flag a passage) limits the choice before
        the top k is taken.
        """
        rows = self._proposals(vector, k, where)
        scores, _ = self.scores(vector, rows)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _proposals(self, vector: Vectors, k: int, where: Flags | None) -> Rows:
        fetch = k * OVERFETCH
        flags = self.owners >= 0 if self.has_gaps or where is not None else None
        if flags is not None and where is not None:
            flags &= where[self.owners]
            if np.count_nonzero(flags) <= FEW:
                return distinct(self.owners[flags])
        size = len(self.base)
        own, later = (None, None) if flags is None else (flags[:size], flags[size:])
        if self.ivf is None:
            found = nearest(self.base, vector, fetch, own)
        else:
            found = _approximate(self.ivf, vector, fetch, own, self.probes)
        if len(self.tail):
            found = np.concatenate([found, size + nearest(self.tail, vector, fetch, later)])
        return distinct(self.owners[found])

    def windows(self, vector: Vectors, row: int) -> tuple[Scores, NDArray[np.int32]]:
        """Return the score that each window of a passage would earn it, and the windows' places (n, 2)."""
        first, count = int(self.firsts[row]), int(self.counts[row])
        if not count:
            return np.zeros(0), np.zeros((0, 2), np.int32)
        cosines = (self._at(np.arange(first, first + count)) @ vector).astype(np.float64)
        windows = max(1, count - 1)
        start = int(self.span_firsts[row])
        scores = (1 - WHOLE_SHARE) * cosines[:windows] + WHOLE_SHARE * cosines[-1]
        return scores, self.spans[start : start + windows]

    def whole_vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors (n, dimension) of whole passages; each must be `embedded`."""
        return self._at(self.firsts[rows] + self.counts[rows] - 1)

    def _cosines(self, vector: Vectors, places: NDArray[np.int64]) -> Vectors:
        """Return the inner products of the vectors with some numbers; of many, all are compared and these taken.

        Not by numpy: from some hundred vectors on its product starts threads, which took half of a search's CPU.
        """
        if len(places) * GATHERED < len(self.owners):
            return products(self._at(places), vector)
        parts = [products(part, vector) for part in (self.base, self.tail) if len(part)]
        return np.concatenate(parts)[places]

    def _at(self, places: NDArray[np.int64]) -> Vectors:
        """Return the vectors with some numbers."""
        if not len(self.tail):
            return self.base[places]
        found = np.empty((len(places), self.base.shape[1]), np.float32)
        inside = places < len(self.base)
        found[inside] = self.base[places[inside]]
        found[~inside] = self.tail[places[~inside] - len(self.base)]
        return found

    def scores(self, vector: Vectors, rows: Rows) -> tuple[Scores, NDArray[np.int32]]:
        """Return the exact score of each passage and the span (n, 2) of its best window.

        A passage without vectors scores `NO_VECTOR` with the span (0, 0).
        """
        scores = np.full(len(rows), NO_VECTOR)
        spans = np.zeros((len(rows), 2), np.int32)
        counts = np.asarray(self.counts[rows])
        filled = np.flatnonzero(counts)
        if len(filled) == 0:
            return scores, spans
        counts = counts[filled]
        ends = np.cumsum(counts)
        starts = ends - counts
        along = np.arange(ends[-1])
        places = np.repeat(self.firsts[rows[filled]] - starts, counts) + along
        cosines = self._cosines(vector, places).astype(np.float64)
        whole = cosines[ends - 1]
        several = counts > 1
        cosines[(ends - 1)[several]] = -2.0
        best = np.maximum.reduceat(cosines, starts)
        scores[filled] = (1 - WHOLE_SHARE) * best + WHOLE_SHARE * whole
        first_best = np.flatnonzero(cosines == np.repeat(best, counts))
        owner = np.repeat(np.arange(len(counts)), counts)[first_best]
        chosen = first_best[np.diff(owner, prepend=-1) > 0]
        spans[filled] = self.spans[self.span_firsts[rows[filled]] + chosen - starts]
        return scores, spans


def distinct(rows: Rows) -> Rows:
    """Return the rows ascending, each once: `np.unique`, whose first call imports 10 ms of masked arrays."""
    ordered = np.sort(rows)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _approximate(index: Any, query: Vectors, k: int, flags: Flags | None, probes: int) -> NDArray[np.int64]:
    """Return the numbers of the about `k` nearest vectors of an IVF index among the flagged ones."""
    import faiss

    options: dict[str, Any] = {"nprobe": probes}
    if flags is not None:
        # The stubs describe the C++ signatures, not the ones the Python layer adds.
        bits = np.packbits(flags, bitorder="little")
        options["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
    params: Any = faiss.SearchParametersIVF(**options)
    found: NDArray[np.int64] = index.search(query[None, :], min(k, index.ntotal), params=params)[1][0]
    return found[found >= 0]


def owners_of(firsts: NDArray[np.int64], counts: NDArray[np.int64], total: int) -> Rows:
    """Return the passage of each of `total` vectors, −1 for one that no passage has.

    Passage `row` has `counts[row]` vectors from number `firsts[row]` on.
    """
    owners = np.full(total, -1, np.int32)
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    before = np.cumsum(counts, dtype=np.int64) - counts
    owners[np.repeat(firsts - before, counts) + np.arange(len(rows))] = rows
    return owners
