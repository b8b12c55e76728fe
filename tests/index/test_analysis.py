import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.analysis.acronyms import Acronyms, fold_word
from index.analysis.analyser import Analyser
from index.analysis.numbers import canonical_number
from ingest.errors import UsageError

ANALYSER = Analyser()
LANGUAGES = ["en", "es", "pt", "fr"]

# A question's words must be found in the text (question, text, language of the text).
MEET = {
    "stem": ("barrier", "Barriers to care", "en"),
    "accents": ("migracion", "La migración", "es"),
    "no_accents_in_portuguese": ("populacao", "A população", "pt"),
    "name_across_languages": ("Venezuela", "venezolanos en Venezuela", "es"),
    "acronym_other_language": ("PAHO", "La OPS informó", "es"),
    "acronym_full_name": ("OIM", "the International Organization for Migration said", "en"),
    "acronym_small_letters": ("pnud", "A UNDP report", "en"),
    "number_with_comma": ("1.3 million", "1,3 millones de personas", "es"),
    "scaled_number": ("1.3 million", "1,300,000 people", "en"),
    "thousands": ("$1,000", "costs $1.000 a day", "en"),
    "legal_number": ("Decreto 1350", "el Decreto Legislativo N.º 1350", "es"),
    "law_across_languages": ("Law 29344", "la Ley N° 29344", "es"),
    "glued_note": ("crime", "violent crime24 fell", "en"),
    "raised_note": ("crime", "violent crime²⁴ fell", "en"),
    "joined": ("COVID19", "the COVID-19 pandemic", "en"),
    "possessive": ("Peru", "Peru's clinics", "en"),
    "ligature": ("official", "oﬃcial", "en"),
    "full_width": ("ABC", "ＡＢＣ", "en"),
    "fiscal_year": ("2021", "results of FY2021", "en"),
    "year_of_fiscal_year": ("FY2021", "results of 2021", "en"),
    "thousands_of_both_traditions": ("1.234,56", "a total of 1,234.56 dollars", "en"),
}
# The last term of the question must not be found.
PART = {
    "dollars": ("$100", "It costs $1000", "en"),
    "dollars_with_comma": ("$100", "It costs $1,000", "en"),
    "billion_is_not_million": ("$1.3 million", "It costs $1.3 billion", "en"),
    "decimal": ("0.75", "75 people", "en"),
    "pronoun_who": ("WHO", "the nurse who came", "en"),
    "spanish_un": ("UN", "un médico", "es"),
    "other_decree": ("Decreto 1466", "Decreto 14661 de 2020", "es"),
}


def found(question: str, text: str, language: str) -> bool:
    held = set(ANALYSER.terms(text, language))
    return all(any(form in held for form in term.forms) for term in ANALYSER.question(question, LANGUAGES))


@pytest.mark.parametrize(
    "case", [c for c in MEET if c not in {"acronym_other_language", "acronym_full_name"}]
)
def test_question_finds_text(case: str) -> None:
    question, text, language = MEET[case]
    held = set(ANALYSER.terms(text, language))
    assert any(form in held for term in ANALYSER.question(question, LANGUAGES) for form in term.forms)


@pytest.mark.parametrize("case", ["acronym_other_language", "acronym_full_name"])
def test_acronym_finds_its_group(case: str) -> None:
    assert found(*MEET[case])


RESOLUTION = (
    "A/RES/72/179",
    "resolution 72/179",
    "la resolución 72/179 de la Asamblea",
    "as resoluções 72/179 e 73/1",
)


@pytest.mark.parametrize("one", RESOLUTION)
@pytest.mark.parametrize("other", RESOLUTION)
def test_a_resolution_is_found_however_it_is_written(one: str, other: str) -> None:
    held = set(ANALYSER.terms(one, "en"))
    asked = {form for term in ANALYSER.question(other, LANGUAGES) for form in term.forms}
    assert {"72/179", "resolucion:72/179"} <= held & asked


@pytest.mark.parametrize("text", ["resolution 72/180", "A/RES/73/179", "72 or 179", "decision 72/179"])
def test_another_number_is_not_the_resolution(text: str) -> None:
    assert "resolucion:72/179" not in ANALYSER.terms(text, "en")


