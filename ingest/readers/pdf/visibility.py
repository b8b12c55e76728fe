"""What a page does not show although its text layer holds it: covered, in the paper's colour, on a layer switched off.

The text of a page comes from its objects, whatever is painted over them. Three signs are cheap to see: a filled
rectangle painted later over characters, a text colour near white, and a layer of the document that is off. Each is
believed only if the drawn page shows nothing there: white letters on a coloured box are read.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pypdfium2.raw as c
from numpy.typing import NDArray

from ingest.readers.pdf import bare_calls as bare
from ingest.readers.pdf.bitmap import draw, fitting_scale
from ingest.readers.pdf.pdfium import MAX_FORM_DEPTH, MAX_OBJECTS, OpenPage
from ingest.readers.source import Box

# Luminance (0 … 255) from which letters on white paper cannot be read, and opacity above which paint covers.
PALE = 235
OPAQUE = 250
# Points of a rectangle's path at most: moves, lines and its closing.
RECTANGLE = 6
# A rectangle smaller than this (points) is a rule, not a cover.
SMALLEST = 4.0
# Rules shorter than this (points) underline a word or belong to a drawing.
LEAST_RULE = 24.0
# Pixels a point of the drawing that is looked at, and the difference of grey in a place that shows something.
# Letters of 8 points drawn so differ from their ground by 60 and more.
SCALE = 1.0
CONTRAST = 24
MAX_SIDE = 2_500
# Lines of a page that are looked at in the drawing.
MAX_DRAWN_CHECKS = 400

# Bytes of an empty text as pdfium gives it: its closing zero.
EMPTY_TEXT = 2

# Where pdfium, which only one thread may call, writes the bounds of an object: left, bottom, right, top.
_BOUNDS = (ctypes.c_float * 4)()
_TO_BOUNDS = tuple(ctypes.byref(_BOUNDS, at * ctypes.sizeof(ctypes.c_float)) for at in range(4))

CharRange = tuple[int, int]
"""First and last (exclusive) of some characters, as pdfium counts them."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A filled rectangle: its place in the order of painting, its box in the page's own axes, and its paint."""

    order: int
    box: Box
    pale: bool
    opaque: bool


