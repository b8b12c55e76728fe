"""The two ends of a line: sentence marks and calls of notes at its end, what can only go on at its beginning."""

import pytest

from ingest.layout.line_ends import continues, ends_sentence, is_address

ENDED = [
    "It rained.",
    "in 2012).5",
    "“No.”",
    "¿Por qué?",
    "it did.14",
    "injuries. c",
    "the following:",
    "da COVID-19.3",
    "ended.12, 13",
]
NOT_ENDED = ["It rained", "stood at 97.5", "in 2015", "the State of", "v. 2", "Spain (7.3"]


@pytest.mark.parametrize("text", ENDED)
def test_sentence_has_ended(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", NOT_ENDED)
def test_sentence_has_not_ended(text: str) -> None:
    assert not ends_sentence(text)


def test_lines_that_can_only_go_on() -> None:
    assert continues("of the law") and continues(") and others")
    assert not continues("Lima has grown") and not continues("2015 was dry")


GOING_ON = ["“of the law", "(and others)", "; and", "% of them", "élan", "«que"]
NOT_GOING_ON = ["“Of the law", "(And", "• of", "Évora"]


@pytest.mark.parametrize("text", GOING_ON)
def test_goes_on(text: str) -> None:
    assert continues(text)


@pytest.mark.parametrize("text", NOT_GOING_ON)
def test_does_not_go_on(text: str) -> None:
    assert not continues(text)


ADDRESSES = ["https://www.un.org/a.b?c=d", "www.who.int", "un.org/en/health-care/", "(www.who.int)"]
NOT_ADDRESSES = ["See www.who.int", "and/or", "health", "Lima/Callao"]


@pytest.mark.parametrize("text", ADDRESSES)
def test_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_not_address(text: str) -> None:
    assert not is_address(text)


def test_an_abbreviation_before_a_number_is_no_call() -> None:
    assert not ends_sentence("as said in Art. 5") and not ends_sentence("see pp. 7")
    assert ends_sentence("as he said in Lima. 5")
