"""Tables of a web page: whether one only lays out text, and its cells with what spans rows and columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# Browsers clamp these too (HTML Standard, 4.9.11).
MAX_COLSPAN, MAX_ROWSPAN = 1_000, 65_534
# Cells of one row at most, spanned ones counted: a hostile page may span a thousand columns a thousand times.
MAX_CELLS = 1_000
# A cell of so many characters, alone in its row beside blank ones, is a paragraph.
PROSE = 80
# "(2)", "a)", "iv.", "12.", "–": what stands before a point of a law set as a table.
_ENUMERATOR = re.compile(
    r"[(\[]?(?:\d{1,4}[a-z]?|[a-z]{1,3}|[ivxlc]{1,7})(?:[.)\]°º]|\.[)°º]?)*|[–—•·▪*\-]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its node and its own cells."""

    node: Any
    cells: tuple[Any, ...]

    @property
    def header(self) -> bool:
        """Whether all cells are heads."""
        return bool(self.cells) and all(cell.tag == "th" for cell in self.cells)


def rows_of(table: Any) -> tuple[Row, ...]:
    """Return the rows of a table, not those of tables within it."""
    return tuple(
        Row(row, tuple(cell for cell in row.iter() if cell.tag in ("td", "th"))) for row in _rows(table, 0)
    )


def _rows(node: Any, depth: int) -> Iterator[Any]:
    for child in node.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot") and depth < 1:
            yield from _rows(child, depth + 1)


def lays_out(table: Any, rows: Sequence[Row], text: dict[int, str]) -> bool:
    """Return whether a table only sets text side by side: old pages, points of laws behind their enumerators.

    `text` is the text of each cell by `mem_id`. A table with heads, a caption or figures side by side is none.
    """
    if table.attributes.get("role") in ("presentation", "none"):
        return True
    if table.css_first("th, caption") is not None:
        return False
    filled = [[text[cell.mem_id] for cell in row.cells if text[cell.mem_id]] for row in rows]
    filled = [cells for cells in filled if cells]
    if all(len(cells) <= 1 for cells in filled):
        single = all(len(row.cells) <= 1 for row in rows)
        return single or any(len(cell) >= PROSE for cells in filled for cell in cells)
    pairs = [cells for cells in filled if len(cells) == 2]
    enumerated = [
        cells for cells in pairs if _ENUMERATOR.fullmatch(cells[0]) and not _ENUMERATOR.fullmatch(cells[1])
    ]
    return len(enumerated) == len([cells for cells in filled if len(cells) > 1]) and bool(enumerated)


def is_enumerator(text: str) -> bool:
    """Return whether a cell holds only the number or mark of a point."""
    return _ENUMERATOR.fullmatch(text) is not None


def grid(rows: Sequence[Row]) -> list[list[Any]]:
    """Return the cells of each row, one a column: what spans rows or columns stands in each of them."""
    hanging: dict[int, tuple[Any, int]] = {}
    found: list[list[Any]] = []
    for row in rows:
        cells: list[Any] = []
        waiting = list(row.cells)
        while (waiting or len(cells) in hanging) and len(cells) < MAX_CELLS:
            if len(cells) in hanging:
                cell, left = hanging.pop(len(cells))
                if left > 1:
                    hanging[len(cells)] = (cell, left - 1)
                cells.append(cell)
                continue
            cell = waiting.pop(0)
            down = _span(cell, "rowspan", MAX_ROWSPAN)
            for _ in range(min(_span(cell, "colspan", MAX_COLSPAN), MAX_CELLS - len(cells))):
                if down > 1:
                    hanging[len(cells)] = (cell, down - 1)
                cells.append(cell)
        found.append(cells)
    return found


def _span(cell: Any, name: str, most: int) -> int:
    raw = cell.attributes.get(name) or "1"
    return max(1, min(int(raw), most)) if raw.strip().isdigit() and len(raw) <= 6 else 1
