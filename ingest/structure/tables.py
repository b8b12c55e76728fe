"""Tables: which lines of a page are one, with caption, header line and source note.

Evidence, in this order: markup (td, th); a table caption above; at least three lines running that are
mostly figures. After a caption the table goes on while lines are set in another size than the text, are
short, or hold figures, and ends with its source note or where prose begins.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.layout.line import Layout, LayoutLine
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
MIN_LINES = 3
# Lines of column heads above the first row of figures; more, set in several lines each, in type of their own
# (points).
HEAD_LINES = 3
MOST_HEAD = 12
SAME_TYPE = 0.6
# Prose: at least this many words on a line, and few figures.
PROSE_WORDS = 8
# In narrow columns: this many words in lower case, above a line that begins in lower case.
RUNNING_WORDS = 4
# A caption has at most this many lines of title after its number line.
CAPTION_LINES = 3
# A grid drawn cell by cell: lines, places across the page with two cells or more, share of lines that begin
# elsewhere than the one before, and the width of a cell as a share of the text.
GRID_LINES = 12
GRID_PLACES = 4
GRID_TURNS = 0.3
NARROW_SHARE = 0.4

FIGURE = re.compile(
    r"^[(\[$€£US/.]*[+\-–−~<>≥≤]?\d[\d.,:/\-–%´’']*[)\]%*†a-d]{0,2}$|^[-–—…*]+$|^(?:N/?A|n\.?d\.?|n/d)\*?$"
)
# One of these is what each token that is a figure has: most lines of running text have none.
_DIGIT = re.compile(r"\d")
_NONE = re.compile(r"(?<!\S)(?:[-–—…*]|N/?A|n[./]?d)")

_YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Lines `[first, last]` (positions in the page) of a table; the first `head` are caption and header.

    `closed` says that a source note ends it, so that nothing in between can be a footnote.
    """

    first: int
    last: int
    head: int
    closed: bool = False


@lru_cache(maxsize=1 << 12)
def is_figures(text: str) -> bool:
    """Return whether a line is mostly figures, as the rows of a table are, or a label with two figures at its end."""
    if not _DIGIT.search(text) and not _NONE.search(text):
        return False
    tokens = [token for token in text.split() if token not in _SIGNS]
    figures = sum(1 for token in tokens if FIGURE.match(token))
    if figures == len(tokens) > 0:
        return True
    if figures >= MIN_FIGURES and figures >= FIGURE_SHARE * len(tokens):
        return True
    return 2 < len(tokens) <= LONGEST_LABEL and all(FIGURE.match(token) for token in tokens[-2:])


def is_prose(line: LayoutLine, shape: PageShape, layout: Layout) -> bool:
    """Return whether a line is running text: many words, few figures, set across the column in body type."""
    words = [word for word in line.text.split() if word[:1].isalpha()]
    if len(words) < PROSE_WORDS or is_figures(line.text):
        return False
    return not (line.size and layout.body_size and abs(line.size - layout.body_size) > 0.6)


def table_regions(lines: Sequence[LayoutLine], shape: PageShape, layout: Layout) -> list[Region]:
    """Return the tables among the text lines of one page, from top to bottom, disjoint."""
    regions: list[Region] = []
    position = 0
    grids = grid_runs(lines)
    while position < len(lines):
        grid = next((end for start, end in grids if start <= position <= end), None)
        if grid is not None and _runs_on(lines, position, shape, layout):
            position += 1
            continue
        if grid is not None and not (lines[position].role is None and is_table_caption(lines[position].text)):
            region: Region | None = Region(first=position, last=grid, head=0)
        else:
            region = _region_at(lines, position, shape, layout)
        if region is None:
            position += 1
        else:
            regions.append(region)
            position = region.last + 1
    return regions


def grid_runs(lines: Sequence[LayoutLine]) -> list[tuple[int, int]]:
    """Return runs of lines (first and last position) that are the cells of a grid, drawn cell by cell.

    Cells are narrow, begin at several places across the page, and one often stands beside the one before.
    Columns of prose are narrow too, but change place once or twice a page.
    """
    boxed = [line for line in lines if line.box]
    if len(boxed) < GRID_LINES or len(boxed) < len(lines):
        return []
    width = max(line.right for line in boxed) - min(line.left for line in boxed)
    runs: list[tuple[int, int]] = []
    start = 0
    for position in range(len(lines) + 1):
        if position < len(lines) and lines[position].right - lines[position].left < NARROW_SHARE * width:
            continue
        if position < len(lines) and _wide_cells(lines, position, NARROW_SHARE * width):
            continue
        if _is_grid(lines[start:position]):
            runs.append((start, position - 1))
        start = position + 1
    return runs


def _wide_cells(lines: Sequence[LayoutLine], position: int, narrow: float) -> bool:
    """Return whether a wide line among narrow ones is several cells put on one line."""
    few = len(lines[position].text) < 0.55 * (lines[position].right - lines[position].left) / 4.0
    if not (few or is_figures(lines[position].text)):
        return False
    near = (*lines[max(0, position - 2) : position], *lines[position + 1 : position + 3])
    return sum(line.right - line.left < narrow for line in near) >= 3


def _is_grid(lines: Sequence[LayoutLine]) -> bool:
    if len(lines) < GRID_LINES:
        return False
    places: dict[int, int] = {}
    for line in lines:
        places[round(line.left / COLUMN)] = places.get(round(line.left / COLUMN), 0) + 1
    turns = sum(1 for above, line in pairwise(lines) if abs(line.left - above.left) > COLUMN)
    return sum(1 for count in places.values() if count >= 2) >= GRID_PLACES and turns >= GRID_TURNS * len(
        lines
    )


