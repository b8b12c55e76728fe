"""A model loaded late: once, whoever asks, and with the same trouble each time."""

import threading
import time

import pytest
from index_library import HashingEmbedder

from index.embedding.embedder import Embedder
from index.embedding.lazy import LazyEmbedder
from ingest.errors import ModelUnavailable


def test_nothing_is_loaded_before_it_is_needed_and_then_once() -> None:
    loaded: list[HashingEmbedder] = []

    def load() -> Embedder:
        time.sleep(0.01)
        loaded.append(HashingEmbedder())
        return loaded[-1]

    lazy = LazyEmbedder("late", load)
    assert (lazy.name, lazy.settled, loaded) == ("late", False, [])
    threads = [threading.Thread(target=lazy.encode_query, args=("health",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 1 and lazy.settled
    assert lazy.fingerprint == loaded[0].fingerprint and lazy.profile == loaded[0].profile


def test_trouble_is_the_same_each_time_and_nothing_is_tried_again() -> None:
    tried: list[int] = []

    def load() -> Embedder:
        tried.append(1)
        raise ModelUnavailable(f"no model, try {len(tried)}")

    lazy = LazyEmbedder("absent", load)
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="no model, try 1"):
            lazy.encode_documents(["health"])
    assert tried == [1] and lazy.settled
