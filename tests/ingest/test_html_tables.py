"""Tables of a web page: their rows and cells, what spans several, and which only set text side by side."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from ingest.readers.html_tables import MAX_CELLS, Row, grid, is_enumerator, lays_out, rows_of

LONG = "The office of Tumbes registers each person who asks for care and issues a card within ten days."


def table(markup: str) -> Any:
    found = LexborHTMLParser(f"<body>{markup}</body>").css_first("table")
    assert found is not None
    return found


def words(cells: list[Any]) -> list[str]:
    return [cell.text().strip() for cell in cells]


def cells_of(row: Row) -> list[str]:
    return words(list(row.cells))


def only_lays_out(markup: str) -> bool:
    found = table(markup)
    rows = rows_of(found)
    text = {cell.mem_id: cell.text().strip() for row in rows for cell in row.cells}
    return lays_out(found, rows, text)


def test_rows_stand_in_order_whatever_part_of_the_table_holds_them() -> None:
    rows = rows_of(
        table(
            "<table><thead><tr><th>Year</th><th>Visits</th></tr></thead>"
            "<tbody><tr><td>2023</td><td>4,812</td></tr></tbody><tfoot><tr><td>Source</td></tr></tfoot></table>"
        )
    )
    assert [cells_of(row) for row in rows] == [["Year", "Visits"], ["2023", "4,812"], ["Source"]]
    assert [row.header for row in rows] == [True, False, False]


def test_rows_of_a_table_within_are_not_the_outer_ones() -> None:
    rows = rows_of(
        table("<table><tr><td><table><tr><td>in</td></tr></table></td></tr><tr><td>out</td></tr></table>")
    )
    assert len(rows) == 2
    assert cells_of(rows[1]) == ["out"]


def test_a_row_without_cells_is_no_header() -> None:
    (row,) = rows_of(table("<table><tr></tr></table>"))
    assert (row.cells, row.header) == ((), False)


def test_a_row_with_one_cell_of_data_is_no_header() -> None:
    (row,) = rows_of(table("<table><tr><th>Lima</th><td>4</td></tr></table>"))
    assert not row.header


GRIDS = {
    "plain": ("<tr><td>a<td>b<tr><td>c<td>d", [["a", "b"], ["c", "d"]]),
    "over columns": ("<tr><td colspan=2>a<tr><td>c<td>d", [["a", "a"], ["c", "d"]]),
    "over rows": ("<tr><td rowspan=2>a<td>b<tr><td>d", [["a", "b"], ["a", "d"]]),
    "over rows in the middle": (
        "<tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>f",
        [["a", "b", "c"], ["d", "b", "f"]],
    ),
    "over both": (
        "<tr><td rowspan=2 colspan=2>a<td>b<tr><td>c<tr><td>d<td>e<td>f",
        [["a", "a", "b"], ["a", "a", "c"], ["d", "e", "f"]],
    ),
    "over three rows": ("<tr><td rowspan=3>a<td>b<tr><td>c<tr><td>d", [["a", "b"], ["a", "c"], ["a", "d"]]),
    "at the end": ("<tr><td>a<td rowspan=2>b<tr><td>c", [["a", "b"], ["c", "b"]]),
    "a span that is no number": ("<tr><td colspan=many>a<td rowspan=''>b", [["a", "b"]]),
    "a span of nothing": ("<tr><td colspan=0>a<td colspan=-2>b", [["a", "b"]]),
}


@pytest.mark.parametrize("name", GRIDS)
def test_what_spans_rows_or_columns_stands_in_each(name: str) -> None:
    markup, expected = GRIDS[name]
    assert [words(cells) for cells in grid(rows_of(table(f"<table>{markup}</table>")))] == expected


def test_a_hostile_table_is_no_wider_than_the_bound() -> None:
    wide = "<td colspan=1000>a</td>" * 50
    (cells,) = grid(rows_of(table(f"<table><tr>{wide}</tr></table>")))
    assert len(cells) == MAX_CELLS


LAYOUTS = {
    "said to be one": "<table role=presentation><tr><td>1<td>2<tr><td>3<td>4</table>",
    "of no role": "<table role=none><tr><td>1<td>2</table>",
    "one column": "<table><tr><td>one<tr><td>two</table>",
    "a paragraph beside blank cells": f"<table><tr><td>{LONG}<td></tr></table>",
    "points of a law": "<table><tr><td>(a)<td>the office<tr><td>(b)<td>the ministry</table>",
    "a dash before each": "<table><tr><td>–<td>the office<tr><td>–<td>the ministry</table>",
}
TABLES = {
    "heads": "<table><tr><th>Year<th>Visits<tr><td>2023<td>4</table>",
    "caption": "<table><caption>Visits</caption><tr><td>one<tr><td>two</table>",
    "figures": "<table><tr><td>Lima<td>4,812<tr><td>Tacna<td>920</table>",
    "numbers side by side": "<table><tr><td>1<td>2<tr><td>3<td>4</table>",
    "points and one that is none": "<table><tr><td>(a)<td>the office<tr><td>Lima<td>4,812</table>",
    "few words beside blank cells": "<table><tr><td>Lima<td></tr></table>",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_table_that_only_sets_text_side_by_side(name: str) -> None:
    assert only_lays_out(LAYOUTS[name])


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_data(name: str) -> None:
    assert not only_lays_out(TABLES[name])


@pytest.mark.parametrize("text", ["(2)", "a)", "iv.", "12.", "–", "•", "(aa)", "12a)", "2.º"])
def test_enumerators(text: str) -> None:
    assert is_enumerator(text)


@pytest.mark.parametrize("text", ["", "Lima", "4,812", "12345", "(a) the office", "2023 and"])
def test_other_cells(text: str) -> None:
    assert not is_enumerator(text)
