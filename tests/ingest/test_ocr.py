"""Scanned pages: read with tesseract where it is, flagged where it is not."""

import shutil
from pathlib import Path

import pytest
from pdf_samples import PROSE, box, photograph, picture, read, scan, simple, texts

from ingest.readers.pdf import ocr
from ingest.text.folding import fold

HAVE = shutil.which("tesseract") is not None
TSV = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t200\t100\t-1\t
5\t1\t1\t1\t1\t1\t10\t20\t40\t10\t96.5\tSalud
5\t1\t1\t1\t1\t2\t60\t18\t50\t12\t91\tmigración
5\t1\t1\t1\t1\t3\t120\t18\t5\t12\t3\t|
5\t1\t1\t1\t2\t1\t10\t40\t40\t10\t90\tPerú
5\t1\t1\t1\t2\t2\t60\t40\t40\t10\t90\t
"""


def test_layout_of_words() -> None:
    text, lines = ocr.layout(TSV, ocr.Picture(200, 100, b"", 2.0))
    assert text == "Salud migración\nPerú"
    assert [text[line.start : line.end] for line in lines] == ["Salud migración", "Perú"]
    assert lines[0].box == (5.0, 35.0, 55.0, 41.0)


SPANISH = ["La población migrante enfrenta barreras para acceder a la salud. "] * 4
LANGUAGE = {
    "spanish_neighbours": (SPANISH, None, "spa"),
    "neighbours_before_declared": (SPANISH, "en", "spa"),
    "declared": ([], "pt-BR", "por"),
    "unknown": ([], None, None),
    "declared_but_not_known": ([], "de", None),
}


@pytest.mark.parametrize("case", LANGUAGE, ids=list(LANGUAGE))
def test_language_comes_from_the_neighbours(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed_languages", lambda: frozenset({"eng", "spa", "por", "fra"}))
    texts_around, declared, language = LANGUAGE[case]
    assert ocr.known_language(texts_around, declared) == language


@pytest.mark.parametrize("end", ["\\n", "\\r\\n"])
def test_languages_are_listed_with_either_line_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Windows ends lines with CR LF; the first line is a headline."""
    program = tmp_path / "tesseract"
    listed = end.join(["List of available languages in /usr/share (2):", "eng", "script/Latin", ""])
    program.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ocr.installed_languages.cache_clear()
    try:
        assert ocr.installed_languages() == {"eng", "script/Latin"}
    finally:
        ocr.installed_languages.cache_clear()


def test_only_installed_languages_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed_languages", lambda: frozenset({"eng", "osd"}))
    assert ocr.known_language(SPANISH, "es") is None


def test_an_unknown_language_is_looked_for_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(ocr, "installed_languages", lambda: frozenset({"eng", "spa", "osd", "deu"}))
    monkeypatch.setattr(ocr, "recognise", lambda _picture, language: asked.append(language))
    ocr.read_picture(ocr.Picture(1, 1, b" ", 1.0), [])
    ocr.read_picture(ocr.Picture(1, 1, b" ", 1.0), SPANISH)
    assert asked == ["eng+spa", "spa"]


def test_without_tesseract_the_page_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.scans.installed_languages", frozenset)
    source = read(scan(picture()), ocr=True)
    assert source.pages[0].flags == {"no_text"}
    assert source.notes == ("1 scanned pages not read: tesseract is not installed",)


@pytest.mark.skipif(not HAVE, reason="needs the program tesseract")
def test_with_tesseract_the_page_is_read() -> None:
    seen = []
    page = read(scan(picture()), ocr=True, on_step=lambda *counts: seen.append(counts)).pages[0]
    assert page.flags == {"ocr"}
    for line in PROSE:
        assert fold(line) in fold(page.text)
    assert seen == [("check", 1, 1), ("ocr", 1, 1)]
    first = next(line for line in page.lines if "survey" in page.text[line.start : line.end])
    assert box(first)[0] == pytest.approx(50, abs=3)
    assert box(first)[1] == pytest.approx(518, abs=4)
    assert texts(page)[0] == "Health and migration"


@pytest.mark.skipif(not HAVE, reason="needs the program tesseract")
def test_pages_with_text_are_not_sent_to_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.scans.read_picture", lambda *_: pytest.fail("not a scan"))
    assert read(simple(1), ocr=True).pages[0].flags == frozenset()


STAMP = ["Registry copy 25-10420, received 7 May"]


@pytest.mark.skipif(not HAVE, reason="needs the program tesseract")
def test_a_stamp_does_not_hide_the_scan_under_it() -> None:
    page = read(scan(picture(), stamp=STAMP), ocr=True).pages[0]
    assert page.flags == {"ocr"}
    assert fold(PROSE[2]) in fold(page.text)


@pytest.mark.skipif(not HAVE, reason="needs the program tesseract")
def test_words_printed_on_a_photograph_stay() -> None:
    page = read(scan(photograph(), stamp=STAMP), ocr=True).pages[0]
    assert page.flags == frozenset()
    assert texts(page) == STAMP


def test_a_stamped_scan_is_not_flagged_on_a_guess() -> None:
    assert read(scan(photograph(), stamp=STAMP)).pages[0].flags == frozenset()