def _region_at(lines: Sequence[LayoutLine], position: int, shape: PageShape, layout: Layout) -> Region | None:
    line = lines[position]
    if line.role in ("td", "th"):
        return _by_role(lines, position)
    if line.role is None and is_table_caption(line.text):
        return _after_caption(lines, position, shape, layout)
    if line.role is None and is_figures(line.text) and not _runs_on(lines, position, shape, layout):
        return _bare(lines, position, shape, layout)
    return None


def _runs_on(lines: Sequence[LayoutLine], position: int, shape: PageShape, layout: Layout) -> bool:
    """Return whether a line goes on with unfinished prose ("… India, at / 36; Brazil, at 38.")."""
    if position == 0:
        return False
    above, line = lines[position - 1], lines[position]
    if ends_sentence(above.text) or not (above.box and line.box):
        return False
    small = sum(1 for word in above.text.split() if word[0].islower())
    if not (is_prose(above, shape, layout) or (continues(line.text) and small >= RUNNING_WORDS)):
        return False
    near = 0 < above.bottom - line.bottom <= BREAK * layout.leading
    return near and abs(above.left - line.left) < COLUMN / 2


def _by_role(lines: Sequence[LayoutLine], position: int) -> Region:
    last = position
    while last + 1 < len(lines) and lines[last + 1].role in ("td", "th"):
        last += 1
    first = position - 1 if position and lines[position - 1].role == "caption" else position
    return Region(
        first=first,
        last=last,
        head=position - first + _head_rows(lines[position : last + 1]),
    )


def _head_rows(rows: Sequence[LayoutLine]) -> int:
    """Return how many rows at the top are heads: those marked so, else the first one if it holds no figure."""
    marked = next((at for at, row in enumerate(rows) if row.role != "th"), 0)
    if marked:
        return min(marked, HEAD_LINES)
    cells = rows[0].text.split(" | ")[1:]
    return int(len(rows) > 1 and not any(FIGURE.match(cell) and not _YEAR.match(cell) for cell in cells))


def _after_caption(
    lines: Sequence[LayoutLine], position: int, shape: PageShape, layout: Layout
) -> Region | None:
    figures, sourced = 0, False
    first_figures = None
    last = position
    at = position + 1
    while at < len(lines):
        line = lines[at]
        if is_source_note(line.text):
            last, sourced = note_end(lines, at), True
            break
        if is_caption(line.text) or _ends_table(lines, at, shape, layout, at - position <= CAPTION_LINES):
            break
        if is_figures(line.text) or line.same_line:
            figures += 1
            first_figures = first_figures or at
        last, at = at, at + 1
    if last - position < 2 or (figures < 2 and not sourced):
        return None
    head = (first_figures or position + 2) - position
    return Region(first=position, last=last, head=min(max(2, head), last - position), closed=sourced)


def _ends_table(lines: Sequence[LayoutLine], at: int, shape: PageShape, layout: Layout, early: bool) -> bool:
    line = lines[at]
    if early:
        return is_prose(line, shape, layout) and ends_sentence(line.text)
    if is_prose(line, shape, layout):
        following = lines[at + 1] if at + 1 < len(lines) else None
        return following is None or not is_figures(following.text)
    return False


def note_end(lines: Sequence[LayoutLine], at: int) -> int:
    """Return the last line of a source note that begins at `at`: same type, no white space between."""
    last = at
    while last + 1 < len(lines) and not lines[last + 1].blank_above:
        line, above = lines[last + 1], lines[last]
        if is_source_note(line.text):
            last += 1
            continue
        if line.size and above.size and abs(line.size - above.size) > 0.4:
            break
        if line.gap is not None and line.gap > 0.6 * (line.size or 10.0):
            break
        if ends_sentence(above.text) and not line.text[:1].islower():
            break
        last += 1
    return last


def _bare(lines: Sequence[LayoutLine], position: int, shape: PageShape, layout: Layout) -> Region | None:
    last, figures, misses, at = position, 0, 0, position
    while at < len(lines) and misses <= 2:
        line = lines[at]
        if (
            is_prose(line, shape, layout)
            or is_caption(line.text)
            or (is_item(line.text) and not is_figures(line.text))
        ):
            break
        if is_figures(line.text):
            figures, misses, last = figures + 1, 0, at
        else:
            misses += 1
        at += 1
    if figures < MIN_LINES:
        return None
    first = _header_start(lines, position, shape, layout)
    return Region(first=first, last=last, head=position - first)


def _small_alike(above: LayoutLine, line: LayoutLine, layout: Layout) -> bool:
    """Return whether both lines are set in one type smaller than the text, as the heads of columns often are."""
    if not above.size or not line.size:
        return False
    return abs(above.size - line.size) <= SAME_TYPE and line.size <= layout.body_size - SAME_TYPE


def _header_start(lines: Sequence[LayoutLine], position: int, shape: PageShape, layout: Layout) -> int:
    first = position
    while first > 0 and position - first < MOST_HEAD:
        above = lines[first - 1]
        if position - first >= HEAD_LINES and not _small_alike(above, lines[first], layout):
            break
        if is_prose(above, shape, layout) or ends_sentence(above.text) or len(above.text) > 80:
            break
        if _runs_on(lines, first - 1, shape, layout):
            break
        first -= 1
    return first
