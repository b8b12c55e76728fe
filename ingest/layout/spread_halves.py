"""Two printed pages on one sheet: on which half a text stands, and the number of each half."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.passage import PageLabel, halves_of
from ingest.readers.source import Page

# A line is on one half when it reaches over the middle by no more than this (points).
OVER = 4.0
_PLAIN = re.compile(r"\d{1,5}")


@dataclass(frozen=True, slots=True)
class Spread:
    """A sheet with two printed pages: the numbers of its halves, None where one is not printed.

    `places` are the start, end, left and right edge of its lines in the raw text; `middle` is where the halves meet.
    """

    numbers: tuple[str | None, str | None]
    middle: float
    places: tuple[tuple[int, int, float, float], ...]

    def ends(self, spans: Sequence[tuple[int, int]]) -> tuple[str | None, str | None]:
        """Return the numbers of the first and the last half on which parts `[start, end)` of the raw text stand."""
        halves = {half for start, end in spans for half in self._halves(start, end)} or {0, 1}
        return self.numbers[min(halves)], self.numbers[max(halves)]

    def _halves(self, start: int, end: int) -> Iterator[int]:
        for first, last, left, right in self.places:
            if first < end and start < last:
                if left < self.middle - OVER:
                    yield 0
                if right > self.middle + OVER:
                    yield 1


def spreads(pages: Sequence[Page], labels: Sequence[PageLabel | None]) -> dict[int, Spread]:
    """Return the sheets that are spreads: broader than high, with two numbers that follow one another.

    A page higher than broad with a number over each of two columns is none, nor is a sheet whose numbers are those of
    the file. A sheet of the same numbering that prints one of its numbers is one whose other half has none.
    """
    named = {
        page.number: label.text
        for page, label in zip(pages, labels, strict=True)
        if label is not None and label.source != "pagelabels"
    }
    offsets = {int(pair[0]) - 2 * page for page, text in named.items() if (pair := halves_of(text))}
    found: dict[int, Spread] = {}
    for page in pages:
        numbers = _numbers(page.number, named, offsets)
        if numbers is not None and page.width > page.height > 0:
            found[page.number] = Spread(numbers, page.width / 2, tuple(_places(page)))
    return found


def _numbers(page: int, named: Mapping[int, str], offsets: set[int]) -> tuple[str | None, str | None] | None:
    text = named.get(page, "")
    pair = halves_of(text)
    if pair:
        return pair
    if _PLAIN.fullmatch(text):
        if int(text) - 2 * page in offsets:
            return text, None
        if int(text) - 1 - 2 * page in offsets:
            return None, text
    return None


def _places(page: Page) -> Iterator[tuple[int, int, float, float]]:
    for line in page.lines:
        if line.pieces:
            yield from line.pieces
        elif line.box is not None:
            yield line.start, line.end, line.box[0], line.box[2]
