"""Vectors of texts, each text embedded once per model and kept."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
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


class Watcher(Protocol):
    """Is told what happens to texts that are to be embedded."""

    def kept(self, texts: int, characters: int) -> None:
        """Take note of texts whose vectors were there, or that stand twice."""

    def encoded(self, texts: int, characters: int) -> None:
        """Take note of texts that were just encoded."""


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
    done = 0

    def step(count: int, _: int) -> None:
        nonlocal done
        done += count
        if on_done is not None:
            on_done(done, len(missing))

    for items in _encoded(missing, embedder, store, step):
        kept.update(items)
    return _unit(keys, kept, embedder.dimension)


def embed_into(texts: Sequence[str], embedder: Embedder, store: Store, watcher: Watcher) -> None:
    """Keep the vectors of texts in the store, encoding only those that are not there."""
    keys = {text_key(text): text for text in texts}
    there = store.get_derived(vector_space(embedder), keys)
    missing = {key: text for key, text in keys.items() if key not in there}
    characters = sum(map(len, texts)) - sum(map(len, missing.values()))
    watcher.kept(len(texts) - len(missing), characters)
    for _ in _encoded(missing, embedder, store, watcher.encoded):
        pass


def _encoded(
    missing: dict[str, str], embedder: Embedder, store: Store | None, told: Callable[[int, int], None]
) -> Iterator[list[tuple[str, bytes]]]:
    """Encode texts by key, a chunk after the other; yield keys and stored vectors of each.

    `told` gets the number of texts just done and of their characters.
    """
    # Like lengths together, longest first: less padding, and the peak of memory comes at once.
    order = sorted(missing, key=lambda key: -len(missing[key]))
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        some = [missing[key] for key in part]
        step = _Step(some, told)
        fresh = embedder.encode_documents(some, step).astype(STORED)
        items = [(key, vector.tobytes()) for key, vector in zip(part, fresh, strict=True)]
        if store is not None:
            store.put_derived(vector_space(embedder), items)
        yield items
        step(len(some) - step.done)


class _Step:
    """Tells of the batches within a chunk, which takes a minute on a small machine."""

    def __init__(self, texts: Sequence[str], told: Callable[[int, int], None]) -> None:
        self._texts, self._told = texts, told
        self.done = 0

    def __call__(self, count: int) -> None:
        some = self._texts[self.done : self.done + count]
        self.done += count
        self._told(len(some), sum(map(len, some)))


def _unit(keys: Sequence[str], kept: dict[str, bytes], dimension: int) -> NDArray[np.float32]:
    vectors = np.empty((len(keys), dimension), np.float32)
    for row, key in enumerate(keys):
        vectors[row] = np.frombuffer(kept[key], STORED)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
