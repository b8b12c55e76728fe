"""Watermarks: words set slantwise over or under the text of a page ("DRAFT", "COPIA"), which nobody quotes.

A slanted line is a watermark where its type is much larger than the text's, or where the same words stand slantwise
again: on other pages, or tiled over this one. The slanted labels of a chart's axis are small and differ.
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
LONGEST = 80


def without_watermarks(pages: Sequence[Page]) -> list[Page]:
    """Return the pages with watermarks hidden and the flag "watermark" on pages that had one."""
    seen = Counter(
        _key(page, line) for page in pages for line in page.lines if line.slant >= SLANTED and not line.hidden
    )
    return [_cleared(page, seen) for page in pages] if seen else list(pages)


def _cleared(page: Page, seen: Counter[str]) -> Page:
    slanted = [line for line in page.lines if line.slant >= SLANTED and not line.hidden]
    if not slanted:
        return page
    usual = [line.size for line in page.lines if line.size and line.slant < SLANTED]
    size = median(usual) if usual else 0.0
    marks = {id(line) for line in slanted if _is_mark(page, line, size, seen)}
    if not marks:
        return page
    lines = tuple(replace(line, hidden=True) if id(line) in marks else line for line in page.lines)
    return replace(page, lines=lines, flags=page.flags | {"watermark"})


def _is_mark(page: Page, line: Line, size: float, seen: Counter[str]) -> bool:
    if line.end - line.start > LONGEST:
        return False
    large = bool(line.size and size and line.size >= LARGE * size)
    return large or seen[_key(page, line)] >= REPEATED


def _key(page: Page, line: Line) -> str:
    return " ".join(page.text[line.start : line.end].split()).casefold()
