"""`RayEmbedder`: texts are embedded by actors on the nodes of a Ray cluster, each of which holds the model.

The texts are parted where the model itself parts them into batches, so that a vector is, bit for bit, the one that one
machine of the same kind would have made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding.ray_actors import SENT, ModelActors
from ingest.sandbox.ray_cluster import Cluster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class RayEmbedder:
    """An `Embedder` whose model is on the nodes of a cluster. For one thread."""

    def __init__(
        self,
        cluster: Cluster,
        name: str | None = None,
        *,
        cache: Path | None = None,
        cores: int | None = None,
    ) -> None:
        """Load the model `name` (see `load_model`) on the nodes, to use at most so many cores.

        A folder and the `cache` have to be at the same place on each. Raises: ModelUnavailable; PinciteError.
        """
        self._actors = ModelActors(cluster, name, cache=cache, cores=cores)
        facts = self._actors.facts
        self.name, self.fingerprint = facts.name, facts.fingerprint
        self.dimension, self.profile = facts.dimension, facts.profile

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return unit vectors (len(texts), dimension). `on_batch` gets the number of texts just done."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        if not texts:
            return vectors
        ((_, batches),) = self._actors.run("batches", [list(texts)])
        parts = parted(batches, self._actors.count * SENT)
        for number, part in self._actors.run("documents", [[texts[row] for row in rows] for rows in parts]):
            vectors[parts[number]] = part
            if on_batch is not None:
                on_batch(len(parts[number]))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector (dimension,) of a question."""
        ((_, vector),) = self._actors.run("query", [text])
        found: Vectors = vector
        return found

    def close(self) -> None:
        """Let the nodes forget the model."""
        self._actors.close()


def parted(batches: Sequence[Sequence[int]], count: int) -> list[list[int]]:
    """Return the rows of batches in at most `count` runs of whole batches, as many batches in each as in the others."""
    count = min(count, len(batches))
    ends = [len(batches) * number // count for number in range(count + 1)] if count else []
    return [list(chain.from_iterable(batches[start:end])) for start, end in pairwise(ends)]
