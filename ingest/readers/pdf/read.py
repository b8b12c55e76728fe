"""PDF to Source: pdfium reads, pypdf checks, tesseract fills in scans; each stands in for the others.

A page that one reader fails on comes from the other; one that both fail on is flagged "failed" and the
document stays.
"""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.pdf import line_numbers
from ingest.readers.pdf.character_map import reread_nonsense
from ingest.readers.pdf.document_parts import FormField
from ingest.readers.pdf.form_fields import with_fields
from ingest.readers.pdf.lines import PdfiumPage, read_page
from ingest.readers.pdf.pdfium import LOCK, Drawing, PdfiumDocument, PdfiumError
from ingest.readers.pdf.pypdf_reader import OutOfTime, SecondReader
from ingest.readers.pdf.scans import may_be_scan, read_scans, share_inside
from ingest.readers.pdf.watermarks import without_watermarks
from ingest.readers.source import Line, OnPage, OnStep, Page, Source
from ingest.readers.text import plain_lines
from ingest.text.folding import fold

log = logging.getLogger(__name__)

PASSWORD_ERROR = 4
# The CPU time that the second reading may really take, as a multiple of the effort allowed to it.
SECOND_SLACK = 2.0
# Flags that say why a page has no text; a page without text and without these has nothing to read.
EXPLAINED = frozenset({"no_text", "failed", "blank"})
# Invisible text is the reading of a scan when it lies on an image. On the policy PDFs 3,047 invisible
# lines lie on an image of the whole page, one on a logo, and 25 on none (a chart, written thrice over).
ON_IMAGE_SHARE = 0.5
# A page is called "ocr" when this share of its text is such a reading.
OCR_SHARE = 0.5

"""Called with what is done to the pages after reading ("check", "ocr"), how many are done, of how many."""


def read_pdf(
    data: bytes,
    limits: Limits,
    *,
    ocr: bool = True,
    on_page: OnPage | None = None,
    on_step: OnStep | None = None,
) -> Source:
    """Read a PDF given as bytes. `on_page(done, total)` is called after a page, `on_step` as the work goes on.

    Raises: UnreadableFile where neither reader opens it, it is locked, or it is above a limit.
    """
    second = SecondReader(data)
    with LOCK:
        try:
            document = PdfiumDocument(data)
        except PdfiumError as error:
            if error.code == PASSWORD_ERROR or second.locked:
                raise UnreadableFile("needs a password", "needs_password") from error
            return _by_pypdf(second, limits, on_page)
        with document:
            if document.count == 0 and second.count:
                return _by_pypdf(second, limits, on_page)
            return _by_pdfium(document, second, limits, ocr=ocr, on_page=on_page, on_step=on_step)


def _check_count(count: int, limits: Limits) -> None:
    if count == 0:
        raise UnreadableFile("no pages found: the file is damaged or cut off")
    if count > limits.pages:
        raise UnreadableFile(f"has {count:,} pages; at most {limits.pages:,} are read: split the file")


def _check_any_read(pages: list[Page]) -> None:
    if all("failed" in page.flags for page in pages):
        raise UnreadableFile("no page could be read: the file is damaged")


def _by_pdfium(
    document: PdfiumDocument,
    second: SecondReader,
    limits: Limits,
    *,
    ocr: bool,
    on_page: OnPage | None,
    on_step: OnStep | None,
) -> Source:
    _check_count(document.count, limits)
    structure = second.structure(with_pages=False)
    labels = [document.label(index) for index in range(document.count)]
    off = second.layers_off()
    pages: list[Page] = []
    drawings: dict[int, Drawing] = {}
    characters = 0
    for index in range(document.count):
        page, drawing = _pdfium_page(document, index, off)
        pages.append(replace(page, pagelabel=labels[index] or None))
        if drawing is not None:
            drawings[index] = drawing
        characters += len(page.text)
        if characters > limits.text:
            raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
        if on_page:
            on_page(index + 1, document.count)
    pages = without_watermarks(pages)
    pages, notes = _compare(pages, second, limits, on_step)
    _check_any_read(pages)
    if second.has_form():
        pages = [_filled(document, page, second.fields(page.number - 1)) for page in pages]
    declared = structure.info.get("language")
    on_ocr = partial(on_step, "ocr") if on_step else None
    pages, more = read_scans(document, pages, drawings, limits, ocr=ocr, declared=declared, on_ocr=on_ocr)
    notes += more
    pages, more = reread_nonsense(document, pages, ocr=ocr, declared=declared)
    notes += more
    pages = [_explain(page, second) for page in pages]
    return Source("pdf", True, tuple(pages), document.outline(), structure.info, structure.notes + notes)


def _explain(page: Page, second: SecondReader) -> Page:
    """Say why a page has no text: nothing is on it ("blank"), or what is there was lost ("no_text")."""
    if page.text.strip() or page.flags & EXPLAINED:
        return page
    lost = not page.text and (second.problem is not None or second.shows_something(page.number - 1))
    return _with(page, "no_text" if lost else "blank")


def _with(page: Page, flag: str) -> Page:
    return replace(page, flags=page.flags | {flag})


