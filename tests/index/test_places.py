"""Countries in questions and texts, by their names and their people's, in four languages."""

import pytest

from index.analysis.places import names_place, places

NAMED = {
    "What did they do in Ecuador?": ["EC"],
    "O que fizeram no Equador?": ["EC"],
    "¿Cuántas escuelas sostenía el Estado boliviano?": ["BO"],
    "Qual é a meta de pobreza da Bolívia?": ["BO"],
    "¿Qué porcentaje de uruguayos quería emigrar?": ["UY"],
    "Did fewer people in the Central African Republic need help?": ["CF"],
    "¿Cuántos refugiados llegaron a Sudán del Sur desde Sudán?": ["SS", "SD"],
    "How many Peruvians study the Spanish language?": ["PE", "ES"],
    "les Canadiens et les Italiens": ["CA", "IT"],
    "COLOMBIANS IN PERU": ["CO", "PE"],
}
NONE = (
    "How much is china in a shop?",
    "a chile pepper",
    "Anglo American",
    "the manual of the clinic",
    "",
    "2019",
)


@pytest.mark.parametrize("text", NAMED)
def test_countries_are_told(text: str) -> None:
    assert list(places(text)) == NAMED[text]


@pytest.mark.parametrize("text", NONE)
def test_other_words_are_no_countries(text: str) -> None:
    assert places(text) == {}


def test_a_country_keeps_the_words_it_was_asked_with() -> None:
    assert places("aid to the Democratic Republic of the Congo") == {"CD": "Democratic Republic of the Congo"}


TEXTS = {
    "Los bolivianos llegan.": ("BO", True),
    "Bolivia and Peru signed.": ("BO", True),
    "Bolívia e Peru assinaram.": ("BO", True),
    "It costs ten bolivares.": ("BO", False),
    "Ecuatorianos y ecuatorianas": ("EC", True),
    "The equator is long.": ("EC", False),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_names_a_country_in_any_language(text: str) -> None:
    code, named = TEXTS[text]
    assert names_place(["Roads.", text], code) is named
