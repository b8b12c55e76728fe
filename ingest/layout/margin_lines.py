"""The printed lines in the margins of a page, from its edge to the first line of running text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.layout.line import LayoutLine, PageLines
from ingest.layout.number_forms import ALONE
from ingest.layout.running_heads import by_height
from ingest.layout.text_block import TextBlock

# Printed lines looked at from the top and the bottom, and how far into the page they may reach.
OUTER_LINES = 6
MARGIN_SHARE = 0.16
# A row of more characters than this is wider than high unless it is turned; level ones are seldom higher (points).
TURNED = 3
HIGH = 15.0
# Parts of one line share this much of the lower one's height.
SAME_LINE = 0.5


@dataclass(frozen=True, slots=True)
class MarginLine:
    """A printed line in a margin: its rows from left to right.

    `place` is its distance from the upper or lower edge of the page in points (for a turned line, from the nearer
    side). `last` says that it stands inside the block of text, below all of it. `headed` says, in text without
    boxes, that the next line is a running head or foot.
    """

    lines: tuple[LayoutLine, ...]
    foot: bool
    place: float
    last: bool = False
    headed: bool = False


def outer_lines(sheet: PageLines, edge: set[int], block: TextBlock) -> Iterator[MarginLine]:
    """Yield the printed lines of the margins, and the last one wherever it stands."""
    rows = by_height(sheet)
    if not all(row.box for row in rows):
        yield from _outer_lines_of_text(rows, edge)
        return
    turned = [row for row in rows if row.top - row.bottom > HIGH and is_turned(row)]
    for row in turned:
        side = min(row.left, sheet.width - row.right)
        if side <= MARGIN_SHARE * sheet.width:
            yield MarginLine(lines=(row,), foot=True, place=side)
    level = [row for row in rows if row not in turned] if turned else rows
    for foot in (False, True):
        yield from _from_edge(level, sheet, edge, block, foot=foot)


def _from_edge(
    rows: Sequence[LayoutLine], sheet: PageLines, edge: set[int], block: TextBlock, *, foot: bool
) -> Iterator[MarginLine]:
    """Yield the printed lines from the lower or upper edge of a page inwards, up to its running text."""
    if not rows:
        return
    middle = (rows[0].top + rows[-1].bottom) / 2
    for at, line in enumerate(islice(_printed_lines(rows[::-1] if foot else rows), OUTER_LINES)):
        if (line[0].bottom < middle) != foot and len(rows) > 1:
            break
        place, lowest = _place(line, sheet, foot=foot), foot and at == 0
        inside = place > MARGIN_SHARE * sheet.height or block.holds(sheet, line, foot=foot)
        if lowest or not inside:
            yield MarginLine(lines=tuple(line), foot=foot, place=place, last=inside)
        if not all(row.index in edge or row.index not in block.prose for row in line):
            break


def _outer_lines_of_text(rows: Sequence[LayoutLine], edge: set[int]) -> Iterator[MarginLine]:
    """Yield the outer lines of a page without boxes: those that only heads, feet and numbers separate from its edge."""
    half = len(rows) // 2
    for foot, ordered in ((False, rows[:half]), (True, rows[half:][::-1])):
        for at, row in enumerate(ordered[:OUTER_LINES]):
            beside = [*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2]]
            headed = any(other.index in edge for other in beside)
            yield MarginLine(lines=(row,), foot=foot, place=0.0, headed=headed)
            if row.index not in edge and not ALONE.match(row.text):
                break


def is_turned(row: LayoutLine) -> bool:
    """Return whether a row of several characters runs up or down the page."""
    high, wide = row.top - row.bottom, row.right - row.left
    return len(row.text) > TURNED and high > max(wide, 2 * (row.size or wide))


def _place(line: Sequence[LayoutLine], sheet: PageLines, *, foot: bool) -> float:
    """Return the distance of a printed line from the lower or upper edge of its page."""
    return min(row.bottom for row in line) if foot else sheet.height - max(row.bottom for row in line)


def _printed_lines(rows: Sequence[LayoutLine]) -> Iterator[list[LayoutLine]]:
    """Group rows, given by height, into printed lines from left to right."""
    line: list[LayoutLine] = []
    for row in rows:
        if line and not _on_line(line[0], row):
            yield sorted(line, key=lambda row: row.left)
            line = []
        line.append(row)
    if line:
        yield sorted(line, key=lambda row: row.left)


def _on_line(first: LayoutLine, row: LayoutLine) -> bool:
    shared = min(first.top, row.top) - max(first.bottom, row.bottom)
    return shared >= SAME_LINE * max(1.0, min(first.top - first.bottom, row.top - row.bottom))
