"""Sentences that go on over a page or column: where a page ends, and what its last paragraph waits for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.layout.line import Layout, LayoutLine
from ingest.layout.line_ends import continues, ends_sentence, is_address
from ingest.layout.line_kinds import is_caption, is_item

# A last line ends this many points before the margin, or it says nothing.
SHORT_LAST = 24.0
# Lines of a paragraph from which its own right edge is known better than from the page: boxes and columns.
OWN_EDGE = 3
# Type of another size (points) is another paragraph.
OTHER_SIZE = 0.9
# In text without boxes a page whose rows are this often followed by an empty line is double spaced.
DOUBLE_SPACED = 0.8
# Words of a sentence; a paragraph of twice as many is running text.
PROSE_WORDS = 6
# Left edges within one or two of these (points) begin the same column.
COLUMN = 24.0


@dataclass(frozen=True, slots=True)
class PageShape:
    """What the join rules ask of a page: text edges (points) or line length (characters)."""

    right: float
    longest: int
    double_spaced: bool
    columns: tuple[tuple[int, float], ...] = ()

    def right_of(self, left: float) -> float:
        """Return the right edge of the column that begins near `left`."""
        place = int(left / COLUMN)
        near = [right for column, right in self.columns if abs(column - place) <= 1]
        return max(near, default=self.right)


def shape_of(rows: Sequence[LayoutLine]) -> PageShape:
    """Return the shape of the text rows of one page."""
    boxed = sorted(row.right for row in rows if row.box)
    right = boxed[int(len(boxed) * 0.8)] if boxed else 0.0
    columns: dict[int, list[float]] = {}
    for row in rows:
        if row.box:
            columns.setdefault(int(row.left / COLUMN), []).append(row.right)
    edges = tuple((place, sorted(found)[int(len(found) * 0.8)]) for place, found in columns.items())
    longest = max((len(row.text) for row in rows), default=0)
    above = [row.blank_above > 0 for row in rows[1:]]
    double = len(above) >= 4 and sum(above) >= DOUBLE_SPACED * len(above)
    return PageShape(right, longest, double, edges)


def unfinished(
    groups: Sequence[list[LayoutLine]], row: LayoutLine, shapes: Mapping[int, PageShape], layout: Layout
) -> list[LayoutLine] | None:
    """Return the paragraph of the page before that `row` goes on with, across what floats between them.

    That is its last one in the same type; where that one is finished, the only one that is not.
    """
    if row.role is not None or is_item(row.text) or is_caption(row.text):
        return None
    if not continues(row.text):
        return _broken_off(groups, row, shapes)
    before: list[list[LayoutLine]] = []
    for members in reversed(groups):
        last = members[-1]
        words = sum(len(member.text.split()) for member in members)
        if last.page == row.page:
            large = layout.body_size and (last.size or 0.0) > layout.body_size + OTHER_SIZE
            if words >= 2 * PROSE_WORDS and not large:
                return None
            continue
        if row.page - last.page > 2 or (before and last.page != before[0][-1].page):
            break
        same_type = not (row.size and last.size) or abs(row.size - last.size) <= OTHER_SIZE
        if same_type and words >= 2 * PROSE_WORDS:
            before.append(members)
    if before and joins_over_break(before[0][-1], row, None, layout):
        return before[0]
    if not before or before[0][-1].page != row.page - 1:
        return None
    open_ended = [members for members in before[1:] if _breaks_off(members[-1], shapes[row.page - 1])]
    return open_ended[0] if len(open_ended) == 1 else None


def _broken_off(
    groups: Sequence[list[LayoutLine]], row: LayoutLine, shapes: Mapping[int, PageShape]
) -> list[LayoutLine] | None:
    """Return the paragraph that breaks off on the page before a full first line in its type, past a figure."""
    if groups[-1][-1].page != row.page - 1 or not row.box or _is_short(row, shapes[row.page]):
        return None
    for members in reversed(groups):
        last = members[-1]
        if last.page != row.page - 1:
            return None
        same = row.size and last.size and abs(row.size - last.size) <= OTHER_SIZE and row.bold == last.bold
        if same and len(members) >= OWN_EDGE and abs(row.left - last.left) < COLUMN:
            return members if _breaks_off(last, shapes[last.page]) else None
    return None


def _is_short(row: LayoutLine, shape: PageShape) -> bool:
    """Return whether a row ends well before the edge of its column, as titles and last lines do."""
    return row.right < shape.right_of(row.left) - SHORT_LAST


def _breaks_off(last: LayoutLine, shape: PageShape) -> bool:
    """Return whether a paragraph stops in a full line without a sentence mark."""
    if ends_sentence(last.text) or last.box is None or is_address(last.text):
        return False
    return last.right > shape.right_of(last.left) - SHORT_LAST


def right_edge(paragraph: list[LayoutLine], shape: PageShape) -> float | None:
    """Return the right edge of the column a paragraph ends in: its own one where it has several lines."""
    column = column_of(paragraph)
    if not column[-1].box:
        return None if len(column[-1].text) > 0.6 * shape.longest else math.inf
    right = shape.right_of(column[-1].left)
    return min(right, max(row.right for row in column)) if len(column) >= OWN_EDGE else right


def joins_over_break(above: LayoutLine, row: LayoutLine, right: float | None, layout: Layout) -> bool:
    """Return whether a sentence goes on at the next column or page; `right` None asks for no full line above."""
    if is_address(row.text) or (is_address(above.text) and above.text[-1] not in "-/"):
        return False
    if row.page == above.page and row.right < above.left:
        return False
    if continues(row.text):
        return not ends_sentence(above.text) or above.text[-1:] in ";:"
    if ends_sentence(above.text):
        return False
    if layout.body_size and (row.size or 0.0) > layout.body_size + OTHER_SIZE:
        return False
    full = right is None or above.right > right - SHORT_LAST
    return full and row.bold == above.bold


def column_of(paragraph: list[LayoutLine]) -> list[LayoutLine]:
    """Return the last rows of a paragraph that stand one below the other."""
    first = len(paragraph) - 1
    while first > 0:
        above, row = paragraph[first - 1], paragraph[first]
        if above.page != row.page or not above.box or row.bottom > above.top:
            break
        first -= 1
    return paragraph[first:]
