"""The lines of a PDF page as pdfium reads it: text, place, size, weight, and whether one can see them."""

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import pypdfium2.raw as c

from ingest.readers.pdf import bare_calls as bare
from ingest.readers.pdf.line_numbers import without_line_numbers
from ingest.readers.pdf.line_pieces import PieceFinder
from ingest.readers.pdf.offsets import Offsets
from ingest.readers.pdf.pdfium import LINE_END, OpenPage, normalised
from ingest.readers.pdf.superscripts import TypeProbe, raised_numbers, with_exponents
from ingest.readers.pdf.visibility import CharRange, Visibility
from ingest.readers.source import Box, Line

# Font names of bold faces; a weight of 680 is the /StemV 136 from which faces named bold begin.
BOLD_NAME = re.compile(r"bold|black|heavy|demi|-bd|,bd", re.IGNORECASE)
BOLD_WEIGHT = 680
FORCE_BOLD = 1 << 18
INVISIBLE = 3
FILL_AND_STROKE = 2
# Text smaller than this cannot be read on paper (points).
UNREADABLE_SIZE = 2.0
# pdfium gives the last line of a right column and a note below it as one line when they are less than a line
# apart. It is two where it goes back this far (points) behind its beginning and down this part of its height.
TURN = 36.0
LOWER = 0.3
# Degrees by which type turns within one line of pdfium's: a word set slantwise over the page comes behind it.
SLANTED = 5.0
# What pdfium puts for a hyphen at a line end when it joins the lines.
JOINED = "\u0002\ufffe"
_JOINED = re.compile(f"[{JOINED}]")
# Below a word that is broken at the end of a page stands the first note, and pdfium joins these as well. Type of
# at most this share of the other's size is that of a note: 10.8 and 7.6 points; headings of one word are larger.
SMALLER = 0.85


@dataclass(frozen=True, slots=True)
class PdfiumPage:
    """One page as pdfium reads it.

    `invisible` holds the indexes of lines drawn in invisible mode, `rules` the boxes of horizontal lines drawn.
    """

    text: str
    lines: tuple[Line, ...]
    invisible: frozenset[int]
    width: float
    height: float
    rules: tuple[Box, ...] = ()


def read_page(page: OpenPage, off: frozenset[str] = frozenset()) -> PdfiumPage:
    """Return text with LF as line end and a Line for every line that is not blank.

    A line is cut where it is hidden in part. `off` names layers of the document that are switched off.
    """
    raw = page.raw_text()
    reading = _Reading(raw, page, off)
    shift = 0
    for start, end, break_length in _raw_lines(raw):
        reading.take(start, end, shift)
        shift += max(break_length - 1, 0)
    text, lines = with_exponents(normalised(raw), reading.exponents), reading.lines
    if reading.units.plain and not reading.invisible:
        lines = list(without_line_numbers(text, lines, partial(_box_of, reading.probe, raw, text)))
    rules = tuple(reading.visibility.rules)
    return PdfiumPage(text, tuple(lines), frozenset(reading.invisible), page.width, page.height, rules)


class _Reading:
    """The lines of one page as they are found; `invisible` holds the indexes of those drawn in invisible mode.

    `exponents` are places in the stored text.
    """

    def __init__(self, raw: str, page: OpenPage, off: frozenset[str]) -> None:
        self.raw = raw
        self.joined = any(sign in raw for sign in JOINED)
        self.units = Offsets(page.text_handle, raw)
        self.probe, self.types = _Probe(page, self.units), TypeProbe(page.text_handle)
        self.visibility = Visibility(page, off)
        self.finder = PieceFinder(page, self.units.char_of)
        self.lines: list[Line] = []
        self.invisible: set[int] = set()
        self.exponents: list[tuple[int, int]] = []

    def take(self, start: int, end: int, shift: int) -> None:
        """Take a line of pdfium's text, in several where the page shows several; the stored text is `shift` shorter."""
        pieces = [(start, end, False)]
        if self.joined:
            joints = (
                at for at in _joints(self.raw, start, end) if self.probe.smaller_after(self.units.of(at))
            )
            pieces = [(first, last, False) for first, last in pairwise([start, *joints, end])][::-1]
        while pieces:
            pieces += self._piece(pieces.pop(), shift)[::-1]

    def _piece(self, piece: "_Piece", shift: int) -> list["_Piece"]:
        """Keep a piece as a line, or return the parts that it falls into."""
        first, last, unseen = piece
        marks = _marks(self.raw, first, last, self.units)
        if marks is None:
            return []
        line, ghost, turn = self.probe.line(marks, first - shift, last - shift)
        if turn is not None and self.units.plain and first < turn < last and not _same_word(self.raw, turn):
            return [(first, turn, unseen), (turn, last, unseen)]
        ghost = ghost and not self.visibility.drawn_again(*self.probe.ends(marks))
        hidden = unseen or line.hidden
        if ghost and not hidden:
            self.invisible.add(len(self.lines))
        if ghost or hidden:
            self.lines.append(replace(line, hidden=hidden))
            return []
        hidden_parts = self.visibility.unseen(*self.probe.ends(marks))
        parts = _seen_parts(first, last, hidden_parts, self.probe, self.units)
        if len(parts) > 1 or parts[0][2]:
            return parts
        raised = [
            (at - shift, stop - shift, exponent)
            for at, stop, exponent in raised_numbers(self.raw, first, last, self.units.char_of, self.types)
        ]
        self.exponents += [(at, stop) for at, stop, exponent in raised if exponent]
        if found := tuple((at, stop) for at, stop, exponent in raised if not exponent):
            line = replace(line, calls=found)
        self.lines.append(self.finder.with_pieces(line, self.raw, first, last, self.probe.widest))
        return []


