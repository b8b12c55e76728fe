"""Tables: which rows of a page are one, with caption, header line and source note.

Evidence, in this order: markup (td, th); a table caption above; at least three lines in a row that are
mostly figures. After a caption the table goes on while lines are set in another size than the text, are
short, or hold figures, and ends with its source note or where prose begins.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.layout.line import Layout, Row
from ingest.layout.line_ends import continues, ends_sentence
from ingest.layout.line_kinds import is_caption, is_item, is_source_note, is_table_caption
from ingest.layout.page_breaks import COLUMN, PageShape
from ingest.structure.paragraphs import BREAK

# A row of figures: this many tokens with digits, and this share of all tokens.
MIN_FIGURES = 2
FIGURE_SHARE = 0.5
# Words of a label with two figures behind it, and signs that stand apart from their figures.
LONGEST_LABEL = 16
_SIGNS = frozenset(("$", "€", "£", "%", "S/", "S/.", "US$", "“", "”", ")"))
# Rows of figures that make a table without a caption.
MIN_ROWS = 3
# Lines of column heads above the first row of figures; more, set in several lines each, in type of their own
# (points).
HEAD_ROWS = 3
MOST_HEAD = 12
SAME_TYPE = 0.6
# Prose: at least this many words on a line, and few figures.
PROSE_WORDS = 8
# In narrow columns: this many words in lower case, above a line that begins in lower case.
RUNNING_WORDS = 4
# A caption has at most this many lines of title after its number line.
CAPTION_LINES = 3
# A grid drawn cell by cell: rows, places across the page with two cells or more, share of rows that begin
# elsewhere than the one before, and the width of a cell as a share of the text.
GRID_ROWS = 12
GRID_PLACES = 4
GRID_TURNS = 0.3
NARROW_SHARE = 0.4

_FIGURE = re.compile(
    r"^[(\[$€£US/.]*[+\-–−~<>≥≤]?\d[\d.,:/\-–%´’']*[)\]%*†a-d]{0,2}$|^[-–—…*]+$|^(?:N/?A|n\.?d\.?|n/d)\*?$"
)


@dataclass(frozen=True, slots=True)
class Region:
    """Rows `[first, last]` (positions in the page) of a table; the first `head` are caption and header.

    `closed` says that a source note ends it, so that nothing in between can be a footnote.
    """

    first: int
    last: int
    head: int
    closed: bool = False


@lru_cache(maxsize=1 << 12)
def is_figures(text: str) -> bool:
    """Return whether a line is mostly figures, as table rows are, or a label with two figures at its end."""
    tokens = [token for token in text.split() if token not in _SIGNS]
    figures = sum(1 for token in tokens if _FIGURE.match(token))
    if figures == len(tokens) > 0:
        return True
    if figures >= MIN_FIGURES and figures >= FIGURE_SHARE * len(tokens):
        return True
    return 2 < len(tokens) <= LONGEST_LABEL and all(_FIGURE.match(token) for token in tokens[-2:])


def is_prose(row: Row, shape: PageShape, layout: Layout) -> bool:
    """Return whether a line is running text: many words, few figures, set across the column in body type."""
    words = [word for word in row.text.split() if word[:1].isalpha()]
    if len(words) < PROSE_WORDS or is_figures(row.text):
        return False
    return not (row.size and layout.body_size and abs(row.size - layout.body_size) > 0.6)


def table_regions(rows: Sequence[Row], shape: PageShape, layout: Layout) -> list[Region]:
    """Return the tables among the text rows of one page, from top to bottom, disjoint."""
    regions: list[Region] = []
    position = 0
    grids = grid_runs(rows)
    while position < len(rows):
        grid = next((end for start, end in grids if start <= position <= end), None)
        if grid is not None and _runs_on(rows, position, shape, layout):
            position += 1
            continue
        if grid is not None and not (rows[position].role is None and is_table_caption(rows[position].text)):
            region: Region | None = Region(position, grid, 0)
        else:
            region = _region_at(rows, position, shape, layout)
        if region is None:
            position += 1
        else:
            regions.append(region)
            position = region.last + 1
    return regions


def grid_runs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return runs of rows (first and last position) that are the cells of a grid, drawn cell by cell.

    Cells are narrow, begin at several places across the page, and one often stands beside the one before.
    Columns of prose are narrow too, but change place once or twice a page.
    """
    boxed = [row for row in rows if row.box]
    if len(boxed) < GRID_ROWS or len(boxed) < len(rows):
        return []
    width = max(row.right for row in boxed) - min(row.left for row in boxed)
    runs: list[tuple[int, int]] = []
    start = 0
    for position in range(len(rows) + 1):
        if position < len(rows) and rows[position].right - rows[position].left < NARROW_SHARE * width:
            continue
        if position < len(rows) and _wide_cells(rows, position, NARROW_SHARE * width):
            continue
        if _is_grid(rows[start:position]):
            runs.append((start, position - 1))
        start = position + 1
    return runs


def _wide_cells(rows: Sequence[Row], position: int, narrow: float) -> bool:
    """Return whether a wide row among narrow ones is several cells put on one line."""
    near = (*rows[max(0, position - 2) : position], *rows[position + 1 : position + 3])
    few = len(rows[position].text) < 0.55 * (rows[position].right - rows[position].left) / 4.0
    return (few or is_figures(rows[position].text)) and sum(
        row.right - row.left < narrow for row in near
    ) >= 3


