"""Printed page numbers, and which label each page has.

A number in the margin counts when number minus page index is the same on at least three pages. Pages
between them that print none get the number marked as inferred. What the file says itself (`/PageLabels`)
stands unless the paper says otherwise.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.layout.line import LayoutLine, PageLines
from ingest.layout.running_heads import SAME_HEIGHT, by_height
from ingest.passage import PageLabel
from ingest.readers.source import Source

# Lines looked at from the top and the bottom, and how far into the page they may reach.
OUTER_LINES = 6
MARGIN_SHARE = 0.16
# Longer lines are text, not feet.
LONGEST = 110
# A numbering needs this many distinct pages that print it; a paper of two pages needs both.
MIN_PAGES = 3
# Pages without a number between two with one: at most this many are inferred in a row.
MAX_HOLE = 12
# Pages before the first and after the last printed number that are still inferred (covers, plates).
MAX_EDGE = 4

_ARABIC = re.compile(r"(?<![\w./,:\-–])(?:\d{1,6})(?![\w,:]|[.\-–]\d|/(?!\d{1,4}\b))")
_ROMAN = re.compile(r"(?<![\w./\-])[ivxlIVXL]{1,7}(?![\w./\-])")
_PAGE_WORD = re.compile(r"\b(?:page|página|pagina|pág|p|pg|seite|of|de|sur)\b\.?", re.IGNORECASE)
_OF_TOTAL = re.compile(r"^\s?/\s?\d{1,4}\b")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_ROMAN_SHAPE = re.compile(r"^(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})$")


@dataclass(frozen=True, slots=True)
class Found:
    """A number in the margin of a page: `offset` is its value minus the page index."""

    page: int
    offset: int
    roman: bool
    text: str
    row: int
    alone: bool
    strong: bool
    height: float
    named: bool = False
    last: bool = False


def roman_value(text: str) -> int | None:
    """Return the value of a roman numeral up to 89, or None when `text` is none."""
    lowered = text.lower()
    if not lowered or not _ROMAN_SHAPE.match(lowered):
        return None
    values = [_ROMAN_VALUES[char] for char in lowered]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def margin_numbers(sheets: Sequence[PageLines], edge: set[int]) -> list[Found]:
    """Return the whole numbers that stand in the margins. `edge` are rows known as running heads and feet."""
    found: list[Found] = []
    for sheet in sheets:
        rows = by_height(sheet)
        for position, row in enumerate(rows):
            outer = position < OUTER_LINES or len(rows) - position <= OUTER_LINES
            if not outer or len(row.text) > LONGEST:
                continue
            if row.index in edge:
                found += _numbers(row, repeated=True)
            elif _in_margin(row, sheet):
                ends = row.box is not None and position in (0, len(rows) - 1)
                found += [number for number in _numbers(row, outermost=ends) if number.strong]
            elif position == len(rows) - 1:
                found += [replace(number, last=True) for number in _numbers(row) if number.alone]
    return found


def _in_margin(row: LayoutLine, sheet: PageLines) -> bool:
    if row.box is None or sheet.height <= 0:
        return True
    depth = MARGIN_SHARE * sheet.height
    return row.bottom < depth or row.top > sheet.height - depth


def _numbers(row: LayoutLine, *, repeated: bool = False, outermost: bool = False) -> list[Found]:
    """Return the numbers of a row; `repeated` says it is a running line, `outermost` the first or last."""
    found = []
    for match in _ARABIC.finditer(row.text):
        value = int(match.group())
        if value > 0:
            found.append(_found(row, match, value, roman=False, repeated=repeated, outermost=outermost))
    for match in _ROMAN.finditer(row.text):
        roman = roman_value(match.group())
        if roman is not None and (match.group().islower() or match.group() == row.text):
            found.append(_found(row, match, roman, roman=True, repeated=repeated, outermost=outermost))
    return found


def _found(
    row: LayoutLine, match: re.Match[str], value: int, *, roman: bool, repeated: bool, outermost: bool
) -> Found:
    before, after = row.text[: match.start()], _OF_TOTAL.sub("", row.text[match.end() :])
    rest = _PAGE_WORD.sub("", before + after)
    alone = not any(char.isalnum() for char in rest)
    strong = alone or repeated or (outermost and not (before.strip() and after.strip()))
    named = alone and bool(_PAGE_WORD.search(row.text))
    return Found(
        row.page, value - row.page, roman, match.group(), row.index, alone, strong, row.bottom, named
    )


def printed_numbers(sheets: Sequence[PageLines], edge: set[int]) -> dict[int, Found]:
    """Return page → the number printed on it, where a numbering of at least three pages holds it."""
    by_series: dict[tuple[bool, int], list[Found]] = defaultdict(list)
    for number in margin_numbers(sheets, edge):
        by_series[number.roman, number.offset].append(number)
    full = sum(1 for sheet in sheets if sheet.lines)
    needed = MIN_PAGES if full >= MIN_PAGES else max(2, full)
    series = [_consistent(members, needed) for members in by_series.values()]
    chosen: dict[int, Found] = {}
    for members in sorted(series, key=lambda members: (-len(members), min(members, default=0))):
        for page, number in members.items():
            if page not in chosen and _supported(page, members, needed):
                chosen[page] = number
    chosen.update(_front_matter(chosen, [number for members in by_series.values() for number in members]))
    return chosen


def _front_matter(chosen: dict[int, Found], found: Sequence[Found]) -> dict[int, Found]:
    """Return roman numbers before the first arabic one, too few for a series, that stand where it stands."""
    arabic = sorted(page for page, number in chosen.items() if not number.roman)
    if not arabic:
        return {}
    heights = [chosen[page].height for page in arabic[:6]]
    return {
        number.page: number
        for number in found
        if number.roman
        and number.strong
        and number.text.islower()
        and number.offset <= 0
        and number.page < arabic[0]
        and number.page not in chosen
        and any(abs(height - number.height) <= 2 * SAME_HEIGHT for height in heights)
    }


def _consistent(members: Sequence[Found], needed: int) -> dict[int, Found]:
    """Return page → number for those that stand in the same place on `needed` pages of the series."""
    strong = [number for number in members if number.strong]
    kept: dict[int, Found] = {}
    for number in members:
        pages = {other.page for other in strong if _same_place(other, number)}
        if len(pages | {number.page}) >= needed and (number.page not in kept or number.alone):
            kept[number.page] = number
    return kept


def _same_place(number: Found, other: Found) -> bool:
    """Say whether two numbers stand alike: at one height, or each alone below all text of its page."""
    if abs(number.height - other.height) <= SAME_HEIGHT or (number.named and other.named):
        return True
    return number.alone and other.alone and (number.last or other.last)


def _supported(page: int, series: dict[int, Found], needed: int) -> bool:
    near = [other for other in series if abs(other - page) <= 3 * MAX_HOLE]
    return len(near) >= needed


def page_labels(
    source: Source, sheets: Sequence[PageLines], edge: set[int]
) -> tuple[tuple[PageLabel | None, ...], set[int]]:
    """Return the label of every page and the rows that print page numbers."""
    if not source.paged:
        return (None,) * len(source.pages), set()
    printed = printed_numbers(sheets, edge)
    rows = {number.row for number in printed.values()}
    own = {page.number: page.pagelabel for page in source.pages if page.pagelabel}
    if own and _agrees(own, printed):
        return tuple(
            PageLabel(own[page.number], "pagelabels") if page.number in own else None for page in source.pages
        ), rows
    labels = {page: PageLabel(number.text, "printed") for page, number in printed.items()}
    last = source.pages[-1].number if source.pages else 0
    labels.update(_inferred(printed, last))
    return tuple(labels.get(page.number) for page in source.pages), rows


def _agrees(own: dict[int, str], printed: dict[int, Found]) -> bool:
    """Say whether the file's labels may stand: the paper prints none, or mostly the same ones."""
    compared = [own[page].lower() == number.text.lower() for page, number in printed.items() if page in own]
    return not compared or sum(compared) * 2 > len(compared)


def _inferred(printed: dict[int, Found], last: int) -> dict[int, PageLabel]:
    labels: dict[int, PageLabel] = {}
    pages = sorted(printed)
    for before, after in pairwise(pages):
        first, second = printed[before], printed[after]
        if (first.roman, first.offset) == (second.roman, second.offset) and after - before - 1 <= MAX_HOLE:
            for page in range(before + 1, after):
                labels[page] = _label(page, first)
    if pages:
        for page in range(max(1, pages[0] - MAX_EDGE), pages[0]):
            if page + printed[pages[0]].offset >= 1:
                labels[page] = _label(page, printed[pages[0]])
        for page in range(pages[-1] + 1, min(last, pages[-1] + MAX_EDGE) + 1):
            labels[page] = _label(page, printed[pages[-1]])
    return labels


def _label(page: int, like: Found) -> PageLabel:
    value = page + like.offset
    text = to_roman(value) if like.roman else str(value)
    return PageLabel(text.upper() if like.roman and like.text.isupper() else text, "inferred")


def to_roman(value: int) -> str:
    """Return `value` (1 to 89) as a lower-case roman numeral."""
    signs = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for worth, sign in signs:
        count, value = divmod(value, worth)
        text += sign * count
    return text
