"""Whether an excerpt stands in a stored text: blanks and line ends may differ, content may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks.match import folded_text, joined

# Excerpt, stored text.
STANDS = {
    "as it is": ("4,812 visits", "the clinics registered 4,812 visits."),
    "other blanks": ("the  clinics\nregistered", "the clinics registered"),
    "a word broken at the end of a line": ("vaccination began", "vacci-\nnation began"),
    "a compound broken at its hyphen": ("well-known rules", "well-\nknown rules"),
    "a soft hyphen": ("vaccination", "vacci\u00adnation"),
    "a ligature": ("first office", "ﬁrst oﬃce"),
    "a kind of hyphen": ("10-20 years", "10\u201120 years"),
    "a sign": ("was -7.4", "the rate was −7.4 in Lima"),
    "a hyphen in front of it": ("term care", "long-term care"),
    "blanks around a hyphen": ("north - south", "from north-south roads"),
}
DOES_NOT = {
    "other words": ("4,812 visits", "4,813 visits"),
    "a range without its hyphen": ("1020 years", "10-20 years"),
    "a range where there is none": ("10-20 years", "1020 years"),
    "a sign left out": ("7.4 points", "-7.4 points"),
    "a sign put in": ("was -7.4", "was 7.4"),
    "a compound without its hyphen": ("longterm care", "long-term care"),
    "a dash instead of a hyphen": ("10-20 years", "10–20 years"),
    "nothing stored": ("visits", ""),
}


@pytest.mark.parametrize("name", STANDS)
def test_an_excerpt_that_stands_there(name: str) -> None:
    excerpt, stored = STANDS[name]
    assert folded_text(excerpt).stands_in(folded_text(stored))


@pytest.mark.parametrize("name", DOES_NOT)
def test_an_excerpt_that_does_not(name: str) -> None:
    excerpt, stored = DOES_NOT[name]
    assert not folded_text(excerpt).stands_in(folded_text(stored))


def test_a_later_place_counts_where_the_first_has_another_hyphen() -> None:
    assert folded_text("10-20").stands_in(folded_text("1020 and 10-20"))


def test_a_whole_text_is_equal_only_to_itself() -> None:
    stored = folded_text("It rose by 10-20 %.")
    assert folded_text("It  rose by\n10\u201120 %.").equals(stored)
    assert not folded_text("It rose by 10-20").equals(stored)
    assert not folded_text("It rose by 1020 %.").equals(stored)


def test_a_number_that_begins_a_part_follows_nothing() -> None:
    whole = folded_text("in 2024", "-7.4 points")
    assert folded_text("-7.4 points").stands_in(whole)
    assert not folded_text("7.4 points").stands_in(whole)


def test_texts_joined_are_searched_over_their_borders() -> None:
    page = joined([folded_text("The second shift ope-\n"), folded_text("ned in the north.")])
    assert folded_text("shift opened in the").stands_in(page)
    assert not folded_text("shift in the").stands_in(page)


def test_nothing_joined_is_an_empty_text() -> None:
    assert joined([]).text == ""


@given(st.text(alphabet="ab 1-–.\n\u00ad", max_size=20), st.text(max_size=10), st.text(max_size=10))
def test_a_text_always_equals_itself_and_its_own_marks_stand_in_it(
    text: str, before: str, after: str
) -> None:
    one = folded_text(text)
    assert one.equals(one)
    assert one.stands_in(one)
    assert folded_text(before, text, after).text == joined(map(folded_text, (before, text, after))).text