def _is_grid(rows: Sequence[Row]) -> bool:
    if len(rows) < GRID_ROWS:
        return False
    places: dict[int, int] = {}
    for row in rows:
        places[round(row.left / COLUMN)] = places.get(round(row.left / COLUMN), 0) + 1
    turns = sum(1 for above, row in pairwise(rows) if abs(row.left - above.left) > COLUMN)
    return sum(1 for count in places.values() if count >= 2) >= GRID_PLACES and turns >= GRID_TURNS * len(
        rows
    )


def _region_at(rows: Sequence[Row], position: int, shape: PageShape, layout: Layout) -> Region | None:
    row = rows[position]
    if row.role in ("td", "th"):
        return _by_role(rows, position)
    if row.role is None and is_table_caption(row.text):
        return _after_caption(rows, position, shape, layout)
    if row.role is None and is_figures(row.text) and not _runs_on(rows, position, shape, layout):
        return _bare(rows, position, shape, layout)
    return None


def _runs_on(rows: Sequence[Row], position: int, shape: PageShape, layout: Layout) -> bool:
    """Return whether a row is the next line of unfinished prose ("… India, at / 36; Brazil, at 38.")."""
    if position == 0:
        return False
    above, row = rows[position - 1], rows[position]
    if ends_sentence(above.text) or not (above.box and row.box):
        return False
    small = sum(1 for word in above.text.split() if word[0].islower())
    if not (is_prose(above, shape, layout) or (continues(row.text) and small >= RUNNING_WORDS)):
        return False
    near = 0 < above.bottom - row.bottom <= BREAK * layout.leading
    return near and abs(above.left - row.left) < COLUMN / 2


def _by_role(rows: Sequence[Row], position: int) -> Region:
    last = position
    while last + 1 < len(rows) and rows[last + 1].role in ("td", "th"):
        last += 1
    first = position - 1 if position and rows[position - 1].role == "caption" else position
    head = position - first + (1 if rows[position].role == "th" or last > position else 0)
    return Region(first, last, head)


def _after_caption(rows: Sequence[Row], position: int, shape: PageShape, layout: Layout) -> Region | None:
    figures, sourced = 0, False
    first_figures = None
    last = position
    at = position + 1
    while at < len(rows):
        row = rows[at]
        if is_source_note(row.text):
            last, sourced = _note_end(rows, at), True
            break
        if is_caption(row.text) or _ends_table(rows, at, shape, layout, at - position <= CAPTION_LINES):
            break
        if is_figures(row.text) or row.same_line:
            figures += 1
            first_figures = first_figures or at
        last, at = at, at + 1
    if last - position < 2 or (figures < 2 and not sourced):
        return None
    head = (first_figures or position + 2) - position
    return Region(position, last, min(max(2, head), last - position), closed=sourced)


def _ends_table(rows: Sequence[Row], at: int, shape: PageShape, layout: Layout, early: bool) -> bool:
    row = rows[at]
    if early:
        return is_prose(row, shape, layout) and ends_sentence(row.text)
    if is_prose(row, shape, layout):
        following = rows[at + 1] if at + 1 < len(rows) else None
        return following is None or not is_figures(following.text)
    return False


def _note_end(rows: Sequence[Row], at: int) -> int:
    """Return the last row of a source note that begins at `at`: same type, no white space between."""
    last = at
    while last + 1 < len(rows) and not rows[last + 1].blank_above:
        row, above = rows[last + 1], rows[last]
        if is_source_note(row.text):
            last += 1
            continue
        if row.size and above.size and abs(row.size - above.size) > 0.4:
            break
        if row.gap is not None and row.gap > 0.6 * (row.size or 10.0):
            break
        if ends_sentence(above.text) and not row.text[:1].islower():
            break
        last += 1
    return last


def _bare(rows: Sequence[Row], position: int, shape: PageShape, layout: Layout) -> Region | None:
    last, figures, misses, at = position, 0, 0, position
    while at < len(rows) and misses <= 2:
        row = rows[at]
        if (
            is_prose(row, shape, layout)
            or is_caption(row.text)
            or (is_item(row.text) and not is_figures(row.text))
        ):
            break
        if is_figures(row.text):
            figures, misses, last = figures + 1, 0, at
        else:
            misses += 1
        at += 1
    if figures < MIN_ROWS:
        return None
    first = _header_start(rows, position, shape, layout)
    return Region(first, last, position - first)


def _small_alike(above: Row, row: Row, layout: Layout) -> bool:
    """Return whether both rows are set in one type smaller than the text, as the heads of columns often are."""
    if not above.size or not row.size:
        return False
    return abs(above.size - row.size) <= SAME_TYPE and row.size <= layout.body_size - SAME_TYPE


def _header_start(rows: Sequence[Row], position: int, shape: PageShape, layout: Layout) -> int:
    first = position
    while first > 0 and position - first < MOST_HEAD:
        above = rows[first - 1]
        if position - first >= HEAD_ROWS and not _small_alike(above, rows[first], layout):
            break
        if is_prose(above, shape, layout) or ends_sentence(above.text) or len(above.text) > 80:
            break
        if _runs_on(rows, first - 1, shape, layout):
            break
        first -= 1
    return first
