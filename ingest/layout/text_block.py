"""Where the text of a document stands on its pages, and in which type: what lies outside is a margin."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from ingest.layout.line import LayoutLine, PageLines

# A line of running text has at least this many characters, and the next one this close (in heights of its own).
PROSE = 45
CLOSE = 1.6
# A number of a larger type, as a share of the text's, is a title's or a figure's. In 42 policy PDFs page numbers
# have up to 1.22 times the type of the text, and 1.05 where nothing stands beside them at the head of the page.
LARGE = 1.35
LARGE_HEAD = 1.15
# A number that close above text (in heights of its own) is the text's. The closest page number seen is at 2.4.
HEAD_DISTANCE = 1.5
# Pages (as a share) whose text may reach into the margin of the others.
STRAY = 0.03
# Type within this of the body's (points) is body type; notes are smaller and stand below the block.
SAME_TYPE = 0.7


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Body type (points, 0 if unknown), rows of running text, and how high and low they reach on each size of page.

    `near` are the first rows of pages that stand close above the next one.
    """

    body: float
    prose: frozenset[int]
    near: frozenset[int]
    extents: Mapping[tuple[int, int], tuple[float, float]]

    def is_large(self, row: LayoutLine) -> bool:
        """Return whether a row is set larger than a page number would be."""
        return bool(self.body and row.size and row.size > LARGE * self.body)

    def is_title(self, row: LayoutLine, *, foot: bool) -> bool:
        """Return whether a number with nothing beside it is set as what opens a page, not as what numbers it."""
        return not foot and (
            bool(self.body and row.size and row.size > LARGE_HEAD * self.body) or row.index in self.near
        )

    def holds(self, sheet: PageLines, rows: Sequence[LayoutLine], *, foot: bool) -> bool:
        """Return whether rows at the foot (or head) of a page stand where others have running text."""
        found = self.extents.get(_format(sheet))
        if found is None:
            return False
        top, bottom = found
        middle = sum(row.top + row.bottom for row in rows) / (2 * len(rows))
        return middle > bottom if foot else middle < top


def text_block(sheets: Sequence[PageLines], edge: set[int]) -> TextBlock:
    """Return the text block of a document; `edge` are running heads and feet."""
    body = _body_type(sheets)
    tops: dict[tuple[int, int], list[float]] = defaultdict(list)
    bottoms: dict[tuple[int, int], list[float]] = defaultdict(list)
    prose: set[int] = set()
    near: set[int] = set()
    for sheet in sheets:
        rows = _prose(sheet, edge, body)
        prose.update(row.index for row in rows)
        if rows:
            tops[_format(sheet)].append(max(row.top for row in rows))
            bottoms[_format(sheet)].append(min(row.bottom for row in rows))
        if len(sheet.lines) > 1:
            first, second = nlargest(2, sheet.lines, key=lambda row: row.top)
            if first.box and second.box and second.index not in edge and second.bottom < first.bottom:
                close = first.bottom - second.top < HEAD_DISTANCE * (first.top - first.bottom)
                near.update([first.index] if close else [])
    extents = {}
    for size, found in tops.items():
        at = int(STRAY * len(found))
        extents[size] = sorted(found, reverse=True)[at], sorted(bottoms[size])[at]
    return TextBlock(body, frozenset(prose), frozenset(near), extents)


def _format(sheet: PageLines) -> tuple[int, int]:
    return round(sheet.width), round(sheet.height)


def _prose(sheet: PageLines, edge: set[int], body: float) -> list[LayoutLine]:
    """Return the rows of body type that have a like one close above or below."""
    rows = [
        row
        for row in sheet.lines
        if row.box and len(row.text) >= PROSE and row.index not in edge
        if not body or not row.size or abs(row.size - body) <= SAME_TYPE
    ]
    near: set[int] = set()
    for above, row in pairwise(rows):
        if 0 < above.bottom - row.bottom < (1 + CLOSE) * (row.top - row.bottom):
            near.update((above.index, row.index))
    return [row for row in rows if row.index in near]


def _body_type(sheets: Sequence[PageLines]) -> float:
    weight: dict[float, int] = defaultdict(int)
    for sheet in sheets:
        for row in sheet.lines:
            if row.size is not None:
                weight[round(row.size * 2) / 2] += len(row.text)
    return max(weight, key=lambda size: (weight[size], size)) if weight else 0.0
