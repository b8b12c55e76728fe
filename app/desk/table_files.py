"""An evidence table as a file: Excel, Word, CSV, JSON. Every filled cell is a verbatim passage with page and citation.

Excel and Word have the questions as columns; CSV has one line a cell, so that `pincite verify` can check it. A cell
without a passage says so in words.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.citations.styles import citation
from app.citations.wording import citation_words
from app.desk.table import EvidenceTable, RowKind
from app.exports import tables
from app.exports.escape import for_xml
from app.exports.schema import hit_dict
from app.exports.word_footnotes import add_reference, attach
from app.i18n import names
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from app.i18n import Words
    from index.ranking.hits import Hit

LEADING = ("row", "question_id", "state")
"""Columns of the CSV file before those of every CSV file of passages; `state` is "filled" or "empty"."""
_COLUMN_WIDTH, _FIRST_WIDTH = 60, 30
_LARGEST_CELL = 32_767
_SHEET = 31  # characters that Excel allows in the name of a sheet


def write(table: EvidenceTable, suffix: str, t: Words, headings: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a file by the ending of its name, one of `FORMATS`.

    `headings` are names of columns by the id of their question, where somebody gave others than the questions.
    """
    return FORMATS[suffix](table, t, headings or {})


def table_dict(table: EvidenceTable) -> dict[str, Any]:
    """Return a table as JSON content: the hits of a cell are those of the search object, none in an empty one."""
    return {
        "by": table.by.value,
        "questions": [{"id": one.id, "question": one.question} for one in table.questions],
        "rows": [
            {
                "key": row.key,
                "name": row.name,
                "cells": [
                    {
                        "question_id": question.id,
                        "empty": cell.hit is None,
                        "hits": [hit_dict(cell.hit)] if cell.hit else [],
                    }
                    for question, cell in zip(table.questions, row.cells, strict=True)
                ],
            }
            for row in table.rows
        ],
    }


def row_name(t: Words, by: RowKind, name: str) -> str:
    """Return the name of a row as people say it: a country by its name."""
    return names.country_name(t, name) if by is RowKind.country else name


def row_heading(t: Words, by: RowKind) -> str:
    """Return the heading of the column that names the rows."""
    return {
        RowKind.document: t("Document"),
        RowKind.country: t("Country"),
        RowKind.year: t("Year"),
        RowKind.publisher: t("Publisher"),
    }[by]


def empty_text(t: Words) -> str:
    """Return what an empty cell says."""
    return t("No passage found")


def _json(table: EvidenceTable, t: Words, headings: Mapping[str, str]) -> bytes:
    return json_line(table_dict(table))


def _csv(table: EvidenceTable, t: Words, headings: Mapping[str, str]) -> bytes:
    return b"".join(tables.csv_lines(_csv_rows(table, t), (*LEADING, *tables.COLUMNS)))


def _csv_rows(table: EvidenceTable, t: Words) -> Iterator[dict[str, Any]]:
    number = 0
    for row in table.rows:
        for question, cell in zip(table.questions, row.cells, strict=True):
            own = {"row": row_name(t, table.by, row.name), "question_id": question.id}
            if cell.hit is None:
                blank = dict.fromkeys(tables.COLUMNS, "")
                yield {**blank, **own, "state": "empty", "question": question.question}
                continue
            number += 1
            passage, document = cell.hit.passage.passage, cell.hit.document
            found = tables.row(number, document, passage, question=question.question, words=citation_words(t))
            yield {**found, **own, "state": "filled"}


def _excel(table: EvidenceTable, t: Words, headings: Mapping[str, str]) -> bytes:
    """Return a workbook: the table, and a sheet with one line a cell, as in the CSV file."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = t("Evidence table")[:_SHEET]
    named = [headings.get(one.id) or one.question for one in table.questions]
    _line(sheet, [row_heading(t, table.by), *named], bold=True)
    for row in table.rows:
        cells = [_cell_text(t, cell.hit) for cell in row.cells]
        _line(sheet, [row_name(t, table.by, row.name), *cells])
    _shape(sheet, [_FIRST_WIDTH, *[_COLUMN_WIDTH] * len(named)])
    listed = book.create_sheet(t("Passages")[:_SHEET])
    columns = (*LEADING, *tables.COLUMNS)
    _line(listed, columns, bold=True)
    for content in _csv_rows(table, t):
        _line(listed, ["" if content[name] is None else str(content[name]) for name in columns])
    _shape(listed, [_COLUMN_WIDTH if name in {"text", "citation"} else 16 for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(sheet: Any, values: Any, *, bold: bool = False) -> None:
    """Add a row of texts; none can be a formula, for each cell is said to be a text and quoted."""
    from openpyxl.styles import Alignment, Font

    at = sheet.max_row + (sheet.max_row > 1 or sheet.cell(1, 1).value is not None)
    for column, value in enumerate(values, 1):
        cell = sheet.cell(at, column)
        cell.value = for_xml(value)[:_LARGEST_CELL]
        cell.data_type = "s"
        cell.quotePrefix = True
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _shape(sheet: Any, widths: list[int]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _cell_text(t: Words, hit: Hit | None) -> str:
    """Return the passage, and below it the citation with its pages."""
    if hit is None:
        return empty_text(t)
    return f"{hit.passage.passage.display_text}\n\n[{_cited(t, hit)}]"


def _cited(t: Words, hit: Hit) -> str:
    return citation(hit.document, hit.passage.passage, citation_words(t))


def _word(table: EvidenceTable, t: Words, headings: Mapping[str, str]) -> bytes:
    """Return a Word file with the table across the page; the source of each passage stands in its footnote."""
    import docx
    from docx.enum.section import WD_ORIENT

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(t("Evidence table"), level=0)
    grid = document.add_table(rows=1, cols=1 + len(table.questions), style="Table Grid")
    named = [headings.get(one.id) or one.question for one in table.questions]
    for cell, text in zip(grid.rows[0].cells, [row_heading(t, table.by), *named], strict=True):
        cell.paragraphs[0].add_run(for_xml(text)).bold = True
    notes: list[str] = []
    for row in table.rows:
        cells = iter(grid.add_row().cells)
        next(cells).paragraphs[0].add_run(for_xml(row_name(t, table.by, row.name))).bold = True
        for cell, own in zip(cells, row.cells, strict=True):
            if own.hit is None:
                cell.paragraphs[0].add_run(empty_text(t)).italic = True
                continue
            quotation = cell.paragraphs[0]
            quotation.style = "Quote"
            quotation.add_run(for_xml(own.hit.passage.passage.display_text))
            notes.append(_cited(t, own.hit))
            add_reference(quotation, len(notes))
    attach(document, notes)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FORMATS: dict[str, Callable[[EvidenceTable, Words, Mapping[str, str]], bytes]] = {
    ".xlsx": _excel,
    ".docx": _word,
    ".csv": _csv,
    ".json": _json,
}