class Visibility:
    """What is not seen of the lines of one page, and the rules drawn on it (boxes as displayed).

    `off` names the layers of the document that are off.
    """

    def __init__(self, page: OpenPage, off: frozenset[str] = frozenset()) -> None:
        self._page = page
        self._text = page.text_handle
        self._off = off
        self._texts: list[tuple[int, int]] = []
        self._filled: list[_Filled] = []
        self.rules: list[Box] = []
        self._drawn: NDArray[np.uint8] | None = None
        self._scale = 1.0
        self._drawn_checks = 0
        self._read_objects()
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._to_sides = tuple(map(ctypes.byref, self._sides))
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._to_colour = tuple(map(ctypes.byref, self._colour))

    def _read_objects(self) -> None:
        """Note text objects, filled rectangles and rules in the order of painting."""
        for order, (kind, item) in enumerate(_painted(self._page)):
            if kind == c.FPDF_PAGEOBJ_TEXT:
                self._texts.append((order, item))
            elif kind == c.FPDF_PAGEOBJ_PATH and bare.count_segments(item) <= RECTANGLE:
                box = _bounds(item)
                if box[3] - box[1] < SMALLEST and box[2] - box[0] > LEAST_RULE:
                    self.rules.append(self._page.shown(*box))
                elif (filled := _filled(order, item, box)) is not None:
                    self._filled.append(filled)

    @cached_property
    def _order(self) -> dict[int, int]:
        """Address of a text object -> its place in the order of painting."""
        return {item: order for order, item in self._texts}

    @cached_property
    def _covers(self) -> list[_Filled]:
        """The opaque rectangles that are painted after the first text."""
        first = self._texts[0][0] if self._texts else 0
        return [filled for filled in self._filled if filled.opaque and filled.order > first]

    def unseen(self, begin: int, end: int) -> list[CharRange]:
        """Return the characters of `[begin, end)` that the page does not show, as ranges in order."""
        item = bare.text_object(self._text, (begin + end) // 2)
        if not item:
            item = bare.text_object(self._text, begin)
        if item and self._off and self._layer_is_off(item):
            return [(begin, end)]
        if self._off or (item and self._is_pale(item) and not self._on_colour(begin, end)):
            return [(begin, end)] if self._shows_nothing(begin, end) else []
        covers = tuple(cover.box for cover in self._covers)
        return [
            part
            for part in self._covered(begin, end)
            if self._shows_nothing(*part, covers) or self._written_over(*part)
        ]

    def drawn_again(self, begin: int, end: int) -> bool:
        """Return whether letters drawn invisibly are drawn once more at their place, to be seen.

        pdfium gives a text that is painted twice at one place once, as it was painted first.
        """
        item = bare.text_object(self._text, (begin + end) // 2)
        if not item:
            return False
        order = self._order.get(item, -1)
        for at, other in self._places.get(_place(item), ()):
            if not at > order >= 0:
                continue
            # Its own text is empty only where pdfium left it out.
            if int(c.FPDFTextObj_GetText(_handle(other), self._text, None, 0)) > EMPTY_TEXT:
                return False
            if bare.render_mode(other) != c.FPDF_TEXTRENDERMODE_INVISIBLE:
                return True
        return False

    @cached_property
    def _places(self) -> dict[tuple[float, ...], list[tuple[int, int]]]:
        """Bounds -> the text objects that have them, in the order of painting."""
        found: dict[tuple[float, ...], list[tuple[int, int]]] = {}
        for order, item in self._texts:
            found.setdefault(_place(item), []).append((order, item))
        return found

    def _layer_is_off(self, address: int) -> bool:
        """Return whether marked content of a layer that is off holds an object."""
        item = _handle(address)
        name = (ctypes.c_ushort * 64)()
        used = ctypes.c_ulong()
        for number in range(min(int(c.FPDFPageObj_CountMarks(item)), 16)):
            mark = c.FPDFPageObj_GetMark(item, number)
            if not c.FPDFPageObjMark_GetName(mark, name, 128, used) or _utf16(name, used.value) != "OC":
                continue
            value = (ctypes.c_ushort * 512)()
            if (
                c.FPDFPageObjMark_GetParamStringValue(mark, b"Name", value, 1024, used)
                and _utf16(value, used.value) in self._off
            ):
                return True
        return False

    def _is_pale(self, item: int) -> bool:
        if not bare.get_fill_color(bare.ADDRESS(item), *self._to_colour):
            return False
        red, green, blue, alpha = self._colour
        return _light(red.value, green.value, blue.value, alpha.value) >= PALE

    def _on_colour(self, begin: int, end: int) -> bool:
        """Return whether a line stands in a rectangle of colour painted before it: white letters are seen there."""
        grounds = [filled for filled in self._filled if not filled.pale]
        if not grounds or not bare.count_rects(self._text, begin, end - begin):
            return False
        left, top, right, bottom = self._sides
        bare.get_rect(self._text, 0, *self._to_sides)
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        order = self._order.get(bare.text_object(self._text, begin), -1)
        over = [
            one for one in self._filled if one.box[0] <= x <= one.box[2] and one.box[1] <= y <= one.box[3]
        ]
        below = [one for one in over if one.order < order]
        return bool(below) and not below[-1].pale and len(below) == len(over)

    def _covered(self, begin: int, end: int) -> Iterator[CharRange]:
        """Yield the runs of characters whose middle lies in a rectangle painted after them."""
        near = self._near(begin, end)
        if not near:
            return
        left, right, bottom, top = self._sides
        first: int | None = None
        for at in range(begin, end):
            inside = False
            if bare.get_char_box(self._text, at, *self._to_sides):
                x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
                over = [k.order for k in near if k.box[0] <= x <= k.box[2] and k.box[1] <= y <= k.box[3]]
                inside = bool(over) and self._painted_before(at, max(over))
            if inside and first is None:
                first = at
            elif not inside and first is not None and not self._is_blank(at):
                yield first, at
                first = None
        if first is not None:
            yield first, end

    def _near(self, begin: int, end: int) -> list[_Filled]:
        """Return the covers that touch a line and are painted after its first character."""
        if not self._covers:
            return []
        order = self._order.get(bare.text_object(self._text, begin), -1)
        later = [cover for cover in self._covers if cover.order > order]
        if not later or not bare.count_rects(self._text, begin, end - begin):
            return []
        _, top, _, bottom = self._sides
        bare.get_rect(self._text, 0, *self._to_sides)
        low, high = bottom.value, top.value
        return [cover for cover in later if cover.box[1] < high and cover.box[3] > low]

    def _written_over(self, begin: int, end: int) -> bool:
        """Return whether a cover of these characters bears other text, as a blackened name does a reason."""
        first = min((cover.order for cover in self._near(begin, end)), default=None)
        left, top, right, bottom = self._sides
        if first is None or not bare.get_rect(self._text, 0, *self._to_sides):
            return False
        box = (left.value, bottom.value, right.value, top.value)
        over = any(
            order > first
            and _common(box, _bounds(item)) is not None
            and int(c.FPDFTextObj_GetText(_handle(item), self._text, None, 0)) > EMPTY_TEXT
            for order, item in self._texts
        )
        return over and not self.drawn_again(begin, end)

    def _painted_before(self, at: int, order: int) -> bool:
        item = bare.text_object(self._text, at)
        return item is not None and self._order.get(item, order) < order

    def _is_blank(self, at: int) -> bool:
        return bool(chr(int(c.FPDFText_GetUnicode(self._text, at)) & 0x10FFFF).isspace())

    def _shows_nothing(self, begin: int, end: int, covers: Sequence[Box] = ()) -> bool:
        """Return whether the drawn page is of one grey where these characters stand, within `covers` if given."""
        self._drawn_checks += 1
        if self._drawn_checks > MAX_DRAWN_CHECKS:
            return False
        pixels = self._pixels()
        seen = 0
        for box in self._boxes(begin, end, covers):
            left, right = int(box[0] * self._scale) + 1, int(box[2] * self._scale)
            top = int((self._page.height - box[3]) * self._scale) + 1
            bottom = int((self._page.height - box[1]) * self._scale)
            part = pixels[max(top, 0) : bottom, max(left, 0) : right]
            if part.size:
                seen += 1
                if int(part.max()) - int(part.min()) >= CONTRAST:
                    return False
        return seen > 0

    def _boxes(self, begin: int, end: int, covers: Sequence[Box]) -> Iterator[Box]:
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        for number in range(max(int(c.FPDFText_CountRects(self._text, begin, end - begin)), 0)):
            c.FPDFText_GetRect(self._text, number, left, top, right, bottom)
            box = (left.value, bottom.value, right.value, top.value)
            for part in (_common(box, cover) for cover in covers) if covers else (box,):
                if part is not None:
                    yield self._page.shown(*part)

    def _pixels(self) -> NDArray[np.uint8]:
        if self._drawn is None:
            self._scale = fitting_scale(self._page.width, self._page.height, SCALE, MAX_SIDE)
            drawn = draw(self._page, self._scale, grey=True)
            self._drawn = np.frombuffer(drawn.data, np.uint8).reshape(drawn.height, drawn.width)
        return self._drawn


def _painted(page: OpenPage) -> Iterator[tuple[int, int]]:
    """Return the kinds and addresses of a page's objects in the order of painting, those of forms behind the form."""
    count = min(int(c.FPDFPage_CountObjects(page.handle)), MAX_OBJECTS)
    address = ctypes.addressof(page.handle.contents)
    return islice(_in_order(bare.page_object, address, count, 0), MAX_OBJECTS)


def _in_order(
    member: Callable[[int, int], int | None], holder: int, count: int, depth: int
) -> Iterator[tuple[int, int]]:
    kind_of = bare.object_type
    for at in range(count):
        item = member(holder, at)
        if item is None:
            continue
        kind = kind_of(item)
        yield kind, item
        if kind == c.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            inner = min(int(c.FPDFFormObj_CountObjects(_handle(item))), MAX_OBJECTS)
            yield from _in_order(bare.form_object, item, inner, depth + 1)


def _handle(item: int) -> Any:
    """Return a page object as `pypdfium2.raw` takes it."""
    return ctypes.cast(item, c.FPDF_PAGEOBJECT)


def _bounds(item: int) -> Box:
    if not bare.get_bounds(bare.ADDRESS(item), *_TO_BOUNDS):
        return (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = _BOUNDS
    return (left, bottom, right, top)


def _place(item: int) -> tuple[float, ...]:
    return tuple(round(side, 1) for side in _bounds(item))


def _filled(order: int, address: int, box: Box) -> _Filled | None:
    """Return a path as a filled rectangle, None for one that is not filled or no larger than a rule."""
    if box[2] - box[0] < SMALLEST or box[3] - box[1] < SMALLEST:
        return None
    item = _handle(address)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not c.FPDFPath_GetDrawMode(item, fill, stroke) or not fill.value:
        return None
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None
    pale = _light(red.value, green.value, blue.value, alpha.value) >= PALE
    return _Filled(order=order, box=box, pale=pale, opaque=alpha.value >= OPAQUE)


def _light(red: int, green: int, blue: int, alpha: int) -> float:
    """Return the luminance (0 … 255) of a colour laid on white paper."""
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    return light * alpha / 255 + 255 - alpha


def _common(box: Box, cover: Box) -> Box | None:
    """Return what two boxes share, a point inside the cover's edge; None where that is nothing."""
    left, bottom = max(box[0], cover[0] + 1), max(box[1], cover[1] + 1)
    right, top = min(box[2], cover[2] - 1), min(box[3], cover[3] - 1)
    return (left, bottom, right, top) if left < right and bottom < top else None


def _utf16(buffer: Any, size: int) -> str:
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", "replace")
