"""Figures of a kind in a text: numbers, shares, sums of money, dates, in four languages."""

import pytest

from index.analysis.figures import figures_asked, holds_figure

HELD = {
    "number": (
        "It has 12 rooms", "about 1,200 people", "1.234,5 toneladas", "three clinics", "cinco millones de soles",
        "duas salas", "In 2019 they counted 40 of them", "3. The list has 7 lines",
    ),
    "share": ("31 per cent of them", "el 45,6% de los casos", "uno de cada diez", "60 p. 100 du temps"),
    "money": ("$317.5 million", "S/ 25 millones", "cinco millones de soles", "6 euros"),
    "date": ("since May", "en 1994", "3 de março", "le 26 mai"),
}  # fmt: skip
LACKED = {
    "number": (
        "In 2019 it opened",
        "3. The clinic opens early",
        "(2) Roads are mended",
        "COVID-19 and A/79/740",
        "",
    ),
    "share": ("41 clinics", "a part of them"),
    "money": ("12 rooms", "a reward"),
    "date": ("12 rooms", "soon"),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HELD.items() for text in texts])
def test_a_figure_is_found(kind: str, text: str) -> None:
    assert holds_figure(text, (kind,))


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in LACKED.items() for text in texts])
def test_what_is_no_figure_of_the_kind(kind: str, text: str) -> None:
    assert not holds_figure(text, (kind,))


def test_one_kind_of_several_is_enough() -> None:
    assert holds_figure("31 per cent", ("money", "share"))
    assert not holds_figure("31 per cent", ())


def test_the_narrowest_figures_are_asked_for() -> None:
    assert figures_asked({"number", "money"}) == {"money"}
    assert figures_asked({"number"}) == {"number"}
    assert figures_asked({"reference", "abbreviation"}) == frozenset()
