"""A table's passage drawn as a table: its words in their order, each in the cell where the page has it."""

from collections.abc import Callable, Sequence
from itertools import groupby

from app.ui.ask.highlights import Span, part_html
from ingest.passage import Cell, Passage


def passage_html(passage: Passage, marks: Sequence[Span], window: Span | None = None) -> str:
    """Return the whole text of a passage as HTML with its marks; one with cells holds them as a table.

    The words stay those of the passage, in its order: what is copied from the page is what is cited.
    """
    text = passage.display_text
    if not passage.cells:
        return part_html(text, (0, len(text)), marks, window)

    def part(start: int, end: int) -> str:
        return part_html(text, (start, end), marks, window)

    first, last = passage.cells[0][0], passage.cells[-1][1]
    above = part(0, len(text[:first].rstrip()))
    below = part(len(text) - len(text[last:].lstrip()), len(text))
    return f"{above}{_table(passage.cells, part)}{below}"


def _table(cells: Sequence[Cell], part: Callable[[int, int], str]) -> str:
    width = 1 + max(last for *_, last in cells)
    head: list[str] = []
    body: list[str] = []
    for row, own in groupby(cells, key=lambda cell: cell[2]):
        (head if row < 0 else body).append(_row(list(own), width, part))
    return f'<div class="cells"><table><thead>{"".join(head)}</thead><tbody>{"".join(body)}</tbody></table></div>'


def _row(cells: Sequence[Cell], width: int, part: Callable[[int, int], str]) -> str:
    found, at = [], 0
    for start, end, row, first, last in sorted(cells, key=lambda cell: cell[3]):
        found += ["<td></td>"] * (first - at)
        tag = f'th scope="{"col" if row < 0 else "row"}"' if row < 0 or first == 0 else "td"
        span = f' colspan="{last - first + 1}"' if last > first else ""
        found.append(f"<{tag}{span}>{part(start, end)}</{tag[:2]}>")
        at = max(at, last + 1)
    return f"<tr>{''.join(found)}{'<td></td>' * (width - at)}</tr>"
