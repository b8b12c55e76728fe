"""The pieces of a printed line that stand apart, as the cells of a table's row do."""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from ingest.readers.pdf import bare_calls as bare
from ingest.readers.pdf.pdfium import OpenPage
from ingest.readers.source import Line, Piece

# White space of at least this many type sizes parts two pieces: blanks of justified lines are narrower.
APART = 0.85
# A sign of money in a column of its own stands nearer to the figure before it.
_CLOSE = 0.5
_SIGNS = frozenset(("$", "€", "£", "US$", "S/", "S/.", "R$"))
# A line wider than this many type sizes a character is set apart somewhere: running text takes 0.4 to 0.52.
WIDE = 0.54
# A line with figures is looked at even where it is no wider.
FIGURES = 2

_BLANKS = re.compile(r"\s+")
_FIGURE = re.compile(r"(?:^|\s)[$€£(+\-–]{0,3}\d")
_LAST_FIGURE = re.compile(r"\d[^\s\w]*$")
_DASHES = frozenset("-–—")


def may_be_apart(text: str, width: float, size: float) -> bool:
    """Return whether a line of this text (without blanks at its ends), in points, may hold pieces that stand apart."""
    if " " not in text or size <= 0:
        return False
    if width > WIDE * size * len(text):
        return True
    last = text.rsplit(None, 1)[-1]
    return bool(last in _DASHES or _LAST_FIGURE.search(last)) and len(_FIGURE.findall(text)) >= FIGURES


class PieceFinder:
    """Finds the pieces of lines of one page; `char` turns a text index (UTF-16) into pdfium's character."""

    def __init__(self, page: OpenPage, char: Callable[[int], int]) -> None:
        self._page = page
        self._text: Any = page.text_handle
        self._char = char
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._to_sides = tuple(map(ctypes.byref, self._sides))

    def with_pieces(self, line: Line, raw: str, first: int, last: int, widest: float) -> Line:
        """Return a line, which is `raw[first:last]` of pdfium's text, with its pieces.

        `widest` is the white space between two of its objects, where it has several.
        """
        if line.box is None or not line.size:
            return line
        apart = widest >= APART * line.size
        if not apart and not may_be_apart(raw[first:last].strip(), line.box[2] - line.box[0], line.size):
            return line
        shift = first - line.start
        found = self.pieces(raw, first, last, line.size)
        pieces = tuple((start - shift, end - shift, left, right) for start, end, left, right in found)
        return replace(line, pieces=pieces) if pieces else line

    def pieces(self, raw: str, start: int, end: int, size: float) -> tuple[Piece, ...]:
        """Return the pieces of the line `raw[start:end]`, none where it is all one."""
        found: list[Piece] = []
        for first, last in _words(raw, start, end):
            left, right = self._side_of(first, 0), self._side_of(last - 1, 1)
            if left is None or right is None:
                continue
            apart = _CLOSE if raw[first:last] in _SIGNS else APART
            if found and left - found[-1][3] < apart * size:
                found[-1] = (found[-1][0], last, found[-1][2], right)
            else:
                found.append((first, last, left, right))
        return tuple(found) if len(found) > 1 else ()

    def _side_of(self, at: int, side: Literal[0, 1]) -> float | None:
        """Return the left (0) or right (1) edge of a character as displayed, None where it has no box."""
        index = self._char(at)
        if index < 0 or not bare.get_char_box(self._text, index, *self._to_sides):
            return None
        left, right, bottom, top = self._sides
        return self._page.shown_side(side, left.value, bottom.value, right.value, top.value)


def _words(raw: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for blanks in _BLANKS.finditer(raw, start, end):
        if blanks.start() > at:
            yield at, blanks.start()
        at = blanks.end()
    if at < end:
        yield at, end
