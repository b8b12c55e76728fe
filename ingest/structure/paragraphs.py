"""Paragraphs: which printed lines run on, also over a page break.

With boxes, white space, indents and short last lines decide; without them, empty lines. A paragraph goes
on over a page (or column) break when the page ends without a full stop and the next one goes on in lower
case or with a full line above.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.layout.line import Layout, Row
from ingest.layout.line_ends import continues, ends_sentence, is_address
from ingest.layout.line_kinds import counter_before, is_caption, is_item
from ingest.layout.page_breaks import (
    OTHER_SIZE,
    PROSE_WORDS,
    SHORT_LAST,
    PageShape,
    column_of,
    joins_over_break,
    right_edge,
    shape_of,
    unfinished,
)

# More white space than this many usual leadings between base lines ends a paragraph.
# Policy PDFs set paragraphs 1.4 to 2 leadings apart; lines inside one vary by under 10 %.
BREAK = 1.22
# A sentence that goes on in lower case bridges up to this many leadings (lines with raised note calls).
BRIDGE = 2.2
# First lines are indented at least this much.
INDENT = 7.0
# A line without a full stop that ends before this share of the column is a title or an entry: lines of
# running text set ragged end after 0.8 of it.
STUB = 0.62
# … unless hardly anything follows (characters), as in narrow columns.
MIN_AFTER_STUB = 3
# A row this many times higher than its type holds several printed lines (joined at hyphens by the reader).
SEVERAL = 1.7
# Lines are about this high, in their type size.
CAPITALS = 0.9
# Share of words in lower case in running text (en, es, pt, fr: 0.7 to 0.9; names, titles and table cells: under 0.4).
LOWER_SHARE = 0.5
# A line this long (characters) in text without boxes is an unwrapped paragraph.
UNWRAPPED = 180

# Rows of one printed line that stand further apart (points) are cells, not a broken line.
CELL_GAP = 9.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Rows that run on, and what the later steps ask of them.

    `ends` says that the text ends like a sentence, `item` that it opens like a list item, `cells` that
    some rows share a printed line (table cells, forms).
    """

    rows: tuple[Row, ...]
    text: str
    ends: bool
    item: bool
    cells: bool

    @property
    def first(self) -> Row:
        """The first row."""
        return self.rows[0]

    @property
    def prose(self) -> bool:
        """Return whether this is running text: a sentence, or many words mostly in lower case."""
        words = self.text.split()
        if self.ends and len(words) >= PROSE_WORDS:
            return True
        lower = sum(1 for word in words if word[:1].islower())
        return len(words) >= 2 * PROSE_WORDS and lower >= LOWER_SHARE * len(words)


def group(rows: Sequence[Row], layout: Layout, raw: Callable[[Row], str]) -> list[Paragraph]:
    """Return `rows` (in reading order, furniture and notes left out) as paragraphs."""
    by_page: dict[int, list[Row]] = {}
    for row in rows:
        by_page.setdefault(row.page, []).append(row)
    shapes = {page: shape_of(members) for page, members in by_page.items()}
    groups: list[list[Row]] = []
    for row in rows:
        if groups and joins(groups[-1], row, layout, shapes[groups[-1][-1].page], raw):
            groups[-1].append(row)
            continue
        waiting = unfinished(groups, row, shapes, layout) if groups else None
        if waiting is not None:
            waiting.append(row)
            groups.append(groups.pop(groups.index(waiting)))
        else:
            groups.append([row])
    return [_paragraph(members, raw) for members in groups]


def _paragraph(rows: Sequence[Row], raw: Callable[[Row], str]) -> Paragraph:
    text = " ".join(row.text for row in rows)
    item = rows[0].role == "li" or (rows[0].role is None and is_item(raw(rows[0])))
    cells = any(row.same_line and row.left - above.right > CELL_GAP for above, row in pairwise(rows))
    return Paragraph(tuple(rows), text, ends_sentence(text), item, cells)


def joins(  # noqa: PLR0911  one rule a line reads best
    paragraph: list[Row], row: Row, layout: Layout, shape: PageShape, raw: Callable[[Row], str]
) -> bool:
    """Return whether `row` goes on with `paragraph`; `shape` is that of the page the paragraph ends on."""
    above = paragraph[-1]
    if row.role is not None or above.role is not None:
        return False
    if row.page == above.page and row.same_line:
        return True
    if is_caption(row.text) or (row.page != above.page and is_caption(paragraph[0].text)):
        return False
    if is_item(raw(row)) and _opens_item(paragraph, row, layout):
        return False
    if row.size and above.size and abs(row.size - above.size) > OTHER_SIZE:
        return False
    if row.page != above.page or (row.box and above.box and row.bottom > above.top):
        return joins_over_break(above, row, right_edge(paragraph, shape), layout)
    if row.box and above.box:
        return _joins_by_box(paragraph, row, layout, shape)
    return _joins_by_blank(above, row, shape)


