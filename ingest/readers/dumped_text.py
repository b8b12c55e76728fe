"""Pages of text that was dumped from a PDF without form feeds.

Some extraction tools leave one blank at the start of the first line of a page, or leave the running foot
with the printed number at its end. Either alone is weak; a cut is made only when both agree: the numbers
in the feet must count the pages. What does not fit is said to have no pages, for a wrong page is worse
than none.
"""

import re
import statistics
from dataclasses import dataclass
from itertools import pairwise

# So many feet must share their text and agree on the count of pages …
MIN_FEET = 2
# … in a text of at least so many pages.
MIN_PAGES = 3
# Two pages run together are twice as long as others. In the text that this was learned from the longest
# page has 1.2 times the median number of lines (blank ones not counted).
MAX_LENGTH = 1.5
# Lines of a running foot above its number that must be the same every time.
FOOT_LINES = 4

_NUMBER = re.compile(r"\s*(\d{1,4})\s*")
_BULLETS = "•·*-–—▪◦‣"


@dataclass(frozen=True, slots=True)
class _Foot:
    """A line that holds a page number alone, and the text line above it."""

    row: int
    number: int
    above: str


def cut_dumped(text: str) -> list[str]:
    """Cut `text` where pages begin; one part where the marks do not agree. Parts joined give `text`."""
    rows = text.split("\n")
    feet = _feet(rows)
    if len(feet) < MIN_FEET:
        return [text]
    starts = _starts(rows, feet)
    if not _fits(rows, starts, feet):
        return [text]
    offsets = [0]
    for row in rows:
        offsets.append(offsets[-1] + len(row) + 1)
    cuts = [offsets[start] for start in starts] + [len(text)]
    return [text[begin:end] for begin, end in pairwise(cuts)]


def _feet(rows: list[str]) -> list[_Foot]:
    """Return the number lines that follow the same text line at least MIN_FEET times, numbers rising."""
    found: dict[str, list[_Foot]] = {}
    for at, row in enumerate(rows):
        number = _NUMBER.fullmatch(row)
        if number is None:
            continue
        above = [line.strip() for line in rows[max(0, at - FOOT_LINES) : at] if line.strip()]
        if above and not _NUMBER.fullmatch(above[-1]):
            found.setdefault(above[-1], []).append(_Foot(at, int(number[1]), above[-1]))
    best = max(found.values(), key=len, default=[])
    rising = all(one.number < other.number for one, other in pairwise(best))
    return best if rising else []


def _starts(rows: list[str], feet: list[_Foot]) -> list[int]:
    """Return the rows that begin pages: marked by one blank, or the first after a foot."""
    after_foot = {foot.row + 1 for foot in feet}
    last = max((at for at, row in enumerate(rows) if row.strip()), default=0)
    starts = [0]
    for at, row in enumerate(rows[: last + 1]):
        begins = at in after_foot or (at > 0 and _is_marked(row))
        if begins and any(line.strip() for line in rows[starts[-1] : at]):
            starts.append(at)
    return starts


def _is_marked(row: str) -> bool:
    """Return whether a line begins with exactly one blank, and is no list item and no piece of an address."""
    if len(row) < 2 or row[0] != " " or row[1].isspace() or row[1] in _BULLETS:
        return False
    words = row.split()
    return not (len(words) == 1 and "/" in words[0])


def _fits(rows: list[str], starts: list[int], feet: list[_Foot]) -> bool:
    """Return whether the feet count the pages, and no page is as long as two."""
    if len(starts) < MIN_PAGES:
        return False
    ends = [*starts[1:], len(rows)]
    page_of = {foot.row: sum(start <= foot.row for start in starts) for foot in feet}
    if len({foot.number - page_of[foot.row] for foot in feet}) != 1:
        return False
    lengths = [
        sum(1 for row in rows[start:end] if row.strip()) for start, end in zip(starts, ends, strict=True)
    ]
    return max(lengths) <= MAX_LENGTH * statistics.median(lengths)
