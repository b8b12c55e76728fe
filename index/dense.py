"""The vector leg: inner product over window vectors, passages ranked by their best window.

Up to `FLAT_MAX` vectors every one is compared (faiss, exact). Above, a coarse index (IVF, 8 bits a number)
proposes the candidates, and their scores are still exact: they come from the full vectors.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Scores = NDArray[np.float64]
Vectors = NDArray[np.float32]

OVERFETCH = 10
"""Windows fetched for each passage wanted: several windows of one passage are often near each other."""
FLAT_MAX = 200_000
"""Vectors up to which the exact scan is fast enough: about 40 ms on one core."""
FEW = 20_000
"""Up to so many allowed vectors a filter is answered by scoring all of them."""
WHOLE_SHARE = 0.3
"""Share of the whole passage's vector in its score; the rest is its best window's."""


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """Vectors of all passages in a faiss index, those of one passage side by side, the whole last.

    `firsts[row]:firsts[row + 1]` are the vectors of a passage (none for an empty one), `owners` the
    passage of each vector, `spans` (n, 2) the part of the passage's text that each stands for. `coarse`
    is the index that proposes candidates in a large collection, `probes` how many of its cells are read.
    `mean` is the mean of the vectors.
    """

    index: Any
    vectors: Vectors
    owners: Rows
    firsts: NDArray[np.int64]
    spans: NDArray[np.int32]
    coarse: Any = None
    probes: int = 0
    mean: Vectors | None = None

    @classmethod
    def over(  # noqa: PLR0917  # the parts of an index, most of them needed only for large ones
        cls,
        index: Any,
        counts: NDArray[np.int64],
        spans: NDArray[np.int32],
        coarse: Any = None,
        probes: int = 0,
        mean: Vectors | None = None,
    ) -> "DenseIndex":
        """Return the index over a flat faiss index; `counts` are the vectors of each passage."""
        vectors = stored_vectors(index)
        firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        return cls(index, vectors, owners, firsts, spans, coarse, probes, mean)

    def centred(self, query: Vectors, share: float) -> Vectors:
        """Return the query less a share of the mean vector: passages that are near everything fall back."""
        if self.mean is None or share <= 0:
            return query
        shifted: Vectors = query - np.float32(share) * self.mean
        return shifted

    def search(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Scores]:
        """Return the best `k` passages and their scores, best first; equal scores keep row order.

        `query` is a vector (dimension,), of norm 1 where scores are to be cosines. `allowed` (a flag a
        passage) limits the choice before
        the top k is taken.
        """
        rows = self._candidates(query, k, allowed)
        scores, _ = self.scores(query, rows)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _candidates(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> Rows:
        fetch = min(k * OVERFETCH, self.index.ntotal)
        if fetch < 1:
            return np.zeros(0, np.int32)
        flags = None if allowed is None else allowed[self.owners]
        if flags is not None and np.count_nonzero(flags) <= FEW:
            return np.unique(self.owners[flags])
        index = self.index if self.coarse is None else self.coarse
        _, found = index.search(query[None, :], fetch, params=self._parameters(flags))
        return np.unique(self.owners[found[0][found[0] >= 0]])

    def _parameters(self, flags: NDArray[np.bool_] | None) -> Any:
        import faiss

        options: dict[str, Any] = {}
        if flags is not None:
            # The stubs describe the C++ signatures, not the ones the Python layer adds.
            bits = np.packbits(flags, bitorder="little")
            options["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
        if self.coarse is not None:
            return faiss.SearchParametersIVF(nprobe=self.probes, **options)  # type: ignore[call-arg]
        return faiss.SearchParameters(**options)

    def scores(self, query: Vectors, rows: Rows) -> tuple[Scores, NDArray[np.int32]]:
        """Return the exact score of each passage and the span (n, 2) of its best window.

        A passage without vectors scores −1 with the span (0, 0).
        """
        scores = np.full(len(rows), -1.0)
        spans = np.zeros((len(rows), 2), np.int32)
        counts = self.firsts[rows + 1] - self.firsts[rows]
        filled = np.flatnonzero(counts)
        if len(filled) == 0:
            return scores, spans
        counts = counts[filled]
        ends = np.cumsum(counts)
        starts = ends - counts
        places = np.repeat(self.firsts[rows[filled]] - starts, counts) + np.arange(ends[-1])
        cosines = (self.vectors[places] @ query).astype(np.float64)
        whole = cosines[ends - 1]
        several = counts > 1
        cosines[(ends - 1)[several]] = -2.0
        best = np.maximum.reduceat(cosines, starts)
        scores[filled] = (1 - WHOLE_SHARE) * best + WHOLE_SHARE * whole
        first_best = np.flatnonzero(cosines == np.repeat(best, counts))
        owner = np.repeat(np.arange(len(counts)), counts)[first_best]
        _, leading = np.unique(owner, return_index=True)
        spans[filled] = self.spans[places[first_best[leading]]]
        return scores, spans


def flat_index(vectors: Vectors) -> Any:
    """Return a faiss index for exact inner product over unit vectors (n, dimension)."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def save_index(index: Any, path: Path) -> None:
    """Write a faiss index."""
    import faiss

    faiss.write_index(index, str(path))


def stored_vectors(index: Any) -> Vectors:
    """Return the vectors (n, dimension) of a flat index without copying them; the index must outlive them."""
    import faiss

    size, dimension = index.ntotal, index.d
    if not size:
        return np.zeros((0, dimension), np.float32)
    vectors: Vectors = faiss.rev_swig_ptr(index.get_xb(), size * dimension).reshape(size, dimension)
    return vectors


def open_index(path: Path, *, mapped: bool = True) -> Any:
    """Open a faiss index as a memory map, or read it into memory to be changed."""
    import faiss

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
