"""What is known of a question after its one analysis."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.analyser import Analyser
from index.query.parser import clean_question, parse
from index.query.question import AnalysedQuestion, analyse

ANALYSER = Analyser()
LANGUAGES = ["en", "es", None]


def analysed(text: str, languages: Sequence[str | None] = LANGUAGES) -> AnalysedQuestion:
    return analyse(parse(clean_question(text)), ANALYSER, languages)


def surfaces(asked: AnalysedQuestion, places: Sequence[int]) -> list[str]:
    return [asked.terms[place].surface for place in places]


def test_terms_are_those_of_the_analyser() -> None:
    text = "How many nurses work in Lima?"
    asked = analysed(text)
    assert list(asked.terms) == ANALYSER.question(text, LANGUAGES)
    assert surfaces(asked, range(len(asked.terms))) == ["nurses", "work", "lima"]


def test_each_form_is_counted_as_often_as_it_is_looked_for() -> None:
    counted = dict(analysed("clinic and clinics", ["en"]).counted)
    assert counted["clinic"] == 2


NUMBERS = {
    "a year": ("What was decided in 2021?", ["2021"]),
    "in two styles": ("Were there 4,812 or 4.812 visits?", ["4812", "4812"]),
    "none": ("What was decided?", []),
    "a sum is no bare number": ("What costs $100?", ["100"]),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers(case: str) -> None:
    text, expected = NUMBERS[case]
    asked = analysed(text)
    assert surfaces(asked, asked.numbers) == expected


NAMES = {
    "inside the question": ("Who treats migrants in Lima?", ["lima"]),
    "with an accent": ("¿Qué derecho reconoce el Perú?", ["peru"]),
    "first word only": ("Nurses of the ministry", []),
    "small letters": ("who treats migrants in lima?", []),
}


@pytest.mark.parametrize("case", NAMES)
def test_names(case: str) -> None:
    text, expected = NAMES[case]
    asked = analysed(text)
    assert surfaces(asked, asked.names) == expected


AMOUNTS = {
    "dollars": ("What costs $100?", ("$100",)),
    "with a country": ("What costs US$ 100?", ("$100",)),
    "soles": ("una multa de S/ 20", ("s/20",)),
    "scaled": ("a loan of $1.3 million", ("$1300000",)),
    "two": ("from $10 to €20", ("$10", "€20")),
    "a bare number": ("What costs 100?", ()),
    "a sign alone": ("What costs $?", ()),
}


@pytest.mark.parametrize("case", AMOUNTS)
def test_amounts(case: str) -> None:
    text, expected = AMOUNTS[case]
    assert analysed(text).amounts == expected


def test_a_passage_is_foreign_where_both_languages_are_known_and_differ() -> None:
    asked = analysed("Where are the clinics of the ministry?")
    assert asked.spoken == ("en",)
    assert asked.is_foreign("es")
    assert not asked.is_foreign("en")
    assert not asked.is_foreign(None)


def test_nothing_is_foreign_to_a_question_of_unknown_language() -> None:
    asked = analysed("COVID-19 2021")
    assert asked.spoken == ()
    assert not asked.is_foreign("es")


def test_wordings_are_in_the_order_of_the_query() -> None:
    asked = analysed('"health workers" clinic OR post -fee -"no papers" year:2020')
    assert [wording.surfaces for wording in asked.phrases] == [("health", "workers")]
    assert [[one.text for one in group] for group in asked.any_of] == [["clinic", "post"]]
    assert [wording.text for wording in asked.without] == ["fee", "no papers"]
    assert asked.query.filters == {"year": ("2020",)}


def test_a_wording_is_not_translated() -> None:
    (phrase,) = analysed('"salud"').phrases
    assert not any("health" in term.forms for term in phrase.terms)
    assert any("health" in term.forms for term in analysed("salud").terms)


@given(st.text(max_size=80))
def test_any_text_can_be_analysed(text: str) -> None:
    asked = analysed(text)
    places = range(len(asked.terms))
    assert set(asked.numbers) <= set(places)
    assert set(asked.names) <= set(places)
    assert sum(times for _, times in asked.counted) == sum(len(term.forms) for term in asked.terms)
