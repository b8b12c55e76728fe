"""Sentences: trap sentences of English, Spanish, Portuguese and French policy papers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.sentences import split_sentences

ONE = {
    "article_es": "Conforme al Art. 5 de la Ley N.º 27867, la Dra. Pérez y el Sr. Quispe firmaron.",
    "country_es": "Viven en EE. UU. y en el Perú.",
    "decimal": "It grew by 0.33 points.",
    "percent_apart": "In 2023 some 92.3 % of them lacked it, and 1.5 ‰ died.",
    "initials": "As J. P. Smith and M. A. Odría noted, it failed.",
    "et_al": "Zapata et al. (2021) argue that access is limited.",
    "page": "See pp. 7 and 8, vol. 2, No. 4.",
    "title_en": "Mr. Ban and Dr. Chan met.",
    "for_example": "Some groups, e.g. women and i.e. mothers, wait.",
    "enumerator": "2.3. Migrants in Peru are young.",
    "lower_case_follows": "He asked why? and left.",
    "portuguese": "A Sra. Souza citou o art. 5.º da lei n.º 13.445.",
    "french": "Selon M. Durand, cf. p. 12, la loi a changé.",
    "us": "The U.S. Department of Labor pays.",
    "month": "On 3 Dec. 2023 it began.",
    "address": "See https://www.un.org/a.b?c=d for more.",
}
TWO = {
    "plain": ("It rained.", "We stayed."),
    "note_number": ("It failed many times.4", "In 2021 it worked."),
    "note_after_year": ("It ended in 2012.5", "This was late."),
    "quote": ("She said “no.”", "He agreed."),
    "question_es": ("¿Qué barreras hay?", "Las hay de tres tipos."),
    "year_at_the_end": ("It ended in 2012.", "It began in 2010."),
    "number_word": ("The answer was no.", "They left."),
    "parenthesis": ("It fell (see table 2).", "Then it rose."),
    "percent": ("It reached 40%.", "Then it fell."),
    "etc": ("Casas, escuelas, etc.", "Los niños estudian."),
}


@pytest.mark.parametrize("name", ONE)
def test_one_sentence(name: str) -> None:
    assert split_sentences(ONE[name]) == ((0, len(ONE[name])),)


@pytest.mark.parametrize("name", TWO)
def test_two_sentences(name: str) -> None:
    first, second = TWO[name]
    text = f"{first} {second}"
    assert [text[a:b] for a, b in split_sentences(text)] == [first, second]


def test_line_break_ends_a_sentence() -> None:
    text = "• health\n• schools"
    assert [text[a:b] for a, b in split_sentences(text)] == ["• health", "• schools"]


@given(st.text(alphabet=st.sampled_from('aB1 .!?\n"”)(,;Art')))
def test_every_character_is_in_one_sentence(text: str) -> None:
    spans = split_sentences(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = "".join(text[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(text.split())
