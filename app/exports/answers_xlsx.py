"""The answers of a batch as an Excel workbook: a row a passage, verbatim, with its pages and its citation."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from app.exports.escape import visible

COLUMNS = {
    "id": 10,
    "question": 40,
    "rank": 6,
    "passage": 90,
    "page": 12,
    "PDF page": 12,
    "citation": 50,
    "document": 30,
    "publisher": 20,
    "year": 8,
    "language": 9,
    "answered": 10,
    "passage_id": 36,
}
"""Column -> its width in characters."""
# What Excel allows in a cell; a longer passage says so at its end.
LONGEST_CELL = 32_767
CUT = " […]"


def answers_xlsx(answers: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the workbook of search objects with `id`; an object with `error` is a row that says it.

    Every cell is text or a number, never a formula, whatever it begins with.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Answers"
    sheet.append(list(COLUMNS))
    for answer in answers:
        for values in _rows(answer):
            sheet.append([None] * len(COLUMNS))
            for column, value in enumerate(values, 1):
                _fill(sheet.cell(sheet.max_row, column), value)
    for number, width in enumerate(COLUMNS.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        text = visible(value)
        cell.value = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
        cell.data_type = "s"  # text that begins with "=" stays text
    else:
        cell.value = value


def _rows(answer: Mapping[str, Any]) -> Iterable[list[Any]]:
    """Yield the rows of an answer: one a hit, or one that says that there is none."""
    if "error" in answer:
        yield [str(answer.get("id") or ""), "", None, f"ERROR: {answer['error']}"]
        return
    told = [str(answer["id"]), answer["question"]]
    answered = "yes" if answer["answerable"] else "perhaps not"
    if not answer["hits"]:
        yield [*told, None, "", "", "", "", "", "", None, "", "no"]
    for hit in answer["hits"]:
        document = hit["document"]
        yield [
            *told,
            hit["rank"],
            hit["text"],
            "–".join(dict.fromkeys(hit["labels"])) or hit.get("locator", ""),
            "–".join(str(page) for page in dict.fromkeys(hit["pages"])),
            hit["citation"],
            document["title"] or document["file"],
            document["publisher"] or "",
            document["year"],
            hit["language"] or "",
            answered,
            hit["passage_id"],
        ]
