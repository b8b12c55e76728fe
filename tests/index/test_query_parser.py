import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.query.parser import MAX_CHARACTERS, Query, clean_question, parse

CASES = {
    "plain": ("health of migrants", Query("health of migrants")),
    "phrase": ('access "health services" now', Query("access health services now", ("health services",))),
    "curly": ("“health services”", Query("health services", ("health services",))),
    "guillemets_inside": ("el plan «Vuelta a la Patria»", Query("el plan Vuelta a la Patria")),
    "guillemets": ("«servicios de salud»", Query("servicios de salud", ("servicios de salud",))),
    "without": ("migrants -Chile", Query("migrants", without=("Chile",))),
    "without_phrase": ('migrants -"Santiago de Chile"', Query("migrants", without=("Santiago de Chile",))),
    "or": ("migrants OR refugees", Query("migrants refugees", any_of=(("migrants", "refugees"),))),
    "or_three": ("a OR b OR c d", Query("a b c d", any_of=(("a", "b", "c"),))),
    "or_phrases": ('"a b" OR "c d"', Query("a b c d", any_of=(("a b", "c d"),))),
    "field": ("year:2020 migrants", Query("migrants", filters={"year": ("2020",)})),
    "field_twice": ("country:PER country:BRA x", Query("x", filters={"country": ("PER", "BRA")})),
    "field_quoted": ('publisher:"World Bank" debt', Query("debt", filters={"publisher": ("World Bank",)})),
    "field_capitals": ("Year:2015..2020 x", Query("x", filters={"year": ("2015..2020",)})),
}
# What looks like an operator and is none.
PLAIN = {
    "unknown_field": "http://example.org",
    "wrong_year": "year:soon",
    "hyphen_inside": "policy-making",
    "negative_number": "temperature -5",
    "dash": "health - care",
    "loose_or": "OR migrants OR",
    "open_quote": 'say "hello',
    "lower_or": "migrants or refugees",
}


@pytest.mark.parametrize("case", CASES)
def test_parse(case: str) -> None:
    question, expected = CASES[case]
    assert parse(question) == expected


@pytest.mark.parametrize("case", PLAIN)
def test_plain(case: str) -> None:
    query = parse(PLAIN[case])
    assert (query.phrases, query.without, query.any_of, query.filters) == ((), (), (), {})


@given(st.text(max_size=300))
def test_no_question_is_an_error(question: str) -> None:
    cleaned = clean_question(question)
    assert len(cleaned) <= MAX_CHARACTERS
    assert clean_question(cleaned) == cleaned
    assert all(char >= " " for char in cleaned)
    assert len(parse(cleaned).text) <= len(cleaned)


@given(
    st.lists(
        st.sampled_from(['"', "-", "OR", "year:", ":", "a", "“", "”", "«", "»", " ", "x:y", "--", "\\"]),
        max_size=25,
    )
)
def test_no_heap_of_operators_is_an_error(parts: list[str]) -> None:
    for question in ("".join(parts), " ".join(parts)):
        query = parse(question)
        assert query.filters == {}  # no part is a year
        assert all(phrase.strip() for phrase in (*query.phrases, *query.without))
        assert all(len(group) > 1 for group in query.any_of)


def test_long_and_odd_questions_are_cleaned() -> None:
    assert len(clean_question("x" * 10_000)) == MAX_CHARACTERS
    assert clean_question("a\x00b\u202ec\n d\ud800") == "a b c d"
    assert clean_question("mi\u00adgra\u200btion and\u2060 fees\ufeff") == "migration and fees"
    assert clean_question(" " * 5_000 + "fee") == "fee"
