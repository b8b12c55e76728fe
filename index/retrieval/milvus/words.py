"""The lexical leg over Milvus: the server proposes passages by sparse vectors of our words, scores are worked out here.

A passage's weights are BM25's without the idf, at the average length at the time of writing; the idf of today
stands in the question's. So an inner product is the score of BM25, but for what the average length has moved since, and
the proposals' scores are worked out again from the counts (`index.retrieval.bm25`).
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.base import Flags, Rows, Scores, Wanted
from index.retrieval.bm25 import K1, B, Postings
from index.retrieval.dense import distinct
from index.retrieval.milvus.entities import Entities
from index.retrieval.milvus.server import Ids, MilvusServer
from ingest.errors import SearchAway

log = logging.getLogger(__name__)

MORE = 1.5
"""How many times as many proposals are asked for: their order may differ at the end of the list."""
DIMENSIONS = 0xFFFFFFFF
"""Milvus takes 0 … 2³² − 2. Two of a million terms that share one add noise to the proposals, and none to scores."""

Weights = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilvusWords:
    """The words of one generation (a `LexicalIndex`): the best are proposed by a collection, all else is local.

    While the server is away the postings answer alone.
    """

    postings: Postings
    server: MilvusServer
    collection: str
    entities: Entities

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return self.postings.passages

    def frequency(self, term: str) -> int:
        """Return in how many passages a term stands, 0 for an unknown one."""
        return self.postings.frequency(term)

    def idf(self, frequency: int) -> float:
        """Return the weight of a term that stands in so many passages."""
        return self.postings.idf(frequency)

    def rows_of(self, term: str) -> Rows:
        """Return the passages that hold a term, ascending."""
        return self.postings.rows_of(term)

    def holds(self, term: str, rows: Rows) -> Flags:
        """Return which of some passages hold a term."""
        return self.postings.holds(term, rows)

    def similar(self, term: str, edits: int) -> list[tuple[str, int]]:
        """Return other terms within so many typing errors of one, with their number, the fewest first."""
        return self.postings.similar(term, edits)

    def scores(self, wanted: Wanted, rows: Rows) -> Scores:
        """Return the BM25 score of each of some passages."""
        return self.postings.scores(wanted, rows)

    def search(self, wanted: Wanted, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return the best `k` passages that hold a term, and their scores, best first; equal ones keep row order."""
        known = [(term, times, self.frequency(term)) for term, times in wanted]
        known = [one for one in known if one[2]]
        weighed = [(term, times * self.idf(frequency)) for term, times, frequency in known]
        if not weighed or k < 1 or min(weight for _, weight in weighed) <= 0:
            return self.postings.search(wanted, k, where)
        asked: Weights = {}
        for term, weight in weighed:
            asked[dimension(term)] = asked.get(dimension(term), 0.0) + weight

        def ask(limit: int, chosen: str) -> Ids:
            return self.server.search(self.collection, "words", asked, limit, chosen, {})

        try:
            rows = distinct(self.entities.found(ask, int(MORE * k) + 1, where))
        except SearchAway as error:
            log.info("words are looked up on this machine: %s", error)
            return self.postings.search(wanted, k, where)
        scores = self.scores(wanted, rows)
        order = np.lexsort((rows, -scores))
        order = order[scores[order] > 0][:k]
        return rows[order], scores[order]


def dimension(term: str) -> int:
    """Return the number of a term in sparse vectors, the same in every generation."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % DIMENSIONS


def sparse_vectors(postings: Postings, rows: Rows, average: float) -> Iterator[tuple[int, Weights]]:
    """Yield each of some passages, ascending, with the weights of its words; passages without words are left out.

    `average` is the length that BM25 holds the lengths against. Memory holds a few numbers for each posting of `rows`.
    """
    chosen = np.zeros(postings.passages, bool)
    chosen[rows] = True
    held = np.flatnonzero(chosen[postings.rows])
    numbers = np.searchsorted(postings.starts, held, "right") - 1
    owners = np.asarray(postings.rows)[held]
    order = np.argsort(owners, kind="stable")
    held, numbers, owners = held[order], numbers[order], owners[order]
    counts = np.asarray(postings.counts)[held].astype(np.float64)
    norms = K1 * (1 - B + B * postings.lengths[owners] / average)
    weights = counts * (K1 + 1) / (counts + norms)
    dimensions = _dimensions(postings, numbers)
    edges = np.flatnonzero(np.diff(owners, prepend=-1))
    for first, end in pairwise([*edges.tolist(), len(owners)]):
        own: Weights = {}
        for place, weight in zip(dimensions[first:end].tolist(), weights[first:end].tolist(), strict=True):
            own[place] = own.get(place, 0.0) + weight
        yield int(owners[first]), own


def _dimensions(postings: Postings, numbers: NDArray[Any]) -> NDArray[np.int64]:
    used, inverse = np.unique(numbers, return_inverse=True)
    found = np.array([dimension(postings.term(number)) for number in used.tolist()], np.int64)
    return found[inverse] if len(used) else np.zeros(0, np.int64)
