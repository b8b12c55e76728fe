"""Finding a quote in a document's pages, and how much of it a passage holds.

Texts are compared folded: `ingest.text.folding` (NFKC, ligatures, white space, hyphens, control characters) and
quotation marks dropped, so that a quote typed from the printed page matches however the file spells it.
Positions are counted in folded characters of a page; a `Stretch` is a run of them.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.passage import Span
from ingest.text.folding import fold

# Straight, typographic, angle, low and prime marks, the back-tick and the spacing acute accent.
QUOTATION_MARKS = frozenset("\"'`´‘’‚‛“”„‟′″‹›«»＂＇")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Folded characters `start` to `end` (exclusive) of page `page`."""

    page: int
    start: int
    end: int


Place = tuple[Stretch, ...]
"""Where one occurrence of a quote stands: its stretches in reading order."""


@dataclass(frozen=True, slots=True)
class FoldedPage:
    """A page's folded text; `offsets[i]` is where raw character cluster i begins in it."""

    number: int
    text: str
    raw_starts: tuple[int, ...]
    folded_starts: tuple[int, ...]

    def position(self, raw: int) -> int:
        """Return the folded position of a raw offset (inside a cluster: the cluster's end)."""
        index = bisect_left(self.raw_starts, raw)
        return self.folded_starts[index] if index < len(self.folded_starts) else len(self.text)


def fold_quote(text: str) -> str:
    """Return the folded text: the form in which quotes, pages and passages are compared."""
    return "".join(_fold_cluster(text[start:end]) for start, end in _clusters(text))


def fold_page(number: int, text: str) -> FoldedPage:
    """Return a page folded, with the map from raw offsets to folded positions."""
    pieces: list[str] = []
    raw_starts: list[int] = []
    folded_starts: list[int] = []
    length = 0
    for start, end in _clusters(text):
        piece = _fold_cluster(text[start:end])
        raw_starts.append(start)
        folded_starts.append(length)
        pieces.append(piece)
        length += len(piece)
    return FoldedPage(number, "".join(pieces), tuple(raw_starts), tuple(folded_starts))


def stretches(pages: dict[int, FoldedPage], spans: Iterable[Span]) -> Place:
    """Return the stretches of a passage's spans; empty ones (pure blanks) are left out."""
    found = (
        Stretch(page, pages[page].position(start), pages[page].position(end))
        for page, start, end in spans
        if page in pages
    )
    return tuple(item for item in found if item.end > item.start)


def find_quote(quote: str, pages: dict[int, FoldedPage], readings: Sequence[Place]) -> list[Place]:
    """Return every place of the quote in the first reading that holds it, in order.

    A reading is a sequence of stretches read one after the other: first all pages whole, then the
    passages, in which a page's head and foot no longer interrupt a sentence.
    """
    wanted = fold_quote(quote)
    for reading in readings:
        places = list(dict.fromkeys(_find(wanted, pages, reading)))
        if places:
            return places
    return []


def _find(wanted: str, pages: dict[int, FoldedPage], reading: Sequence[Stretch]) -> Iterator[Place]:
    text = "".join(pages[item.page].text[item.start : item.end] for item in reading)
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield cut(reading, at, at + len(wanted))
        at = text.find(wanted, at + 1)


def cut(reading: Sequence[Stretch], start: int, end: int) -> Place:
    """Return characters `start` to `end` of a reading as stretches; neighbours on a page are joined."""
    found: list[Stretch] = []
    base = 0
    for item in reading:
        length = item.end - item.start
        low, high = max(start - base, 0), min(end - base, length)
        if low < high:
            piece = Stretch(item.page, item.start + low, item.start + high)
            if found and found[-1].page == piece.page and found[-1].end == piece.start:
                piece = Stretch(piece.page, found.pop().start, piece.end)
            found.append(piece)
        base += length
        if base >= end:
            break
    return tuple(found)


def size(place: Iterable[Stretch]) -> int:
    """Return the number of folded characters."""
    return sum(item.end - item.start for item in place)


def overlap(first: Place, second: Place) -> int:
    """Return how many folded characters the two have in common."""
    return size(common(first, second))


def common(first: Place, second: Place) -> Place:
    """Return the characters that stand in both, as stretches."""
    found = (
        Stretch(a.page, max(a.start, b.start), min(a.end, b.end))
        for a in first
        for b in second
        if a.page == b.page
    )
    return tuple(item for item in found if item.end > item.start)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each character with the combining marks that follow it."""
    start = 0
    for index in range(1, len(text)):
        if not _combines(text[index]):
            yield start, index
            start = index
    if text:
        yield start, len(text)


@lru_cache(maxsize=65536)
def _combines(character: str) -> bool:
    return unicodedata.combining(character) != 0


@lru_cache(maxsize=65536)
def _fold_cluster(cluster: str) -> str:
    return fold("".join(character for character in cluster if character not in QUOTATION_MARKS))
