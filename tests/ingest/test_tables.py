"""Tables: rows of figures, captions, markup, grids; and where prose ends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.layout.page_breaks import shape_of
from ingest.readers.source import Line, Page
from ingest.structure.tables import FIGURE, Region, grid_runs, is_figures, is_prose, table_regions

FIGURES = [
    "Women 52 51",
    "2015 2016 2017",
    "Cash and equivalents $ 15,646 $ 13,931",
    "n/a 75% 87% 80% Met",
    "40",
]
NOT_FIGURES = ["In 2015 the number rose to 40.", "Results of the year 2015", "Law No. 12 of 2019", "Met"]


@pytest.mark.parametrize("text", FIGURES)
def test_figures(text: str) -> None:
    assert is_figures(text)


@pytest.mark.parametrize("text", NOT_FIGURES)
def test_not_figures(text: str) -> None:
    assert not is_figures(text)


@given(st.text("019.,-–—…*%$ ()+NnAadD/", max_size=30))
def test_lines_looked_at_no_closer_hold_no_figure(text: str) -> None:
    """The quick look that most lines get overlooks no figure, dash or "n.d."."""
    from ingest.structure import tables

    if not tables._DIGIT.search(text) and not tables._NONE.search(text):
        assert not any(FIGURE.match(token) for token in text.split())


def regions(page: Page) -> list[Region]:
    (lines,), layout = laid_out(page)
    return table_regions(lines.lines, shape_of(lines.lines), layout)


def tables(page: Page) -> list[str]:
    """Return the tables of a page, "|" between their lines."""
    (lines,), _ = laid_out(page)
    return ["|".join(line.text for line in lines.lines[r.first : r.last + 1]) for r in regions(page)]


def rows(*texts: str, top: float = 600.0, size: float = 8.5) -> list[Printed]:
    return [Printed(text, top - 11 * at, 85, 300, size) for at, text in enumerate(texts)]


CAPTION = "Table 1. Offices"
FIGURES_OF_OFFICES = ("North 12 31", "South 8 9", "East 4 6")


def test_a_caption_with_rows_of_figures_is_a_table() -> None:
    page = pdf_page(1, *paragraph(prose(1), 760.0), *rows(CAPTION, "Region 2021 2022", *FIGURES_OF_OFFICES))
    assert tables(page) == ["|".join((CAPTION, "Region 2021 2022", *FIGURES_OF_OFFICES))]
    assert [(region.head, region.closed) for region in regions(page)] == [(2, False)]


def test_a_source_note_closes_a_table_and_runs_to_its_end() -> None:
    printed = rows(CAPTION, "Region 2021 2022", *FIGURES_OF_OFFICES, "Source: Ministry of Health,", "2022.")
    page = pdf_page(1, *paragraph(prose(1), 760.0), *printed, *paragraph(prose(2), 400.0))
    assert tables(page) == ["|".join(line.text for line in printed)]
    assert regions(page)[0].closed


def test_prose_ends_a_table() -> None:
    page = pdf_page(1, *rows(CAPTION, *FIGURES_OF_OFFICES, top=760.0), *paragraph(prose(1), 700.0))
    assert tables(page) == ["|".join((CAPTION, *FIGURES_OF_OFFICES))]


def test_the_next_caption_ends_a_table() -> None:
    page = pdf_page(
        1, *rows(CAPTION, *FIGURES_OF_OFFICES, "Table 2. Staff", "Lima 3 4", "Puno 5 6", "Ica 7 8")
    )
    assert [text.partition("|")[0] for text in tables(page)] == [CAPTION, "Table 2. Staff"]


def test_a_caption_above_prose_is_no_table() -> None:
    page = pdf_page(1, *rows(CAPTION, top=760.0), *paragraph(prose(1), 740.0), *paragraph(prose(2), 600.0))
    assert tables(page) == []


def test_three_rows_of_figures_are_a_table_two_are_none() -> None:
    below = paragraph(prose(2), 400.0)
    page = pdf_page(1, *paragraph(prose(1), 760.0), *rows(*FIGURES_OF_OFFICES), *below)
    assert tables(page) == ["|".join(FIGURES_OF_OFFICES)]
    page = pdf_page(1, *paragraph(prose(1), 760.0), *rows(*FIGURES_OF_OFFICES[:2]), *below)
    assert tables(page) == []


def test_heads_of_columns_belong_to_rows_without_a_caption() -> None:
    page = pdf_page(1, *paragraph(prose(1), 760.0), *rows("Region", "Staff", *FIGURES_OF_OFFICES))
    (region,) = regions(page)
    assert region.head == 2 and tables(page)[0].startswith("Region|Staff|North")


def test_a_sentence_above_is_no_head() -> None:
    page = pdf_page(1, *paragraph(prose(1), 760.0), *rows("It rained in the north.", *FIGURES_OF_OFFICES))
    assert regions(page)[0].head == 0


def test_items_of_a_list_are_no_table() -> None:
    page = text_page(1, "(a) staff of the north 12\n(b) staff of the south 8\n(c) staff of the east 4")
    assert tables(page) == []


def marked_up(*parts: tuple[str, str]) -> Page:
    text, lines = "", []
    for role, part in parts:
        lines.append(Line(len(text), len(text) + len(part), role=role))
        text += part + "\n"
    return Page(1, text, tuple(lines))


def test_markup_says_what_a_table_is() -> None:
    page = marked_up(("p", "It rained."), ("th", "Item Price"), ("td", "Visit free"), ("p", "It fell."))
    assert tables(page) == ["Item Price|Visit free"]
    assert regions(page)[0].head == 1


def test_a_marked_up_caption_belongs_to_the_table_below_it() -> None:
    page = marked_up(("caption", "Costs"), ("th", "Item Price"), ("td", "Visit 20"), ("td", "Bed 90"))
    assert tables(page) == ["Costs|Item Price|Visit 20|Bed 90"]
    assert regions(page)[0].head == 2


HEADS = {
    "two rows of heads": ((("th", "Country | Insured"), ("th", "Country | 2015"), ("td", "Peru | 12")), 2),
    "first row of words": ((("td", "Country | Insured"), ("td", "Peru | 12"), ("td", "Chile | 40")), 1),
    "first row of years": ((("td", "Country | 2015"), ("td", "Peru | 12")), 1),
    "first row of figures": ((("td", "Peru | 12"), ("td", "Chile | 40")), 0),
    "one row": ((("td", "Country | Insured"),), 0),
}


@pytest.mark.parametrize("name", HEADS)
def test_only_a_real_header_is_repeated(name: str) -> None:
    rows, head = HEADS[name]
    assert regions(marked_up(*rows))[0].head == head


def test_figures_in_marked_up_prose_are_no_table() -> None:
    assert tables(marked_up(*(("p", f"{n} 12 31") for n in range(5)))) == []


def grid(columns: int, lines: int, *, width: float = 60.0) -> list[Printed]:
    """Return cells of a grid drawn row by row."""
    return [
        Printed(f"cell {row} {column}", 700.0 - 30 * row, 60 + 110 * column, 60 + 110 * column + width)
        for row in range(lines)
        for column in range(columns)
    ]


def runs(*printed: Printed) -> list[tuple[int, int]]:
    (lines,), _ = laid_out(pdf_page(1, *printed))
    return grid_runs(lines.lines)


def test_narrow_cells_at_many_places_are_a_grid() -> None:
    assert runs(*grid(4, 4)) == [(0, 15)]


NO_GRIDS = {
    "few cells": grid(4, 2),
    "two columns": grid(2, 10),
    "wide lines": grid(4, 4, width=300.0),
    "prose": [*paragraph(prose(1), 760.0), *paragraph(prose(2), 600.0), *paragraph(prose(3), 500.0)],
    "nothing": [],
}


@pytest.mark.parametrize("name", NO_GRIDS)
def test_no_grid(name: str) -> None:
    assert runs(*NO_GRIDS[name]) == []


def test_text_above_a_grid_stays_out_of_it() -> None:
    above = [Printed("A line of text over all of the columns of this page and of the grid", 760.0, 60, 500)]
    assert runs(*above, *grid(4, 4)) == [(1, 16)]


def test_a_grid_is_one_table() -> None:
    assert [(r.first, r.last, r.head) for r in regions(pdf_page(1, *grid(4, 4)))] == [(0, 15, 0)]


PROSE_LINES = ["The ministry opened three new offices in the north and sent"]
NO_PROSE_LINES = ["Offices of the ministry", "12 13 14 15 16 17 18 19 20", "a 1 b 2 c 3 d 4 e 5 f 6"]


@pytest.mark.parametrize("text", PROSE_LINES)
def test_prose_line(text: str) -> None:
    (page,), layout = laid_out(pdf_page(1, Printed(text, 700.0)))
    assert is_prose(page.lines[0], shape_of(page.lines), layout)


@pytest.mark.parametrize("text", NO_PROSE_LINES)
def test_no_prose_line(text: str) -> None:
    (page,), layout = laid_out(pdf_page(1, Printed(text, 700.0)))
    assert not is_prose(page.lines[0], shape_of(page.lines), layout)


def test_prose_in_other_type_is_no_body() -> None:
    page = pdf_page(1, *paragraph(prose(1), 760.0), Printed(PROSE_LINES[0], 600.0, size=8.0))
    (lines,), layout = laid_out(page)
    assert not is_prose(lines.lines[-1], shape_of(lines.lines), layout)
