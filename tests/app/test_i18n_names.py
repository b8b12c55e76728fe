"""Languages, countries, kinds and notices are named in the language of the page."""

import pytest

from app.i18n import LANGUAGES, words
from app.i18n.names import country_name, kind_name, language_name, type_name
from app.i18n.notices import sentence
from index.notices import Notice, NoticeKind, Value
from index.query.filters import FILTER_KEYS

LANGUAGE_NAMES = {
    ("en", "es"): "Spanish",
    ("es", "es"): "Español",
    ("pt", "en"): "Inglês",
    ("es", "xx"): "XX",
    ("es", None): "desconocido",
    ("en", ""): "unknown",
}


@pytest.mark.parametrize(("language", "code"), LANGUAGE_NAMES)
def test_languages(language: str, code: str | None) -> None:
    assert language_name(words(language), code).casefold() == LANGUAGE_NAMES[language, code].casefold()


def test_a_country_without_a_name_keeps_its_code() -> None:
    assert country_name(words("es"), "BRA") == "Brasil"
    assert country_name(words("es"), "XKX") == "XKX"


def test_running_text_has_no_kind() -> None:
    assert kind_name(words("pt"), "table") == "Tabela"
    assert kind_name(words("pt"), "body") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_type_is_known_by_its_name_in_any_language(language: str) -> None:
    for other in LANGUAGES:
        name = type_name(words(other), "policy brief")
        assert type_name(words(language), name.upper()) == type_name(words(language), "policy brief")


def absent(key: str, known: tuple[str, ...] = (), more: int = 0) -> Notice:
    values: dict[str, Value] = {"key": key, "value": "x{y}", "known": known, "more": more}
    return Notice(NoticeKind.UNKNOWN_FILTER_VALUE, values)


SENTENCES = {
    "words only": (
        Notice(NoticeKind.WORDS_ONLY, {"reason": "there is no model."}),
        "Searching by words only: there is no model.",
    ),
    "amount": (Notice(NoticeKind.AMOUNT_ABSENT, {"amount": "$7"}), "No passage holds the amount $7."),
    "no disease": (
        Notice(NoticeKind.DISEASE_ABSENT, {"disease": "zika {x}"}),
        "None of the passages found names zika {x}.",
    ),
    "no number": (
        Notice(NoticeKind.FIGURE_ABSENT, {"figure": "number"}),
        "None of the passages found holds a number.",
    ),
    "no date": (
        Notice(NoticeKind.FIGURE_ABSENT, {"figure": "date"}),
        "None of the passages found holds a date.",
    ),
    "no money": (
        Notice(NoticeKind.FIGURE_ABSENT, {"figure": "money"}),
        "None of the passages found holds a sum of money.",
    ),
    "publisher": (absent("publisher"), "no document has publisher “x{y}”; none has any publisher"),
    "type": (absent("type", ("a", "b")), "no document is of type “x{y}”; there are: a, b"),
    "year": (absent("year", ("2019",), 3), "no document is of “x{y}”; there are: 2019 and 3 more"),
    "country": (absent("country"), "no document has country “x{y}”; none has any country"),
    "language": (absent("language"), "no document is in “x{y}”; none has any language"),
    "document": (absent("document", ("{a}",)), "no document is called “x{y}”; there are: {a}"),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_english_sentences_are_those_of_the_search_object(case: str) -> None:
    notice, wanted = SENTENCES[case]
    assert sentence(words("en"), notice) == wanted


def test_every_key_has_its_words_in_every_language() -> None:
    for language in LANGUAGES:
        sentences = {sentence(words(language), absent(key, ("2019",), 2)) for key in FILTER_KEYS}
        assert len(sentences) == len(FILTER_KEYS)
    spanish = sentence(words("es"), absent("country", ("PER",), 2))
    assert spanish == "ningún documento tiene el país «x{y}»; hay: PER y 2 más"
    assert sentence(words("pt"), SENTENCES["amount"][0]) == "Nenhum trecho contém a quantia $7."
