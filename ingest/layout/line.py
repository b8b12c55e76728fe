"""Printed lines as the steps of layout and structure see them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.layout.reading_order import reading_order
from ingest.readers.source import Box, Line, Page, Source

_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufffe]"
)

# Two boxes lie on one printed line when they share at least this part of the lower one's height.
# Superscripts share about half; the next line shares nothing.
SAME_LINE_OVERLAP = 0.5
# A line of text is 0.7 to 1.2 times its type size high. One this much higher was measured at a raised note
# number (6.5 pt found on lines of 10 pt).
TALL = 1.38
# The width of a character is about half its type size on average; level text is never narrower than this.
NARROWEST = 0.3
# Characters of the end of a sentence before a note call that the reader gives as a line of its own.
FRAGMENT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutLine:
    """One line of one page, trimmed, with what the steps ask of it.

    `index` counts the lines through the document. `text` has its blanks collapsed and controls dropped and is
    only looked at, never shown. `blank_above` counts empty lines above (text without boxes). `gap` is the
    white space above in points, None at the top of a page, of a column or without boxes. `same_line` says
    that the line stands on the same printed line as the one before. `pieces` are its parts that stand apart, as lines
    with a box of their own; none where it is all one. The last `call` characters call a note.
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
    pieces: tuple["LayoutLine", ...] = ()
    call: int = 0

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is usual in a document, in points (0 without boxes): body type, leading, right edge of text."""

    body_size: float
    leading: float
    bold_body: bool = False
    right: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLines:
    """The lines of one page, its size, the horizontal lines drawn on it, and whether it was recognised from a scan."""

    number: int
    width: float
    height: float
    lines: tuple[LayoutLine, ...]
    rules: tuple[Box, ...] = ()
    ocr: bool = False


def lines_of_pages(source: Source) -> tuple[PageLines, ...]:
    """Return the lines of each page in reading order; hidden and blank lines are left out."""
    pages: list[PageLines] = []
    index = 0
    for page in source.pages:
        lines = _fragments_sized(tuple(_lines(page, index)))
        index += len(lines)
        pages.append(
            PageLines(
                number=page.number,
                width=page.width,
                height=page.height,
                lines=lines,
                rules=page.rules,
                ocr="ocr" in page.flags,
            )
        )
    return tuple(pages)


def _fragments_sized(lines: tuple[LayoutLine, ...]) -> tuple[LayoutLine, ...]:
    """Give words before a raised number ("GDP.150") the type of the text that follows on their line."""
    sized = list(lines)
    for at, (line, following) in enumerate(pairwise(lines)):
        if not following.same_line or not line.size or not following.size or len(line.text) > FRAGMENT:
            continue
        close = line.box is not None and abs(following.left - line.right) < following.size
        if close and line.size < following.size and line.text[:1].isalpha():
            sized[at] = replace(line, size=following.size)
    return tuple(sized)


def _lines(page: Page, index: int) -> Iterator[LayoutLine]:
    visible = [
        printed
        for printed in page.lines
        if not printed.hidden and not page.text[printed.start : printed.end].isspace()
    ]
    previous: Line | None = None
    for printed in reading_order(visible):
        raw = page.text[printed.start : printed.end]
        text = _words(raw)
        if not text:
            continue
        start = printed.start + len(raw) - len(raw.lstrip())
        above = 0
        if previous is not None and printed.box is None:
            above = max(0, page.text.count("\n", previous.end, printed.start) - 1)
        gap = _gap(previous, printed)
        line = LayoutLine(
            index=index,
            page=page.number,
            start=start,
            end=printed.start + len(raw.rstrip()),
            text=text,
            box=printed.box,
            # A line that reaches into the one above has cells at several heights, and is no larger; a raised number
            # reaches only into the white space above its line.
            size=printed.size if gap is not None and gap < 0 else _size(printed, raw),
            bold=printed.bold,
            role=printed.role,
            blank_above=above,
            gap=gap,
            same_line=_same_line(previous, printed),
            call=_call_at_end(printed, len(raw) - len(raw.rstrip())) if printed.calls else 0,
        )
        yield replace(line, pieces=_pieces(line, printed, page.text)) if printed.pieces else line
        index += 1
        previous = printed


def _call_at_end(line: Line, blanks: int) -> int:
    """Return how many characters at the end of a line, before its last `blanks`, are the number that calls a note."""
    start, end = line.calls[-1]
    return end - start if end == line.end - blanks else 0


def _words(raw: str) -> str:
    """Return a text without controls, blanks collapsed."""
    if not raw.isprintable():
        raw = _CONTROLS.sub("", raw)
    elif "  " not in raw:
        return raw.strip()
    return _BLANKS.sub(" ", raw).strip()


def _pieces(line: LayoutLine, printed: Line, text: str) -> tuple[LayoutLine, ...]:
    """Return the parts of a line that stand apart."""
    found: list[LayoutLine] = []
    for start, end, left, right in printed.pieces:
        words = _words(text[start:end])
        if words:
            box = (left, line.bottom, right, line.top)
            found.append(
                replace(
                    line, start=start, end=end, text=words, box=box, same_line=line.same_line or bool(found)
                )
            )
    return tuple(found) if len(found) > 1 else ()


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


def layout_of(pages: Sequence[PageLines]) -> Layout:
    """Return the type size that most characters have, the distance between its lines, and their right edge.

    Where no line has a size, as from a scan, all lines with a box are taken for body type.
    """
    weight: dict[float, int] = {}
    bold: dict[float, int] = {}
    for page in pages:
        for line in page.lines:
            if line.size is not None:
                size = round(line.size * 2) / 2
                weight[size] = weight.get(size, 0) + len(line.text)
                bold[size] = bold.get(size, 0) + (len(line.text) if line.bold else 0)
    body = max(weight, key=lambda size: (weight[size], size)) if weight else None
    boxed = [line for page in pages for line in page.lines if line.box and _is_body(line, body)]
    bold_body = bold[body] * 2 > weight[body] if body else False
    if not boxed:
        return Layout(body_size=body or 0.0, leading=(body or 0.0) * 1.2, bold_body=bold_body)
    height = body or median(line.top - line.bottom for line in boxed)
    rights = sorted(line.right for line in boxed)
    return Layout(
        body_size=body or 0.0,
        leading=_leading(pages, body, height),
        bold_body=bold_body,
        right=rights[int(len(rights) * 0.8)],
    )


def _is_body(line: LayoutLine, body: float | None) -> bool:
    return body is None or (line.size is not None and abs(line.size - body) < 0.6)


def _leading(pages: Sequence[PageLines], body: float | None, height: float) -> float:
    steps: list[float] = []
    for page in pages:
        for above, line in zip(page.lines, page.lines[1:], strict=False):
            if above.box and line.box and _is_body(line, body) and not line.same_line:
                step = above.bottom - line.bottom
                if 0 < step < 4 * height:
                    steps.append(step)
    return median(steps) if steps else height * 1.2
