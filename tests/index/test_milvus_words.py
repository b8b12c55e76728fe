"""Sparse vectors of words: their inner product with a question is its BM25 score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.analyser import term_counts
from index.retrieval.bm25 import Postings, compile_postings
from index.retrieval.milvus import words
from index.retrieval.milvus.words import DIMENSIONS, dimension, sparse_vectors

WORDS = st.sampled_from(["salud", "clinic", "lima", "ñandú", "fee", "a", "b"])
PASSAGES = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12).filter(any)


def compiled(passages: list[list[str]]) -> Postings:
    return compile_postings(term_counts(passage) for passage in passages)


def every(postings: Postings, average: float) -> dict[int, dict[int, float]]:
    rows = np.arange(postings.passages, dtype=np.int32)
    return dict(sparse_vectors(postings, rows, average))


@given(passages=PASSAGES, question=st.lists(WORDS, min_size=1, max_size=4))
def test_the_inner_product_is_the_score(passages: list[list[str]], question: list[str]) -> None:
    postings = compiled(passages)
    wanted = list(term_counts(question).items())
    asked = {
        dimension(term): times * postings.idf(postings.frequency(term))
        for term, times in wanted
        if postings.frequency(term)
    }
    true = postings.scores(wanted, np.arange(len(passages), dtype=np.int32))
    vectors = every(postings, postings.average_length or 1.0)
    for row, score in enumerate(true.tolist()):
        own = vectors.get(row, {})
        found = sum(weight * own.get(place, 0.0) for place, weight in asked.items())
        assert found == pytest.approx(score, abs=1e-9)


def test_passages_without_words_have_no_vector_and_those_not_asked_for_none() -> None:
    postings = compiled([["a"], [], ["b", "b"], ["a"]])
    found = dict(sparse_vectors(postings, np.array([1, 2], np.int32), postings.average_length))
    assert list(found) == [2]
    assert list(found[2]) == [dimension("b")]
    assert list(sparse_vectors(postings, np.zeros(0, np.int32), 1.0)) == []


def test_weights_hold_lengths_against_the_average_that_is_given() -> None:
    postings = compiled([["a", "b"], ["a"]])
    short, long = every(postings, 1.0)[0], every(postings, 100.0)[0]
    assert short[dimension("a")] < long[dimension("a")]


@pytest.mark.parametrize("term", ["a", "ñandú", "\ud800", "2022", "x" * 1_000])
def test_a_term_has_one_dimension_that_milvus_takes(term: str) -> None:
    assert 0 <= dimension(term) < DIMENSIONS


def test_terms_that_share_a_dimension_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    postings = compiled([["a", "b"], ["a"]])
    apart = every(postings, 1.0)[0]
    monkeypatch.setattr(words, "dimension", lambda _: 5)
    assert every(postings, 1.0)[0] == {5: pytest.approx(sum(apart.values()))}