def test_cattle_is_no_resolution_and_other_symbols_stay_whole() -> None:
    assert "resolucion:500" not in ANALYSER.terms("carne de res 500", "es")
    assert "ecn" not in ANALYSER.terms("E/CN.6/2025/3", "en")
    assert {"6/2025/3", "2025"} <= set(ANALYSER.terms("E/CN.6/2025/3", "en"))


def test_a_word_with_a_tilde_is_another_word() -> None:
    assert ANALYSER.terms("peña", "es") != ANALYSER.terms("pena", "es")
    (term,) = ANALYSER.question("peña", ["es"])
    assert (term.forms, term.near) == (("peñ",), ("pen",))
    (term,) = ANALYSER.question("pena", ["es"])
    assert "pen" in term.forms and "peñ" in term.near


@pytest.mark.parametrize("case", PART)
def test_question_does_not_find_text(case: str) -> None:
    question, text, language = PART[case]
    held = set(ANALYSER.terms(text, language))
    last = ANALYSER.question(question, LANGUAGES)[-1]
    assert not any(form in held for form in last.forms)


NUMBERS = {
    "1,000": "1000", "1.000": "1000", "1,234,567": "1234567", "1.234,5": "1234.5", "1,234.5": "1234.5",
    "0.750": "0.750", "0,75": "0.75", "2.3.1": "2.3.1", "12.05.2021": "12.05.2021", "7": "7", "1,3": "1.3",
}  # fmt: skip


@pytest.mark.parametrize("raw", NUMBERS)
def test_canonical_number(raw: str) -> None:
    assert canonical_number(raw) == NUMBERS[raw]


def test_function_words_leave_questions_only() -> None:
    terms = [term.surface for term in ANALYSER.question("What are the barriers for the migrants?", ["en"])]
    assert terms == ["barriers", "migrants"]
    assert "the" in ANALYSER.terms("the barriers", "en")
    assert [term.surface for term in ANALYSER.question("who is who", ["en"])] == ["who", "is", "who"]


@given(st.text(max_size=200), st.sampled_from([*LANGUAGES, None, "xx"]))
def test_any_text_has_terms_without_blanks(text: str, language: str | None) -> None:
    terms = ANALYSER.terms(text, language)
    assert all(term and not any(char.isspace() for char in term) for term in terms)
    assert terms == ANALYSER.terms(text, language)
    ANALYSER.question(text, LANGUAGES)


@given(st.text(max_size=100), st.sampled_from(LANGUAGES))
@example("ÙS", "fr")
def test_a_text_as_question_finds_itself(text: str, language: str) -> None:
    held = set(ANALYSER.terms(text, language))
    for term in ANALYSER.question(text, [language]):
        assert any(form in held for form in term.forms)


def test_own_acronyms(tmp_path: Path) -> None:
    path = tmp_path / "acronyms.toml"
    path.write_text('[x]\nacronyms = ["ZZQ"]\nnames = ["Zona Quieta"]\n', encoding="utf-8")
    own = Analyser(Acronyms.load(path))
    assert own.version != ANALYSER.version
    assert "=x" in own.terms("en la Zona Quieta", "es")


@pytest.mark.parametrize(
    "content", ["[x]\nacronims = []", "x = 1", "[x", '[x]\nnames = ["-"]', "[x]\nnames = [1]"]
)
def test_broken_acronyms_name_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "acronyms.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"acronyms\.toml"):
        Acronyms.load(path)


@given(st.text())
def test_folding_leaves_out_every_combining_mark_and_nothing_else(text: str) -> None:
    plain = unicodedata.normalize("NFD", text.casefold())
    expected = text.casefold() if text.casefold().isascii() else plain
    assert fold_word(text) == "".join(c for c in expected if not unicodedata.combining(c))


@given(st.text(alphabet="aáñNoç1ª9.,%COVID", max_size=12), st.sampled_from([*LANGUAGES, None]))
def test_the_terms_of_a_word_are_those_of_the_text_that_it_is(word: str, language: str | None) -> None:
    assert ANALYSER.terms_of_word(word, language) == set(ANALYSER.terms(word, language))
    assert ANALYSER.terms_of_word(word, language) is ANALYSER.terms_of_word(word, language), "kept"


def test_a_word_has_other_terms_in_another_language() -> None:
    assert ANALYSER.terms_of_word("barriers", "en") != ANALYSER.terms_of_word("barriers", "es")
