"""Whether the arrays of a generation fit each other: lengths, ends that ascend, numbers of rows that exist.

Hashes are trusted while a file was not touched (`index.snapshot.checked`), and a disk that decays touches none. What is
checked here, at each opening, keeps such an array from ending in an exception, or in the passage of another row.
12,600 passages with 625,000 postings take 4 ms. What fits and is wrong all the same, in texts, weights and vectors, is
found by `index.snapshot.rehash`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.bm25 import MAX_COUNT

Array = NDArray[Any]

LARGEST = 16_000_000
"""Postings up to which they are gone through: 100 ms, and 160 MB to be read. Of more only the lengths are compared."""
KINDS = {
    "passage_ends": "<i8",
    "document_ends": "<i8",
    "row_documents": "<i4",
    "row_languages": "|i1",
    "vector_counts": "<i8",
    "vector_spans": "<i4",
    "span_firsts": "<i8",
    "letters": "|u1",
    "ends": "<i8",
    "starts": "<i8",
    "rows": "<i4",
    "counts": "<u2",
    "impacts": "<f4",
    "lengths": "<i4",
    "vector_firsts": "<i8",
    "vector_owners": "<i4",
    "vector_sum": "<f8",
}

OF_VECTORS = ("vector_firsts", "vector_owners", "vector_sum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What the arrays of a generation are to fit: its numbers, the bytes of its texts, its vectors.

    `dimension` is None where it has no vectors.
    """

    passages: int
    documents: int
    languages: int
    passage_bytes: int
    document_bytes: int
    dimension: int | None = None
    vectors: int = 0


def fault(sizes: Sizes, load: Callable[[str], Array]) -> str:
    """Return which arrays do not fit, in words, "" where all do. `load` gives an array by its name."""
    arrays = {name: load(name) for name in KINDS if sizes.dimension is not None or name not in OF_VECTORS}
    for name, array in arrays.items():
        if array.dtype.str != KINDS[name]:
            return f"{name} holds numbers of another kind"
        if array.ndim != (2 if name == "vector_spans" else 1):
            return f"{name} has another shape"
    for look in (_rows, _spans, _words, _postings, _vectors):
        for broken, fits in look(sizes, arrays):
            if not fits:
                return f"{broken} do not fit"
    return ""


def are_vectors(sizes: Sizes, array: Array) -> bool:
    """Return whether an array has the shape of vectors."""
    return array.dtype.str == "<f4" and array.shape[1:] == (sizes.dimension,)


Findings = Iterator[tuple[str, bool]]


def _rows(sizes: Sizes, arrays: dict[str, Array]) -> Findings:
    yield "passage_ends", _ends(arrays["passage_ends"], sizes.passages, sizes.passage_bytes)
    yield "document_ends", _ends(arrays["document_ends"], sizes.documents, sizes.document_bytes)
    owners = arrays["row_documents"]
    yield "row_documents", len(owners) == sizes.passages and _within(owners, 0, sizes.documents)
    yield "row_documents", bool((owners[1:] >= owners[:-1]).all())
    languages = arrays["row_languages"]
    yield "row_languages", len(languages) == sizes.passages and _within(languages, 0, sizes.languages)


def _spans(sizes: Sizes, arrays: dict[str, Array]) -> Findings:
    counts, firsts, spans = arrays["vector_counts"], arrays["span_firsts"], arrays["vector_spans"]
    yield "vector_counts", len(counts) == sizes.passages and _within(counts, 0, len(spans) + 1)
    yield "span_firsts", len(firsts) == sizes.passages + 1 and firsts[0] == 0 and firsts[-1] == len(spans)
    yield "span_firsts and vector_counts", bool((firsts[1:] - firsts[:-1] == counts).all())
    yield "vector_spans", spans.shape[1] == 2 and _within(spans[:, 0], 0, 1 << 31)
    yield "vector_spans", bool((spans[:, 0] <= spans[:, 1]).all())


def _words(_: Sizes, arrays: dict[str, Array]) -> Findings:
    ends, starts = arrays["ends"], arrays["starts"]
    yield "ends and letters", _ends(ends, len(ends), len(arrays["letters"]))
    postings = len(arrays["rows"])
    yield "starts", len(starts) == len(ends) + 1 and starts[0] == 0 and starts[-1] == postings
    yield "starts", bool((starts[1:] > starts[:-1]).all())


def _postings(sizes: Sizes, arrays: dict[str, Array]) -> Findings:
    rows, counts, impacts, lengths = (arrays[name] for name in ("rows", "counts", "impacts", "lengths"))
    yield "counts and rows", len(counts) == len(impacts) == len(rows)
    yield "lengths", len(lengths) == sizes.passages and _within(lengths, 0, 1 << 31)
    if not 0 < len(rows) <= LARGEST:
        return
    yield "rows", _within(rows, 0, sizes.passages)
    ascending = rows[1:] > rows[:-1]
    ascending[arrays["starts"][1:-1] - 1] = True  # the first row of the next term
    yield "rows", bool(ascending.all())
    yield "impacts", bool(np.isfinite(impacts.min()) and np.isfinite(impacts.max()))
    yield "counts", _within(counts, 1, MAX_COUNT + 1)
    if counts.max() < MAX_COUNT:
        yield "counts and lengths", bool((np.bincount(rows, counts, len(lengths)) == lengths).all())


def _vectors(sizes: Sizes, arrays: dict[str, Array]) -> Findings:
    if sizes.dimension is None:
        return
    firsts, owners, counts = arrays["vector_firsts"], arrays["vector_owners"], arrays["vector_counts"]
    # Of vectors of norm 1: no part of the sum is larger than their number; the rest is rounding.
    total = arrays["vector_sum"]
    yield "vector_sum", len(total) == sizes.dimension and bool((np.abs(total) <= sizes.vectors * 1.01).all())
    yield "vector_owners", len(owners) == sizes.vectors and _within(owners, -1, sizes.passages)
    yield "vector_firsts", len(firsts) == sizes.passages and _within(firsts, -1, sizes.vectors + 1)
    there = np.flatnonzero((firsts >= 0) & (counts > 0))
    first, last = firsts[there], firsts[there] + counts[there] - 1
    yield "vector_firsts and vector_counts", _within(last, 0, sizes.vectors)
    yield (
        "vector_owners and vector_firsts",
        bool((owners[first] == there).all() and (owners[last] == there).all()),
    )


def _within(numbers: Array, low: int, end: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= low and numbers.max() < end)


def _ends(ends: Array, count: int, total: int) -> bool:
    """Return whether these are the ends of `count` pieces that fill `total` bytes, none of them empty."""
    if len(ends) != count:
        return False
    return bool(ends[0] > 0 and ends[-1] == total and (ends[1:] > ends[:-1]).all()) if count else total == 0
