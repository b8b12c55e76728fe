"""Running heads and feet: lines that a page repeats from its neighbours.

A line is a running head (or foot) when its key (digits and roman numerals folded away) stands in the margin of enough
other pages at the same height, everything further out is one too, and it keeps a distance from the
text. The distance is what tells a running head from the header row of a table continued over pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.layout.line import LayoutLine, PageLines
from ingest.layout.line_figures import same_words
from ingest.layout.number_words import is_sentence

# Lines looked at from the top and from the bottom of a page. The deepest head seen among 42 policy PDFs
# has 4 lines (E/ICEF papers: symbol, language, page, blank).
OUTER_LINES = 6
# Papers of at most this many pages may repeat a line on two pages only; it must be the outermost there.
FEW_PAGES = 5
# The same key on this many pages, each at most REACH pages from the next: left and right pages alternate
# and chapters change heads. Three feet of a text dump stand 6 pages apart; printed ones are not left out so often,
# but the first lines of notices and annexes may be the same on pages as far apart.
MIN_PAGES = 3
REACH = 4
REACH_IN_DUMPS = 7
# A short line on this share of all pages is a running head even without a distance to the text.
COMMON_SHARE = 0.4
SHORT = 90
# Heads in one place of the page on this share of all pages: a line of two pages there is a head as well.
KNOWN_SHARE = 0.3
# Lower edges of lines on one base line differ by the tails of their letters (points).
DESCENT = 2.0
# Heights differ by rounding and by odd and even pages; 4 pt is under half a line.
SAME_HEIGHT = 4.0
# A line close to the text is a running head only as the very first or last one, with at most this many numbers:
# the first and last rows of a table over many pages have more.
MAX_NUMBERS = 2
# Rows of so few characters (a page number, a rule drawn as "I") hide nothing behind them.
TRANSPARENT = 2
# Lines side by side begin this far from each other (points); words printed twice for weight do not.
COLUMN = 40.0
# White space, in lines of the row's own height, between a running head and the text.
DISTANCE = 0.9

_ROMAN = re.compile(r"\b[ivxlc]+\b")
_DIGITS = re.compile(r"\d+")
_JUNK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Place:
    row: LayoutLine
    key: str
    top_side: bool
    clear: bool
    outermost: bool
    bare: bool
    lone: bool


@lru_cache(maxsize=1 << 9)
def line_key(text: str) -> str:
    """Return `text` in lower case with numbers, roman numerals and punctuation folded away."""
    folded = _ROMAN.sub("#", _DIGITS.sub("#", text.lower()))
    return _JUNK.sub(" ", folded.replace("#", " 0 ")).strip()


def by_height(sheet: PageLines) -> list[LayoutLine]:
    """Return the rows of a page from top to bottom; without boxes, in reading order."""
    if all(row.box for row in sheet.lines):
        return sorted(sheet.lines, key=lambda row: (-row.top, row.left))
    return list(sheet.lines)


def running_heads(sheets: Sequence[PageLines]) -> set[int]:
    """Return the indices of rows that are running heads and feet."""
    places: dict[tuple[str, bool], list[_Place]] = defaultdict(list)
    ordered = {sheet.number: by_height(sheet) for sheet in sheets}
    for rows in ordered.values():
        for place in _outer([row for row in rows if len(row.text) > TRANSPARENT]):
            places[place.key, place.top_side].append(place)
    full = sum(1 for sheet in sheets if sheet.lines)
    repeated: set[int] = set()
    seldom: list[_Place] = []
    for found in places.values():
        if len({place.row.page for place in found}) < 2:
            continue
        same = same_words([place.row for place in found]) - _side_by_side(found)
        group = [place for place in found if place.row.index in same]
        for place, pages in _with_pages(group):
            if _is_repeated(place, pages, full):
                repeated.add(place.row.index)
            elif place.clear and place.row.box and place.outermost:
                seldom.append(place)
    heads = [row for rows in ordered.values() for row in rows if row.index in repeated]
    repeated |= _at_known_places(seldom, heads, full)
    repeated -= _in_the_text(ordered, repeated)
    return _outermost(ordered, repeated - _in_mixed_blocks(ordered, repeated))


def _with_pages(group: Sequence[_Place]) -> Iterator[tuple[_Place, set[int]]]:
    """Yield each line with the pages that have one like it at its height."""
    heights = [place.row.bottom for place in group if place.row.box]
    level = (
        len(heights) == len(group) and max(heights, default=0.0) - min(heights, default=0.0) <= SAME_HEIGHT
    )
    everywhere = {place.row.page for place in group}
    for place in group:
        pages = everywhere if level else {other.row.page for other in group if _alike(place.row, other.row)}
        yield place, pages


def _is_repeated(place: _Place, pages: set[int], full: int) -> bool:
    """Return whether enough `pages`, of `full` with text, have a line at this place for it to be a head."""
    common = len(pages) >= max(MIN_PAGES, round(COMMON_SHARE * full)) and len(place.row.text) <= SHORT
    reach = REACH if place.row.box else REACH_IN_DUMPS
    near = place.clear and _near(place.row.page, pages, reach) >= MIN_PAGES
    brief = 2 <= full <= FEW_PAGES and len(pages) >= 2 and place.row.box is not None
    return (
        near
        or (common and (place.clear or (place.bare and not is_sentence(place.row.text))))
        or (brief and _edge(place))
    )


def _at_known_places(seldom: Sequence[_Place], heads: Sequence[LayoutLine], full: int) -> set[int]:
    """Return the lines of two pages, as heads of short chapters, that stand where most heads do, in their type."""
    known: dict[tuple[int, float | None], set[int]] = defaultdict(set)
    for row in heads:
        for height in range(round(row.bottom - DESCENT), round(row.bottom + DESCENT) + 1):
            known[height, row.size].add(row.page)
    enough = max(MIN_PAGES, KNOWN_SHARE * full)
    pages: dict[str, set[int]] = defaultdict(set)
    there = [
        place
        for place in seldom
        if len(known[round(place.row.bottom), place.row.size] - {place.row.page}) >= enough
    ]
    for place in there:
        pages[place.row.text].add(place.row.page)
    return {place.row.index for place in there if _near(place.row.page, pages[place.row.text]) > 1}


def _in_the_text(ordered: Mapping[int, Sequence[LayoutLine]], repeated: set[int]) -> set[int]:
    """Return lines that stand inside the text at least as often, and nowhere as the edge of a page.

    A heading that many sections have ("Indicators") stands right under the running head where one begins with a page.
    """
    heads: dict[str, list[int]] = defaultdict(list)
    edges: set[str] = set()
    for rows in ordered.values():
        edges |= {line_key(row.text) for row in (*rows[:1], *rows[-1:])}
        for row in rows:
            if row.index in repeated:
                heads[line_key(row.text)].append(row.index)
    if heads.keys() <= edges:
        return set()
    inside = Counter(
        line_key(row.text)
        for rows in ordered.values()
        for row in rows
        if row.box and row.index not in repeated
    )
    return {
        index
        for key, found in heads.items()
        if key not in edges and inside[key] >= max(MIN_PAGES, len(found))
        for index in found
    }


def _side_by_side(group: Sequence[_Place]) -> set[int]:
    """Return the indices of lines that stand twice beside each other on one page: columns of text, not heads."""
    pages: dict[int, list[LayoutLine]] = defaultdict(list)
    for place in group:
        if place.row.box:
            pages[place.row.page].append(place.row)
    return {
        row.index
        for rows in pages.values()
        if len(rows) > 1
        for row in rows
        if any(_alike(row, other) and abs(row.left - other.left) > COLUMN for other in rows)
    }


def _in_mixed_blocks(ordered: Mapping[int, Sequence[LayoutLine]], repeated: set[int]) -> set[int]:
    """Return lines of text without boxes that stand in one block with lines that no other page has."""
    mixed: set[int] = set()
    for rows in ordered.values():
        if not any(row.blank_above for row in rows):
            continue
        for block in _blocks(rows):
            if not all(row.index in repeated or _number_only(row.text) for row in block):
                mixed.update(row.index for row in block)
    return mixed


def _blocks(rows: Sequence[LayoutLine]) -> Iterator[list[LayoutLine]]:
    """Yield the rows between empty lines."""
    block: list[LayoutLine] = []
    for row in rows:
        if block and row.blank_above:
            yield block
            block = []
        block.append(row)
    yield block


def _edge(place: _Place) -> bool:
    """Return whether a line of a paper of few pages is its outermost, short and apart from the text."""
    return place.outermost and place.clear and not place.lone and len(place.row.text) <= SHORT


def _outer(rows: list[LayoutLine]) -> list[_Place]:
    places = []
    count = len(rows)
    for position, row in enumerate(rows):
        top, bottom = position < OUTER_LINES, count - position <= OUTER_LINES
        if not (top or bottom):
            continue
        if top and bottom:
            top = position < count / 2
        key = line_key(row.text)
        if key in ("", "0"):
            continue
        inner = _inner(rows, position, top)
        outermost = position < 2 or count - position <= 2
        bare = position in (0, count - 1) and key.count("0") <= MAX_NUMBERS
        places.append(_Place(row, key, top, _clear(row, inner), outermost, bare, inner is None))
    return places


def _inner(rows: list[LayoutLine], position: int, top: bool) -> LayoutLine | None:
    step = 1 if top else -1
    at = position + step
    while 0 <= at < len(rows):
        row, here = rows[at], rows[position]
        if not (row.box and here.box) or abs(row.bottom - here.bottom) > SAME_HEIGHT:
            return row
        at += step
    return None


def _clear(row: LayoutLine, inner: LayoutLine | None) -> bool:
    if inner is None or row.box is None or inner.box is None:
        return True
    height = max(row.top - row.bottom, 5.0)
    space = row.bottom - inner.top if inner.bottom < row.bottom else inner.bottom - row.top
    return space >= DISTANCE * height


def _alike(row: LayoutLine, other: LayoutLine) -> bool:
    if row.box is None or other.box is None:
        return True
    return abs(row.bottom - other.bottom) <= SAME_HEIGHT or abs(row.top - other.top) <= SAME_HEIGHT


def _near(page: int, pages: set[int], reach: int = REACH) -> int:
    """Count the pages of the chain around `page` whose links are at most `reach` long."""
    chain = 1
    for step in (1, -1):
        last, at = page, page + step
        while abs(at - last) <= reach:
            if at in pages:
                chain, last = chain + 1, at
            at += step
    return chain


def _outermost(ordered: dict[int, list[LayoutLine]], candidates: set[int]) -> set[int]:
    """Keep candidates that no other text separates from the edge of their page."""
    kept: set[int] = set()
    for rows in ordered.values():
        for side in (rows, rows[::-1]):
            for row in side[: OUTER_LINES + 2]:
                if row.index not in candidates and not _number_only(row.text):
                    break
                if row.index in candidates:
                    kept.add(row.index)
    return kept


def _number_only(text: str) -> bool:
    return len(text) <= TRANSPARENT or (
        len(text) <= 12 and not any(char.isalpha() for char in text.replace("Page", "").replace("x", ""))
    )
