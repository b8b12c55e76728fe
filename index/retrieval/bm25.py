"""BM25 exactly as rank-bm25's `BM25Okapi` defines it, compiled into postings.

    score(q, d) = Σ idf(t) · f(t, d) · (k1 + 1) / (f(t, d) + k1 · (1 − b + b · |d| / average))
    idf(t) = ln(N − n(t) + ½) − ln(n(t) + ½);  where that is negative: ε · the average idf of the vocabulary

(Trotman, Puurula and Burgess, 2014, with rank-bm25's floor.) Postings hold float32 impacts for finding
the candidates; the scores that leave this module are computed again in float64 from the counts, so they
equal rank-bm25's to 1e-9 and the order is exact.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.base import Flags, Rows, Scores, Wanted
from index.retrieval.similar_terms import similar_terms

K1, B, EPSILON = 1.5, 0.75, 0.25
"""rank-bm25's own defaults."""

COUNT_BITS, ROW_BITS = 16, 28
"""A posting while sorting is one integer: 19 bits of term block, row, count."""
MAX_COUNT = (1 << COUNT_BITS) - 1
BLOCK = 256
"""Scores a block: the best of each block is taken before any sorting."""
SLACK = 1e-5
"""Relative error allowed between float32 sums and float64 scores; the true one is below 2e-6."""