def _pdfium_page(document: PdfiumDocument, index: int, off: frozenset[str]) -> tuple[Page, Drawing | None]:
    """Return the page, and its drawing where that had to be looked at. `off` names layers that are switched off."""
    try:
        with document.page(index) as opened:
            read = read_page(opened, off)
            look = may_be_scan(read.text) or read.invisible
            drawing = opened.drawing() if look else None
    except PdfiumError as error:
        log.debug("pdfium failed on page %d: %s", index + 1, error)
        return Page(index + 1, "", (), flags=frozenset({"failed"})), None
    flags: set[str] = set()
    lines = _judge_invisible(read, drawing, flags) if drawing and read.invisible else read.lines
    hidden = {line.role for line in lines if line.hidden}
    if None in hidden:
        flags.add("hidden_text")
    if line_numbers.ROLE in hidden:
        flags.add("line_numbers")
    page = Page(
        index + 1, read.text, lines, read.width, read.height, None, frozenset(flags), rules=read.rules
    )
    return page, drawing


def _filled(document: PdfiumDocument, page: Page, fields: Sequence[FormField]) -> Page:
    """Return a page with the answers that its form holds."""
    if not fields or "failed" in page.flags:
        return page
    with document.page(page.number - 1) as opened:
        return with_fields(page, opened, fields)


def _judge_invisible(read: PdfiumPage, drawing: Drawing, flags: set[str]) -> tuple[Line, ...]:
    """Keep invisible lines that lie on an image (they are its reading: "ocr"), hide the others."""
    lines = list(read.lines)
    scanned = 0
    for index in read.invisible:
        line = lines[index]
        if any(share_inside(line.box, image) >= ON_IMAGE_SHARE for image in drawing.images):
            scanned += line.end - line.start
        else:
            lines[index] = replace(line, hidden=True)
    if scanned >= OCR_SHARE * len(read.text):
        flags.add("ocr")
    return tuple(lines)


def _compare(
    pages: list[Page], second: SecondReader, limits: Limits, on_step: OnStep | None
) -> tuple[list[Page], tuple[str, ...]]:
    """Flag pages on which pypdf finds other characters; fill in pages that pdfium failed on."""
    problem = second.problem
    if not problem and second.count != len(pages):
        # Its page 2 may be our page 3: neither a check nor a stand-in.
        problem = f"it counts {second.count} pages where the first counts {len(pages)}"
    if problem:
        unchecked = f"not checked by the second reader ({problem})"
        return [_with(page, "one_reader") for page in pages], (unchecked,)
    started = time.process_time()
    checked: list[Page] = []
    effort = 0.0
    for index, page in enumerate(pages):
        left = SECOND_SLACK * limits.second_reading - (time.process_time() - started)
        effort += second.effort(index, len(page.text))
        if effort > limits.second_reading:
            left = 0.0
        try:
            if left <= 0:
                raise OutOfTime
            text = second.text(index, left)
        except OutOfTime:
            note = f"the second reader would take too long: {index} of {len(pages)} pages checked"
            return checked + [_with(page, "one_reader") for page in pages[index:]], (note,)
        checked.append(_agree(page, text, second))
        if on_step:
            on_step("check", index + 1, len(pages))
    return checked, ()


def _agree(page: Page, text: str | None, second: SecondReader) -> Page:
    if "failed" in page.flags:
        if not text or not text.strip():
            return page
        width, height = second.size(page.number - 1)
        flags = page.flags - {"failed"} | {"one_reader"}
        return replace(page, text=text, lines=plain_lines(text), width=width, height=height, flags=flags)
    if text is None:
        return _with(page, "one_reader")
    return page if same_characters(page.text, text) else _with(page, "readers_differ")


def same_characters(one: str, other: str) -> bool:
    """Return whether two readings hold the same non-blank characters in any order.

    Case is left aside: fonts of small capitals are read as "a" by one and "A" by the other, which
    was all that differed on 188 of 196 pages flagged among 1,684 of the policy PDFs.
    """
    first, second = fold(one).casefold(), fold(other).casefold()
    return first == second or Counter(first) == Counter(second)


def _by_pypdf(second: SecondReader, limits: Limits, on_page: OnPage | None) -> Source:
    """Read the whole document with pypdf because pdfium refused it."""
    if second.locked:
        raise UnreadableFile("needs a password", "needs_password")
    if second.problem:
        raise UnreadableFile(f"not readable as PDF: {second.problem}")
    _check_count(second.count, limits)
    structure = second.structure(with_pages=True)
    started = time.process_time()
    pages: list[Page] = []
    for index in range(second.count):
        left = limits.cpu / 2 - (time.process_time() - started)
        try:
            text = second.text(index, left) if left > 0 else None
        except OutOfTime:
            text = None
        label = structure.labels[index] if index < len(structure.labels) else None
        width, height = second.size(index)
        flag = "failed" if text is None else "one_reader" if text.strip() else "no_text"
        pages.append(
            Page(index + 1, text or "", plain_lines(text or ""), width, height, label, frozenset({flag}))
        )
        if sum(len(page.text) for page in pages) > limits.text:
            raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
        if on_page:
            on_page(index + 1, second.count)
    _check_any_read(pages)
    notes = (*structure.notes, "read by the second reader alone: no line positions")
    return Source("pdf", True, tuple(pages), structure.outline, structure.info, notes)
