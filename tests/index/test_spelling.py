"""Other spellings: n and ñ, and words with a typing error."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from passage_list import PassageList, passage

from index.analysis.analyser import NEAR_SHARE, Analyser, QuestionTerm
from index.query.parser import parse
from index.query.spelling import PiecesOfWords, Speller, spelled
from index.ranking.hybrid import Retriever
from index.ranking.term_weights import coverage, term_weights
from index.retrieval.bm25 import compile_postings
from index.retrieval.candidate_texts import CandidateTexts
from index.retrieval.similar_terms import edits_between, similar_terms

ANALYSER = Analyser()
TEXTS = {
    "en": ("Insurance pays for vaccination of refugees.", "Discrimination harms Venezuelan women in Lima."),
    "es": (
        "Los niños de la peña reciben vacunas.",
        "La pena por discriminación es una multa.",
        "Un hombre vino.",
    ),
}
STORED = [passage(text, section=()) for texts in TEXTS.values() for text in texts]
CODES = [code for code, texts in TEXTS.items() for _ in texts]
PASSAGES = [
    replace(one, passage=replace(one.passage, language=code)) for one, code in zip(STORED, CODES, strict=True)
]
LEXICAL = compile_postings(
    dict.fromkeys(ANALYSER.terms(one.passage.text, one.passage.language), 1) for one in PASSAGES
)
RETRIEVER = Retriever(LEXICAL, None, ANALYSER, ("en", "es"), np.array([0, 0, 1, 1, 1], np.int8))


def pieces(words: Sequence[str]) -> list[int]:
    """Count as a model would that knows the words of the passages: one piece for these, a piece a letter else."""
    known = {word.strip(".").lower() for one in PASSAGES for word in one.passage.text.split()} | {"hambre"}
    return [1 if word.lower() in known else len(word) for word in words]


def corrected(question: str, count: PiecesOfWords = pieces) -> str | None:
    speller = Speller(
        lexical=LEXICAL, analyser=ANALYSER, texts=CandidateTexts(PassageList(PASSAGES)), pieces_of_words=count
    )
    return speller.corrected(RETRIEVER.analyse(parse(question)))[1]


@pytest.mark.parametrize("question", ["migracoin¹ y multa", "ley migracoinª", "ｍｉｇｒａｃｏｉｎ"])
def test_a_word_that_is_not_written_as_it_is_looked_for_is_left_alone(question: str) -> None:
    assert corrected(question) is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("vaccinaton of refugees", "vaccination of refugees"),
        ("discrimnation of venezulean women", "discrimination of Venezuelan women"),
        ("discirminación y multa", "discriminación y multa"),
        ("Who pays the insuranse?", "Who pays the insurance?"),
    ],
)
def test_mistyped_words_are_offered_in_the_words_of_the_passages(wrong: str, right: str) -> None:
    assert corrected(wrong) == right


@pytest.mark.parametrize(
    "question",
    [
        "insurance of women",  # all words are there
        "hambre de los niños",  # right, and no passage has it: "hombre" would be another question
        "telescope astronomy",  # nothing is near
        '"vaccinaton" of refugees',  # a phrase is meant as it stands
        "vaccinaton insuranse discrimnation",  # too many unknown words: another language rather than typing errors
        "refugio",  # found by its stem
    ],
)
def test_other_words_stay(question: str) -> None:
    assert corrected(question) is None


def test_without_a_model_nothing_is_corrected() -> None:
    assert corrected("vaccinaton of refugees", lambda words: None) is None


def test_a_corrected_word_counts_less_than_one_that_was_written() -> None:
    speller = Speller(
        lexical=LEXICAL,
        analyser=ANALYSER,
        texts=CandidateTexts(PassageList(PASSAGES)),
        pieces_of_words=pieces,
    )
    asked, _ = speller.corrected(RETRIEVER.analyse("vaccinaton of refugees"))
    counted = dict(asked.counted)
    assert counted["vaccin"] == NEAR_SHARE and counted["refuge"] == 1
    held = coverage(asked.terms, term_weights(asked.terms, LEXICAL), LEXICAL, np.arange(5, dtype=np.int32))
    assert 0.5 < held[0] < 1 and held[1] == 0


@pytest.mark.parametrize(("word", "first"), [("peña", 2), ("pena", 3)])
def test_the_exact_form_comes_first_and_the_other_is_found(word: str, first: int) -> None:
    asked = RETRIEVER.analyse(word)
    assert [int(row) for row in RETRIEVER.rank(asked, mode="lexical").rows] == [first, 5 - first]


def test_a_word_that_stands_only_with_the_other_letter_counts_in_full() -> None:
    asked = spelled(RETRIEVER.analyse("ninos"), LEXICAL)
    assert ("niñ", 1) in asked.counted


def test_a_term_holds_both_kinds_of_forms() -> None:
    assert QuestionTerm("pena", ("pen",), ("peñ",)).all_forms == ("pen", "peñ")


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("casa", "casa", 0),
        ("casa", "caso", 1),
        ("acess", "access", 1),
        ("form", "from", 1),
        ("", "abc", 3),
        ("ab", "", 2),
    ],
)
def test_edits(one: str, other: str, edits: int) -> None:
    assert edits_between(one, other) == edits == edits_between(other, one)


@given(
    st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=20),
    st.text("abc", min_size=3, max_size=6),
)
def test_similar_terms_are_as_near_as_is_said(words: list[str], wanted: str) -> None:
    postings = compile_postings([dict.fromkeys(words, 1)])
    terms = sorted(set(words))
    found = similar_terms(postings.letters, postings.ends, wanted, 1)
    assert all(edits_between(terms[number], wanted) == edits == 1 for number, edits in found)
    near = {
        number
        for number, term in enumerate(terms)
        if edits_between(term, wanted) == 1 and (term[0] == wanted[0] or term[-1] == wanted[-1])
    }
    assert near >= {number for number, _ in found}
    assert {terms[number] for number in near if terms[number][:2] == wanted[:2]} <= {
        terms[number] for number, _ in found
    }
