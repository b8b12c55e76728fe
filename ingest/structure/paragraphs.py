"""Paragraphs: which printed lines run on, also over a page break.

With boxes, white space, indents and short last lines decide; without them, empty lines. A paragraph goes
on over a page (or column) break when the page ends without a full stop and the next one goes on in lower
case or with a full line above.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.layout.line import Layout, LayoutLine
from ingest.layout.line_ends import continues, ends_sentence, is_address
from ingest.layout.line_kinds import counter_before, follows_row, is_caption, is_item
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
# A line this many times higher than its type is several printed ones (joined at hyphens by the reader).
SEVERAL = 1.7
# Lines are about this high, in their type size.
CAPITALS = 0.9
# Share of words in lower case in running text (en, es, pt, fr: 0.7 to 0.9; names, titles and table cells: under 0.4).
LOWER_SHARE = 0.5
# A line this long (characters) in text without boxes is an unwrapped paragraph.
UNWRAPPED = 180

# Parts of one printed line that stand further apart (points) are cells, not a broken line.
CELL_GAP = 9.0

_OPEN_RANGE = re.compile(r"\d[-–‐‑]$")
_RANGE_END = re.compile(r"\d|[A-ZÀ-Þ]{1,5}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Lines that run on, and what the later steps ask of them.

    `ends` says that the text ends like a sentence, `item` that it opens like a list item, `cells` that
    some of them stand on one printed line (table cells, forms).
    """

    lines: tuple[LayoutLine, ...]
    text: str
    ends: bool
    item: bool
    cells: bool

    @property
    def first(self) -> LayoutLine:
        """The first line."""
        return self.lines[0]

    @property
    def prose(self) -> bool:
        """Return whether this is running text: a sentence, or many words mostly in lower case."""
        words = self.text.split()
        if self.ends and len(words) >= PROSE_WORDS:
            return True
        lower = sum(1 for word in words if word[:1].islower())
        return len(words) >= 2 * PROSE_WORDS and lower >= LOWER_SHARE * len(words)


