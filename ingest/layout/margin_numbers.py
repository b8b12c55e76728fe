"""Numbers in the margins of pages, each with what bears it out as the page's own.

A number within a sentence, a date, a note's mark, large type, and whatever stands inside the block of text
are left out here; whether the rest count with the pages is asked in `number_series`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from ingest.layout.line import LayoutLine, PageLines
from ingest.layout.margin_lines import MarginLine, outer_lines
from ingest.layout.number_forms import ALONE, CLOSING, MIDDLE, NAMED, OPENING, PAGE_WORD, PAIR, parsed
from ingest.layout.number_words import counts_something_else, is_sentence, is_year
from ingest.layout.text_block import TextBlock, text_block
from ingest.readers.source import Source

# Longer lines are text, not feet.
LONGEST = 110
# Two things on one printed line stand apart when this far from each other (points): two letters of body type.
APART = 20.0
# The numbers of two pages on one sheet are this far apart; so far that no table has them, where nothing stands between.
HALF_SPREAD, SPREAD = 80.0, 160.0

_JUNK = re.compile(r"[\W_]+")


class Evidence(IntEnum):
    """What bears a number out: words that differ from page to page, a running head, nothing beside it, "page"."""

    LOOSE = 0
    RUNNING = 1
    LONE = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class MarginNumber:
    """A number in the margin of a page.

    `style` is "arabic", "roman", "compound" ("A-1": `prefix` "A-") or "spread" (the left one of two that stand
    side by side); `text` is the label as printed and `total` the number of pages printed with it. `foot`, `place`,
    `last` and `headed` are those of its line (`MarginLine`). `whole` says that its row holds nothing else; `rest` is
    the line without it, "" where it stands by itself, and `middle` says that words stand on both sides of it.
    """

    page: int
    style: str
    prefix: str
    value: int
    text: str
    row: int
    evidence: Evidence
    foot: bool
    place: float
    last: bool = False
    whole: bool = False
    rest: str = ""
    middle: bool = False
    headed: bool = False
    total: int | None = None


def margin_numbers(source: Source, sheets: Sequence[PageLines], edge: set[int]) -> list[MarginNumber]:
    """Return the numbers that may be page numbers. `edge` are rows known as running heads and feet."""
    block = text_block(sheets, edge)
    calls = {
        (page.number, place)
        for page in source.pages
        for line in page.lines
        if line.calls
        for call in line.calls
        for place in call
    }
    found: list[MarginNumber] = []
    for sheet in sheets:
        for line in outer_lines(sheet, edge, block):
            found += _of_line(line, edge, calls, block)
    return _borne_out(found, sum(1 for sheet in sheets if sheet.lines))


def _of_line(
    line: MarginLine, edge: set[int], calls: set[tuple[int, int]], block: TextBlock
) -> Iterator[MarginNumber]:
    text = " ".join(row.text for row in line.lines)
    if len(text) > LONGEST:
        return
    pair = _pair(line, text)
    if pair:
        yield pair
    for at, row in enumerate(line.lines):
        if (row.page, row.start) in calls or block.is_large(row):
            continue
        before = " ".join(other.text for other in line.lines[:at])
        after = " ".join(other.text for other in line.lines[at + 1 :])
        alone = ALONE.match(row.text)
        named = alone is not None and bool(alone["name"] or alone["after"] or alone["total"])
        if alone and not named and block.is_title(row, foot=line.foot):
            continue
        if alone and _is_apart(line.lines, at, edge):
            yield from _number(line, row, alone, Evidence.NAMED if named else Evidence.LONE)
        elif not line.last:
            yield from _in_text(line, row, before, after, called=(row.page, row.end) in calls)


def _is_apart(rows: Sequence[LayoutLine], at: int, edge: set[int]) -> bool:
    """Return whether a row stands by itself on its printed line, or beside running heads only."""
    row = rows[at]
    sides = [(rows[at - 1], row)] if at else []
    sides += [(row, rows[at + 1])] if at + 1 < len(rows) else []
    return all(
        right.left - left.right >= APART
        or left.text == right.text
        or {left.index, right.index} - {row.index} <= edge
        for left, right in sides
    )


def _in_text(
    line: MarginLine, row: LayoutLine, before: str, after: str, *, called: bool
) -> Iterator[MarginNumber]:
    """Yield the numbers of a row with words: one called a page, the first, the last, one in the middle."""
    seen: set[int] = set()
    for match, named, middle in _matches(row.text, opens=not before, closes=not after and not called):
        start, end = match.span("number")
        if start in seen:
            continue
        seen.add(start)
        head = f"{before} {row.text[:start]}".strip()
        tail = f"{row.text[match.end() :]} {after}".strip()
        rest = f"{head} {tail}".strip()
        if not rest or ((not head or middle or named) and is_sentence(rest)):
            continue
        if not named and counts_something_else(row.text[:start], row.text[end if middle else match.end() :]):
            continue
        evidence = Evidence.NAMED if named else Evidence.RUNNING
        yield from _number(line, row, match, evidence, rest=_key(rest, line.foot), middle=middle)


def _matches(text: str, *, opens: bool, closes: bool) -> Iterator[tuple[re.Match[str], bool, bool]]:
    """Yield the numbers of a text, each with whether it is called a page and whether words surround it."""
    for match in NAMED.finditer(text):
        yield match, True, False
    ends = [OPENING.match(text) if opens else None, CLOSING.search(text) if closes else None]
    for end in ends:
        if end:
            yield end, False, False
    for match in MIDDLE.finditer(text):
        yield match, False, True


def _key(rest: str, foot: bool) -> str:
    return ("foot " if foot else "head ") + _JUNK.sub(" ", PAGE_WORD.sub(" ", rest).lower()).strip()


def _number(
    line: MarginLine,
    row: LayoutLine,
    match: re.Match[str],
    evidence: Evidence,
    *,
    rest: str = "",
    middle: bool = False,
) -> Iterator[MarginNumber]:
    """Yield the number of a match, unless its value or its total rule it out."""
    text = match["number"]
    total = int(match["total"]) if match["total"] else None
    style, prefix, value = parsed(text, alone=not rest)
    if value < 1 or (total is not None and (total < value or is_year(total) or style != "arabic")):
        return
    yield MarginNumber(
        page=row.page,
        style=style,
        prefix=prefix,
        value=value,
        text=text,
        row=row.index,
        evidence=evidence,
        foot=line.foot,
        place=line.place,
        last=line.last,
        headed=line.headed,
        whole=not rest,
        rest=rest,
        middle=middle,
        total=total,
    )


def _pair(line: MarginLine, text: str) -> MarginNumber | None:
    """Return the left one of two numbers that follow each other at the two ends of a printed line."""
    match = PAIR.match(text)
    if not match or line.last or int(match[3]) != int(match[1]) + 1:
        return None
    first, last = line.lines[0], line.lines[-1]
    far = last.right - first.left
    merged = len(line.lines) == 1 and not match["between"].strip()
    if not first.box or far < (SPREAD if merged else HALF_SPREAD):
        return None
    return MarginNumber(
        page=first.page,
        style="spread",
        prefix="",
        value=int(match[1]),
        text=f"{match[1]}–{match[3]}",
        row=first.index,
        evidence=Evidence.LONE,
        foot=line.foot,
        place=line.place,
        whole=len(first.text) <= len(match[1]) or not match["between"].strip(),
        rest=match["between"].strip(),
    )


def _borne_out(found: Sequence[MarginNumber], full: int) -> list[MarginNumber]:
    """Return the numbers with what bears them out: words count only where another page has the same ones."""
    pages: dict[str, set[int]] = defaultdict(set)
    for number in found:
        if number.rest and number.style != "spread":
            pages[number.rest].add(number.page)
    return list(_kept(found, pages, full))


def _kept(found: Iterable[MarginNumber], pages: dict[str, set[int]], full: int) -> Iterator[MarginNumber]:
    for number in found:
        if not number.rest or number.style == "spread":
            yield number
        elif number.middle:
            if 2 * len(pages[number.rest]) > full >= 3:
                yield number
        elif len(pages[number.rest]) >= 2:
            yield number
        elif number.evidence == Evidence.NAMED and number.total:
            yield replace(number, evidence=Evidence.RUNNING)
        else:
            yield replace(number, evidence=Evidence.LOOSE)
