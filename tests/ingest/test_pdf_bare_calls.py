"""Calls of pdfium without conversions: each says what the declared function says."""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2.raw as c
import pytest

from ingest.readers.pdf import bare_calls as bare
from ingest.readers.pdf.pdfium import LOCK, OpenPage, PdfiumDocument

CORPUS = Path(__file__).parents[2] / "corpus"
PAPER = min(CORPUS.rglob("*.pdf"), key=lambda path: path.stat().st_size)
CHARACTERS = range(0, 40, 3)


@pytest.fixture
def page() -> Iterator[OpenPage]:
    with LOCK, PdfiumDocument(PAPER.read_bytes()) as document, document.page(0) as opened:
        yield opened


def doubles(count: int) -> tuple[list[Any], tuple[Any, ...]]:
    values = [ctypes.c_double() for _ in range(count)]
    return values, tuple(map(ctypes.byref, values))


def address(item: Any) -> int | None:
    return ctypes.addressof(item.contents) if item else None


def objects(page: OpenPage) -> list[tuple[int, Any]]:
    found = [c.FPDFPage_GetObject(page.handle, at) for at in range(c.FPDFPage_CountObjects(page.handle))]
    return [(ctypes.addressof(item.contents), item) for item in found]


def test_boxes_of_characters(page: OpenPage) -> None:
    values, places = doubles(4)
    for at in CHARACTERS:
        declared = [ctypes.c_double() for _ in range(4)]
        assert bare.get_char_box(page.text_handle, at, *places) == c.FPDFText_GetCharBox(
            page.text_handle, at, *declared
        )
        assert [one.value for one in values] == [one.value for one in declared]


def test_rectangles_of_a_run(page: OpenPage) -> None:
    values, places = doubles(4)
    count = bare.count_rects(page.text_handle, 0, 40)
    assert count == c.FPDFText_CountRects(page.text_handle, 0, 40) > 0
    for at in range(count):
        declared = [ctypes.c_double() for _ in range(4)]
        bare.get_rect(page.text_handle, at, *places)
        c.FPDFText_GetRect(page.text_handle, at, *declared)
        assert [one.value for one in values] == [one.value for one in declared]


def test_size_matrix_and_origin(page: OpenPage) -> None:
    matrix, declared = c.FS_MATRIX(), c.FS_MATRIX()
    values, places = doubles(2)
    for at in CHARACTERS:
        assert bare.get_font_size(page.text_handle, at) == c.FPDFText_GetFontSize(page.text_handle, at)
        assert bare.get_matrix(page.text_handle, at, ctypes.byref(matrix))
        assert c.FPDFText_GetMatrix(page.text_handle, at, declared)
        assert bytes(matrix) == bytes(declared)
        x, y = ctypes.c_double(), ctypes.c_double()
        assert bare.get_char_origin(page.text_handle, at, *places)
        assert c.FPDFText_GetCharOrigin(page.text_handle, at, x, y)
        assert [one.value for one in values] == [x.value, y.value]


def test_a_character_that_is_none(page: OpenPage) -> None:
    _, places = doubles(4)
    assert bare.text_object(page.text_handle, -1) is None
    assert bare.text_object(page.text_handle, 10**8) is None
    assert not bare.get_char_box(page.text_handle, -1, *places)
    assert bare.get_font_size(page.text_handle, -1) == c.FPDFText_GetFontSize(page.text_handle, -1)


def test_objects_of_a_page_and_their_kinds(page: OpenPage) -> None:
    holder = ctypes.addressof(page.handle.contents)
    for at, (place, item) in enumerate(objects(page)):
        assert bare.page_object(holder, at) == place
        assert bare.object_type(place) == c.FPDFPageObj_GetType(item)
    assert bare.page_object(holder, len(objects(page))) is None


def test_object_and_font_of_a_character(page: OpenPage) -> None:
    for at in CHARACTERS:
        item = c.FPDFText_GetTextObject(page.text_handle, at)
        place = bare.text_object(page.text_handle, at)
        assert place == address(item)
        if place is not None:
            assert bare.render_mode(place) == c.FPDFTextObj_GetTextRenderMode(item)
            assert bare.font_of(place) == address(c.FPDFTextObj_GetFont(item))


def test_bounds_and_colours(page: OpenPage) -> None:
    for place, item in objects(page):
        sides, declared = ([ctypes.c_float() for _ in range(4)] for _ in range(2))
        given = bare.get_bounds(bare.ADDRESS(place), *map(ctypes.byref, sides))
        assert given == c.FPDFPageObj_GetBounds(item, *declared)
        assert [one.value for one in sides] == [one.value for one in declared]
        colour, other = ([ctypes.c_uint() for _ in range(4)] for _ in range(2))
        given = bare.get_fill_color(bare.ADDRESS(place), *map(ctypes.byref, colour))
        assert given == c.FPDFPageObj_GetFillColor(item, *other)
        assert [one.value for one in colour] == [one.value for one in other]


def test_segments_of_paths(page: OpenPage) -> None:
    for place, item in objects(page):
        if bare.object_type(place) == c.FPDF_PAGEOBJ_PATH:
            assert bare.count_segments(place) == c.FPDFPath_CountSegments(item)
