"""Printed lines as the cleaning steps see them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.layout.reading_order import reading_order
from ingest.readers.source import Box, Line, Page, Source

_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)

# Two boxes lie on one printed line when they share at least this part of the lower one's height.
# Superscripts share about half; lines of the next row share nothing.
SAME_LINE_OVERLAP = 0.5


# A line of text is 0.7 to 1.2 times its type size high. One this much higher was measured at a raised note
# number (6.5 pt found on lines of 10 pt).
TALL = 1.38
# The width of a character is about half its type size on average; level text is never narrower than this.
NARROWEST = 0.3
# Characters of the end of a sentence before a note call that the reader gives as a line of its own.
FRAGMENT = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one page, trimmed, with what the steps ask of it.

    `index` counts rows through the document. `text` has its blanks collapsed and controls dropped and is
    only looked at, never shown. `blank_above` counts empty lines above (text without boxes). `gap` is the
    white space above in points, None at the top of a page, of a column or without boxes. `same_line` says
    that the row stands on the same printed line as the one before.
    """

    index: int
    page: int
    start: int
    end: int
    text: str
    box: Box | None = None
    size: float | None = None
    bold: bool = False
    role: str | None = None
    blank_above: int = 0
    gap: float | None = None
    same_line: bool = False

    @property
    def left(self) -> float:
        """Left edge in points; 0 without a box."""
        return self.box[0] if self.box else 0.0

    @property
    def right(self) -> float:
        """Right edge in points; 0 without a box."""
        return self.box[2] if self.box else 0.0

    @property
    def bottom(self) -> float:
        """Lower edge in points; 0 without a box."""
        return self.box[1] if self.box else 0.0

    @property
    def top(self) -> float:
        """Upper edge in points; 0 without a box."""
        return self.box[3] if self.box else 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """What is usual in a document, in points (0 without boxes): body type, leading, right edge of text."""

    body_size: float
    leading: float
    bold_body: bool = False
    right: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one page and its size."""

    number: int
    width: float
    height: float
    rows: tuple[Row, ...]


def sheets_of(source: Source) -> tuple[Sheet, ...]:
    """Return one sheet a page in reading order; hidden and blank lines are left out."""
    sheets: list[Sheet] = []
    index = 0
    for page in source.pages:
        rows = _fragments_sized(tuple(_rows(page, index)))
        index += len(rows)
        sheets.append(Sheet(page.number, page.width, page.height, rows))
    return tuple(sheets)


def _fragments_sized(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Give words before a raised number ("GDP.150") the type of the text that follows on their line."""
    sized = list(rows)
    for at, (row, following) in enumerate(pairwise(rows)):
        if not following.same_line or not row.size or not following.size or len(row.text) > FRAGMENT:
            continue
        close = row.box is not None and abs(following.left - row.right) < following.size
        if close and row.size < following.size and row.text[:1].isalpha():
            sized[at] = replace(row, size=following.size)
    return tuple(sized)


def _rows(page: Page, index: int) -> Iterable[Row]:
    shown = [
        line for line in page.lines if not line.hidden and not page.text[line.start : line.end].isspace()
    ]
    previous: Line | None = None
    for line in reading_order(shown):
        raw = page.text[line.start : line.end]
        text = _CONTROLS.sub("", raw).replace("\ufffe", "")
        if not text.strip():
            continue
        start = line.start + len(raw) - len(raw.lstrip())
        above = 0
        if previous is not None and line.box is None:
            above = max(0, page.text.count("\n", previous.end, line.start) - 1)
        yield Row(
            index,
            page.number,
            start,
            line.start + len(raw.rstrip()),
            _BLANKS.sub(" ", text).strip(),
            line.box,
            _size(line, raw),
            line.bold,
            line.role,
            above,
            _gap(previous, line),
            _same_line(previous, line),
        )
        index += 1
        previous = line


def _size(line: Line, raw: str) -> float | None:
    """Return the type size; one told from a raised note number gives way to the height of the line.

    A line that stands upright or slants, along the axis of a chart, is higher than its type as well, but too
    narrow for it.
    """
    if line.size is None or line.box is None or "\ufffe" in raw or "\u0002" in raw or len(raw) < 8:
        return line.size
    height = line.box[3] - line.box[1]
    level = line.box[2] - line.box[0] >= NARROWEST * height * len(raw.strip())
    return round(height, 1) if height > TALL * line.size and level else line.size


def _gap(previous: Line | None, line: Line) -> float | None:
    if previous is None or previous.box is None or line.box is None:
        return None
    gap = previous.box[1] - line.box[3]
    height = max(previous.box[3] - previous.box[1], 1.0)
    return gap if gap > -height else None


def _same_line(previous: Line | None, line: Line) -> bool:
    if previous is None or previous.box is None or line.box is None:
        return False
    shared = min(previous.box[3], line.box[3]) - max(previous.box[1], line.box[1])
    lower = min(previous.box[3] - previous.box[1], line.box[3] - line.box[1])
    return shared >= SAME_LINE_OVERLAP * max(lower, 1.0)


def layout_of(sheets: Sequence[Sheet]) -> Layout:
    """Return the type size that most characters have, the distance between its lines, and their right edge.

    Where no line has a size, as from a scan, all lines with a box are taken for body type.
    """
    weight: dict[float, int] = {}
    bold: dict[float, int] = {}
    for sheet in sheets:
        for row in sheet.rows:
            if row.size is not None:
                size = round(row.size * 2) / 2
                weight[size] = weight.get(size, 0) + len(row.text)
                bold[size] = bold.get(size, 0) + (len(row.text) if row.bold else 0)
    body = max(weight, key=lambda size: (weight[size], size)) if weight else None
    boxed = [row for sheet in sheets for row in sheet.rows if row.box and _is_body(row, body)]
    if not boxed:
        return Layout(body or 0.0, (body or 0.0) * 1.2, bold[body] * 2 > weight[body] if body else False)
    height = body or median(row.top - row.bottom for row in boxed)
    rights = sorted(row.right for row in boxed)
    return Layout(
        body or 0.0,
        _leading(sheets, body, height),
        bold[body] * 2 > weight[body] if body else False,
        rights[int(len(rights) * 0.8)],
    )


def _is_body(row: Row, body: float | None) -> bool:
    return body is None or (row.size is not None and abs(row.size - body) < 0.6)


def _leading(sheets: Sequence[Sheet], body: float | None, height: float) -> float:
    steps: list[float] = []
    for sheet in sheets:
        for above, row in zip(sheet.rows, sheet.rows[1:], strict=False):
            if above.box and row.box and _is_body(row, body) and not row.same_line:
                step = above.bottom - row.bottom
                if 0 < step < 4 * height:
                    steps.append(step)
    return median(steps) if steps else height * 1.2
