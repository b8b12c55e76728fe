"""Numbers in the margins of pages, each with what bears it out as the page's own.

A number within a sentence, a date, a note's mark, large type, and whatever stands inside the block of text
are left out here; whether the rest count with the pages is asked in `number_series`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice

from ingest.layout.line import Row, Sheet
from ingest.layout.number_words import counts_something_else, is_sentence, is_year
from ingest.layout.roman import roman_value
from ingest.layout.running_heads import by_height
from ingest.layout.text_block import TextBlock, text_block
from ingest.readers.source import Source

# Printed lines looked at from the top and the bottom, and how far into the page they may reach.
OUTER_LINES = 6
MARGIN_SHARE = 0.16
# Longer lines are text, not feet.
LONGEST = 110
# Two things on one printed line stand apart when this far from each other (points): two letters of body type.
APART = 20.0
# A row of more characters than this is wider than high unless it is turned; level ones are seldom higher (points).
TURNED = 3
HIGH = 15.0
# Parts of one line share this much of the lower one's height.
SAME_LINE = 0.5


class Evidence(IntEnum):
    """What bears a number out: words that differ from page to page, a running head, nothing beside it, "page"."""

    LOOSE = 0
    RUNNING = 1
    LONE = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class MarginNumber:
    """A number in the margin of a page.

    `style` is "arabic", "roman", "compound" ("A-1": `prefix` "A-") or "spread" (the left one of two that
    stand side by side). `place` is the distance from the upper or lower edge of the page in points, `side` from
    the left edge. `last` says that it stands below all text of its page, wherever that ends. `whole` says that
    its row holds nothing else. `rest` is the line without it, `middle` that it stands within that. `headed` says,
    in text without boxes, that the next line is a running head or foot. `total` is the last page as printed ("3 of 40").
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
    side: float
    last: bool = False
    whole: bool = False
    rest: str = ""
    middle: bool = False
    headed: bool = False
    total: int | None = None


@dataclass(frozen=True, slots=True)
class _Printed:
    """A printed line of a page: its rows from left to right, and where it stands."""

    rows: tuple[Row, ...]
    foot: bool
    place: float
    last: bool
    headed: bool = False


_PAGE = r"(?i:\b(?:pages?|páginas?|pagina|pág|pag|seite|pp?|pg|p\s?a\s?g\s?e|hoja|folio|fls?)\b\.?)"
_NAME = r"(?i:\b(?:page|página|pagina|pág|pag|seite|hoja|folio)\b\.?\W?)"
_PAGE_WORD = re.compile(_PAGE)
_NUMBER = r"(?:(?:[A-Z]{1,3}|[IVXL]{1,6}|\d{1,2})[-–—]\d{1,3}|\d{1,6}|[ivxl]{1,7}|[IVXL]{1,7})"
_TOTAL = r"(?:\s?(?:/|(?i:\b(?:of|de|sur|von|di)\b))\s?(?P<total>\d{1,5}))?"
_DECOR = r"[\s\-–—|•·●■*_~=<>«»\[\](){}.:/\\]*"
_ALONE = re.compile(
    rf"^{_DECOR}(?P<name>{_PAGE}\W{{0,3}})?(?<![\w])(?P<number>{_NUMBER})(?!\w){_TOTAL}{_DECOR}(?P<after>{_PAGE})?{_DECOR}$"
)
_NAMED = re.compile(rf"{_NAME}\s?(?P<number>{_NUMBER})(?![\w]|[-–.,]\d){_TOTAL}")
_OPENING = re.compile(rf"^[|•·–—\-\[]?\s?(?:{_PAGE}\s)?(?P<number>{_NUMBER}){_TOTAL}\]?(?=\s|[|•·–—]|$)")
_CLOSING = re.compile(rf"(?:(?<=[\s|•·–—\[])|^)(?P<number>{_NUMBER}){_TOTAL}\s?[|•·–—\-\]]?(?:\s?{_PAGE})?$")
_MIDDLE = re.compile(r"(?<=\s)(?P<number>\d{1,4})(?P<total>)(?=\s)")
_COMPOUND = re.compile(r"^(.+)[-–—](\d+)$")
_PAIR = re.compile(r"^(\d{1,5})\b(?P<between>.*?)(?<![\w.,/\-–])(\d{1,5})$")
_JUNK = re.compile(r"[\W_]+")