def _opens_item(paragraph: list[Row], row: Row, layout: Layout) -> bool:
    """Return whether a mark opens an item here; it does not in a line that goes on ("article 5 / (b) of")."""
    above = paragraph[-1]
    if above.text.count("(") > above.text.count(")"):
        return False
    if _runs_on(paragraph, row, layout):
        return False
    if ends_sentence(above.text) or above.text[-1:] in ",;" or not continues(row.text) or row.blank_above:
        return True
    if is_item(paragraph[0].text) or row.page != above.page or not row.box or not above.box:
        return is_item(paragraph[0].text)
    return above.bottom - row.bottom > BREAK * layout.leading


def _runs_on(paragraph: list[Row], row: Row, layout: Layout) -> bool:
    """Return whether a line that starts with a mark goes on with an unfinished one.

    "(4) choice matters" goes on where "(3) plans differ; and" stands in the line above; "– through which"
    where that line has no mark at its end.
    """
    above = paragraph[-1]
    if ends_sentence(above.text) or above.text[-1:] == "," or row.page != above.page:
        return False
    if layout.body_size and (above.size or 0.0) > layout.body_size + OTHER_SIZE:
        return False
    dash = row.text[:1] in "–—-" and row.text[1:].lstrip()[:1].islower()
    counter = counter_before(row.text)
    return not is_item(paragraph[0].text) and (
        dash or (counter is not None and any(f" {counter}" in f" {other.text}" for other in paragraph[-4:]))
    )


def _joins_by_box(  # noqa: PLR0911  one rule a line reads best
    paragraph: list[Row], row: Row, layout: Layout, shape: PageShape
) -> bool:
    above = paragraph[-1]
    step = _step(above, row) / max(_leading(paragraph, row, layout), 1.0)
    ended = ends_sentence(above.text)
    if not ended and continues(row.text):
        return step <= BRIDGE
    if step > BREAK:
        return False
    column = column_of(paragraph)
    left = min(other.left for other in column)
    right = shape.right_of(left)
    nearby = max(other.right for other in (*column, row)) if len(column) > 1 else right
    if continues(row.text) and above.text[-1:] in ";:" and above.right > nearby - SHORT_LAST:
        return True
    short = above.right < right - SHORT_LAST
    if above.bold != row.bold and (ended or (short and all(other.bold for other in paragraph))):
        return False
    if not ended:
        full = above.right > left + STUB * (min(nearby, right) - left)
        return full or len(row.text) < MIN_AFTER_STUB
    if short and len(above.text) < 0.85 * shape.longest:
        return False
    return not (row.left > above.left + INDENT and row.left > left + INDENT)


def _step(above: Row, row: Row) -> float:
    """Return the distance of two base lines. Rows of several printed lines count from edge to edge."""
    size = row.size or above.size or 0.0
    if size and max(above.top - above.bottom, row.top - row.bottom) > SEVERAL * size:
        return above.bottom - row.top + CAPITALS * size
    return min(above.bottom - row.bottom, above.top - row.top)


def _leading(paragraph: list[Row], row: Row, layout: Layout) -> float:
    """Return the distance of base lines to expect here: the paragraph's own, or the document's scaled."""
    usual = layout.leading
    if row.size and layout.body_size:
        usual = layout.leading * row.size / layout.body_size
    steps = [a.bottom - b.bottom for a, b in pairwise(paragraph) if not b.same_line and a.page == b.page]
    steps = [step for step in steps if step > 0]
    return max(median(steps), usual * 0.8) if len(steps) > 1 else usual


def _joins_by_blank(above: Row, row: Row, shape: PageShape) -> bool:
    ended = ends_sentence(above.text)
    if len(above.text) > UNWRAPPED or len(row.text) > UNWRAPPED:
        return False
    if row.blank_above:
        if is_address(row.text) or is_address(above.text):
            return False
        if not ended and continues(row.text):
            return row.blank_above == 1
        return shape.double_spaced and row.blank_above == 1 and len(above.text) > 0.7 * shape.longest
    return not (ended and len(above.text) < 0.7 * shape.longest)
