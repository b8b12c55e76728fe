"""The vector leg over Milvus: the server proposes windows, and scores are worked out here from their vectors.

So the scores are those of `index.retrieval.dense`, whatever the server's index rounds or leaves out.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.retrieval.base import Flags, Rows, Scores, Spans
from index.retrieval.dense import OVERFETCH, DenseIndex, Vectors, distinct
from index.retrieval.milvus.entities import Entities
from index.retrieval.milvus.server import COMPLETE, MOST_FOUND, Ids, MilvusServer
from ingest.errors import SearchAway

KEPT = 20_000
"""Passages whose vectors are kept after they were fetched, 60 MB: a search needs those of its candidates thrice."""
AT_ONCE = 400
"""Passages whose vectors are fetched with one request: about 1.2 MB."""
LEAST_EF = 64


class MilvusVectors:
    """The windows of one generation in a collection (a `VectorIndex`). Its methods may raise SearchAway.

    `counts` are the vectors of each passage, 0 where it has none yet; `spans` and `span_firsts` as in `DenseIndex`.
    `graph` tells that the server's index is one of neighbours (HNSW), and not a comparison with all.
    """

    def __init__(
        self,
        *,
        server: MilvusServer,
        collection: str,
        entities: Entities,
        spans: NDArray[np.int32],
        span_firsts: NDArray[np.int64],
        mean: Vectors | None,
        dimension: int,
        graph: bool = False,
    ) -> None:
        self.mean = mean
        self.dimension = dimension
        self._server, self._collection, self._entities = server, collection, entities
        self._counts, self._spans, self._span_firsts = entities.counts, spans, span_firsts
        self._graph = graph
        self._kept: LRUCache[int, Vectors] = LRUCache(KEPT)
        self._lock = threading.Lock()

    @property
    def embedded(self) -> Flags:
        """Which passages have a vector."""
        return np.asarray(self._counts) > 0

    def candidates(self, vector: Vectors, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return about the best `k` passages and their exact scores, best first; equal scores keep row order."""

        def ask(limit: int, chosen: str) -> Ids:
            params = {"ef": max(limit, LEAST_EF)} if self._graph else {}
            wanted = np.asarray(vector, np.float32).tolist()
            return self._server.search(self._collection, "vector", wanted, limit, chosen, params)

        found = self._entities.found(ask, min(k * OVERFETCH, MOST_FOUND), where)
        rows = distinct(found[self._counts[found] > 0])
        scores, _ = self.scores(vector, rows)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def scores(self, vector: Vectors, rows: Rows) -> tuple[Scores, Spans]:
        """Return the score of each passage and the place (n, 2) of its best window in the text."""
        return self._over(rows).scores(vector, np.arange(len(rows), dtype=np.int32))

    def windows(self, vector: Vectors, row: int) -> tuple[Scores, Spans]:
        """Return the score that each window of a passage would earn it, and the windows' places (n, 2)."""
        return self._over(np.array([row], np.int32)).windows(vector, 0)

    def whole_vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of whole passages; each must be `embedded`."""
        return self._over(rows).whole_vectors(np.arange(len(rows)))

    def _over(self, rows: NDArray[Any]) -> DenseIndex:
        """Return an index over the vectors of some passages, numbered as they are given."""
        fetched = self._fetched([int(row) for row in rows if self._counts[row]])
        empty = np.zeros((0, self.dimension), np.float32)
        parts = [fetched.get(int(row), empty) for row in rows]
        counts = np.array([len(part) for part in parts], np.int64)
        places = [
            self._spans[self._span_firsts[row] : self._span_firsts[row] + count]
            for row, count in zip(rows, counts, strict=True)
        ]
        spans = np.concatenate([np.zeros((0, 2), np.int32), *places]).astype(np.int32)
        return DenseIndex.over(np.concatenate([empty, *parts]), counts, spans)

    def _fetched(self, rows: Sequence[int]) -> dict[int, Vectors]:
        with self._lock:
            found = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [row for row in dict.fromkeys(rows) if row not in found]
        for first in range(0, len(missing), AT_ONCE):
            found |= self._fetch(missing[first : first + AT_ONCE])
        return found

    def _fetch(self, rows: Sequence[int]) -> dict[int, Vectors]:
        ids = self._entities.ids[list(rows)]
        chosen = f"passage in [{', '.join(map(str, ids.tolist()))}]"
        values = dict(self._server.values(self._collection, chosen, "vector"))
        if len(values) < self._counts[list(rows)].sum():
            values = dict(self._server.values(self._collection, chosen, "vector", COMPLETE))
        found = {}
        for row, first in zip(rows, ids.tolist(), strict=True):
            own = [values.get(first + place) for place in range(int(self._counts[row]))]
            if any(one is None for one in own):
                raise SearchAway(
                    f"{self._server.address.shown}: lacks vectors of this index. Run pincite ingest again."
                )
            found[row] = np.array(own, np.float32)
        with self._lock:
            self._kept.update(found)
        return found
