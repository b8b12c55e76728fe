"""What words weigh in a collection, and how much of a question stands somewhere."""

import numpy as np
import pytest

from index.analysis.analyser import QuestionTerm, term_counts
from index.ranking.term_weights import (
    CONTEXT_SHARE,
    TermWeights,
    coverage,
    holds_any,
    stands_within,
    term_weights,
)
from index.retrieval.bm25 import compile_postings

LEXICAL = compile_postings(
    term_counts(text.split())
    for text in ("clinic lima", "clinic fee", "clinic salud", "nurse", "road", "water", "school", "lima")
)
ALL = np.arange(8, dtype=np.int32)


def terms(*words: str) -> list[QuestionTerm]:
    """Terms of one form each; "a|b" has two forms."""
    return [QuestionTerm(word.split("|")[0], tuple(word.split("|"))) for word in words]


def test_rare_words_weigh_more_and_unknown_ones_like_the_rarest() -> None:
    found = term_weights(terms("clinic", "lima", "fee", "absent"), LEXICAL)
    clinic, lima, fee, absent = found.values
    assert 0 < clinic < lima < fee == absent
    assert found.known == (True, True, True, False)


def test_a_word_weighs_what_its_most_frequent_form_does() -> None:
    (both,) = term_weights(terms("fee|clinic"), LEXICAL).values
    (clinic,) = term_weights(terms("clinic"), LEXICAL).values
    assert both == clinic


def test_the_known_share_is_by_weight() -> None:
    found = term_weights(terms("fee", "absent"), LEXICAL)
    assert found.known_share == 0.5
    assert term_weights(terms("fee"), LEXICAL).known_share == 1
    assert term_weights(terms("absent"), LEXICAL).known_share == 0


@pytest.mark.parametrize("there", [[], [True, False]])
def test_without_weight_the_share_is_0(there: list[bool]) -> None:
    weights = TermWeights(values=(0.0,) * len(there), known=tuple(there))
    assert weights.share(there) == 0


def test_coverage_is_the_share_that_stands_in_each_passage() -> None:
    asked = terms("clinic", "fee", "absent")
    weights = term_weights(asked, LEXICAL)
    found = coverage(asked, weights, LEXICAL, ALL)
    clinic, fee, absent = weights.values
    total = clinic + fee + absent
    np.testing.assert_allclose(found[:4], [clinic / total, (clinic + fee) / total, clinic / total, 0])


def test_coverage_of_a_question_without_words_is_0() -> None:
    assert coverage([], TermWeights(values=(), known=()), LEXICAL, ALL).tolist() == [0.0] * 8


def test_a_passage_holds_a_term_in_any_form() -> None:
    (term,) = terms("fee|salud")
    assert holds_any(term, LEXICAL, ALL).tolist() == [False, True, True, *[False] * 5]


def test_in_a_collection_without_passages_nothing_is_known() -> None:
    found = term_weights(terms("clinic"), compile_postings([]))
    assert found.known == (False,)
    assert found.known_share == 0


def test_a_word_next_to_a_passage_counts_half() -> None:
    asked = terms("clinic", "fee")
    weights = term_weights(asked, LEXICAL)
    context = np.array([[0, 2], [0, 2], [2, 4]], np.int32)
    found = coverage(asked, weights, LEXICAL, ALL[:3], context)
    clinic, fee = weights.values
    total = clinic + fee
    expected = [(clinic + CONTEXT_SHARE * fee) / total, 1, clinic / total]
    np.testing.assert_allclose(found, expected)


def test_a_span_of_rows_holds_what_one_of_its_rows_does() -> None:
    spans = np.array([[0, 1], [1, 3], [3, 8], [4, 4]], np.int32)
    assert stands_within(terms("lima")[0], LEXICAL, spans).tolist() == [True, False, True, False]
    assert stands_within(terms("absent|salud")[0], LEXICAL, spans).tolist() == [False, True, False, False]
