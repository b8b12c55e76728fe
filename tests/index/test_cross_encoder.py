"""The optional second look: its order, what stays the same, and how many passages it reads."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from index_library import HashingEmbedder

from index.ranking.cross_encoder import reorder
from index.search import Searcher

QUESTION = "migrants and health workers"


class Shortest:
    """Prefers short texts, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return [-float(len(text)) for text in texts]


class Indifferent:
    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        return [1.0] * len(texts)


@pytest.fixture
def searcher(published: Path) -> Searcher:
    return Searcher.open(published, embedder=HashingEmbedder())


def test_hits_come_in_the_order_of_the_reranker(searcher: Searcher) -> None:
    plain = searcher.search(QUESTION, k=5)
    asked = Shortest()
    again = searcher.search(QUESTION, k=5, reranker=asked)
    lengths = [len(hit.passage.passage.text) for hit in again.hits]
    assert lengths == sorted(lengths)
    assert [hit.rank for hit in again.hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in again.hits] == [-float(length) for length in lengths]
    assert {hit.passage.passage.id for hit in again.hits} == {hit.passage.passage.id for hit in plain.hits}
    assert asked.asked == [(QUESTION, [hit.passage.passage.text for hit in plain.hits])]


def test_what_was_found_does_not_change_the_verdict(searcher: Searcher) -> None:
    plain, again = searcher.search(QUESTION), searcher.search(QUESTION, reranker=Shortest())
    assert (again.answerable, again.confidence) == (plain.answerable, plain.confidence)
    legs = {hit.passage.passage.id: (hit.lexical_rank, hit.dense_rank, hit.weak) for hit in plain.hits}
    for hit in again.hits:
        assert legs[hit.passage.passage.id] == (hit.lexical_rank, hit.dense_rank, hit.weak)


def test_equal_scores_keep_their_order(searcher: Searcher) -> None:
    hits = searcher.search(QUESTION, k=5).hits
    again = reorder(hits, QUESTION, Indifferent())
    assert [hit.passage.passage.id for hit in again] == [hit.passage.passage.id for hit in hits]


def test_no_hits_are_no_work() -> None:
    assert reorder((), QUESTION, Shortest()) == ()
