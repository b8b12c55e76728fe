"""A note that two windows change at once: no word of either is lost, and the browser merges as the server does."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app.ui
from app.service.note_merge import merged_note

SCRIPT = Path(app.ui.__file__).parent / "static" / "note_merge.js"
WORDS = ("a", "b", "c", "w2", "w26", "w6", "w6.", "", "\n", "\n\n", "ñ", "\N{NO-BREAK SPACE}", "🧾")
NOTES = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.text(alphabet="ab2 \n\t", max_size=10),
    st.text(max_size=8),
)


def words(text: str) -> list[str]:
    """Return the words as the merge parts them: by the white space that a keyboard types."""
    return re.findall(r"[^ \t\r\n]+", text)


def word_set(text: str) -> set[str]:
    return set(words(text))


def within(some: str, other: str) -> bool:
    rest = iter(words(other))
    return all(word in rest for word in words(some))


MERGES = {
    "only here": ("", "", "abc", "abc"),
    "emptied": ("abc", "abc", "", ""),
    "shortened": ("abc", "abc", "ab", "ab"),
    "only there": ("abc", "abcd", "abc", "abcd"),
    "theirs begins mine": ("", "hello", "hello you", "hello you"),
    "mine begins theirs": ("", "hello you", "hello", "hello you"),
    "both anew": ("old", "theirs", "ours", "theirs\n\nours"),
    "a number within another": ("base", "base w2", "base w26", "base w2 w26"),
    "the other way round": ("base", "base w26", "base w2", "base w26 w2"),
    "in two places": ("one two three", "one TWO three", "one two three four", "one TWO three four"),
    "added before and behind": ("clinics", "the clinics", "clinics open", "the clinics open"),
    "taken out there, added here": ("a b c d", "a c d", "a b c d e", "a c d e"),
    "emptied there, added here": ("a b", "", "a b c", "a b c"),
    "the first word taken out here": ("a b", "x a b", "b", "x a b"),
    "paragraphs stay": ("a\n\nb", "a\n\nb c", "a x\n\nb", "a x\n\nb c"),
    "a space at the end": (" a", " a w2 ", " a w26", " a w2 w26 "),
}


@pytest.mark.parametrize("name", MERGES)
def test_two_windows_make_one_note(name: str) -> None:
    base, current, mine, merged = MERGES[name]
    assert merged_note(base, current, mine) == merged


TOLD = {
    "typing went on": ("", "hel", "hello", "hel", "hello"),
    "typing went on beside another's word": ("", "w6 the hel", "the hello", "the hel", "w6 the hello"),
    "what was sent did not arrive": ("old", "old w6", "old hello", "old hel", "old w6 hello"),
    "all was taken out, and that did not arrive": ("old", "old", "new", "", "new"),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_field_goes_on_from_what_it_sent(name: str) -> None:
    base, current, mine, told, merged = TOLD[name]
    assert merged_note(base, current, mine, told) == merged


@given(base=NOTES, theirs=NOTES, mine=NOTES)
def test_no_word_that_either_side_wrote_is_lost(base: str, theirs: str, mine: str) -> None:
    assert merged_note(base, base, theirs) == theirs
    both = word_set(merged_note(base, theirs, mine))
    written = (word_set(theirs) | word_set(mine)) - word_set(base)
    once = {word for word, count in Counter(words(base)).items() if count == 1}
    left = word_set(theirs) & word_set(mine) & once
    assert written | left <= both, "typed by one of them, or left by both"
    assert both <= word_set(theirs) | word_set(mine), "nothing comes from elsewhere"


@given(base=NOTES, theirs=NOTES, mine=NOTES, told=st.none() | NOTES)
def test_what_a_field_sent_before_costs_no_word(base: str, theirs: str, mine: str, told: str | None) -> None:
    both = word_set(merged_note(base, theirs, mine, told))
    known = word_set(base) | word_set(told or "")
    assert (word_set(theirs) | word_set(mine)) - known <= both


@given(base=NOTES, theirs=NOTES, mine=NOTES)
def test_merging_twice_changes_nothing(base: str, theirs: str, mine: str) -> None:
    """A note is sent again where nobody said that it arrived."""
    once = merged_note(base, theirs, mine)
    twice = merged_note(base, once, mine)
    if not within(mine, base):
        assert word_set(twice) == word_set(once)
    if within(base, theirs) and within(base, mine):
        assert words(twice) == words(once)


@given(base=NOTES, theirs=NOTES, mine=NOTES)
def test_who_comes_first_costs_no_word(base: str, theirs: str, mine: str) -> None:
    assert word_set(merged_note(base, theirs, mine)) == word_set(merged_note(base, mine, theirs))


@given(base=NOTES, added=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join))
def test_words_added_in_two_places_stay_in_their_places(base: str, added: str) -> None:
    """One window writes before all of a note, the other behind it: each of them finds its words as it typed them."""
    middle = f"start {base.strip()} end"
    merged = merged_note(middle, f"{added} {middle}", f"{middle} last")
    assert words(merged) == words(f"{added} {middle} last")


def test_long_notes_are_merged_at_once() -> None:
    base = " ".join(f"word{number}" for number in range(3_000))
    other = " ".join(f"other{number}" for number in range(400))
    assert word_set(merged_note(base, other, f"{base} more")) >= word_set(other) | {"more"}
    assert merged_note(base, f"first {base}", f"{base} last") == f"first {base} last"


def _note(dice: Random, start: str = "") -> str:
    """Return a note, mostly another one with some words changed."""
    some = start.split(" ") if dice.random() < 0.8 else []
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(some) + 1)
        some[at : at + dice.randrange(2)] = [dice.choice(WORDS)] * dice.randrange(3)
    return " ".join(some)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """An empty page of the browser with the merge in it."""
    opened = chromium.new_page()
    opened.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    yield opened
    opened.close()


@pytest.mark.browser
def test_the_browser_merges_as_the_server_does(page: Any) -> None:
    dice = Random(7)
    cases: list[tuple[str, ...]] = [case[:3] for case in MERGES.values()]
    cases += [case[:4] for case in TOLD.values()]
    for _ in range(3_000):
        base = _note(dice)
        theirs, mine, told = (_note(dice, base) for _ in range(3))
        cases += [(base, theirs, mine), (base, theirs, mine, told)]
    merged = page.evaluate("cases => cases.map((case_) => noteMerge.merged(...case_).text)", cases)
    wrong = [(case, text) for case, text in zip(cases, merged, strict=True) if text != merged_note(*case)]
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("base", "theirs", "mine", "after"),
    [
        ("a b", "a b w2", "a b w|", "a b w2 w|"),
        ("a b", "x a b", "a b w6|", "x a b w6|"),
        ("a b", "a b x", "a| b", "a| b x"),
        ("a b", "x y a b", "a c| b", "x y a c| b"),
        ("a b c", "a c", "a b| c d", "a| c d"),
        ("", "w2", "|", "|w2"),
    ],
)
def test_the_caret_stays_with_its_word(page: Any, base: str, theirs: str, mine: str, after: str) -> None:
    caret = mine.index("|")
    got = page.evaluate(
        "([base, theirs, mine, caret]) => noteMerge.merged(base, theirs, mine, undefined, caret)",
        [base, theirs, mine.replace("|", ""), caret],
    )
    assert f"{got['text'][: got['caret']]}|{got['text'][got['caret'] :]}" == after
