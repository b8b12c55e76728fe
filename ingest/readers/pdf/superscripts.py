"""Raised numbers on a PDF page, calls of notes and exponents: digits smaller and higher than what they stand behind.

pdfium gives them glued to it: "in 2024" with note 27 reads "in 202427". Type and height tell them from the
digits of the number itself, and the words in front from exponents.
"""

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pypdfium2.raw as c

from ingest.readers.note_marks import LONGEST, RAISED_FIGURES, is_exponent
from ingest.readers.pdf import bare_calls as bare

_DIGITS = re.compile(r"\d+")
_FRACTION = re.compile(r"\s*[/⁄]")
_GOES_ON = re.compile(r"[.,–-]\d")
_MORE = re.compile(r"[,–-]\d{1,3}(?!\d)")
# Notes are called in type of at most this share of the size in front (UN papers: 6.5 of 10 points, elsewhere 7 of
# 10 to 8 of 10), raised by at least this share of it (usual: a third) and less than a line.
SMALLER = 0.85
RAISED = (0.1, 0.8)
# Characters, blanks and line breaks among them, within which the text beside a call begins.
NEAR = 6


def raised_numbers(
    text: str, start: int, end: int, char_of: Callable[[int], int], probe: "TypeProbe"
) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is an exponent) of the raised numbers in `text[start:end]`, one line of a page.

    The line is as pdfium gives it; `char_of` turns an offset into pdfium's character index. What is no exponent calls
    a note.
    """
    taken = start
    for run in _DIGITS.finditer(text, start, end):
        first, last = run.span()
        if first < taken or _FRACTION.match(text, last):
            continue
        apart = first == start or text[first - 1].isspace()
        if apart and _raised_apart(probe, text, first, last, char_of, begins=not text[start:first].strip()):
            at: int | None = first
        elif text[last : last + 1].isalpha():
            continue
        else:
            at = _raised_at(probe, first + apart, last, char_of)
        if at is None or last - at > LONGEST:
            continue
        if is_exponent(text, start, at):
            yield at, last, True
            continue
        size = probe.size(char_of(at))
        while (more := _MORE.match(text, last, end)) and _alike(probe.size(char_of(last + 1)), size):
            last = more.end()
        taken = last
        if not _GOES_ON.match(text, last):
            yield at, last, False


def with_exponents(text: str, exponents: Sequence[tuple[int, int]]) -> str:
    """Return text with exponents in Unicode's raised figures, so that 10⁶ is not quoted as 106."""
    for start, end in exponents:
        text = text[:start] + text[start:end].translate(RAISED_FIGURES) + text[end:]
    return text


def _raised_apart(
    probe: "TypeProbe", text: str, first: int, last: int, char_of: Callable[[int], int], *, begins: bool
) -> bool:
    """Return whether digits behind a blank are raised above what stands before it.

    At the beginning of a line, what stands behind them counts as well: pdfium breaks some lines at a call.
    """
    before, behind = text[max(0, first - NEAR) : first], text[last : last + NEAR]
    near = [first - len(before) + len(before.rstrip()) - 1] if before.strip() else []
    if begins and behind.strip():
        near.append(last + len(behind) - len(behind.lstrip()))
    return any(probe.above(char_of(first), char_of(at)) for at in near)


def _raised_at(probe: "TypeProbe", first: int, last: int, char_of: Callable[[int], int]) -> int | None:
    """Return where, from `first` on, digits begin that are raised above the character before, None if nowhere."""
    if last <= first or not probe.above(char_of(last - 1), char_of(first - 1)):
        return None
    return next((at for at in range(first, last) if probe.above(char_of(at), char_of(at - 1))), None)


def _alike(size: float, other: float) -> bool:
    return abs(size - other) <= 0.02 * other


class TypeProbe:
    """Asks pdfium for the size and the base line of characters of one text page."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._matrix = c.FS_MATRIX()
        self._to_matrix = ctypes.byref(self._matrix)
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._to_place = ctypes.byref(self._x), ctypes.byref(self._y)

    def size(self, char: int) -> float:
        """Return the type size of a character in points, 0 if unknown or not set upright."""
        size = bare.get_font_size(self._page, char)
        if size <= 0 or not bare.get_matrix(self._page, char, self._to_matrix):
            return 0.0
        return float(size * max(self._matrix.d, 0.0))

    def above(self, char: int, other: int) -> bool:
        """Return whether a character is set smaller and higher than another."""
        size, larger = self.size(char), self.size(other)
        if not 0 < size <= SMALLER * larger:
            return False
        low, high = RAISED
        return low * larger <= self._base(char) - self._base(other) <= high * larger

    def _base(self, char: int) -> float:
        found = bare.get_char_origin(self._page, char, *self._to_place)
        return self._y.value if found else 0.0
