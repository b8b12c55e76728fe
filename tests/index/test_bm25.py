import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.analysis.analyser import term_counts
from index.retrieval.bm25 import BLOCK, compile_postings, kth_largest

WORDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "salud", "migración", "naïve", "ñ"])
PASSAGES = st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=30)


def reference(passages: list[list[str]], question: list[str]) -> np.ndarray:
    return np.asarray(BM25Okapi(passages).get_scores(question))


@settings(deadline=None)
@given(PASSAGES, st.lists(WORDS, max_size=6))
def test_scores_equal_rank_bm25(passages: list[list[str]], question: list[str]) -> None:
    index = compile_postings(term_counts(passage) for passage in passages)
    wanted = list(term_counts(question).items())
    scores = index.scores(wanted, np.arange(len(passages), dtype=np.int32))
    np.testing.assert_allclose(scores, reference(passages, question), atol=1e-9)


@settings(deadline=None)
@given(
    PASSAGES, st.lists(WORDS, min_size=1, max_size=6), st.integers(1, 12), st.randoms(use_true_random=False)
)
def test_search_is_the_full_sort(
    passages: list[list[str]], question: list[str], k: int, rng: random.Random
) -> None:
    index = compile_postings(term_counts(passage) for passage in passages)
    allowed = np.array([rng.random() < 0.7 for _ in passages])
    rows, scores = index.search(list(term_counts(question).items()), k, allowed)
    full = reference(passages, question)
    holders = [i for i, p in enumerate(passages) if set(p) & set(question) and allowed[i]]
    best = sorted(holders, key=lambda i: (-round(float(full[i]), 9), i))[:k]
    assert len(rows) == len(best)
    np.testing.assert_allclose(scores, full[best], atol=1e-9)
    assert set(rows.tolist()) <= set(holders)


def test_same_top_ten_on_two_hundred_questions() -> None:
    rng = np.random.default_rng(7)
    vocabulary = [f"w{i}" for i in range(3000)]
    draw = rng.zipf(1.3, 400_000) % 3000
    passages: list[list[str]] = []
    at = 0
    while len(passages) < 3000:
        size = int(rng.integers(20, 160))
        passages.append([vocabulary[i] for i in draw[at : at + size]])
        at += size
    peer, index = BM25Okapi(passages), compile_postings(term_counts(p) for p in passages)
    for _ in range(200):
        question = [vocabulary[i] for i in rng.zipf(1.2, 8) % 3000]
        full = peer.get_scores(question)
        rows, scores = index.search(list(term_counts(question).items()), 10)
        expected = np.lexsort((np.arange(len(full)), -full))[: len(rows)]
        np.testing.assert_allclose(scores, full[expected], atol=1e-9)
        assert rows.tolist() == expected.tolist() or np.allclose(full[rows], full[expected], atol=1e-9)


@given(st.lists(st.floats(0, 100, width=32), min_size=1, max_size=3 * BLOCK), st.integers(1, 20))
def test_kth_largest(values: list[float], k: int) -> None:
    padded = np.zeros(-(-len(values) // BLOCK) * BLOCK, np.float32)
    padded[: len(values)] = values
    assert (
        kth_largest(padded, padded.reshape(-1, BLOCK).max(axis=1), k)
        == sorted(padded.tolist(), reverse=True)[k - 1]
    )


@pytest.mark.parametrize("counts_of", [[], [{}], [{}, {"a": 1}]])
def test_empty_passages(counts_of: list[dict[str, int]]) -> None:
    index = compile_postings(counts_of)
    rows, _ = index.search([("a", 1), ("zzz", 1)], 5)
    assert rows.tolist() == [i for i, counts in enumerate(counts_of) if "a" in counts]
    scored = index.scores([("a", 1), ("zzz", 1)], np.arange(len(counts_of), dtype=np.int32))
    assert scored.tolist() == [0.0] * len(counts_of), "and a word that one of two has weighs nothing"


def test_terms_are_found_whatever_their_bytes() -> None:
    terms = ["", "a", "aa", "ñ", "é", "\ud800", "日本", "z" * 300]
    index = compile_postings([dict.fromkeys(terms, 1)])
    assert sorted(index.find(term) for term in terms) == list(range(len(terms)))
    assert index.find("b") == -1