def _box_of(probe: "_Probe", raw: str, text: str, start: int, end: int) -> Box | None:
    """Return the box of some characters of the stored text, whose line ends are LF where pdfium's are CR and LF."""
    longer = int("\r\n" in raw)
    first, last = start, max(end, start + 1)
    return probe.box(
        first + longer * text.count("\n", 0, first), last + longer * text.count("\n", 0, last - 1)
    )


_Piece = tuple[int, int, bool]
"""First and last (exclusive) of a part of a line, and whether the page does not show it."""


def _marks(raw: str, first: int, last: int, units: Offsets) -> tuple[int, int, int] | None:
    """Return the text indexes of the first, a middle and the last character with ink; None for blanks."""
    body = raw[first:last]
    stripped = body.strip()
    if not stripped:
        return None
    inked = first + len(body) - len(body.lstrip())
    return units.of(inked), units.of(inked + _inked(stripped)), units.of(inked + len(stripped) - 1)


def _seen_parts(
    first: int, last: int, unseen: Sequence[CharRange], probe: "_Probe", units: Offsets
) -> list[_Piece]:
    """Return the line in its seen and unseen parts; where offsets differ from pdfium's, all or nothing."""
    if not unseen:
        return [(first, last, False)]
    if not units.plain:
        return [(first, last, True)]
    parts: list[_Piece] = []
    at = first
    for begin, end in unseen:
        start, stop = max(probe.text_index(begin), at), min(probe.text_index(end - 1) + 1, last)
        if start > at:
            parts.append((at, start, False))
        parts.append((start, stop, True))
        at = stop
    if at < last:
        parts.append((at, last, False))
    return [part for part in parts if part[1] > part[0]] or [(first, last, True)]


