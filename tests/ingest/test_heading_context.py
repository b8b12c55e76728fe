"""Lines that look like headings and are the entries of a list, names under a decree, or torn sentences."""

from dataclasses import replace

import pytest
from split_samples import Printed, laid_out, paragraph, pdf, pdf_page, prose

from ingest.layout.line import Layout
from ingest.passages.split import split_source
from ingest.readers.source import Line, Page
from ingest.structure.heading_context import (
    fields,
    goes_on_below,
    is_row_of_pieces,
    is_signature,
    labelled_lists,
    lists_of_alike,
    names_axis,
    names_over_offices,
)
from ingest.structure.headings import heading_text
from ingest.structure.paragraphs import Paragraph, group


def paragraphs_of(page: Page) -> tuple[list[Paragraph], Layout]:
    (lines,), layout = laid_out(page)
    return group(lines.lines, layout, lambda line: page.text[line.start : line.end]), layout


def bold(text: str, y: float, size: float = 10.0) -> Printed:
    return Printed(text, y, 85, 85 + 5.0 * len(text), size, True)


def texts(paragraphs: list[Paragraph], found: frozenset[int]) -> list[str]:
    return [paragraph.text for paragraph in paragraphs if paragraph.first.index in found]


NAMES = [bold("State offices", 640.0), bold("Local offices", 620.0), bold("Schools of nurses", 600.0)]


def listed(*printed: Printed, number: int = 2) -> list[str]:
    page = pdf_page(number, *paragraph(prose(1), 780.0), *printed)
    found, _ = paragraphs_of(page)
    return texts(found, lists_of_alike(found))


def test_short_lines_alike_are_a_list() -> None:
    assert listed(*NAMES) == ["State offices", "Local offices", "Schools of nurses"]


def test_the_last_one_may_head_the_text_below() -> None:
    assert listed(*NAMES, *paragraph(prose(2), 580.0)) == ["State offices", "Local offices"]


NO_LISTS = {
    "two": NAMES[:2],
    "in other type": [NAMES[0], bold("Local offices", 620.0, 13.0), NAMES[2]],
    "one in capitals": [NAMES[0], bold("LOCAL OFFICES", 620.0), NAMES[2]],
}


@pytest.mark.parametrize("case", NO_LISTS)
def test_other_lines_are_no_list(case: str) -> None:
    assert listed(*NO_LISTS[case]) == []


def test_the_title_on_the_first_page_is_left_alone() -> None:
    assert listed(*NAMES, number=1) == []


GOALS = ("Rivers", "Roads", "Clinics", "Bridges", "Ports")


def plan(number: int) -> Page:
    """Return a page of a plan: a goal in larger type, its text, and those who have a stake in it."""
    return pdf_page(
        number,
        Printed(f"2.{number}. {GOALS[number - 1]}", 790.0 - 4.5 * number, 85, 200, 13.0),
        *paragraph(prose(number), 750.0),
        bold("Stakeholders:", 700.0),
        bold(f"Office of Clinics {chr(64 + number)}", 680.0),
        bold("Nurses", 660.0),
        Printed(f"2.{number}.1. Schools", 630.0, 85, 200, 13.0),
        *paragraph(prose(number + 7), 600.0),
    )


def test_entries_under_a_label_head_nothing_and_stand_under_it() -> None:
    result = split_source(pdf(*(plan(number) for number in range(1, 6))), "sha")
    sections = {passage.section[-1] for passage in result.passages if passage.section}
    assert {"2.3. Clinics", "Stakeholders:", "2.3.1. Schools"} <= sections
    assert not sections & {"Nurses", "Office of Clinics C"}


def test_a_label_is_set_several_times_in_bold_over_bold_entries() -> None:
    found, _ = paragraphs_of(plan(1))
    assert labelled_lists(found).labels == frozenset()
    many = [*found, *paragraphs_of(plan(2))[0], *paragraphs_of(plan(3))[0]]
    assert len(labelled_lists(many).labels) >= 1


DECREE = [
    Printed("PHILIPPE", 640.0, 270, 330, 13.0),
    Printed("Par le Roi :", 615.0, 270, 330),
    Printed("Le Ministre des Finances,", 600.0, 250, 360),
]


