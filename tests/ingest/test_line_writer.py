"""Text of a marked-up source comes out line by line: blanks and raised numbers as a browser shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.line_writer import LineWriter, folded, role_of_part


def written(*lines: list[str]) -> LineWriter:
    writer = LineWriter()
    for pieces in lines:
        for piece in pieces:
            writer.say(piece)
        writer.end_line()
    return writer


def test_lines_are_joined_by_line_ends_and_know_their_places() -> None:
    page = written(["Clinics open", " early."], ["Fees were dropped."]).page()
    assert page.text == "Clinics open early.\nFees were dropped."
    assert [page.text[line.start : line.end] for line in page.lines] == page.text.split("\n")
    assert [line.role for line in page.lines] == ["p", "p"]


def test_blanks_collapse_over_pieces_and_blank_lines_are_dropped() -> None:
    page = written(["  a \n", "\t b ", " c  "], [" ", "\u200b"], ["d"]).page()
    assert page.text == "a b c\nd"


@given(st.lists(st.lists(st.text(alphabet="ab \n\t\u200b1", max_size=6), max_size=5), max_size=4))
def test_places_hold_whatever_the_pieces(lines: list[list[str]]) -> None:
    page = written(*lines).page()
    assert [page.text[line.start : line.end] for line in page.lines] == (
        [part for part in page.text.split("\n") if part]
    )
    assert "  " not in page.text


RAISED = {
    "a note": ("It rose", "27", "It rose27", ["27"]),
    "several notes": ("It rose", "1,2", "It rose1,2", ["1,2"]),
    "square kilometres": ("12 km", "2", "12 km²", []),
    "a negative power": ("10", "-6", "10⁻⁶", []),
    "an ending": ("2", "nd", "2nd", []),
    "a year": ("since", "2019", "since2019", []),
}


@pytest.mark.parametrize("name", RAISED)
def test_raised_text(name: str) -> None:
    before, text, expected, calls = RAISED[name]
    writer = LineWriter()
    writer.say(before)
    writer.raised(f" {text} ")
    writer.end_line()
    page = writer.page()
    assert page.text == expected
    assert [page.text[start:end] for line in page.lines for start, end in line.calls] == calls


@pytest.mark.parametrize(("text", "expected"), [("2", "CO₂"), ("x", "COx"), ("12", "CO₁₂")])
def test_lowered_text(text: str, expected: str) -> None:
    writer = LineWriter()
    writer.say("CO")
    writer.lowered(text)
    writer.end_line()
    assert writer.page().text == expected


def test_calls_of_a_later_line_count_from_the_start_of_the_page() -> None:
    writer = written(["It fell."])
    writer.say("It rose")
    writer.call("3")
    writer.say(" again.")
    writer.end_line()
    page = writer.page()
    assert [page.text[start:end] for line in page.lines for start, end in line.calls] == ["3"]


def test_the_number_of_an_item_waits_for_its_text() -> None:
    writer = LineWriter(prefix="1. ")
    writer.say("  ")
    writer.end_line()
    assert writer.prefix == "1. "
    writer.say("one")
    writer.end_line()
    assert (writer.page().text, writer.prefix) == ("1. one", "")


def test_the_number_of_an_item_stands_before_a_call_too() -> None:
    writer = LineWriter(prefix="a) ")
    writer.call("5")
    writer.end_line()
    assert writer.page().text == "a) 5"


def test_whether_a_line_holds_anything_and_ends_with_a_stop() -> None:
    writer = LineWriter()
    found = []
    for piece in (" ", "N.", "o"):
        writer.say(piece)
        found.append((writer.waiting, writer.ends_with_stop()))
    assert found == [(False, False), (True, True), (True, False)]


def test_lines_of_another_writer_become_one_with_their_calls() -> None:
    inner = LineWriter()
    inner.say("It rose")
    inner.call("3")
    inner.end_line()
    inner.say("and fell.")
    inner.end_line()
    outer = LineWriter()
    outer.say("Box: ")
    outer.take(inner)
    outer.end_line("box")
    page = outer.page(frozenset({"ocr"}))
    assert page.text == "Box: It rose3 and fell."
    assert [page.text[start:end] for line in page.lines for start, end in line.calls] == ["3"]
    assert [line.role for line in page.lines] == ["box"]
    assert page.flags == {"ocr"}


PARTS = {
    "TITLE II": "h2",
    "Título Primero": None,
    "Chapter 4": "h3",
    "Anexo 1": "h3",
    "Sección IV.": "h4",
    "Article 22": "h5",
    "Art. 3 bis": "h5",
    "Artículo 5.º": "h5",
    "Article 22 says that": None,
    "Chapters": None,
    "": None,
}


@pytest.mark.parametrize("text", PARTS)
def test_a_line_that_only_numbers_a_part_of_a_law_is_a_heading(text: str) -> None:
    assert role_of_part(text) == PARTS[text]


def test_a_role_that_was_given_is_kept() -> None:
    writer = LineWriter(role="li")
    writer.say("Article 22")
    writer.end_line()
    writer.say("Article 23")
    writer.end_line("h2")
    assert [line.role for line in writer.lines] == ["li", "h2"]


@pytest.mark.parametrize(("text", "expected"), [(" a \n b ", "a b"), ("\u200b", ""), ("x\u0000y", "xy")])
def test_folded(text: str, expected: str) -> None:
    assert folded(text).replace("\ufffd", "") == expected
