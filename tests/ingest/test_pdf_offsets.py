"""Places in the text of a page: the quick way where text and characters are counted alike, pdfium's elsewhere."""

import io

import pypdfium2.raw as c
import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf.offsets import Offsets
from ingest.readers.pdf.pdfium import PdfiumDocument

LINES = ("Rivers rise in 2024.", "They fall again.")


def drawn() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for at, line in enumerate(LINES):
        canvas.drawString(72, 700 - 20 * at, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_plain_page_is_counted_as_pdfium_counts_it() -> None:
    with PdfiumDocument(drawn()) as document, document.page(0) as page:
        text = page.raw_text()
        offsets = Offsets(page.text_handle, text)
        assert offsets.plain
        for at in range(len(text)):
            assert offsets.char(at) == c.FPDFText_GetCharIndexFromTextIndex(page.text_handle, at)
            assert offsets.text_index(at) == c.FPDFText_GetTextIndexFromCharIndex(page.text_handle, at)
            assert offsets.char_of(at) == offsets.char(offsets.of(at))


@pytest.mark.parametrize("at", [-1, 10_000])
def test_beyond_the_text_pdfium_says_what_there_is(at: int) -> None:
    with PdfiumDocument(drawn()) as document, document.page(0) as page:
        offsets = Offsets(page.text_handle, page.raw_text())
        assert offsets.char(at) == c.FPDFText_GetCharIndexFromTextIndex(page.text_handle, at)


def test_a_text_longer_than_pdfium_s_is_not_taken_for_the_same() -> None:
    with PdfiumDocument(drawn()) as document, document.page(0) as page:
        offsets = Offsets(page.text_handle, page.raw_text() + "more")
        assert offsets.char(3) == c.FPDFText_GetCharIndexFromTextIndex(page.text_handle, 3)


def test_signs_beyond_the_basic_plane_take_two_units() -> None:
    with PdfiumDocument(drawn()) as document, document.page(0) as page:
        offsets = Offsets(page.text_handle, "a\U0001f600b")
        assert not offsets.plain
        assert [offsets.of(at) for at in range(4)] == [0, 1, 3, 4]


def test_an_empty_page_has_no_places() -> None:
    with PdfiumDocument(drawn()) as document, document.page(0) as page:
        assert Offsets(page.text_handle, "").of(0) == 0
