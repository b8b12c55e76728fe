"""The file of questions that `pincite batch` answers: a JSON object a line, or an Excel sheet with a row a question."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from app.service.batch import Fault
from app.service.questions import Question, check_question, question_of
from index.query.filters import FILTER_KEYS
from ingest.errors import UsageError
from ingest.text import jsonl

__all__ = ["Question", "check_question", "questions_or_faults", "read_questions"]


def read_questions(path: Path, *, trec: bool = False) -> Iterator[Question]:
    """Yield the questions of a file; UsageError names the file and line of the first fault.

    In a TREC run blanks stand between the fields, so that `trec` allows none in an id.
    """
    seen: set[str] = set()
    for number, record in _rows(path) if is_workbook(path) else jsonl.records(path):
        yield _checked(record, f"{path}, line {number}", seen, trec=trec)


def questions_or_faults(path: Path, *, trec: bool = False) -> Iterator[Question | Fault]:
    """Yield the questions of a file, and for each line that holds none what is wrong with it.

    Raises: UsageError for a file that cannot be read at all.
    """
    seen: set[str] = set()
    for number, record in _rows(path) if is_workbook(path) else _decoded(path):
        where, ident = f"{path}, line {number}", None
        if isinstance(record, UsageError):
            yield Fault(number, str(record))
            continue
        given = record.get("id")
        ident = given if isinstance(given, str | int) and not isinstance(given, bool) else None
        try:
            yield _checked(record, where, seen, trec=trec)
        except UsageError as error:
            yield Fault(number, str(error), ident)


def is_workbook(path: Path) -> bool:
    """Return whether a file of questions is an Excel workbook, by its ending."""
    return path.suffix.lower() == ".xlsx"


def _checked(record: Mapping[str, Any], where: str, seen: set[str], *, trec: bool) -> Question:
    item = question_of(record, where)
    if trec and len(item.id.split()) != 1:
        raise UsageError(f"{where}: the id {item.id!r} holds a blank; a TREC run cannot")
    if item.id in seen:
        raise UsageError(f"{where}: the id {item.id!r} occurs twice")
    seen.add(item.id)
    return item


def _decoded(path: Path) -> Iterator[tuple[int, dict[str, Any] | UsageError]]:
    for number, text in jsonl.lines(path):
        try:
            record = jsonl.decoded(text)
        except ValueError as error:
            yield number, UsageError(f"{path}, line {number}: is not JSON ({error})")
            continue
        if isinstance(record, dict):
            yield number, record
        else:
            yield number, UsageError(f"{path}, line {number}: is not a JSON object")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number of the row, record) of the first sheet: its first row names the columns.

    There must be a column "question"; "id" may be missing (the number of the row then), and so may the keys of
    filters, whose cells hold one value or several parted by semicolons.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise UsageError(f"{path}: not a readable Excel file ({error})") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        names = [str(cell or "").strip().lower() for cell in next(rows, ())]
        if "question" not in names:
            raise UsageError(f'{path}, line 1: there is no column "question"')
        for number, row in enumerate(rows, 2):
            cells = {
                name: cell for name, cell in zip(names, row, strict=False) if name and cell not in (None, "")
            }
            if cells:
                yield number, _record(cells, number)
    finally:
        book.close()


def _record(cells: Mapping[str, Any], number: int) -> dict[str, Any]:
    filters = {key: _several(cells[key]) for key in FILTER_KEYS if key in cells}
    ident = cells.get("id", number)
    # Excel has no whole numbers: 7 may come as 7.0.
    whole = int(ident) if isinstance(ident, float) and ident.is_integer() else ident
    return {"id": whole, "question": str(cells.get("question", "")), "filters": filters}


def _several(cell: Any) -> list[str]:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return [part.strip() for part in text.split(";") if part.strip()]
