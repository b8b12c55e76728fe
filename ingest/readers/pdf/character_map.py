"""Pages whose fonts give other letters than they show: found by their words, read again by tesseract where it is."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.ocr import installed_languages, neighbours, read_picture
from ingest.readers.pdf.pdfium import PdfiumDocument
from ingest.readers.pdf.scans import picture_of
from ingest.readers.source import Page
from ingest.text.plausibility import agreement, is_surely_language, plausibility_of

# A recognised text counts as language from this share of frequent words on, and as another text than the page's where
# they share fewer words than this: a list of names recognised has most of them.
RECOGNISED = 0.1
SAME_TEXT = 0.3
# Pages of one document that are read again at most; where all are nonsense, the font is the same on all.
MOST_PAGES = 500


def reread_nonsense(
    document: PdfiumDocument, pages: Sequence[Page], *, ocr: bool, declared: str | None
) -> tuple[list[Page], tuple[str, ...]]:
    """Return the pages, those with nonsense for text read again or flagged "bad_map", and notes."""
    able = ocr and bool(installed_languages())
    found = list(pages)
    wrong = again = 0
    for at, page in enumerate(pages):
        if page.flags & {"ocr", "no_text", "failed", "blank"}:
            continue
        if is_surely_language(page.text):
            continue
        known = plausibility_of(page.text)
        if not known.suspicious:
            continue
        other = _recognised(document, found, at, declared) if able and again < MOST_PAGES else None
        if other is not None:
            found[at] = other
            again += 1
        elif known.impossible or known.private > RECOGNISED:
            found[at] = replace(page, flags=page.flags | {"bad_map"})
            wrong += 1
    notes = []
    if again:
        notes.append(f"fonts give other letters than they show: {again} pages read from their picture")
    if wrong:
        notes.append(f"fonts give other letters than they show: the text of {wrong} pages cannot be trusted")
    return found, tuple(notes)


def _recognised(document: PdfiumDocument, pages: list[Page], at: int, declared: str | None) -> Page | None:
    """Return the page as recognised from its picture, None where that agrees with its text or is no language."""
    page = pages[at]
    picture = picture_of(document, at)
    read = read_picture(picture, neighbours(pages, at), declared) if picture is not None else None
    if read is None:
        return None
    text, lines = read
    if plausibility_of(text).frequent < RECOGNISED or agreement(text, page.text) >= SAME_TEXT:
        return None
    flags = page.flags - {"readers_differ", "one_reader", "hidden_text"} | {"ocr", "bad_map"}
    return replace(page, text=text, lines=lines, flags=flags)
