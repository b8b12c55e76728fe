"""PDFs for the tests, made with reportlab."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from reportlab.lib.pagesizes import A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf.bitmap import draw, png
from ingest.readers.pdf.pdfium import PdfiumDocument
from ingest.readers.read import read_bytes
from ingest.readers.source import Page, Source

PROSE = [
    "The survey covers households in Lima and Tumbes.",
    "Most of them have no health insurance of any kind.",
    "Access to care improved after the law of 2019 was amended.",
    "Pregnant women and children are enrolled without documents.",
    "Regional governments report shortages of staff and medicines.",
]


def new(**options: Any) -> tuple[io.BytesIO, Canvas]:
    """Return (buffer, canvas) of a PDF that is the same at every run."""
    buffer = io.BytesIO()
    return buffer, Canvas(buffer, pagesize=A5, invariant=True, **options)


def write_lines(
    canvas: Canvas,
    lines: Iterable[str],
    *,
    top: float = 520,
    left: float = 50,
    font: str = "Helvetica",
    size: float = 10,
    mode: int = 0,
) -> None:
    """Write lines at 14 points from each other; `mode` is the text render mode."""
    text = canvas.beginText(left, top)
    text.setFont(font, size, leading=14)
    text.setTextRenderMode(mode)
    for line in lines:
        text.textLine(line)
    canvas.drawText(text)


def simple(pages: int = 2, **options: Any) -> bytes:
    """A few pages of prose, each with its number as foot."""
    buffer, canvas = new(**options)
    for number in range(1, pages + 1):
        write_lines(canvas, ["Health and migration"], top=550, font="Helvetica-Bold", size=16)
        write_lines(canvas, [f"{line} ({number})" for line in PROSE])
        canvas.drawCentredString(210, 30, str(number))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def encrypted(password: str = "") -> bytes:
    """Like simple(1), encrypted with a user password."""
    return simple(1, encrypt=StandardEncryption(password, ownerPassword="owner", strength=128))


def scan(picture: bytes, *, layer: Sequence[str] = (), stamp: Sequence[str] = ()) -> bytes:
    """One page that is a picture (PNG bytes), with an invisible text layer or printed words if given."""
    buffer, canvas = new()
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A5)
    if layer:
        write_lines(canvas, layer, mode=3)
    if stamp:
        write_lines(canvas, stamp, top=200)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def picture() -> bytes:
    """Return a PNG of the page of simple(1) at 200 dpi."""
    with PdfiumDocument(simple(1)) as document, document.page(0) as page:
        return png(draw(page, 200 / 72, grey=True))


def photograph() -> bytes:
    """Return a PNG of soft grey shapes, without a letter."""
    from ingest.readers.pdf.bitmap import Pixels

    width, height = 420, 595
    data = bytes(120 + (x // 7 + y // 9) % 40 for y in range(height) for x in range(width))
    return png(Pixels(width, height, 1, data, 1.0))


def read(data: bytes, **options: Any) -> Source:
    """Read a PDF, without OCR unless asked for."""
    options.setdefault("ocr", False)
    return read_bytes(data, "a.pdf", **options)


def texts(page: Page) -> list[str]:
    """Return the text of every line of a page."""
    return [page.text[line.start : line.end] for line in page.lines]


def by_hand(content: bytes) -> bytes:
    """A one-page PDF written by hand, with `content` as the object of its contents stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"%PDF-1.7\n"
    for number, item in enumerate(objects, 1):
        body += b"%d 0 obj\n" % number + item + b"\nendobj\n"
    return body + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF\n"
