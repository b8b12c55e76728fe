"""What any `LexicalIndex` must do. A second implementation joins by one more entry in `MAKERS`."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from milvus_index import words_on_milvus
from rank_bm25 import BM25Okapi

from index.analysis.analyser import term_counts
from index.retrieval.base import LexicalIndex
from index.retrieval.bm25 import compile_postings

Passages = Sequence[Sequence[str]]
Maker = Callable[[Passages], LexicalIndex]


def compiled(passages: Passages) -> LexicalIndex:
    return compile_postings(term_counts(passage) for passage in passages)


MAKERS: dict[str, Maker] = {"compiled postings": compiled}
ON_SERVER = pytest.param(words_on_milvus, id="Milvus", marks=pytest.mark.slow)
every_index = pytest.mark.parametrize(
    "make", [*(pytest.param(make, id=name) for name, make in MAKERS.items()), ON_SERVER]
)

TEXTS = [
    ["salud", "migrantes", "salud"],
    ["clinic", "lima"],
    [],
    ["clinic", "salud", "ñandú"],
    ["clinic", "clinic", "lima", "fee"],
]
ALL = np.arange(len(TEXTS), dtype=np.int32)


@every_index
def test_it_knows_which_passages_hold_a_term(make: Maker) -> None:
    index = make(TEXTS)
    assert index.passages == len(TEXTS)
    assert index.rows_of("clinic").tolist() == [1, 3, 4]
    assert index.rows_of("absent").tolist() == []
    assert index.frequency("clinic") == 3
    assert index.frequency("absent") == 0
    assert index.holds("salud", ALL).tolist() == [True, False, False, True, False]
    assert index.holds("salud", ALL[[3, 1]]).tolist() == [True, False]
    assert index.holds("absent", ALL).tolist() == [False] * len(TEXTS)


@every_index
def test_terms_within_typing_errors_are_found_with_their_number(make: Maker) -> None:
    index = make(TEXTS)
    assert [*index.similar("clinc", 1)] == [("clinic", 1)]
    assert [*index.similar("migarntes", 1)] == [("migrantes", 1)]
    assert [*index.similar("migarntez", 2)] == [("migrantes", 2)]
    assert [*index.similar("migarntez", 1)] == []
    assert "clinic" not in dict(index.similar("clinic", 2)), "the term itself is no other one"


@every_index
def test_a_term_may_count_for_less_than_once(make: Maker) -> None:
    index = make(TEXTS)
    whole, half = (index.scores([("clinic", times)], ALL) for times in (1, 0.5))
    assert np.allclose(half, whole / 2)
    rows, _ = index.search([("fee", 0.1), ("salud", 1)], 5)
    assert rows.tolist()[-1] == 4


@every_index
def test_a_rare_term_weighs_more_and_none_less_than_nothing(make: Maker) -> None:
    index = make(TEXTS)
    weights = [index.idf(frequency) for frequency in range(len(TEXTS) + 1)]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) >= 0


@every_index
def test_the_best_come_first_and_equal_ones_in_row_order(make: Maker) -> None:
    index = make([["a", "x"], ["b", "y"], ["a", "x"], ["a", "a"], ["b", "y"], ["c", "y"], ["c", "y"]])
    rows, scores = index.search([("a", 1)], 10)
    assert rows.tolist() == [3, 0, 2]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert scores[1] == scores[2]
    assert index.search([("a", 1)], 2)[0].tolist() == [3, 0]


@every_index
def test_a_flag_limits_the_choice_before_the_top(make: Maker) -> None:
    index = make([["a", "x"], ["b", "y"], ["a", "x"], ["a", "a"], ["b", "y"], ["c", "y"], ["c", "y"]])
    where = np.array([True, True, True, False, True, True, True])
    assert index.search([("a", 1)], 1, where)[0].tolist() == [0]
    assert index.search([("a", 1)], 5, ~where)[0].tolist() == [3]
    assert index.search([("a", 1)], 5, np.zeros(7, bool))[0].tolist() == []


@every_index
@pytest.mark.parametrize("wanted", [[], [("absent", 1)]])
def test_nothing_to_look_for_finds_nothing(make: Maker, wanted: list[tuple[str, int]]) -> None:
    index = make(TEXTS)
    rows, scores = index.search(wanted, 5)
    assert rows.tolist() == scores.tolist() == []
    assert index.scores(wanted, ALL).tolist() == [0.0] * len(TEXTS)


@every_index
def test_an_index_without_passages_answers(make: Maker) -> None:
    index = make([])
    assert index.passages == 0
    assert index.search([("a", 1)], 5)[0].tolist() == []


WORDS = st.sampled_from(["a", "b", "c", "d", "salud", "ñ"])
PASSAGES = st.lists(st.lists(WORDS, min_size=1, max_size=9), min_size=1, max_size=20)


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
@given(passages=PASSAGES, question=st.lists(WORDS, min_size=1, max_size=5), k=st.integers(1, 25))
def test_scores_and_order_are_those_of_rank_bm25(
    make: Maker, passages: list[list[str]], question: list[str], k: int
) -> None:
    index, wanted = make(passages), list(term_counts(question).items())
    true = BM25Okapi(passages).get_scores(question)
    np.testing.assert_allclose(
        index.scores(wanted, np.arange(len(passages), dtype=np.int32)), true, atol=1e-9
    )
    rows, scores = index.search(wanted, k)
    holders = [row for row, passage in enumerate(passages) if set(passage) & set(question)]
    best = sorted(holders, key=lambda row: (-round(true[row], 9), row))[:k]
    np.testing.assert_allclose(scores, true[best], atol=1e-9)
    assert len(set(rows.tolist())) == len(best)


@pytest.mark.slow
def test_many_questions_to_a_server_have_the_order_of_rank_bm25() -> None:
    rng = np.random.default_rng(11)
    words = np.array([f"w{number}" for number in range(300)])
    share = 1 / np.arange(1, 301)
    passages = [rng.choice(words, rng.integers(5, 60), p=share / share.sum()).tolist() for _ in range(600)]
    index, oracle = words_on_milvus(passages), BM25Okapi(passages)
    for _ in range(25):
        question = rng.choice(words, 6).tolist()
        true = oracle.get_scores(question)
        rows, scores = index.search(list(term_counts(question).items()), 20)
        np.testing.assert_allclose(scores, true[rows], atol=1e-9)
        np.testing.assert_allclose(scores, np.sort(true)[::-1][: len(rows)], atol=1e-9)