def _raw_lines(raw: str) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, length of the line break) of every line of `raw`."""
    start = 0
    for match in LINE_END.finditer(raw):
        yield start, match.start(), match.end() - match.start()
        start = match.end()
    yield start, len(raw), 0


def _joints(raw: str, start: int, end: int) -> list[int]:
    """Return where, in a line, the text goes on after a hyphen at which pdfium joined two lines."""
    return [match.end() for match in _JOINED.finditer(raw, start + 1, end - 1)]


def _same_word(raw: str, at: int) -> bool:
    """Return whether a word broken at a line end goes on at `at`; a note below such a line begins otherwise."""
    return raw[at - 1] in JOINED and raw[at].islower()


def _inked(text: str) -> int:
    """Return the place of the first character with ink from the middle on: made-up blanks have no font."""
    middle = len(text) // 2
    while text[middle].isspace():
        middle += 1
    return middle


class _Probe:
    """Asks pdfium about lines of one page, with reused buffers and a memory of fonts."""

    def __init__(self, page: OpenPage, offsets: Offsets) -> None:
        self._page = page
        self.char, self.text_index = offsets.char, offsets.text_index
        self._text = page.text_handle
        self._fonts: dict[int, bool] = {}
        self._name = ctypes.create_string_buffer(128)
        self._matrix = c.FS_MATRIX()
        self._to_matrix = ctypes.byref(self._matrix)
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._to_sides = tuple(map(ctypes.byref, self._sides))
        self.widest = 0.0  # white space between two objects of the last line

    def line(self, marks: tuple[int, int, int], start: int, end: int) -> tuple[Line, bool, int | None]:
        """Return Line(start, end), whether it is drawn invisibly, and the text index where it turns back.

        `marks` are the text indexes (UTF-16) of its first, a middle and its last character with ink.
        """
        begin, middle, finish = (self.char(mark) for mark in marks)
        box, turns = self._box(begin, finish - begin + 1)
        bold, unseen = self._style(begin)
        if bold or unseen:
            bold_middle, unseen_middle = self._style(middle)
            bold = bold and bold_middle and self._style(finish)[0]
            unseen = unseen and unseen_middle
        size = self._size(middle) or self._size(begin)
        hidden = (size is not None and size < UNREADABLE_SIZE) or (box is not None and self._outside(box))
        turn = self._turn(begin, finish) if turns else None
        angle = self._angle(begin)
        if turn is None and _apart(angle, self._angle(finish)):
            turn = self._angle_change(angle, begin, finish)
        line = Line(start, end, box, size, bold and not unseen, None, hidden, slant=_slant(angle))
        return line, unseen, turn

    def ends(self, marks: tuple[int, int, int]) -> tuple[int, int]:
        """Return the first and last (exclusive) character of text indexes."""
        begin = self.char(marks[0])
        return begin, max(self.char(marks[2]), begin) + 1

    def box(self, start: int, end: int) -> Box | None:
        """Return the box of the characters between text indexes."""
        begin, finish = self.char(start), self.char(end - 1)
        return self._box(begin, finish - begin + 1)[0] if 0 <= begin <= finish else None

    def smaller_after(self, at: int) -> bool:
        """Return whether the type at a text index is smaller than that before the hyphen in front of it."""
        before, after = self.char(at - 2), self.char(at)
        sizes = self._size(before), self._size(after)
        return sizes[0] is not None and sizes[1] is not None and sizes[1] <= SMALLER * sizes[0]

    def _box(self, begin: int, count: int) -> tuple[Box | None, bool]:
        """Return the box of characters, and whether some stand lower and far to the left of the first."""
        rects = bare.count_rects(self._text, begin, count) if begin >= 0 else 0
        if rects <= 0:
            return None, False
        left, top, right, bottom = self._sides
        bare.get_rect(self._text, 0, *self._to_sides)
        west, south, east, north = left.value, bottom.value, right.value, top.value
        turns, end, self.widest = False, east, 0.0
        for i in range(1, rects):
            bare.get_rect(self._text, i, *self._to_sides)
            start, low, stop, high = left.value, bottom.value, right.value, top.value
            self.widest = max(self.widest, start - end)
            end = stop
            lower = high + low < south + north - 2 * LOWER * (north - south)
            turns = turns or (lower and start < west - TURN)
            west, south = min(west, start), min(south, low)
            east, north = max(east, stop), max(north, high)
        return self._page.shown(west, south, east, north), turns and self._page.rotation == 0

    def _turn(self, begin: int, finish: int) -> int | None:
        """Return the text index of the first character that stands far to the left of the first one."""
        left, edge = self._sides[0], -math.inf
        for index in range(begin, finish + 1):
            if not bare.get_char_box(self._text, index, *self._to_sides):
                continue
            if left.value < edge:
                return self.text_index(index)
            if edge == -math.inf:
                edge = left.value - TURN
        return None

    def _outside(self, box: Box) -> bool:
        return box[2] < 0 or box[3] < 0 or box[0] > self._page.width or box[1] > self._page.height

    def _size(self, index: int) -> float | None:
        size = bare.get_font_size(self._text, index)
        if size <= 0 or not bare.get_matrix(self._text, index, self._to_matrix):
            return None
        scaled = size * math.hypot(self._matrix.c, self._matrix.d)
        return round(scaled, 2) if math.isfinite(scaled) else None

    def _angle(self, index: int) -> float:
        """Return by how many degrees a character is turned, 0 … 360; 0 where that is unknown."""
        if not bare.get_matrix(self._text, index, self._to_matrix):
            return 0.0
        if self._matrix.b == 0:
            return 0.0 if self._matrix.a >= 0 else 180.0
        return math.degrees(math.atan2(self._matrix.b, self._matrix.a)) % 360

    def _angle_change(self, angle: float, begin: int, finish: int) -> int | None:
        """Return the text index of the first character that is turned otherwise than the first one."""
        for index in range(begin + 1, finish + 1):
            if _apart(angle, self._angle(index)):
                return self.text_index(index)
        return None

    def _style(self, index: int) -> tuple[bool, bool]:
        """Return (bold, invisible) of a character; blanks that pdfium made up have no style."""
        item = bare.text_object(self._text, index)
        if not item:
            return False, False
        mode = bare.render_mode(item)
        font = bare.font_of(item)
        if not font:
            return False, mode == INVISIBLE
        bold = self._fonts.get(font)
        if bold is None:
            bold = self._fonts[font] = self._is_bold(ctypes.cast(font, c.FPDF_FONT))
        return bold or mode == FILL_AND_STROKE, mode == INVISIBLE

    def _is_bold(self, font: Any) -> bool:
        length = c.FPDFFont_GetBaseFontName(font, self._name, len(self._name))
        name = self._name.value.decode("utf-8", "replace") if 0 < length <= len(self._name) else ""
        flags = c.FPDFFont_GetFlags(font)
        heavy = c.FPDFFont_GetWeight(font) >= BOLD_WEIGHT or (flags > 0 and bool(flags & FORCE_BOLD))
        return heavy or bool(BOLD_NAME.search(name))


def _slant(angle: float) -> float:
    """Return by how many degrees type of this angle is off the next right angle, 0 … 45."""
    return round(min(angle % 90, 90 - angle % 90), 1) if angle else 0.0


def _apart(angle: float, other: float) -> bool:
    """Return whether type of two angles is turned differently."""
    if angle == other:
        return False
    apart = abs(angle - other)
    return min(apart, 360 - apart) >= SLANTED
