"""Terms of an index that differ from a word by a typing error or two.

A typing error is a letter too many, too few, another one, or two that changed places (optimal string alignment,
Damerau, CACM 1964). Letters are bytes of UTF-8. Only terms are compared that share the beginning or the end of the
word: of `edits` + 1 parts of a word at least one is without an error, and it is rarely the middle one.
"""

import numpy as np
from numpy.typing import NDArray


def similar_terms(
    letters: NDArray[np.uint8], ends: NDArray[np.int64], term: str, edits: int
) -> list[tuple[int, int]]:
    """Return (number, edits needed) of the terms within `edits` of a term, itself left out, the nearest first.

    `letters` and `ends` are those of `index.retrieval.bm25.Postings`.
    """
    word = np.frombuffer(term.encode("utf-8", "surrogatepass"), np.uint8)
    lengths = np.diff(ends, prepend=0)
    part = max(1, (len(word) - 1) // (edits + 1))
    numbers = np.flatnonzero((np.abs(lengths - len(word)) <= edits) & (lengths > part))
    if not len(numbers):
        return []
    starts, stops = ends[numbers] - lengths[numbers], ends[numbers]
    along = np.arange(part)
    same = (letters[starts[:, None] + along] == word[:part]).all(axis=1)
    same |= (letters[stops[:, None] - part + along] == word[-part:]).all(axis=1)
    numbers = numbers[same]
    found = _edits(letters, ends[numbers] - lengths[numbers], lengths[numbers], word)
    order = np.argsort(found, kind="stable")
    return [(int(numbers[at]), int(found[at])) for at in order if 0 < found[at] <= edits]


def _edits(
    letters: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], word: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """Return the edits between a word and each of some terms; a row of the usual table is computed for all at once."""
    width = int(lengths.max(initial=0))
    places = np.minimum(starts[:, None] + np.arange(width), len(letters) - 1)
    terms = letters[places]
    row = np.tile(np.arange(width + 1), (len(starts), 1))
    before = row
    for i, letter in enumerate(word.tolist(), 1):
        last, before, row = before, row, np.empty_like(row)
        row[:, 0] = i
        for j in range(1, width + 1):
            other = terms[:, j - 1] != letter
            row[:, j] = np.minimum(np.minimum(row[:, j - 1], before[:, j]) + 1, before[:, j - 1] + other)
            if i > 1 and j > 1:
                swapped = ~(terms[:, j - 2] != letter) & (terms[:, j - 1] == word[i - 2])
                row[:, j] = np.where(swapped, np.minimum(row[:, j], last[:, j - 2] + 1), row[:, j])
    found: NDArray[np.int64] = row[np.arange(len(starts)), lengths]
    return found


def edits_between(one: str, other: str) -> int:
    """Return the edits between two words, counted in characters."""
    last: list[int] = []
    before = row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, second in enumerate(other, 1):
            edits = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and second == one[i - 2]:
                edits = min(edits, last[j - 2] + 1)
            row.append(edits)
    return row[-1]
