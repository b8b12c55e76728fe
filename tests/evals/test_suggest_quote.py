"""The quote that is proposed of a passage: near to the question, short enough, long enough, unique."""

import pytest
from cited_samples import a_passage
from hypothesis import given
from hypothesis import strategies as st

from evals.gold.quotes import fold_quote
from evals.gold.reader import MAX_QUOTE_WORDS, MIN_QUOTE_CHARACTERS
from evals.judging.suggest_quote import suggest_quote

CLINICS = "Clinics of the capital open at seven in the morning."
FEES = "The fees of all public hospitals were dropped in 2019."
SCHOOLS = "Schools of the north take children of any status."
PASSAGE = a_passage(f"{CLINICS} {FEES} {SCHOOLS}")

# Question -> the sentence that is proposed.
NEAREST = {
    "When were hospital fees dropped?": FEES,
    "What happened in 2019?": FEES,
    "Which schools take children?": SCHOOLS,
    "¿Qué hospitales públicos hay?": FEES,
    "Do clinics open in the morning, and schools?": CLINICS,
    "Nothing of the sort?": CLINICS,
    "": CLINICS,
}


@pytest.mark.parametrize("question", NEAREST)
def test_the_sentence_with_most_words_of_the_question_is_proposed(question: str) -> None:
    assert suggest_quote(PASSAGE, question, lambda words: True) == NEAREST[question]


def test_words_that_stand_elsewhere_too_give_way_to_the_next_best() -> None:
    assert suggest_quote(PASSAGE, "hospital fees", lambda words: words != FEES) == CLINICS
    assert suggest_quote(PASSAGE, "hospital fees", lambda words: words == SCHOOLS) == SCHOOLS


def test_where_nothing_is_unique_nothing_is_proposed() -> None:
    assert suggest_quote(PASSAGE, "hospital fees", lambda words: False) is None


def test_a_few_letters_are_no_quote() -> None:
    assert suggest_quote(a_passage("Yes. No."), "yes", lambda words: True) is None


def test_of_a_long_sentence_the_piece_with_the_words_is_proposed() -> None:
    words = [f"word{number}" for number in range(100)]
    words[70:72] = ["hospital", "fees"]
    found = suggest_quote(a_passage(" ".join(words) + "."), "hospital fees", lambda text: True)
    assert found is not None
    assert "hospital fees" in found and len(found.split()) == MAX_QUOTE_WORDS


def test_the_last_words_of_a_long_sentence_can_be_proposed() -> None:
    words = [*(f"word{number}" for number in range(MAX_QUOTE_WORDS + 2)), "hospital", "fees."]
    found = suggest_quote(a_passage(" ".join(words)), "hospital fees", lambda text: True)
    assert found is not None and found.endswith("hospital fees.")


@given(
    st.lists(st.sampled_from(["clinic", "fees", "of", "2019", "día", "e\u0301poca"]), max_size=80),
    st.text(max_size=30),
)
def test_a_quote_is_a_run_of_words_of_the_passage(words: list[str], question: str) -> None:
    text = " ".join(words)
    found = suggest_quote(a_passage(text), question, lambda piece: True)
    if found is None:
        assert len(fold_quote(text)) < MIN_QUOTE_CHARACTERS
        return
    assert found in text
    assert len(found.split()) <= MAX_QUOTE_WORDS
    assert len(fold_quote(found)) >= MIN_QUOTE_CHARACTERS
