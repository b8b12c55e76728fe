"""Watermarks: words set over or under the text of a page, slantwise mostly ("DRAFT", "COPIA"), which nobody quotes.

A slanted line is a watermark where its type is much larger than the text's, or where the same words stand slantwise
again: on other pages, or tiled over this one. The slanted labels of a chart's axis are small and differ. A level line
is one where it is still larger and lines of the text run through its letters: they keep clear of a heading.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ingest.readers.source import Line, Page

# Degrees off a right angle from which type is slanted; scans and italics are not.
SLANTED = 5.0
# Times the usual type size of the page from which slanted words are a watermark at once.
LARGE = 1.8
# The same slanted words stand at least so often: on a draft of three pages, tiled over one.
REPEATED = 3
# The same for level words, and the lines that run through them; a line of a heading's own size does not count.
LARGE_LEVEL = 2.5
CROSSED = 3
LONGEST = 80


def without_watermarks(pages: Sequence[Page]) -> list[Page]:
    """Return the pages with watermarks hidden and the flag "watermark" on pages that had one."""
    seen = Counter(
        _key(page, line) for page in pages for line in page.lines if line.slant >= SLANTED and not line.hidden
    )
    large = [(page, line, size) for page in pages for line, size in _large_level(page)]
    crossed = {_key(page, line) for page, line, size in large if _crossed(page, line, size) >= CROSSED}
    level = {id(line) for page, line, _ in large if _key(page, line) in crossed}
    return [_cleared(page, seen, level) for page in pages] if seen or level else list(pages)


def _cleared(page: Page, seen: Counter[str], level: set[int]) -> Page:
    """Return a page without its slanted watermarks, and without the lines of `level`."""
    size = _usual_size(page)
    marks = {
        id(line)
        for line in page.lines
        if id(line) in level
        or (line.slant >= SLANTED and not line.hidden and _is_mark(page, line, size, seen))
    }
    if not marks:
        return page
    lines = tuple(replace(line, hidden=True) if id(line) in marks else line for line in page.lines)
    return replace(page, lines=lines, flags=page.flags | {"watermark"})


def _usual_size(page: Page) -> float:
    usual = [line.size for line in page.lines if line.size and line.slant < SLANTED]
    return median(usual) if usual else 0.0


def _is_mark(page: Page, line: Line, size: float, seen: Counter[str]) -> bool:
    if line.end - line.start > LONGEST:
        return False
    large = bool(line.size and size and line.size >= LARGE * size)
    return large or seen[_key(page, line)] >= REPEATED


def _large_level(page: Page) -> list[tuple[Line, float]]:
    """Return the level lines that are large enough for a watermark, each with the usual size of the page."""
    size = _usual_size(page)
    return [
        (line, size)
        for line in page.lines
        if size
        and line.size
        and line.size >= LARGE_LEVEL * size
        and line.slant < SLANTED
        and not line.hidden
        and line.end - line.start <= LONGEST
    ]


def _crossed(page: Page, mark: Line, size: float) -> int:
    """Return how many lines of the page's usual type run through the letters of a line."""
    if mark.box is None:
        return 0
    left, bottom, right, top = mark.box
    return sum(
        1
        for line in page.lines
        if line.box
        and not line.hidden
        and (line.size or 0.0) < LARGE * size
        and bottom < (line.box[1] + line.box[3]) / 2 < top
        and 2 * (min(right, line.box[2]) - max(left, line.box[0]))
        > min(right - left, line.box[2] - line.box[0])
    )


def _key(page: Page, line: Line) -> str:
    return " ".join(page.text[line.start : line.end].split()).casefold()