Terms = Sequence[tuple[int, float]]
"""Numbers of terms and how often each is counted."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The compiled index. Arrays may be memory maps; none is written to.

    `letters`, `ends`: the terms in UTF-8, sorted, one after the other, and where each ends. Postings of
    term i are `starts[i]:starts[i + 1]` of `rows` (ascending), `counts` and `impacts`. `lengths` are
    the terms in each passage.
    """

    letters: NDArray[np.uint8]
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: Rows
    counts: NDArray[np.uint16]
    impacts: NDArray[np.float32]
    lengths: NDArray[np.int32]
    average_length: float
    average_idf: float

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, for saving."""
        names = ("letters", "ends", "starts", "rows", "counts", "impacts", "lengths")
        return {name: getattr(self, name) for name in names}

    def find(self, term: str) -> int:
        """Return the number of a term, −1 if no passage has it; a binary search."""
        wanted = term.encode("utf-8", "surrogatepass")
        # Memory views give single numbers several times as fast as arrays.
        letters, ends = memoryview(self.letters.data), memoryview(self.ends.data)
        low, high, known = 0, len(ends), b""
        while low < high:
            middle = (low + high) // 2
            here = bytes(letters[ends[middle - 1] if middle else 0 : ends[middle]])
            if here < wanted:
                low = middle + 1
            else:
                high, known = middle, here
        return low if low < len(ends) and known == wanted else -1

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return len(self.lengths)

    def frequency(self, term: str) -> int:
        """Return in how many passages a term stands, 0 for an unknown one."""
        number = self.find(term)
        return 0 if number < 0 else self._holders_of(number)

    def idf(self, frequency: int) -> float:
        """Return rank-bm25's weight of a term that stands in so many passages."""
        return floored_idf(len(self.lengths), frequency, self.average_idf)

    def rows_of(self, term: str) -> Rows:
        """Return the passages that hold a term, ascending."""
        number = self.find(term)
        if number < 0:
            return np.zeros(0, np.int32)
        return self.rows[self.starts[number] : self.starts[number + 1]]

    def similar(self, term: str, edits: int) -> list[tuple[str, int]]:
        """Return other terms within so many typing errors of one, with their number, the fewest first."""
        found = similar_terms(self.letters, self.ends, term, edits)
        return [(self.term(number), needed) for number, needed in found]

    def scores(self, wanted: Wanted, rows: Rows) -> Scores:
        """Return rank-bm25's scores of some passages."""
        return self._scores(self._known(wanted), rows)

    def _known(self, wanted: Wanted) -> Terms:
        found = ((self.find(term), times) for term, times in wanted)
        return [(number, times) for number, times in found if number >= 0]

    def _holders_of(self, number: int) -> int:
        return int(self.starts[number + 1] - self.starts[number])

    def _idf_of(self, number: int) -> float:
        return self.idf(self._holders_of(number))

    def _scores(self, terms: Terms, rows: Rows) -> Scores:
        scores = np.zeros(len(rows))
        if not terms:  # as for every question where no passage has a word, and the average length is 0
            return scores
        norm = K1 * (1 - B + B * self.lengths[rows] / self.average_length)
        for number, times in terms:
            here = slice(int(self.starts[number]), int(self.starts[number + 1]))
            holders = self.rows[here]
            at = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
            hit = holders[at] == rows
            count = np.where(hit, self.counts[here][at], 0).astype(np.float64)
            scores += times * self._idf_of(number) * (count * (K1 + 1) / (count + norm))
        return scores

    def counts_of(self, rows: Rows) -> list[dict[str, int]]:
        """Return the term counts of some passages, read back out of the postings; goes through all of them."""
        found: list[dict[str, int]] = [{} for _ in rows]
        places = {row: place for place, row in enumerate(rows.tolist())}
        held = np.flatnonzero(np.isin(self.rows, rows))
        numbers = np.searchsorted(self.starts, held, "right") - 1
        names = {number: self.term(number) for number in np.unique(numbers).tolist()}
        columns = zip(numbers.tolist(), self.rows[held].tolist(), self.counts[held].tolist(), strict=True)
        for number, row, count in columns:
            found[places[row]][names[number]] = count
        return found

    def term(self, number: int) -> str:
        """Return a term by its number."""
        start = int(self.ends[number - 1]) if number else 0
        return self.letters[start : int(self.ends[number])].tobytes().decode("utf-8", "surrogatepass")

    def holds(self, term: str, rows: Rows) -> Flags:
        """Return which of some passages hold a term."""
        holders = self.rows_of(term)
        if len(holders) == 0:
            return np.zeros(len(rows), bool)
        at = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
        found: Flags = holders[at] == rows
        return found

    def search(self, wanted: Wanted, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return the best `k` passages that hold a term of the question, and their scores, best first.

        Equal scores keep row order. `where` (a flag a passage) limits the choice before the top k.
        """
        terms = self._known(wanted)
        if not terms or k < 1:
            return np.zeros(0, np.int32), np.zeros(0)
        if any(self._idf_of(number) <= 0 for number, _ in terms):
            rows = self._holders(terms)
            rows = rows if where is None else rows[where[rows]]
        else:
            rows = self._candidates(terms, k, where)
        scores = self._scores(terms, rows)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _holders(self, terms: Terms) -> Rows:
        parts = [self.rows[self.starts[number] : self.starts[number + 1]] for number, _ in terms]
        return np.unique(np.concatenate(parts))

    def _candidates(self, terms: Terms, k: int, where: Flags | None) -> Rows:
        """Return, ascending, every passage that can be among the best `k`.

        Not used: sparing the frequent terms by upper bounds (max-score). At 500,000 passages finding out
        which passages can still get as far took longer than adding the terms up.
        """
        total = len(self.lengths)
        sums = np.zeros(-(-total // BLOCK) * BLOCK, np.float32)
        for number, times in terms:
            here = slice(int(self.starts[number]), int(self.starts[number + 1]))
            impact = self.impacts[here]
            # Half the time of `sums[rows] += impact`, which makes two copies.
            np.add.at(sums, self.rows[here], impact if times == 1 else impact * np.float32(times))
        if where is not None:
            sums[:total] *= where
        maxima = sums.reshape(-1, BLOCK).max(axis=1)
        floor = kth_largest(sums, maxima, k) * (1 - SLACK)
        return at_least(sums, maxima, floor) if floor > 0 else np.flatnonzero(sums > 0).astype(np.int32)


def at_least(sums: NDArray[np.float32], maxima: NDArray[np.float32], floor: float) -> Rows:
    """Return, ascending, where values are no smaller than a floor; `maxima` are those of the blocks."""
    tall = np.flatnonzero(maxima >= floor)
    block, offset = np.nonzero(sums.reshape(-1, BLOCK)[tall] >= floor)
    return (tall[block] * BLOCK + offset).astype(np.int32)


def kth_largest(sums: NDArray[np.float32], maxima: NDArray[np.float32], k: int) -> float:
    """Return the k-th largest value.

    The k blocks with the largest maxima hold at least k values that are no smaller than the k-th
    maximum, so the k-th largest value lies among them.
    """
    table = sums.reshape(-1, BLOCK)
    if k < len(maxima):
        table = table[np.argpartition(-maxima, k - 1)[:k]]
    values = table.ravel()
    if k >= len(values):
        return float(values.min())
    return float(-np.partition(-values, k - 1)[k - 1])


def floored_idf(total: int, frequency: int, average: float) -> float:
    """Return ln(N − n + ½) − ln(n + ½), or ε · average where that is negative."""
    value = math.log(total - frequency + 0.5) - math.log(frequency + 0.5)
    return value if value >= 0 else EPSILON * average


def compile_postings(counts_of: Iterable[Mapping[str, int]]) -> Postings:
    """Return the index of passages given as term → count, in row order. No passage may be left out."""
    numbers: dict[str, int] = {}
    lengths: list[int] = []
    parts: list[NDArray[np.int64]] = []
    for row, counts in enumerate(counts_of):
        terms = [numbers.setdefault(term, len(numbers)) for term in counts]
        key = np.array(terms, np.int64) << (ROW_BITS + COUNT_BITS) if terms else np.zeros(0, np.int64)
        values = np.fromiter(counts.values(), np.int64, len(counts))
        parts.append(key | (row << COUNT_BITS) | np.minimum(values, MAX_COUNT))
        lengths.append(int(values.sum()))
    packed = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    return _from_packed(list(numbers), packed, np.array(lengths, np.int32))


def _from_packed(vocabulary: list[str], packed: NDArray[np.int64], lengths: NDArray[np.int32]) -> Postings:
    """Return the index after numbering the terms in byte order and sorting the postings."""
    encoded = [term.encode("utf-8", "surrogatepass") for term in vocabulary]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    shift = ROW_BITS + COUNT_BITS
    packed = (packed & ((1 << shift) - 1)) | (rank[packed >> shift] << shift)
    packed.sort()
    starts = np.searchsorted(packed >> shift, np.arange(len(order) + 1)).astype(np.int64)
    rows = ((packed >> COUNT_BITS) & ((1 << ROW_BITS) - 1)).astype(np.int32)
    counts = (packed & MAX_COUNT).astype(np.uint16)
    letters = np.frombuffer(b"".join(encoded[i] for i in order), np.uint8)
    ends = np.cumsum([len(encoded[i]) for i in order], dtype=np.int64)
    return weigh(letters, ends, starts, rows, counts, lengths)


def weigh(  # noqa: PLR0917  # the arrays of Postings, in their order
    letters: NDArray[np.uint8],
    ends: NDArray[np.int64],
    starts: NDArray[np.int64],
    rows: Rows,
    counts: NDArray[np.uint16],
    lengths: NDArray[np.int32],
) -> Postings:
    """Return the postings with their impacts, which depend on the number and lengths of all passages."""
    total = len(lengths)
    average_length = float(lengths.sum()) / total if total else 0.0
    frequencies = np.diff(starts)
    sizes, kind = np.unique(frequencies, return_inverse=True)
    logs = np.array([math.log(total - n + 0.5) - math.log(n + 0.5) for n in sizes.tolist()])
    plain = logs[kind]
    average_idf = math.fsum(plain.tolist()) / len(plain) if len(plain) else 0.0
    idf = np.where(plain >= 0, plain, EPSILON * average_idf)
    norm = (K1 * (1 - B + B * lengths / average_length)) if average_length else np.zeros(total)
    impacts = np.empty(len(rows), np.float32)
    step = 1 << 20
    per_posting = np.repeat(idf.astype(np.float32), frequencies) if len(rows) else impacts
    for start in range(0, len(rows), step):
        here = slice(start, start + step)
        count = counts[here].astype(np.float64)
        impacts[here] = per_posting[here] * (count * (K1 + 1) / (count + norm[rows[here]]))
    return Postings(letters, ends, starts, rows, counts, impacts, lengths, average_length, average_idf)