def test_a_name_over_an_office_signs() -> None:
    found, _ = paragraphs_of(pdf_page(2, *paragraph(prose(1), 780.0), *DECREE))
    assert texts(found, names_over_offices(found)) == ["PHILIPPE"]


def test_capitals_over_text_do_not_sign() -> None:
    page = pdf_page(2, Printed("SALUD", 640.0, 270, 330, 13.0), *paragraph(prose(2), 610.0))
    found, _ = paragraphs_of(page)
    assert names_over_offices(found) == frozenset()


def test_lines_at_the_right_edge_under_text_sign() -> None:
    page = pdf_page(2, *paragraph(prose(1), 780.0), Printed("Der Kanzler", 690.0, 440, 505))
    found, layout = paragraphs_of(page)
    assert is_signature(found[1], found[0], layout)


@pytest.mark.parametrize("left", [85.0, 240.0])
def test_headings_at_the_left_or_in_the_middle_do_not(left: float) -> None:
    page = pdf_page(2, *paragraph(prose(1), 780.0), Printed("Health in the north", 690.0, left, left + 110))
    found, layout = paragraphs_of(page)
    assert not is_signature(found[1], found[0], layout)


def test_a_line_that_the_next_one_goes_on_with_goes_on_below() -> None:
    first = Printed("AI is reshaping economies", 690.0, 85, 200, 12.0)
    page = pdf_page(2, first, Printed("– will it drive progress", 600.0, 85, 200, 12.0))
    found, _ = paragraphs_of(page)
    assert goes_on_below(found[0], found[-1])
    other = pdf_page(2, first, Printed("It will drive progress", 600.0, 85, 200, 12.0))
    found, _ = paragraphs_of(other)
    assert not goes_on_below(found[0], found[-1])


def test_a_label_with_many_values_is_a_field() -> None:
    lines = [
        Printed(f"Phase of operation: {at}", 700.0 - 40 * n, 85, 300)
        for n, at in enumerate(("rest", "take-off", "roll"))
    ]
    found, _ = paragraphs_of(pdf_page(2, *lines))
    assert len(fields(found)) == len(found) == 3
    assert fields(found[:2]) == frozenset()
    many = [replace(line, bold=True) for line in lines]
    assert fields(paragraphs_of(pdf_page(2, *many))[0]) == frozenset()


def titles(*printed: Printed) -> set[str]:
    """Return the titles of a page with these lines, a title in large type above and text below each."""
    page = pdf_page(2, Printed("The rivers of the north", 790.0, 85, 300, 18.0), *printed)
    return {title for passage in split_source(pdf(page), "sha").passages for title in passage.section}


def test_a_title_said_again_in_plainer_type_is_no_section() -> None:
    again = Printed("The rivers of the north", 740.0, 85, 200, 11.0)
    assert titles(again, *paragraph(prose(1), 700.0)) == {"The rivers of the north"}


def test_a_body_in_capitals_heads_its_chapter_and_in_plain_type_opens_a_decision() -> None:
    capitals = Printed("DEL INSTITUTO DE LA REFORMA", 740.0, 200, 400)
    plain = Printed("The Executive Board", 740.0, 120, 220)
    assert "DEL INSTITUTO DE LA REFORMA" in titles(capitals, *paragraph(prose(1), 700.0))
    assert "The Executive Board" not in titles(plain, *paragraph(prose(1), 700.0))


def apart(*pieces: str, left: float = 85.0, following: str = "", at: float = 200.0) -> Paragraph:
    """Return a line whose pieces stand apart, and one below it that begins at a place of its own."""
    text = "  ".join(pieces)
    starts = [text.index(piece) for piece in pieces]
    places = tuple(
        (start, start + len(piece), left + 115.0 * number, left + 115.0 * number + 5.0 * len(piece))
        for number, (start, piece) in enumerate(zip(starts, pieces, strict=True))
    )
    lines = [Line(0, len(text), (left, 600.0, places[-1][3], 609.0), 10.0, True, pieces=places)]
    if following:
        end = len(text) + 1 + len(following)
        lines.append(Line(len(text) + 1, end, (at, 588.0, at + 5.0 * len(following), 597.0), 10.0, True))
    page = Page(1, f"{text}\n{following}", tuple(lines), 595.0, 842.0)
    (found,), _ = laid_out(page)
    joined = " ".join(line.text for line in found.lines)
    return Paragraph(lines=found.lines, text=joined, ends=False, item=False, cells=False)


