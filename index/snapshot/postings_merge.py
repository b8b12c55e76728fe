"""The words of a new generation out of those of the one before: rows move, leave and come.

The result equals, array by array, what `index.retrieval.bm25.compile_postings` gives for all passages from nothing.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.retrieval.base import Rows
from index.retrieval.bm25 import Postings, compile_postings, weigh


def merge_postings(
    old: Postings, moved: Rows, rows: Rows, counts_of: Iterable[Mapping[str, int]]
) -> Postings:
    """Return the index of the passages that stay and those that come.

    `moved` gives the new row of each old one, −1 for one that left; rows that stay keep their order.
    `rows` are the rows of `counts_of` (term → count), ascending. Together they are all rows of the new index.
    """
    came = compile_postings(counts_of)
    kept, kept_rows, kept_counts, kept_sizes = _staying(old, moved)
    names, places_kept, places_came = _merged(kept, _terms(came))
    ends = np.cumsum(kept_sizes)
    inserted = np.empty(len(came.rows), np.int64)
    came_rows = rows[came.rows]
    bounds = np.searchsorted(places_kept, places_came)
    for term, (start, end) in enumerate(pairwise(came.starts.tolist())):
        at = int(bounds[term])
        first = int(ends[at - 1]) if at else 0
        if at < len(places_kept) and places_kept[at] == places_came[term]:
            own = kept_rows[first : int(ends[at])]
            inserted[start:end] = first + np.searchsorted(own, came_rows[start:end])
        else:
            inserted[start:end] = first
    sizes = np.zeros(len(names), np.int64)
    sizes[places_kept] += kept_sizes
    sizes[places_came] += np.diff(came.starts)
    lengths = np.zeros(int((moved >= 0).sum()) + len(rows), np.int32)
    lengths[moved[moved >= 0]] = old.lengths[moved >= 0]
    lengths[rows] = came.lengths
    return weigh(
        np.frombuffer(b"".join(names), np.uint8),
        np.cumsum([len(name) for name in names], dtype=np.int64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.insert(kept_rows, inserted, came_rows),
        np.insert(kept_counts, inserted, came.counts),
        lengths,
    )


def _terms(postings: Postings) -> list[bytes]:
    """Return the terms in their order."""
    letters = postings.letters.tobytes()
    return [letters[start:end] for start, end in pairwise([0, *postings.ends.tolist()])]


def _staying(old: Postings, moved: Rows) -> tuple[list[bytes], Rows, NDArray[np.uint16], NDArray[np.int64]]:
    """Return the terms that stay, their postings under the new rows, and how many each."""
    terms, rows, sizes = _terms(old), moved[old.rows], np.diff(old.starts)
    if np.all(moved >= 0):
        return terms, rows, old.counts, sizes
    stays = rows >= 0
    before = np.concatenate([[0], np.cumsum(stays)])
    sizes = np.diff(before[old.starts])
    kept = np.flatnonzero(sizes)
    return [terms[i] for i in kept.tolist()], rows[stays], old.counts[stays], sizes[kept]


def _merged(one: list[bytes], other: list[bytes]) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.int64]]:
    """Return two sorted lists as one without repetition, and where the entries of each stand in it."""
    names = sorted({*one, *other})
    numbers = {name: number for number, name in enumerate(names)}
    return (
        names,
        np.array([numbers[name] for name in one], np.int64),
        np.array([numbers[name] for name in other], np.int64),
    )
