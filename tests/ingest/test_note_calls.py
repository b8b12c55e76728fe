"""Numbers that call notes: found by type or by their note, raised for people, left out of what is searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_samples import new, read
from split_samples import prose, text_page

from ingest.passage import Passage
from ingest.passages.split import split_source
from ingest.readers.read import read_bytes
from ingest.readers.source import Source
from ingest.text.folding import fold

SHA = "0" * 64


def page_of(*pieces: str | tuple[str, float, float], size: float = 10.0) -> Source:
    """A page of one line: words, and (words, size, rise) for those set otherwise, over a line of prose."""
    buffer, canvas = new()
    text = canvas.beginText(50, 500)
    for piece in pieces:
        words, own, rise = piece if isinstance(piece, tuple) else (piece, size, 0.0)
        text.setFont("Helvetica", own)
        text.setRise(rise)
        text.textOut(words)
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return read(buffer.getvalue())


def called(source: Source) -> list[str]:
    page = source.pages[0]
    return [page.text[start:end] for line in page.lines for start, end in line.calls]


CALLS = {
    "behind_a_year": (("It rose in 2024", ("27", 6.5, 3.3), " in Lima."), ["27"]),
    "behind_a_word": (("Rates of crime", ("24", 6.5, 3.3), " fell."), ["24"]),
    "behind_a_stop": (("It fell.", ("9", 6.5, 3.3), " Then it rose."), ["9"]),
    "behind_a_bracket": (("the permit (PTP)", ("8", 6.5, 3.3), " and"), ["8"]),
    "behind_a_blank": (("with 380 killed. ", ("2", 6.5, 3.3), " Humanitarian"), ["2"]),
    "several": (("as shown", ("12,13", 6.5, 3.3), " before"), ["12,13"]),
    "a_range": (("as shown.", ("3-5", 6.5, 3.3), " Before"), ["3-5"]),
    "two_on_a_line": (("one", ("1", 6, 3), " and two", ("2", 6, 3), " too"), ["1", "2"]),
    "of_a_note": ((("14", 6.5, 3.3), "Law 30220 of 2014."), ["14"]),
}
OTHERS = {
    "a_number": ("In 202427 people came on 3 May.",),
    "an_area": ("It covers 12 km", ("2", 6.5, 3.3), " of land."),
    "a_power": ("About 10", ("6", 6.5, 3.3), " cells."),
    "below_the_line": ("CO", ("2", 6.5, -2.0), " and H", ("2", 6.5, -2.0), "O"),
    "small_on_the_line": ("Table", ("3", 6.5, 0.0), " shows"),
    "raised_and_as_large": ("Table", ("3", 10.0, 3.3), " shows"),
    "a_number_behind_a_blank": ("On 3 ", ("May", 6.5, 3.3), " 2024 it fell by 12 of 100."),
    "a_symbol": ("Report", ("25", 6.5, 3.3), ("-05279", 6.5, 3.3)),
    "a_fraction": ("It took 3", ("1", 6.5, 3.3), "/2 days."),
    "an_ordinal": ("the", ("1er", 6.5, 3.3), " day"),
    "a_long_number": ("id", ("20191", 6.5, 3.3), " is"),
}


@pytest.mark.parametrize("name", CALLS)
def test_raised_numbers_call_notes(name: str) -> None:
    pieces, expected = CALLS[name]
    assert called(page_of(*pieces)) == expected


@pytest.mark.parametrize("name", OTHERS)
def test_other_numbers_do_not(name: str) -> None:
    assert called(page_of(*OTHERS[name])) == []


EXPONENTS = {
    "an_area": "It covers 12 km² of land.",
    "a_power": "About 10⁶ cells.",
    "below_the_line": "CO2 and H2O",
    "a_fraction": "It took 31/2 days.",
}


@pytest.mark.parametrize("name", EXPONENTS)
def test_exponents_stay_raised_in_the_text(name: str) -> None:
    page = page_of(*OTHERS[name]).pages[0]
    assert page.text.replace("\n", "").strip() == EXPONENTS[name]
    assert fold(page.text) == fold(page.text.translate({0xB2: "2", 0x2076: "6"}))


def test_a_passage_shows_its_calls_raised_and_is_searched_without_them() -> None:
    source = page_of("Enrolment of migrants rose in 2024", ("27", 6.5, 3.3), " in all of the regions.")
    (passage,) = split_source(source, SHA).passages
    assert passage.text == "Enrolment of migrants rose in 202427 in all of the regions."
    assert passage.display_text == "Enrolment of migrants rose in 2024²⁷ in all of the regions."
    assert passage.search_text() == "Enrolment of migrants rose in 2024 in all of the regions."
    assert passage.search_text(30, 37) == "2024 "
    assert passage.spans == ((1, 0, len(passage.text)),)


def test_in_text_without_type_the_note_below_tells_its_call() -> None:
    body = f"{prose(2)} Officers saw more crime24 and gave the permit (PTP)25 to some. {prose(1)}"
    notes = "24 Office of statistics, 2021.\n\n25 Law 1350 of 2017, art. 3."
    source = Source("text", True, (text_page(1, f"{body}\n\n{notes}\n"),))
    found = split_source(source, SHA).passages
    assert [p.text[a:b] for p in found if p.kind == "body" for a, b in p.calls] == ["24", "25"]
    assert {p.kind for p in found} == {"body", "footnote"}


def test_in_text_without_type_a_number_in_two_places_is_left_alone() -> None:
    body = f"{prose(2)} Officers saw more crime24 here and crime24 there. {prose(1)}"
    source = Source("text", True, (text_page(1, f"{body}\n\n24 Office of statistics, 2021.\n"),))
    assert [p.calls for p in split_source(source, SHA).passages if p.kind == "body"] == [()]


def test_raised_numbers_of_a_web_page_call_notes() -> None:
    page = read_bytes(
        b"<p> It rose\n in  2024<sup><a href='#n27'> 27 </a></sup> in Lima,<sup>[3]</sup> on 12 km<sup>2</sup>, the"
        b" 2<sup>nd</sup> time. <p>It fell<sup>4</sup>.",
        "a.html",
    ).pages[0]
    assert page.text == "It rose in 202427 in Lima,[3] on 12 km², the 2nd time.\nIt fell4."
    assert [page.text[a:b] for line in page.lines for a, b in line.calls] == ["27", "[3]", "4"]


def made_passage(text: str, calls: tuple[tuple[int, int], ...] = ()) -> Passage:
    return Passage(
        id="a" * 32, text=text, kind="body", language="en", section=(), spans=(), pages=(), labels=(),
        label_source=None, locator=None, sentences=(), tokens=1, calls=calls,
    )  # fmt: skip


@given(st.text(), st.data())
def test_display_and_search_text_keep_everything_else(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    calls = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    passage = made_passage(text, calls=calls)
    assert len(passage.display_text) == len(text)
    assert fold(passage.display_text) == fold(text)
    left = [char for at, char in enumerate(text) if not any(start <= at < end for start, end in calls)]
    assert passage.search_text() == "".join(left)
