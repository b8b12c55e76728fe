"""Pages that show text they do not hold: told by their characters, their pictures and their outlines."""

from dataclasses import replace

import pytest

from ingest.readers.limits import Limits
from ingest.readers.pdf.pdfium import Drawing, PdfiumDocument
from ingest.readers.pdf.scans import inked, is_scan, is_stamped, may_be_scan, read_scans, share_inside
from ingest.readers.source import Box, Page

WHOLE: Box = (0.0, 0.0, 595.0, 842.0)
SMALL: Box = (100.0, 100.0, 400.0, 400.0)
TINY: Box = (10.0, 10.0, 60.0, 60.0)
STAMP = "Received by the office of Tacna on 3 May 2021"


def page(text: str, *flags: str) -> Page:
    return Page(1, text, (), 595.0, 842.0, flags=frozenset(flags))


def drawing(*images: Box, paths: int = 0, texts: int = 0) -> Drawing:
    return Drawing(images, paths, texts)


def test_blanks_are_no_characters() -> None:
    assert inked(" a b\n\tc\u00a0") == 3
    assert inked(" \n ") == 0


@pytest.mark.parametrize(("count", "expected"), [(0, True), (199, True), (200, False), (5_000, False)])
def test_a_page_of_few_characters_may_be_a_scan(count: int, expected: bool) -> None:
    assert may_be_scan("x " * count) is expected


SCANS = {
    "a picture of the whole page": (page(""), drawing(WHOLE)),
    "the same with a page number": (page("12"), drawing(WHOLE)),
    "letters drawn as outlines": (page(""), drawing(paths=300)),
    "a table pasted as a picture": (page(""), drawing(SMALL)),
    "a font that cannot be decoded": (page(""), drawing(texts=40)),
}
NO_SCANS = {
    "text over a picture": (page(STAMP), drawing(WHOLE)),
    "a blank page": (page(""), drawing()),
    "a blank page with a logo": (page(""), drawing(TINY)),
    "few words and a small picture": (page("Annex"), drawing(SMALL)),
    "few words and some rules": (page("Annex"), drawing(paths=20)),
}


@pytest.mark.parametrize("name", SCANS)
def test_a_scan(name: str) -> None:
    assert is_scan(*SCANS[name])


@pytest.mark.parametrize("name", NO_SCANS)
def test_no_scan(name: str) -> None:
    assert not is_scan(*NO_SCANS[name])


STAMPED = {
    "a stamp over a scan": (page(STAMP), drawing(WHOLE), True),
    "a stamp beside a picture": (page(STAMP), drawing(SMALL), False),
    "a scan without a stamp": (page("12"), drawing(WHOLE), False),
    "a page of text over a picture": (page(STAMP * 10), drawing(WHOLE), False),
    "read already": (page(STAMP, "ocr"), drawing(WHOLE), False),
}


@pytest.mark.parametrize("name", STAMPED)
def test_a_stamped_page_is_left_to_the_recognition(name: str) -> None:
    one, drawn, expected = STAMPED[name]
    assert is_stamped(one, drawn) is expected


SHARES: dict[str, tuple[Box | None, Box, float]] = {
    "the same": (SMALL, SMALL, 1.0),
    "within": (SMALL, WHOLE, 1.0),
    "half out": ((0.0, 0.0, 10.0, 10.0), (5.0, 0.0, 20.0, 20.0), 0.5),
    "apart": (TINY, (200.0, 200.0, 300.0, 300.0), 0.0),
    "touching": ((0.0, 0.0, 10.0, 10.0), (10.0, 0.0, 20.0, 10.0), 0.0),
    "no box": (None, WHOLE, 0.0),
    "no area": ((5.0, 5.0, 5.0, 9.0), WHOLE, 0.0),
}


@pytest.mark.parametrize("name", SHARES)
def test_shares(name: str) -> None:
    inner, outer, expected = SHARES[name]
    assert share_inside(inner, outer) == pytest.approx(expected)


def test_with_recognition_off_scans_are_flagged_and_nothing_else_changes() -> None:
    from pdf_samples import simple

    with PdfiumDocument(simple(2)) as document:
        pages = [page("12"), replace(page(STAMP), number=2)]
        read, notes = read_scans(
            document, pages, {0: drawing(WHOLE), 1: drawing()}, Limits(), ocr=False, declared=None
        )
    assert [one.flags for one in read] == [{"no_text"}, frozenset()]
    assert [one.text for one in read] == ["12", STAMP]
    assert notes == ()
