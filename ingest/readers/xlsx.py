"""Excel workbooks to Source: a sheet is a section, a row a numbered table line, a value what the sheet shows."""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter, folded
from ingest.readers.office_package import check_archive, core_info, short_reason, transitional
from ingest.readers.source import LEFT_OUT, Source

# Cells of a row, blank ones too: more are an accident of formatting, or an attack.
MAX_COLUMNS = 500
# Excel shows at most so many digits of a number.
DIGITS = 15
# "#,##0.00", "0%": what a plain number format says of thousands, decimals and percent.
_FORMAT = re.compile(r"(?P<thousands>#,##)?0(?:\.(?P<decimals>0+))?(?P<percent>%)?(?:_[^;]|\\? )?")


def read_xlsx(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a workbook as one unpaged Source, sheet by sheet; results of formulas as they were saved.

    Hidden sheets are left out and named in the notes.
    Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    writer, beyond = LineWriter(), _Beyond()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl leaves aside: pictures, filters
            hidden, info = _read_book(transitional(data), writer, limits, beyond)
    except (UnreadableFile, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise UnreadableFile(f"damaged Excel workbook ({short_reason(error)})") from error
    if not writer.parts:
        raise UnreadableFile("holds no text", "empty")
    if on_page:
        on_page(1, 1)
    notes: tuple[str, ...] = (f"hidden sheets, not read: {', '.join(hidden)}",) if hidden else ()
    if beyond.cells:
        notes += (f"{LEFT_OUT}{beyond.cells} cells behind column {MAX_COLUMNS}",)
    return Source("xlsx", False, (writer.page(),), info=info, notes=notes)


@dataclass(slots=True)
class _Beyond:
    """How many cells with a value stand where a row is not read any more."""

    cells: int = 0


def _read_book(
    data: bytes, writer: LineWriter, limits: Limits, beyond: _Beyond
) -> tuple[list[str], dict[str, str]]:
    """Write the sheets that are shown; return the names of the hidden ones, and what the file says of itself."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    hidden = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(folded(sheet.title)[:100])
            continue
        sheet.reset_dimensions()  # what a file says of its own size may be anything
        before = len(writer.parts)
        writer.say(sheet.title)
        writer.end_line("h1")
        _write_rows(_rows(sheet, beyond), writer, limits)
        if len(writer.parts) == before + 1:
            writer.drop_last()
    return hidden, core_info(book.properties, data)


def _rows(sheet: Any, beyond: _Beyond) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of the rows that hold anything, without the blank cells at their ends."""
    for at, cells in enumerate(sheet.iter_rows(), 1):
        shown = [
            _shown(cell.value, cell.number_format) if cell.value is not None else ""
            for cell in cells[:MAX_COLUMNS]
        ]
        beyond.cells += sum(cell.value is not None for cell in cells[MAX_COLUMNS:])
        while shown and not shown[-1]:
            shown.pop()
        if shown:
            yield next((cell.row for cell in cells if cell.value is not None), at), shown


def _write_rows(rows: Iterator[tuple[int, list[str]]], writer: LineWriter, limits: Limits) -> None:
    """Write a line a row: the first with several names is the header; rows of one cell above it are its title."""
    headed = False
    for number, cells in rows:
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and not headed:
            writer.say(filled[0])
            writer.end_line("p", row=number)
        else:
            writer.say(CELL_GAP.join(cells))
            named = not headed and not any(cell[:1].isdigit() for cell in filled)
            writer.end_line("th" if named else "td", row=number)
            headed = True
        if writer.length > limits.text:
            raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")


def _shown(value: object, number_format: str) -> str:
    """Return a value as the sheet shows it, as far as its format is a plain one; other numbers in full."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return folded(str(value))


def _number(value: float, number_format: str) -> str:
    plain = _FORMAT.fullmatch(number_format.partition(";")[0])
    if plain is None:
        return str(value) if isinstance(value, int) else format(value, f".{DIGITS}g")
    mark = "%" if plain["percent"] else "f"
    return format(value, f"{',' if plain['thousands'] else ''}.{len(plain['decimals'] or '')}{mark}")
