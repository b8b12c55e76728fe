"""A table's passage as columns and rows: from markup, from rows that end with as many figures, or not at all."""

import pytest

from app.exports.table_cells import TableObject, table_of
from ingest.passage import Kind, Passage


def passage(text: str, kind: Kind = "table", start: int = 0) -> Passage:
    return Passage(
        id="0" * 32,
        text=text,
        kind=kind,
        language="en",
        section=(),
        spans=((1, 0, len(text)),),
        pages=(1, 1),
        labels=(),
        label_source=None,
        locator=None,
        sentences=((start, len(text)),),
        tokens=9,
    )


TABLES: dict[str, tuple[str, TableObject]] = {
    "two rows of heads": (
        "Table 2. Insured\nCountry | Insured (%) | Insured (%)\nCountry | 2015 | 2020\nPeru | 12 | 34\nChile | 40 | 61",
        {
            "caption": "Table 2. Insured",
            "columns": ["Country", "Insured (%) 2015", "Insured (%) 2020"],
            "rows": [["Peru", "12", "34"], ["Chile", "40", "61"]],
        },
    ),
    "one row of heads, words in the cells": (
        "Status | Stay\nVisitor | one year\nWorker | two years",
        {
            "caption": None,
            "columns": ["Status", "Stay"],
            "rows": [["Visitor", "one year"], ["Worker", "two years"]],
        },
    ),
    "no heads": (
        "Peru | 12 | 34\nChile | 40 | 61",
        {"caption": None, "columns": ["", "", ""], "rows": [["Peru", "12", "34"], ["Chile", "40", "61"]]},
    ),
    "short rows and notes": (
        "Country | 2015 | 2020\nPeru | 12 | 34\na Without persons in transit.",
        {
            "caption": None,
            "columns": ["Country", "2015", "2020"],
            "rows": [["Peru", "12", "34"], ["a Without persons in transit.", "", ""]],
        },
    ),
    "printed, with years above": (
        "Recommendations issued\n2022 2023\nOIOS 20 16\nBoard of Auditors 25 24\nUNEP 94 –",
        {
            "caption": "Recommendations issued",
            "columns": ["", "2022", "2023"],
            "rows": [["OIOS", "20", "16"], ["Board of Auditors", "25", "24"], ["UNEP", "94", "–"]],
        },
    ),
    "signs apart": (
        "Lima $ 1,492 49,3 %\nPuno $ 1,089 2,5 %\nTacna $ 17 7 %",
        {
            "caption": None,
            "columns": ["", "", ""],
            "rows": [["Lima", "$ 1,492", "49,3 %"], ["Puno", "$ 1,089", "2,5 %"], ["Tacna", "$ 17", "7 %"]],
        },
    ),
}
UNKNOWN = {
    "rows of unlike length": passage("Lima 1 2\nPuno 1 2 3\nTacna 1 2\nCusco 1 2"),
    "two rows only": passage("Lima 1 2\nPuno 1 3"),
    "figures above the rows": passage("net of tax of $13 $2\nand 5\nLima 1 2 3\nPuno 1 2 3\nTacna 1 2 3"),
    "lines of words": passage("Lima\nPuno\nTacna"),
    "another kind": passage("Peru | 12\nChile | 40", "body"),
}


@pytest.mark.parametrize("name", TABLES)
def test_columns_and_rows(name: str) -> None:
    text, table = TABLES[name]
    assert table_of(passage(text)) == table


@pytest.mark.parametrize("name", UNKNOWN)
def test_where_the_cells_are_not_known_there_is_no_table(name: str) -> None:
    assert table_of(UNKNOWN[name]) is None


def test_a_heading_before_the_table_is_no_row() -> None:
    found = table_of(passage("2. Health\nCountry | Status\nPeru | open\nChile | closed", start=10))
    assert found == {
        "caption": None,
        "columns": ["Country", "Status"],
        "rows": [["Peru", "open"], ["Chile", "closed"]],
    }