def margin_numbers(source: Source, sheets: Sequence[Sheet], edge: set[int]) -> list[MarginNumber]:
    """Return the numbers that may be page numbers. `edge` are rows known as running heads and feet."""
    block = text_block(sheets, edge)
    calls = {
        (page.number, start) for page in source.pages for line in page.lines for start, _ in line.calls
    } | {(page.number, end) for page in source.pages for line in page.lines for _, end in line.calls}
    found: list[MarginNumber] = []
    for sheet in sheets:
        for line in _outer_lines(sheet, edge, block):
            found += _of_line(line, edge, calls, block)
    return _borne_out(found, sum(1 for sheet in sheets if sheet.rows))


def _outer_lines(sheet: Sheet, edge: set[int], block: TextBlock) -> Iterator[_Printed]:
    """Yield the printed lines of the margins, and the last one wherever it stands."""
    rows = by_height(sheet)
    if not all(row.box for row in rows):
        yield from _outer_lines_of_text(rows, edge)
        return
    turned = [row for row in rows if row.top - row.bottom > HIGH and is_turned(row)]
    for row in turned:
        side = min(row.left, sheet.width - row.right)
        if side <= MARGIN_SHARE * sheet.width:
            yield _Printed((row,), True, side, False)
    level = [row for row in rows if row not in turned] if turned else rows
    middle = (level[0].top + level[-1].bottom) / 2 if level else 0.0
    for foot, ordered in ((False, level), (True, level[::-1])):
        for at, line in enumerate(islice(_printed_lines(ordered), OUTER_LINES)):
            if (line[0].bottom < middle) != foot and len(level) > 1:
                break
            place, lowest = _place(line, sheet, foot=foot), foot and at == 0
            inside = place > MARGIN_SHARE * sheet.height or block.holds(sheet, line, foot=foot)
            if lowest or not inside:
                yield _Printed(tuple(line), foot, place, inside)
            if not all(row.index in edge or row.index not in block.prose for row in line):
                break


def _outer_lines_of_text(rows: Sequence[Row], edge: set[int]) -> Iterator[_Printed]:
    """Yield the outer lines of a page without boxes: those that only heads, feet and numbers separate from its edge."""
    half = len(rows) // 2
    for foot, ordered in ((False, rows[:half]), (True, rows[half:][::-1])):
        for at, row in enumerate(ordered[:OUTER_LINES]):
            beside = [*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2]]
            yield _Printed((row,), foot, 0.0, False, any(other.index in edge for other in beside))
            if row.index not in edge and not _ALONE.match(row.text):
                break


def is_turned(row: Row) -> bool:
    """Return whether a row of several characters runs up or down the page."""
    high, wide = row.top - row.bottom, row.right - row.left
    return len(row.text) > TURNED and high > max(wide, 2 * (row.size or wide))


def _place(line: Sequence[Row], sheet: Sheet, *, foot: bool) -> float:
    """Return the distance of a printed line from the lower or upper edge of its page."""
    return min(row.bottom for row in line) if foot else sheet.height - max(row.bottom for row in line)


