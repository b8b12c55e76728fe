"""The passage itself: its id, and its text as people see it and as it is searched."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from ingest.passage import Passage, passage_id, raised

TEXT = "It rose in 202427 and fell in 202528."
CALLS = ((15, 17), (34, 36))


def passage(calls: tuple[tuple[int, int], ...] = CALLS) -> Passage:
    return Passage(
        id=passage_id("a" * 64, TEXT, 0),
        text=TEXT,
        kind="body",
        language="en",
        section=(),
        spans=((1, 0, len(TEXT)),),
        pages=(1, 1),
        labels=(),
        label_source=None,
        locator=None,
        sentences=((0, len(TEXT)),),
        tokens=12,
        calls=calls,
    )


def test_calls_are_raised_for_people_and_left_out_for_the_search() -> None:
    assert passage().display_text == "It rose in 2024²⁷ and fell in 2025²⁸."
    assert passage().search_text() == "It rose in 2024 and fell in 2025."


def test_without_calls_both_are_the_text() -> None:
    assert passage(()).display_text == passage(()).search_text() == TEXT


PARTS = {
    "one call": (0, 17, "It rose in 2024"),
    "between two": (17, 34, " and fell in 2025"),
    "from a call on": (15, None, " and fell in 2025."),
    "half of a call": (0, 16, "It rose in 20242"),
    "nothing": (5, 5, ""),
}


@pytest.mark.parametrize("name", PARTS)
def test_part_of_the_search_text(name: str) -> None:
    start, end, expected = PARTS[name]
    assert passage().search_text(start, end) == expected


def test_numbers_are_raised_and_letters_are_not() -> None:
    assert raised("27") == "²⁷" and raised("0123456789") == "⁰¹²³⁴⁵⁶⁷⁸⁹"
    assert raised("[a]") == "[a]"


def ids() -> Iterator[str]:
    yield passage_id("a" * 64, "It rained.", 0)
    yield passage_id("a" * 64, "It rained.", 1)
    yield passage_id("a" * 64, "It rained", 0)
    yield passage_id("b" * 64, "It rained.", 0)
    yield passage_id("a" * 64, "", 0)
    yield passage_id("a" * 64, "\ud800", 0)


def test_document_text_and_occurrence_make_the_id() -> None:
    assert all(one != other for one, other in combinations(ids(), 2))
    assert list(ids()) == list(ids())
    assert all(len(ident) == 32 and set(ident) <= set("0123456789abcdef") for ident in ids())


def test_ids_are_those_of_the_libraries_that_exist() -> None:
    assert passage_id("a" * 64, "It rained.", 0) == "ce800ad49d6fd4b08f113d0bc05827f5"


def test_a_passage_is_built_by_keyword_only() -> None:
    with pytest.raises(TypeError):
        Passage("a" * 32, TEXT)  # type: ignore[call-arg]
