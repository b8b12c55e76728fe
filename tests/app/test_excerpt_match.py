"""Folded texts know their hyphens: one at a line's end may go, any other may neither go nor come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks.match import folded_text, joined
from ingest.text.folding import fold

# Name of the case -> the excerpt, the page, whether the excerpt stands in it.
CASES = {
    "the same": ("a long-term plan", "with a long-term plan ahead", True),
    "other blanks": ("a  long-term\nplan", "with a long-term plan ahead", True),
    "a ligature": ("ﬁnance of ofﬁces", "the finance of offices", True),
    "a letter altered": ("a long-turm plan", "with a long-term plan ahead", False),
    "an accent altered": ("médico", "medico", False),
    "the hyphen left out": ("a longterm plan", "with a long-term plan ahead", False),
    "a hyphen put in": ("a long-term plan", "with a longterm plan ahead", False),
    "a hyphen of another form": ("a long‐term plan", "with a long-term plan ahead", True),
    "a dash for a hyphen": ("a long–term plan", "with a long-term plan ahead", False),
    "left out at a line's end": ("the elderly first", "the elder-\nly first", True),
    "kept at a line's end": ("the elder-ly first", "the elder-\nly first", True),
    "broken where the page breaks": ("the elder-\nly first", "the elder-\nly first", True),
    "broken by the excerpt alone": ("a long-\nterm plan", "with a long-term plan ahead", True),
    "broken where the page has no hyphen": ("a long-\nterm plan", "with a longterm plan ahead", False),
    "pdfium's hyphen left out": ("the elderly first", "the elder\x02ly first", True),
    "a soft hyphen left out": ("the elderly first", "the elder\u00adly first", True),
    "a soft hyphen put in": ("the el\u00adderly first", "the elderly first", True),
    "a soft hyphen for one that is seen": ("long\u00adterm", "long-term", False),
    "a sign left out": ("was 7.4 percent", "was -7.4 percent", False),
    "a sign put in": ("was -7.4 percent", "was 7.4 percent", False),
    "a minus sign": ("was −7.4 percent", "was -7.4 percent", True),
    "a sign left out at the beginning": ("7.4 percent", "was -7.4 percent", False),
    "a sign at the beginning": ("-7.4 percent", "was -7.4 percent", True),
    "a sign that is not there, at the beginning": ("-7.4 percent", "was 7.4 percent", False),
    "half of a compound": ("term plan", "a long-term plan", True),
    "half of a range": ("20 percent", "10-20 percent", True),
    "a range run together": ("1020 percent", "10-20 percent", False),
    "the second of two places": ("re-sign it", "they resign it, then re-sign it", True),
    "neither of two places": ("re-sign it", "they resign it, then resign it", False),
    "nothing of it": ("schools", "clinics", False),
    "longer than the page": ("clinics open", "clinics", False),
}


@pytest.mark.parametrize("case", CASES)
def test_an_excerpt_stands_in_a_page(case: str) -> None:
    excerpt, page, stands = CASES[case]
    assert folded_text(excerpt).stands_in(folded_text(page)) is stands


WHOLE = {
    "all of it": ("the elder-ly first", True),
    "without the hyphen": ("the elderly first", True),
    "its beginning": ("the elder", False),
    "more than it": ("the elderly first again", False),
}


@pytest.mark.parametrize("case", WHOLE)
def test_an_excerpt_is_the_whole_of_a_passage(case: str) -> None:
    excerpt, whole = WHOLE[case]
    assert folded_text(excerpt).equals(folded_text("the elder-\nly first")) is whole


def test_a_part_begins_behind_no_letter() -> None:
    """A sign at the top of a page stays one, though the page before ended in a digit."""
    apart = folded_text("in 2019", "-3 here")
    assert folded_text("-3 here").stands_in(apart)
    assert not folded_text("3 here").stands_in(apart)
    in_one = folded_text("in 2019-3 here")
    assert not folded_text("-3 here").stands_in(in_one)


@pytest.mark.parametrize("parts", [("the elder-", "\u00adly first"), ("the elder\u00ad", "-ly first")])
def test_two_hyphens_in_one_place_count_as_one_at_a_line_s_end(parts: tuple[str, str]) -> None:
    for pages in (joined(map(folded_text, parts)), folded_text(*parts)):
        assert folded_text("the elderly first").stands_in(pages)
        assert folded_text("the elder-ly first").stands_in(pages)


def test_joined_pages_are_read_on() -> None:
    pages = joined([folded_text("Fees were"), folded_text("dropped. A long-term"), folded_text("plan.")])
    assert folded_text("were dropped").stands_in(pages)
    assert folded_text("long-term plan").stands_in(pages)
    assert not folded_text("longterm plan").stands_in(pages)


def test_nothing_joined_is_empty() -> None:
    assert joined([]).text == ""
    assert not folded_text("a").stands_in(joined([]))


WORDS = st.text(st.sampled_from("ab7-−\u00ad\x02\n é"), max_size=30)


@given(WORDS)
def test_every_text_stands_in_itself_and_is_the_whole_of_it(text: str) -> None:
    one = folded_text(text)
    assert one.text == fold(text)
    assert one.equals(folded_text(text)) and one.stands_in(folded_text(text))


@given(WORDS, WORDS, WORDS)
def test_what_stands_between_blanks_is_found_between_other_texts(before: str, text: str, after: str) -> None:
    page = f"{before} x {text} y {after}"
    assert folded_text(f"x {text} y").stands_in(folded_text(page))


@given(WORDS.filter(lambda text: "a" in text))
def test_one_altered_letter_is_never_the_same(text: str) -> None:
    altered = text.replace("a", "o", 1)
    assert not folded_text(altered).equals(folded_text(text))
    assert not folded_text(altered).stands_in(folded_text(text))


@given(st.lists(WORDS, max_size=4))
def test_joined_texts_are_the_folds_one_after_the_other(parts: list[str]) -> None:
    whole = joined(folded_text(part) for part in parts)
    assert whole.text == "".join(fold(part) for part in parts)
    assert all(0 <= offset <= len(whole.text) for offset in whole.offsets)
    assert list(whole.offsets) == sorted(whole.offsets)
