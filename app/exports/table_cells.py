"""A table's passage as columns and rows: beside the verbatim text, a rendering in which figures keep their column.

Only where the cells are known: from where they stand on a printed page (`ingest.structure.grids`), from the markup of a
web page or a Word file, or where every row of a text without places ends with as many figures.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from typing_extensions import TypedDict

from ingest.passage import Passage

BETWEEN = " | "
# Rows of heads that are looked for at the top of a table.
MOST_HEADS = 3
# Rows of a printed table from which its columns are told, and figures in each.
MIN_ROWS, MIN_FIGURES = 3, 2

_FIGURE = re.compile(
    r"^[(\[]?(?:US\$|S/\.?|[$€£])? ?[(+\-–−~<>]?\d[\d.,:%´’'/]*[)\]]?(?: ?%)?[*†]?$|^[-–—…]$|^n/?[ad]\.?$",
    re.I,
)
_YEAR = re.compile(r"^(?:19|20)\d\d(?:[-–/]\d{2,4})?$")
# A sign set apart from its figure: "$ 39,626", "49,3 %".
_APART = re.compile(r"(?<=[$€£]) (?=[\d(])|(?<=S/) (?=\d)|(?<=S/\.) (?=\d)|(?<=\d) (?=%(?:\s|$))")


class TableObject(TypedDict):
    """A table: the name of each column, "" where it has none, and rows of as many cells."""

    caption: str | None
    columns: list[str]
    rows: list[list[str]]


def table_of(passage: Passage, *, by_figures: bool = True) -> TableObject | None:
    """Return the columns and rows of a table's passage, None for another kind or where its cells are not known.

    `by_figures` tells columns from the figures at the ends of rows, where a text gives no places.
    """
    if passage.kind != "table":
        return None
    if passage.cells:
        return _by_place(passage)
    lines = [line for line in passage.text[passage.start :].split("\n") if line.strip()]
    if any(BETWEEN in line for line in lines):
        return _marked_up(lines)
    return _printed(lines) if by_figures else None


def _by_place(passage: Passage) -> TableObject:
    """Return the table of placed cells; a head over several columns names each, a cell stands in the first."""
    width = 1 + max(last for *_, last in passage.cells)
    names: list[list[str]] = [[] for _ in range(width)]
    rows: dict[int, list[str]] = {}
    for start, end, row, first, last in passage.cells:
        words = passage.text[start:end]
        if row < 0:
            for name in names[first : last + 1]:
                name.append(words)
        else:
            rows.setdefault(row, [""] * width)[first] = words
    caption = " ".join(passage.text[passage.start : passage.cells[0][0]].split())
    return {
        "caption": caption or None,
        "columns": [" ".join(name) for name in names],
        "rows": [rows[row] for row in sorted(rows)],
    }


def _marked_up(lines: Sequence[str]) -> TableObject:
    caption = [line for line in lines[:1] if BETWEEN not in line]
    cells = [[cell.strip() for cell in line.split(BETWEEN)] for line in lines[len(caption) :]]
    heads = _heads(cells)
    width = max(map(len, cells))
    return {
        "caption": caption[0] if caption else None,
        "columns": _joined(cells[:heads], width),
        "rows": [[*row, *[""] * (width - len(row))] for row in cells[heads:]],
    }


def _heads(cells: Sequence[Sequence[str]]) -> int:
    """Return how many rows are heads: those before the first with figures, the next only below a cell that spans."""
    heads = 0
    for row in cells[:MOST_HEADS]:
        spanned = heads == 0 or any(len(list(same)) > 1 for _, same in groupby(cells[heads - 1]))
        if not spanned or any(_FIGURE.match(cell) and not _YEAR.match(cell) for cell in row[1:]):
            break
        heads += 1
    return heads if heads < len(cells) else 0


def _joined(heads: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the name of each column: the heads above it, one below the other, each once."""
    named = []
    for column in range(width):
        parts = dict.fromkeys(row[column] for row in heads if column < len(row) and row[column])
        named.append(" ".join(parts))
    return named


def _printed(lines: Sequence[str]) -> TableObject | None:
    rows = [_row(line) for line in lines]
    first = next((at for at, row in enumerate(rows) if len(row) > MIN_FIGURES and not _is_head(row)), None)
    if first is None:
        return None
    body = rows[first:]
    width = len(body[0])
    heads = rows[:first]
    whole = [row for row in body if len(row) == width]
    if len(whole) < MIN_ROWS or any(len(row) not in (1, width) or _is_head(row) for row in body):
        return None
    if any(len(row) > 1 and not _is_head(row) for row in heads):
        return None
    below = heads[-1][1:] if heads and len(heads[-1]) == width and _is_head(heads[-1]) else [""] * (width - 1)
    above = lines[: first - 1] if any(below) else lines[:first]
    return {
        "caption": " ".join(above) or None,
        "columns": ["", *below],
        "rows": [[*row, *[""] * (width - len(row))] for row in body],
    }


def _row(line: str) -> list[str]:
    """Return the label of a row and the figures at its end."""
    words = [word.replace("\0", " ") for word in _APART.sub("\0", line).split()]
    at = len(words)
    while at and _FIGURE.match(words[at - 1]):
        at -= 1
    return [" ".join(words[:at]), *words[at:]]


def _is_head(row: Sequence[str]) -> bool:
    """Return whether all figures of a row are years: the heads of columns."""
    return len(row) > 1 and all(_YEAR.match(cell) for cell in row[1:])
