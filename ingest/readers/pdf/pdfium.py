"""pdfium: documents, pages, labels, outlines and what is drawn; the lines are in `pdfium_lines`.

Calls the C functions directly: pypdfium2's helper objects double the time. pdfium is not
thread-safe: `LOCK` must be held by whoever calls anything here in a process with threads.
"""

import ctypes
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pypdfium2
import pypdfium2.raw as c

from ingest.readers.source import Box, OutlineEntry
from ingest.text.safe import storable

LOCK = threading.RLock()

MAX_FORM_DEPTH = 3
# Enough for any real document; bounds the time spent on a page built to waste it.
MAX_OBJECTS = 50_000
MAX_BOOKMARKS = 20_000
MAX_TITLE_BYTES = 4_000

LINE_END = re.compile(r"\r\n|\r|\n")


class PdfiumError(Exception):
    """pdfium refused the document or page; `code` is FPDF_GetLastError."""

    def __init__(self, code: int) -> None:
        super().__init__(f"pdfium error {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn on a page: boxes of the images, number of path and of text objects."""

    images: tuple[Box, ...]
    paths: int
    texts: int


def normalised(raw: str) -> str:
    """Return pdfium's text as it is stored: LF line ends, nothing that cannot be stored."""
    return storable(raw.replace("\r\n", "\n").replace("\r", "\n"))


class PdfiumDocument:
    """An open document. Use as a context manager; raises PdfiumError when pdfium refuses the bytes."""

    def __init__(self, data: bytes) -> None:
        pypdfium2  # noqa: B018  importing the package initialises the library
        self._data = data
        self._doc = c.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._doc:
            raise PdfiumError(int(c.FPDF_GetLastError()))
        self.count = int(c.FPDF_GetPageCount(self._doc))

    def __enter__(self) -> "PdfiumDocument":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the document; it must not be used afterwards."""
        c.FPDF_CloseDocument(self._doc)

    def page(self, index: int) -> "OpenPage":
        """Open page `index` (from 0) as a context manager."""
        return OpenPage(self._doc, index)

    def label(self, index: int) -> str | None:
        """Return the label `/PageLabels` gives page `index`; None or "" where there is none."""
        size = c.FPDF_GetPageLabel(self._doc, index, None, 0)
        if size <= 2 or size > MAX_TITLE_BYTES:
            return None
        buffer = ctypes.create_string_buffer(size)
        c.FPDF_GetPageLabel(self._doc, index, buffer, size)
        return storable(buffer.raw[: size - 2].decode("utf-16-le", "replace"))

    def outline(self) -> tuple[OutlineEntry, ...]:
        """Return the bookmarks in reading order; loops in a damaged outline are entered once."""
        seen: set[int] = set()
        return tuple(self._bookmarks(seen))

    def _bookmarks(self, seen: set[int]) -> Iterator[OutlineEntry]:
        first = c.FPDFBookmark_GetFirstChild(self._doc, None)
        stack = [(first, 1)] if first else []
        while stack and len(seen) < MAX_BOOKMARKS:
            mark, level = stack.pop()
            address = ctypes.addressof(mark.contents)
            if address in seen:
                continue
            seen.add(address)
            yield OutlineEntry(self._title(mark), level, self._target(mark))
            following = c.FPDFBookmark_GetNextSibling(self._doc, mark)
            if following:
                stack.append((following, level))
            child = c.FPDFBookmark_GetFirstChild(self._doc, mark)
            if child:
                stack.append((child, level + 1))

    @staticmethod
    def _title(mark: Any) -> str:
        size = min(int(c.FPDFBookmark_GetTitle(mark, None, 0)), MAX_TITLE_BYTES)
        buffer = ctypes.create_string_buffer(max(size, 2))
        if c.FPDFBookmark_GetTitle(mark, buffer, size) > size:
            return ""
        title = buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")
        return storable(" ".join(title.split()))

    def _target(self, mark: Any) -> int | None:
        target = c.FPDFBookmark_GetDest(self._doc, mark)
        if not target:
            action = c.FPDFBookmark_GetAction(mark)
            target = c.FPDFAction_GetDest(self._doc, action) if action else None
        if not target:
            return None
        index = int(c.FPDFDest_GetDestPageIndex(self._doc, target))
        return index + 1 if 0 <= index < self.count else None


class OpenPage:
    """One loaded page and its text; a context manager that frees both."""

    def __init__(self, document: Any, index: int) -> None:
        self._document = document
        self._index = index

    def __enter__(self) -> "OpenPage":
        self._page = c.FPDF_LoadPage(self._document, self._index)
        if not self._page:
            raise PdfiumError(int(c.FPDF_GetLastError()))
        self._text: Any = None
        self.width = float(c.FPDF_GetPageWidthF(self._page))
        self.height = float(c.FPDF_GetPageHeightF(self._page))
        self.rotation = int(c.FPDFPage_GetRotation(self._page))
        frame = c.FS_RECTF()
        c.FPDF_GetPageBoundingBox(self._page, frame)
        self._left, self._bottom = frame.left, frame.bottom
        self._right, self._top = frame.right, frame.top
        return self

    def __exit__(self, *_: object) -> None:
        if self._text:
            c.FPDFText_ClosePage(self._text)
        c.FPDF_ClosePage(self._page)

    @property
    def handle(self) -> Any:
        """The FPDF_PAGE, for drawing."""
        return self._page

    @property
    def text_handle(self) -> Any:
        """The FPDF_TEXTPAGE, loaded on first use."""
        if not self._text:
            self._text = c.FPDFText_LoadPage(self._page)
            if not self._text:
                raise PdfiumError(int(c.FPDF_GetLastError()))
        return self._text

    def shown(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Turn a box of the page's own axes into points from the lower left corner as displayed."""
        if self.rotation == 0:
            box = (left - self._left, bottom - self._bottom, right - self._left, top - self._bottom)
        elif self.rotation == 1:
            box = (bottom - self._bottom, self._right - right, top - self._bottom, self._right - left)
        elif self.rotation == 2:
            box = (self._right - right, self._top - top, self._right - left, self._top - bottom)
        else:
            box = (self._top - top, left - self._left, self._top - bottom, right - self._left)
        return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))

    def shown_side(self, side: Literal[0, 1], left: float, bottom: float, right: float, top: float) -> float:
        """Return the left (0) or right (1) edge of what `shown` returns."""
        if self.rotation == 0:
            return round(float(right if side else left) - float(self._left), 2)
        box = self.shown(left, bottom, right, top)
        return box[2] if side else box[0]

    def raw_text(self) -> str:
        """Return the page text as pdfium gives it: UTF-16 code units, CRLF, U+0002 for a line-end hyphen."""
        count = int(c.FPDFText_CountChars(self.text_handle))
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        got = int(c.FPDFText_GetText(self.text_handle, 0, count, buffer))
        return memoryview(buffer).tobytes()[: max(got - 1, 0) * 2].decode("utf-16-le", "replace")

    def drawing(self) -> Drawing:
        """Count what is drawn, looking into form objects a few levels deep."""
        images: list[Box] = []
        paths = texts = looked_at = 0
        level = [(c.FPDFPage_GetObject(self._page, i), 0, _IDENTITY) for i in range(self._objects())]
        while level and looked_at < MAX_OBJECTS:
            item, depth, matrix = level.pop()
            looked_at += 1
            kind = c.FPDFPageObj_GetType(item)
            if kind == c.FPDF_PAGEOBJ_PATH:
                paths += 1
            elif kind == c.FPDF_PAGEOBJ_TEXT:
                texts += 1
            elif kind == c.FPDF_PAGEOBJ_IMAGE:
                images.append(self.shown(*_bounds(item, matrix)))
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                inner = _inner_matrix(item, matrix)
                count = min(int(c.FPDFFormObj_CountObjects(item)), MAX_OBJECTS)
                level += [(c.FPDFFormObj_GetObject(item, i), depth + 1, inner) for i in range(count)]
        return Drawing(tuple(images), paths, texts)

    def _objects(self) -> int:
        return min(int(c.FPDFPage_CountObjects(self._page)), MAX_OBJECTS)


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _inner_matrix(form: Any, outer: _Matrix) -> _Matrix:
    m = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(form, m):
        return outer
    a, b, cc, d, e, f = outer
    return (
        m.a * a + m.b * cc, m.a * b + m.b * d, m.c * a + m.d * cc, m.c * b + m.d * d,
        m.e * a + m.f * cc + e, m.e * b + m.f * d + f,
    )  # fmt: skip


def _bounds(item: Any, matrix: _Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    a, b, cc, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    xs = [a * x + cc * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))
