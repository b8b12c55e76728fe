"""Vectors of texts, each text embedded once per model and kept."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedder import Embedder

CHUNK = 512
"""Texts encoded before their vectors are stored: what a kill can cost, and what is in memory at once."""
STORED = np.dtype("<f2")
"""Half precision on the disk: cosines move by less than 0.0005."""


class Store(Protocol):
    """Where derived values are kept; `ingest.library.library.Library` is one."""

    def get_derived(self, space: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values of the keys that are known."""

    def put_derived(self, space: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep values."""


def vector_space(embedder: Embedder) -> str:
    """Return the name under which a model's vectors are kept."""
    return f"vectors:{embedder.fingerprint}"


def text_key(text: str) -> str:
    """Return the key of a text's vector."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def embed(
    texts: Sequence[str],
    embedder: Embedder,
    store: Store | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Return unit vectors (len(texts), dimension), encoding only texts without a kept vector.

    Each text has the same vector whether it was just encoded or kept: both pass half precision.
    `on_done` gets (texts encoded so far, texts to encode), after each batch of the model and each chunk.
    """
    keys = [text_key(text) for text in texts]
    kept = store.get_derived(vector_space(embedder), set(keys)) if store is not None else {}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    # Like lengths together, longest first: less padding, and the peak of memory comes at once.
    order = sorted(missing, key=lambda key: -len(missing[key]))
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        step = _Step(start, len(order), on_done) if on_done is not None else None
        fresh = embedder.encode_documents([missing[key] for key in part], step).astype(STORED)
        items = [(key, vector.tobytes()) for key, vector in zip(part, fresh, strict=True)]
        if store is not None:
            store.put_derived(vector_space(embedder), items)
        kept.update(items)
        if on_done is not None:
            on_done(start + len(part), len(order))
    return _unit(keys, kept, embedder.dimension)


class _Step:
    """Tells of the batches within a chunk, which takes a minute on a small machine."""

    def __init__(self, done: int, total: int, on_done: Callable[[int, int], None]) -> None:
        self._done, self._total, self._on_done = done, total, on_done

    def __call__(self, count: int) -> None:
        self._done += count
        self._on_done(self._done, self._total)


def _unit(keys: Sequence[str], kept: dict[str, bytes], dimension: int) -> NDArray[np.float32]:
    vectors = np.empty((len(keys), dimension), np.float32)
    for row, key in enumerate(keys):
        vectors[row] = np.frombuffer(kept[key], STORED)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
