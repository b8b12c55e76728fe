"""Lines that look like headings and are the entries of a list, names under a decree, or torn sentences."""

from dataclasses import replace

import pytest
from split_samples import Printed, laid_out, paragraph, pdf, pdf_page, prose

from ingest.layout.line import Layout
from ingest.passages.split import split_source
from ingest.readers.source import Page
from ingest.structure.heading_context import (
    fields,
    goes_on_below,
    is_signature,
    labelled_lists,
    lists_of_alike,
    names_over_offices,
)
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
