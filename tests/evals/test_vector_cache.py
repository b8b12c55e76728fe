"""Vectors kept between runs over BEIR folders: they come back as they were, by space and key."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_library import HashingEmbedder
from numpy.typing import NDArray

from evals.beir.vector_cache import CACHE_FILE, VectorCache
from index.ranking.in_memory import retriever_over
from ingest.errors import PinciteError


class CountingEmbedder(HashingEmbedder):
    """Counts the questions it encodes."""

    def __init__(self, salt: str = "") -> None:
        super().__init__(salt)
        self.questions: list[str] = []

    def encode_query(self, text: str) -> NDArray[np.float32]:
        self.questions.append(text)
        return super().encode_query(text.encode("utf-8", "replace").decode()).astype(np.float32)


def test_values_come_back_by_space_and_key_and_unknown_ones_are_left_out(tmp_path: Path) -> None:
    with VectorCache(tmp_path / "new" / "folder") as cache:
        cache.put_derived("a", [("k", b"1"), ("l", b"2")])
        cache.put_derived("b", [("k", b"3")])
        assert cache.get_derived("a", ["k", "l", "m"]) == {"k": b"1", "l": b"2"}
        assert cache.get_derived("b", ["k", "l"]) == {"k": b"3"}
        assert cache.get_derived("c", ["k"]) == {}


def test_values_outlive_the_process_that_kept_them(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        cache.put_derived("a", [("k", b"1")])
    with VectorCache(tmp_path) as cache:
        assert cache.get_derived("a", ["k"]) == {"k": b"1"}


def test_a_key_that_is_known_gets_the_new_value(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        cache.put_derived("a", [("k", b"1")])
        cache.put_derived("a", [("k", b"2")])
        assert cache.get_derived("a", ["k"]) == {"k": b"2"}


def test_more_keys_than_a_statement_takes(tmp_path: Path) -> None:
    items = [(str(number), bytes([number % 256])) for number in range(2_500)]
    with VectorCache(tmp_path) as cache:
        cache.put_derived("a", items)
        assert cache.get_derived("a", [key for key, _ in items]) == dict(items)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(max_size=20).filter(str.isprintable), st.binary(max_size=40), max_size=10))
def test_any_keys_and_values(items: dict[str, bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, VectorCache(Path(folder)) as cache:
        cache.put_derived("a", items.items())
        assert cache.get_derived("a", items) == items


@pytest.mark.parametrize("text", ["How many visits?", "¿Cuántas?", "half \ud800 of a character"])
def test_a_question_is_encoded_once(text: str, tmp_path: Path) -> None:
    model = CountingEmbedder()
    with VectorCache(tmp_path) as cache:
        first, second = cache.query_vector(model, text), cache.query_vector(model, text)
    assert model.questions == [text]
    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.dtype("<f4")


def test_another_model_has_vectors_of_its_own(tmp_path: Path) -> None:
    one, other = CountingEmbedder("one"), CountingEmbedder("other")
    with VectorCache(tmp_path) as cache:
        cache.query_vector(one, "clinic")
        cache.query_vector(other, "clinic")
    assert one.questions == other.questions == ["clinic"]


def broken(folder: Path) -> None:
    (folder / CACHE_FILE).write_bytes(hashlib.sha256(b"").digest() * 100)


def in_the_way(folder: Path) -> None:
    (folder / CACHE_FILE).mkdir()


@pytest.mark.parametrize("damage", [broken, in_the_way], ids=["no database", "a folder"])
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(damage: object, tmp_path: Path) -> None:
    assert callable(damage)
    damage(tmp_path)
    with pytest.raises(
        PinciteError, match=r"vectors.sqlite: cannot be used .*; delete it or choose another --out"
    ):
        VectorCache(tmp_path)


def test_vectors_of_documents_are_kept_by_the_embedding_of_the_index(tmp_path: Path) -> None:
    texts: Sequence[str] = ["The clinic opened.", "Nurses were trained."]
    first, second = HashingEmbedder(), HashingEmbedder()
    with VectorCache(tmp_path) as cache:
        retriever_over(texts, ["en", "en"], first, cache, headings=["", ""])
        retriever_over(texts, ["en", "en"], second, cache, headings=["", ""])
    assert first.encoded
    assert second.encoded == []
