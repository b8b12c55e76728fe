"""Pages that show text they do not hold: found, and read with tesseract where it is installed."""

import time
from collections.abc import Callable
from dataclasses import replace

from ingest.readers.limits import Limits
from ingest.readers.pdf.bitmap import draw, fitting_scale
from ingest.readers.pdf.ocr import (
    DPI,
    MAX_SIDE,
    Picture,
    installed_languages,
    neighbours,
    read_picture,
)
from ingest.readers.pdf.pdfium import Drawing, PdfiumDocument, PdfiumError
from ingest.readers.source import Box, Page

# A page with fewer characters is looked at as a possible scan (design: 20).
FEW_CHARACTERS = 20
# … which it is when an image covers this share of it, or when it is drawn with this many paths: one real
# PDF has its letters as outlines.
SCAN_IMAGE_SHARE = 0.6
SCAN_PATHS = 300
# A page without one character is one already with a picture of this share: a table pasted as a picture.
BARE_IMAGE_SHARE = 0.1
# A stamp or running head printed over a scan has more characters than FEW_CHARACTERS. So a page-wide image
# under up to this many is read too, and the reading taken when it holds this many times the characters.
STAMP_CHARACTERS = 200
STAMP_GAIN = 3


def inked(text: str) -> int:
    """Return the number of non-blank characters."""
    return sum(map(len, text.split()))


def may_be_scan(text: str) -> bool:
    """Return whether a page has so little text that it may be a scan."""
    return inked(text) < STAMP_CHARACTERS


def is_stamped(page: Page, drawing: Drawing) -> bool:
    """Return whether a page may be a scan under a few printed words: tesseract has to tell."""
    return (
        FEW_CHARACTERS <= inked(page.text) < STAMP_CHARACTERS
        and "ocr" not in page.flags
        and _widest(page, drawing) >= SCAN_IMAGE_SHARE
    )


def _widest(page: Page, drawing: Drawing) -> float:
    """Return the share of the page that its largest image covers."""
    sheet = (0.0, 0.0, page.width, page.height)
    return max((share_inside(sheet, image) for image in drawing.images), default=0.0)


def share_inside(inner: Box | None, outer: Box) -> float:
    """Return the share of `inner`'s area that lies in `outer`, 0 to 1."""
    if inner is None:
        return 0.0
    width = min(inner[2], outer[2]) - max(inner[0], outer[0])
    height = min(inner[3], outer[3]) - max(inner[1], outer[1])
    area = (inner[2] - inner[0]) * (inner[3] - inner[1])
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0


def is_scan(page: Page, drawing: Drawing) -> bool:
    """Return whether a page shows text that it does not hold.

    Few characters and a page-wide image, or letters drawn as outlines; no character at all and an
    image of some size, or text in a font that cannot be decoded.
    """
    if inked(page.text) >= FEW_CHARACTERS:
        return False
    covered = _widest(page, drawing)
    if covered >= SCAN_IMAGE_SHARE or drawing.paths >= SCAN_PATHS:
        return True
    undecodable = not page.text and drawing.texts > 0
    return not page.text.strip() and (covered >= BARE_IMAGE_SHARE or undecodable)


def read_scans(
    document: PdfiumDocument,
    pages: list[Page],
    drawings: dict[int, Drawing],
    limits: Limits,
    *,
    ocr: bool,
    declared: str | None,
    on_ocr: Callable[[int, int], None] | None = None,
) -> tuple[list[Page], tuple[str, ...]]:
    """Return the pages with scans read by tesseract, and notes; `drawings` by index of the page.

    Without tesseract, with `ocr` off, or when its time is up, scans stay flagged "no_text".
    """
    scans = {index for index, drawing in drawings.items() if is_scan(pages[index], drawing)}
    pages = [
        replace(page, flags=page.flags | {"no_text"}) if index in scans else page
        for index, page in enumerate(pages)
    ]
    stamped = {index for index, drawing in drawings.items() if is_stamped(pages[index], drawing)}
    work = sorted(scans | stamped)
    if not ocr or not work:
        return pages, ()
    if not installed_languages():
        missing = f"{len(scans)} scanned pages not read: tesseract is not installed"
        return pages, (missing,) if scans else ()
    started = time.monotonic()
    for done, index in enumerate(work, 1):
        if time.monotonic() - started > limits.ocr:
            return pages, (f"{len(work) - done + 1} scanned pages not read: it would take too long",)
        pages[index] = _read(document, pages, index, declared)
        if on_ocr:
            on_ocr(done, len(work))
    return pages, ()


def _read(document: PdfiumDocument, pages: list[Page], index: int, declared: str | None) -> Page:
    """Return the page with tesseract's text; "blank" where it looked and found none."""
    page = pages[index]
    picture = picture_of(document, index)
    found = read_picture(picture, neighbours(pages, index), declared) if picture is not None else None
    if found is None:
        return page
    text, lines = found
    if inked(page.text) >= FEW_CHARACTERS and inked(text) < STAMP_GAIN * inked(page.text):
        return page
    flags = page.flags - {"no_text", "readers_differ", "one_reader", "hidden_text"}
    if not text.strip():
        return replace(page, flags=flags | ({"blank"} if not page.text.strip() else frozenset()))
    return replace(page, text=text, lines=lines, flags=flags | {"ocr"})


def picture_of(document: PdfiumDocument, index: int) -> Picture | None:
    """Return a page drawn in grey for recognition, None where it cannot be drawn."""
    try:
        with document.page(index) as page:
            scale = fitting_scale(page.width, page.height, DPI / 72, MAX_SIDE)
            pixels = draw(page, scale, grey=True)
    except PdfiumError:
        return None
    return Picture(pixels.width, pixels.height, pixels.data, pixels.scale)