ROWS = {
    "a label and its value": apart("Performance measure", "Share of clinics open"),
    "the legend of a chart": apart("Actual value", "Target value"),
    "three cells": apart("2.3 D", "First data", "Met"),
    "a cell of two lines": apart(
        "Performance measure", "Share of clinics", following="open at night", at=200.0
    ),
}
NO_ROWS = {
    "a roman number": apart("IV.", "Barriers to care"),
    "a number of two parts": apart("2.3", "Barriers to care"),
    "a letter in brackets": apart("(b)", "Barriers to care"),
    "a word and its number": apart("Annex II.", "Barriers to care"),
    "spaced letters": apart("M", "E", "S", "S"),
    "its second line begins at the margin": apart("Barriers to", "care", following="in the north", at=85.0),
}


@pytest.mark.parametrize("case", ROWS)
def test_pieces_apart_are_a_row(case: str) -> None:
    assert is_row_of_pieces(ROWS[case])


@pytest.mark.parametrize("case", NO_ROWS)
def test_numbers_and_spaced_letters_stand_apart_in_headings_too(case: str) -> None:
    assert not is_row_of_pieces(NO_ROWS[case])


def test_a_line_in_one_piece_is_no_row() -> None:
    found, _ = paragraphs_of(pdf_page(1, bold("Barriers to care", 640.0)))
    assert not is_row_of_pieces(found[0])


@pytest.mark.parametrize(
    ("below", "axis"),
    [
        ("60", True),
        ("3.0 3.5 4.0", True),
        ("Source: National Institute of Health", True),
        ("The clinics of the north are open.", False),
        ("60 clinics are open", False),
    ],
)
def test_figures_and_sources_stand_below_the_name_of_an_axis(below: str, axis: bool) -> None:
    page = pdf_page(
        2, bold("Clinics by region", 640.0), Printed(below, 600.0, 85, 85 + 5.0 * len(below), 8.0)
    )
    found, _ = paragraphs_of(page)
    assert names_axis(found[0], found[1]) is axis


def test_a_heading_is_told_without_the_call_of_its_note() -> None:
    page = Page(
        1, "Parties in the north1 \n", (Line(0, 22, (85.0, 600.0, 200.0, 609.0), 10.0, calls=((20, 21),)),)
    )
    (lines,), _ = laid_out(page)
    assert lines.lines[0].call == 1
    found = Paragraph(lines=lines.lines, text=lines.lines[0].text, ends=False, item=False, cells=False)
    assert heading_text(found) == "Parties in the north"


def test_a_call_within_a_line_stays() -> None:
    page = Page(
        1, "Parties1 in the north\n", (Line(0, 21, (85.0, 600.0, 200.0, 609.0), 10.0, calls=((7, 8),)),)
    )
    (lines,), _ = laid_out(page)
    assert lines.lines[0].call == 0


def test_the_number_of_an_act_between_its_headings_is_none_of_them() -> None:
    rows = [bold("Ministry of Health", 640.0), bold("[C - 2025/001234]", 626.0), bold("New members", 612.0)]
    (lines,), _ = laid_out(pdf_page(1, *rows))
    found = Paragraph(lines=lines.lines, text="", ends=False, item=False, cells=False)
    assert heading_text(found) == "Ministry of Health New members"


def test_a_name_under_a_long_office_in_capitals_is_a_signature() -> None:
    office = "THE SECRETARY OF THE HONOURABLE CHAMBER OF THE NORTHERN DISTRICTS,"
    page = pdf_page(3, bold(office, 640.0), bold("ANA EXAMPLE SILVA", 600.0))
    found, layout = paragraphs_of(page)
    assert is_signature(found[1], found[0], layout)