def _printed_lines(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Group rows, given by height, into printed lines from left to right."""
    line: list[Row] = []
    for row in rows:
        if line and not _on_line(line[0], row):
            yield sorted(line, key=lambda row: row.left)
            line = []
        line.append(row)
    if line:
        yield sorted(line, key=lambda row: row.left)


def _on_line(first: Row, row: Row) -> bool:
    shared = min(first.top, row.top) - max(first.bottom, row.bottom)
    return shared >= SAME_LINE * max(1.0, min(first.top - first.bottom, row.top - row.bottom))


def _of_line(
    line: _Printed, edge: set[int], calls: set[tuple[int, int]], block: TextBlock
) -> Iterator[MarginNumber]:
    text = " ".join(row.text for row in line.rows)
    if len(text) > LONGEST:
        return
    pair = _pair(line, text)
    if pair:
        yield pair
    for at, row in enumerate(line.rows):
        if (row.page, row.start) in calls or block.is_large(row):
            continue
        before = " ".join(other.text for other in line.rows[:at])
        after = " ".join(other.text for other in line.rows[at + 1 :])
        alone = _ALONE.match(row.text)
        named = alone is not None and bool(alone["name"] or alone["after"] or alone["total"])
        if alone and not named and block.is_title(row, foot=line.foot):
            continue
        if alone and _is_apart(line.rows, at, edge):
            yield from _number(line, row, alone, Evidence.NAMED if named else Evidence.LONE, "")
        elif not line.last:
            yield from _in_text(line, row, before, after, called=(row.page, row.end) in calls)


def _is_apart(rows: Sequence[Row], at: int, edge: set[int]) -> bool:
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


def _in_text(line: _Printed, row: Row, before: str, after: str, *, called: bool) -> Iterator[MarginNumber]:
    """Yield the numbers of a row with words: its first, its last, one called a page, one in the middle."""
    seen: set[int] = set()
    matches: list[tuple[re.Match[str], bool, bool]] = [
        (match, True, False) for match in _NAMED.finditer(row.text)
    ]
    opening = _OPENING.match(row.text) if not before else None
    closing = _CLOSING.search(row.text) if not after and not called else None
    matches += [(match, False, False) for match in (opening, closing) if match]
    matches += [(match, False, True) for match in _MIDDLE.finditer(row.text)]
    for match, named, middle in matches:
        start, end = match.span("number")
        if start in seen:
            continue
        seen.add(start)
        head = f"{before} {row.text[:start]}".strip()
        tail = f"{row.text[match.end() :]} {after}".strip()
        if not head and not tail:
            continue
        if not named and counts_something_else(row.text[:start], row.text[end if middle else match.end() :]):
            continue
        rest = f"{head} {tail}".strip()
        if (not head or middle or named) and is_sentence(rest):
            continue
        kind = Evidence.NAMED if named else Evidence.RUNNING
        yield from (
            replace(number, middle=middle)
            for number in _number(line, row, match, kind, _key(rest, line.foot))
        )


def _key(rest: str, foot: bool) -> str:
    return ("foot " if foot else "head ") + _JUNK.sub(" ", _PAGE_WORD.sub(" ", rest).lower()).strip()


def _number(
    line: _Printed, row: Row, match: re.Match[str], evidence: Evidence, rest: str
) -> Iterator[MarginNumber]:
    text = match["number"]
    total = int(match["total"]) if match["total"] else None
    style, prefix, value = _parsed(text, alone=not rest)
    if value < 1 or (total is not None and (total < value or is_year(total) or style != "arabic")):
        return
    side = row.left if match.start("number") < len(row.text) / 2 else row.right
    whole = not rest
    yield MarginNumber(
        row.page,
        style,
        prefix,
        value,
        text,
        row.index,
        evidence,
        line.foot,
        line.place,
        side,
        line.last,
        whole,
        rest,
        headed=line.headed,
        total=total,
    )


def _parsed(text: str, *, alone: bool) -> tuple[str, str, int]:
    """Return style, prefix and value; value 0 where the text is no number."""
    if text.isdigit():
        return "arabic", "", int(text)
    compound = _COMPOUND.match(text)
    if compound:
        return "compound", text[: compound.start(2)], int(compound[2])
    if text.islower() or alone:
        return "roman", "", roman_value(text) or 0
    return "roman", "", 0


def _pair(line: _Printed, text: str) -> MarginNumber | None:
    """Return the left one of two numbers that follow each other at the two ends of a printed line."""
    match = _PAIR.match(text)
    if not match or line.last or int(match[3]) != int(match[1]) + 1:
        return None
    first, last = line.rows[0], line.rows[-1]
    far = last.right - first.left
    if (
        not first.box
        or far < 4 * APART
        or (not match["between"].strip() and len(line.rows) == 1 and far < 8 * APART)
    ):
        return None
    rest = _JUNK.sub(" ", match["between"].lower()).strip()
    label, whole = f"{match[1]}–{match[3]}", not rest or len(line.rows) > 1
    return MarginNumber(
        first.page,
        "spread",
        "",
        int(match[1]),
        label,
        first.index,
        Evidence.LONE,
        line.foot,
        line.place,
        first.left,
        whole=whole,
        rest=rest,
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