def group(lines: Sequence[LayoutLine], layout: Layout, raw: Callable[[LayoutLine], str]) -> list[Paragraph]:
    """Return `lines` (in reading order, running heads and notes left out) as paragraphs."""
    by_page: dict[int, list[LayoutLine]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    shapes = {page: shape_of(members) for page, members in by_page.items()}
    groups: list[list[LayoutLine]] = []
    for line in lines:
        if groups and joins(groups[-1], line, layout, shapes[groups[-1][-1].page], raw):
            groups[-1].append(line)
            continue
        waiting = unfinished(groups, line, shapes, layout) if groups else None
        if waiting is not None:
            waiting.append(line)
            groups.append(groups.pop(groups.index(waiting)))
        else:
            groups.append([line])
    return [_paragraph(members, raw) for members in groups]


def _paragraph(lines: Sequence[LayoutLine], raw: Callable[[LayoutLine], str]) -> Paragraph:
    text = " ".join(line.text for line in lines)
    item = lines[0].role == "li" or (lines[0].role is None and is_item(raw(lines[0])))
    cells = any(line.same_line and line.left - above.right > CELL_GAP for above, line in pairwise(lines))
    return Paragraph(lines=tuple(lines), text=text, ends=ends_sentence(text), item=item, cells=cells)


def joins(  # noqa: PLR0911  one rule a line reads best
    paragraph: list[LayoutLine],
    line: LayoutLine,
    layout: Layout,
    shape: PageShape,
    raw: Callable[[LayoutLine], str],
) -> bool:
    """Return whether `line` goes on with `paragraph`; `shape` is that of the page the paragraph ends on."""
    above = paragraph[-1]
    if line.role is not None or above.role is not None:
        return False
    if line.page == above.page and (line.same_line or _range_goes_on(above, line)):
        return True
    if is_caption(line.text) or (line.page != above.page and is_caption(paragraph[0].text)):
        return False
    if follows_row(above.text, line.text):
        return False
    if is_item(raw(line)) and _opens_item(paragraph, line, layout):
        return False
    if line.size and above.size and abs(line.size - above.size) > OTHER_SIZE:
        return False
    if line.page != above.page or (line.box and above.box and line.bottom > above.top):
        return joins_over_break(above, line, right_edge(paragraph, shape), layout)
    if line.box and above.box:
        return _joins_by_box(paragraph, line, layout, shape)
    return _joins_by_blank(above, line, shape)


def _range_goes_on(above: LayoutLine, line: LayoutLine) -> bool:
    """Return whether a range or number is broken between two lines ("0-" / "5 years", "013-2019-" / "SA sets")."""
    return _OPEN_RANGE.search(above.text) is not None and _RANGE_END.match(line.text) is not None


def _opens_item(paragraph: list[LayoutLine], line: LayoutLine, layout: Layout) -> bool:
    """Return whether a mark opens an item here; it does not in a line that goes on ("article 5 / (b) of")."""
    above = paragraph[-1]
    if above.text.count("(") > above.text.count(")"):
        return False
    if _runs_on(paragraph, line, layout):
        return False
    if ends_sentence(above.text) or above.text[-1:] in ",;" or not continues(line.text) or line.blank_above:
        return True
    if is_item(paragraph[0].text) or line.page != above.page or not line.box or not above.box:
        return is_item(paragraph[0].text)
    return above.bottom - line.bottom > BREAK * layout.leading


def _runs_on(paragraph: list[LayoutLine], line: LayoutLine, layout: Layout) -> bool:
    """Return whether a line that starts with a mark goes on with an unfinished one.

    "(4) choice matters" goes on where "(3) plans differ; and" stands in the line above; "– through which"
    where that line has no mark at its end.
    """
    above = paragraph[-1]
    if ends_sentence(above.text) or above.text[-1:] == "," or line.page != above.page:
        return False
    if layout.body_size and (above.size or 0.0) > layout.body_size + OTHER_SIZE:
        return False
    dash = line.text[:1] in "–—-" and line.text[1:].lstrip()[:1].islower()
    counter = counter_before(line.text)
    return not is_item(paragraph[0].text) and (
        dash or (counter is not None and any(f" {counter}" in f" {other.text}" for other in paragraph[-4:]))
    )


def _joins_by_box(  # noqa: PLR0911  one rule a line reads best
    paragraph: list[LayoutLine], line: LayoutLine, layout: Layout, shape: PageShape
) -> bool:
    above = paragraph[-1]
    step = _step(above, line) / max(_leading(paragraph, line, layout), 1.0)
    ended = ends_sentence(above.text)
    if not ended and continues(line.text):
        return step <= BRIDGE
    if line.left >= above.right:
        return False
    if step > BREAK:
        return False
    column = column_of(paragraph)
    left = min(other.left for other in column)
    right = shape.right_of(left)
    nearby = max(other.right for other in (*column, line)) if len(column) > 1 else right
    if continues(line.text) and above.text[-1:] in ";:" and above.right > nearby - SHORT_LAST:
        return True
    short = above.right < right - SHORT_LAST
    if above.bold != line.bold and (ended or (short and all(other.bold for other in paragraph))):
        return False
    if not ended:
        full = above.right > left + STUB * (min(nearby, right) - left)
        return full or len(line.text) < MIN_AFTER_STUB
    if short and len(above.text) < 0.85 * shape.longest:
        return False
    return not (line.left > above.left + INDENT and line.left > left + INDENT)


def _step(above: LayoutLine, line: LayoutLine) -> float:
    """Return the distance of two base lines. Several printed ones in one count from edge to edge."""
    size = line.size or above.size or 0.0
    if size and max(above.top - above.bottom, line.top - line.bottom) > SEVERAL * size:
        return above.bottom - line.top + CAPITALS * size
    return min(above.bottom - line.bottom, above.top - line.top)


def _leading(paragraph: list[LayoutLine], line: LayoutLine, layout: Layout) -> float:
    """Return the distance of base lines to expect here: the paragraph's own, or the document's scaled."""
    usual = layout.leading
    if line.size and layout.body_size:
        usual = layout.leading * line.size / layout.body_size
    steps = [a.bottom - b.bottom for a, b in pairwise(paragraph) if not b.same_line and a.page == b.page]
    steps = [step for step in steps if step > 0]
    return max(median(steps), usual * 0.8) if len(steps) > 1 else usual


def _joins_by_blank(above: LayoutLine, line: LayoutLine, shape: PageShape) -> bool:
    ended = ends_sentence(above.text)
    if len(above.text) > UNWRAPPED or len(line.text) > UNWRAPPED:
        return False
    if line.blank_above:
        if is_address(line.text) or is_address(above.text):
            return False
        if not ended and continues(line.text):
            return line.blank_above == 1
        return shape.double_spaced and line.blank_above == 1 and len(above.text) > 0.7 * shape.longest
    return not (ended and len(above.text) < 0.7 * shape.longest)
