"""RTF as its pages show it: notes and boxes read, hidden and struck text left out, raised figures raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.read import read_bytes
from ingest.readers.rtf_marks import as_seen
from ingest.readers.source import Source

HEAD = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\stylesheet{\s1\v Hidden style;}}"
CALL = rb"{\super\chftn}"


def rtf(body: bytes) -> Source:
    return read_bytes(HEAD + body + b"}", "a.rtf")


def lines(source: Source) -> list[tuple[str | None, str]]:
    (page,) = source.pages
    return [(line.role, page.text[line.start : line.end]) for line in page.lines]


def test_struck_hidden_and_deleted_text_is_left_out_and_told() -> None:
    source = rtf(
        rb"It costs {\strike 15 }{\striked1 16 }20 soles{\deleted  a week}.{\v Secret \emdash\u8212?.} It rose.\par"
    )
    assert lines(source) == [("p", "It costs 20 soles. It rose.")]
    assert source.pages[0].flags == {"struck_text", "hidden_text"}


def test_what_was_switched_off_again_is_read() -> None:
    source = rtf(rb"\strike\v\plain All \v\v0 of \strike\strike0 it.\par")
    assert lines(source) == [("p", "All of it.")]
    assert source.pages[0].flags == frozenset()


def test_notes_follow_their_paragraph_with_the_number_of_their_call() -> None:
    source = rtf(
        rb"It rose" + CALL + rb"{\footnote \pard " + CALL + rb" Survey, table 4.}, and fell" + CALL
        + rb"{\footnote " + CALL + rb" Yearbook.}.\par End" + CALL + rb"{\footnote\ftnalt " + CALL + rb" Archive.}\par"
    )  # fmt: skip
    assert lines(source) == [
        ("p", "It rose1, and fell2."),
        ("footnote", "1 Survey, table 4."),
        ("footnote", "2 Yearbook."),
        ("p", "Endi"),
        ("footnote", "i Archive."),
    ]
    (page,) = source.pages
    assert [[page.text[slice(*call)] for call in line.calls] for line in page.lines] == [
        ["1", "2"],
        [],
        [],
        ["i"],
        [],
    ]


def test_a_note_with_a_mark_of_its_own_gets_no_number() -> None:
    source = rtf(rb"It rose{\super *}{\footnote {\super *} Survey.}.\par")
    assert lines(source) == [("p", "It rose*."), ("footnote", "* Survey.")]


def test_notes_of_a_table_follow_the_row() -> None:
    source = rtf(rb"\trowd\cellx100 A" + CALL + rb"{\footnote " + CALL + rb" Of a cell.}\cell B\cell\row")
    assert lines(source) == [("td", "A1 | B"), ("footnote", "1 Of a cell.")]


def test_a_text_box_is_read_behind_its_paragraph() -> None:
    source = rtf(
        rb"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt \pard In the box\par}}}Beside it\par Below\par"
    )
    assert lines(source) == [("p", "Beside it"), ("p", "In the box"), ("p", "Below")]


def test_numbers_of_items_of_older_programs_are_read() -> None:
    assert lines(rtf(rb"{\pntext\f0 3.\tab}{\*\pn\pnlvlbody}Free care\par")) == [("p", "3. Free care")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"45 km{\super 2} wide", "45 km² wide"),
        (rb"3 \'d7 10\super 6\nosupersub  persons", "3 × 10⁶ persons"),
        (rb"CO{\sub 2} falls", "CO₂ falls"),
        (rb"the 1{\super er} place", "the 1er place"),
    ],
)
def test_raised_and_lowered_figures_stay_so(written: bytes, read: str) -> None:
    assert lines(rtf(written + rb"\par")) == [("p", read)]


def test_bytes_of_a_note_mean_what_they_mean_in_the_text() -> None:
    source = rtf(rb"Ni\'f1o" + CALL + rb"{\footnote " + CALL + rb" A\'f1o.}\par")
    assert lines(source) == [("p", "Niño1"), ("footnote", "1 Año.")]
    bare = read_bytes(rb"{\rtf1\ansi\ansicpg1251 \'e4{\footnote \'e5}\par}", "a.rtf")
    assert lines(bare) == [("p", "д"), ("footnote", "е")]


@given(st.text(alphabet="{}\\ *abcv01footnoteshptxsupr", max_size=60))
def test_any_file_is_gone_through_and_its_plain_letters_stay(body: str) -> None:
    seen = as_seen("{\\rtf1 " + body + "}")
    assert len(seen.text) >= 1
    if "\\" not in body:
        assert seen.text == "{\\rtf1 " + body + "}"
        assert seen.asides == []
