"""Reading PDFs: lines with place, size and weight; structure; hidden text; two readers; damage."""

import io
import logging
import re
from typing import Any

import pypdf
import pytest
from pdf_samples import PROSE, box, by_hand, encrypted, new, picture, read, scan, simple, texts, write_lines
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.pdf.pypdf_reader import OutOfTime, SecondReader, cpu_limit
from ingest.readers.pdf.read import same_characters


def test_lines_carry_place_size_and_weight() -> None:
    source = read(simple(2))
    assert (source.format, source.paged, len(source.pages)) == ("pdf", True, 2)
    page = source.pages[1]
    assert texts(page) == ["Health and migration", *(f"{line} (2)" for line in PROSE), "2"]
    assert page.text.split("\n") == texts(page)
    heading, body, foot = page.lines[0], page.lines[1], page.lines[-1]
    assert (heading.size, heading.bold) == (16, True)
    assert (body.size, body.bold) == (10, False)
    assert box(heading)[1] > box(body)[1] > box(foot)[1]
    assert box(body)[0] == pytest.approx(50, abs=2)
    assert box(body)[1] == pytest.approx(520, abs=3)
    assert page.width == pytest.approx(419.5, abs=1)
    assert page.height == pytest.approx(595.3, abs=1)
    assert page.flags == frozenset()
    assert source.notes == ()


def test_bold_words_do_not_make_a_bold_line() -> None:
    buffer, canvas = new()
    text = canvas.beginText(50, 500)
    for font, words in (("Times-Bold", "Article 3. "), ("Times-Roman", "Every person has a right to care.")):
        text.setFont(font, 11)
        text.textOut(words)
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    (line,) = read(buffer.getvalue()).pages[0].lines
    assert not line.bold
    assert line.size == 11


def test_a_note_right_below_a_column_is_a_line_of_its_own() -> None:
    buffer, canvas = new()
    write_lines(canvas, ["A column at the left ends up here."], top=300, left=50, size=9)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(220, 106, "told of the dislike for xeno-")
    canvas.setFont("Helvetica", 7)
    canvas.drawString(48, 100, "1 Report of the office, 8 April 2024, annex.")
    canvas.showPage()
    canvas.save()
    page = read(buffer.getvalue()).pages[0]
    assert "\n1 Report" not in page.text  # in pdfium's text it is one line, and the stored text stays as read
    first, second = (text.strip("\u0002\ufffe ") for text in texts(page)[-2:])
    assert first.startswith("told of the dislike for xeno")
    assert second == "1 Report of the office, 8 April 2024, annex."
    column, note = page.lines[-2:]
    assert (column.size, note.size) == (9, 7)
    assert box(column)[0] > box(note)[2] - 60 and box(column)[1] > box(note)[1]


@pytest.mark.parametrize(("size", "lines"), [(7.6, 2), (10.8, 1)])
def test_a_note_below_a_word_broken_at_the_page_end_is_a_line_of_its_own(size: float, lines: int) -> None:
    """pdfium joins the two; only a note is set in smaller type."""
    buffer, canvas = new()
    canvas.setFont("Helvetica", 10.8)
    canvas.drawString(50, 118, "Its members warned of rules that were not kept. The treatment anti-")
    canvas.setFont("Helvetica", size)
    canvas.drawString(
        50, 106, "retroviral and its cost" if lines == 1 else "1 (Im)mobility in the Americas, 2020."
    )
    canvas.showPage()
    canvas.save()
    page = read(buffer.getvalue()).pages[0]
    assert "\n" not in page.text.strip()
    assert len(page.lines) == lines
    if lines == 2:
        assert texts(page)[1] == "1 (Im)mobility in the Americas, 2020."
        assert page.lines[1].size == size and box(page.lines[0])[1] > box(page.lines[1])[3]


def test_a_word_broken_at_the_line_end_is_no_second_line() -> None:
    buffer, canvas = new()
    canvas.setFont("Helvetica", 9)
    canvas.drawString(120, 400, "An indented first line tells of many migra-")
    canvas.drawString(50, 389, "tion routes through the region.")
    canvas.showPage()
    canvas.save()
    (line,) = read(buffer.getvalue()).pages[0].lines
    assert box(line)[0] < 60 and box(line)[2] > 110


def test_rotated_page_is_placed_as_displayed() -> None:
    buffer, canvas = new()
    canvas.setPageRotation(90)
    write_lines(canvas, PROSE, top=380)
    canvas.showPage()
    canvas.save()
    page = read(buffer.getvalue()).pages[0]
    assert page.width < page.height  # the sheet itself lies on its side
    boxes = [box(line) for line in page.lines]
    assert all(0 <= b[0] < b[2] <= page.width and 0 <= b[1] < b[3] <= page.height for b in boxes)
    assert all(b[3] - b[1] > b[2] - b[0] for b in boxes)


def test_labels_outline_and_info() -> None:
    buffer, canvas = new(lang="es-PE")
    canvas.setTitle("Salud y migración")
    canvas.setAuthor("OPS")
    canvas.addPageLabel(0, "ROMAN_LOWER")
    canvas.addPageLabel(2, "ARABIC", start=7)
    for number in range(4):
        canvas.bookmarkPage(f"p{number}")
        canvas.addOutlineEntry(f"Parte {number}", f"p{number}", level=number % 2)
        write_lines(canvas, PROSE)
        canvas.showPage()
    canvas.save()
    source = read(buffer.getvalue())
    assert [page.pagelabel for page in source.pages] == ["i", "ii", "7", "8"]
    assert [(e.title, e.level, e.page) for e in source.outline] == [
        ("Parte 0", 1, 1), ("Parte 1", 2, 2), ("Parte 2", 1, 3), ("Parte 3", 2, 4)
    ]  # fmt: skip
    assert source.info["title"] == "Salud y migración"
    assert source.info["author"] == "OPS"
    assert source.info["language"] == "es-PE"


def test_no_labels_are_invented() -> None:
    assert [page.pagelabel for page in read(simple(3)).pages] == [None, None, None]


def test_empty_password_opens_and_a_real_one_is_asked_for() -> None:
    assert "survey" in read(encrypted("")).pages[0].text
    with pytest.raises(UnreadableFile) as caught:
        read(encrypted("secret"))
    assert (caught.value.reason, caught.value.state) == ("needs a password", "needs_password")


def hidden_page() -> bytes:
    buffer, canvas = new()
    write_lines(canvas, PROSE)
    write_lines(canvas, ["Never shown to anybody"], top=300, mode=3)
    write_lines(canvas, ["Too small to be read"], top=250, size=1)
    write_lines(canvas, ["Beyond the edge of the page"], top=200, left=900)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_hidden_text_is_marked() -> None:
    page = read(hidden_page()).pages[0]
    hidden = {page.text[line.start : line.end] for line in page.lines if line.hidden}
    assert hidden == {"Never shown to anybody", "Too small to be read", "Beyond the edge of the page"}
    assert page.flags == {"hidden_text"}


def test_invisible_text_over_a_scan_is_its_reading() -> None:
    page = read(scan(picture(), layer=PROSE)).pages[0]
    assert page.flags == {"ocr"}
    assert texts(page) == PROSE
    assert not any(line.hidden for line in page.lines)


def test_scan_without_text_is_flagged_and_a_blank_page_is_not() -> None:
    buffer, canvas = new()
    canvas.showPage()
    write_lines(canvas, PROSE)
    canvas.showPage()
    canvas.save()
    assert read(scan(picture())).pages[0].flags == {"no_text"}
    assert [page.flags for page in read(buffer.getvalue()).pages] == [{"blank"}, frozenset()]


def test_a_page_whose_text_got_lost_is_not_called_blank() -> None:
    """Content that shows text, of which neither reader gets any, is a loss to be told."""
    content = b"<</Filter/NoSuchFilter/Length 20>>stream\nBT (hello) Tj ET....\nendstream"
    assert "no_text" in read(by_hand(content)).pages[0].flags
    unknown_font = b"<</Length 33>>stream\nBT /F9 9 Tf 9 9 Td (hello) Tj ET   \nendstream"
    assert "blank" not in read(by_hand(unknown_font)).pages[0].flags


def test_outlined_letters_are_a_scan() -> None:
    buffer, canvas = new()
    for at in range(400):
        canvas.line(50, 50 + at, 60, 52 + at)
    canvas.showPage()
    canvas.save()
    assert read(buffer.getvalue()).pages[0].flags == {"no_text"}


def test_pypdf_stands_in_where_pdfium_refuses() -> None:
    data = b"junk " * 1000 + simple(2)
    source = read(data)
    assert "survey covers" in source.pages[0].text
    assert all("one_reader" in page.flags for page in source.pages)
    assert any("second reader alone" in note for note in source.notes)


def test_pdfium_goes_on_where_pypdf_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise pypdf.errors.LimitReachedError("Reached maximum array element count.")

    monkeypatch.setattr(pypdf, "PdfReader", refuse)
    source = read(simple(2))
    assert "survey covers" in source.pages[1].text
    assert all(page.flags == {"one_reader"} for page in source.pages)
    assert "not checked by the second reader (Reached maximum array element count.)" in source.notes


def test_one_bad_page_does_not_cost_the_document() -> None:
    kids = rb"(/Kids \[ \d+ 0 R )\d+( 0 R)"
    broken, count = re.subn(kids, rb"\g<1>99\g<2>", simple(3))
    assert count == 1
    source = read(broken)
    assert "survey" in source.pages[0].text
    assert "survey" in source.pages[2].text
    assert source.pages[1].flags == {"failed", "one_reader"}
    assert source.pages[1].text == "", (
        "the second reader, for which the third page is page 2, must not fill in"
    )
    assert any("it counts 2 pages where the first counts 3" in note for note in source.notes)


def test_second_reader_fills_in_a_single_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.readers.pdf import read as pdf_reader
    from ingest.readers.pdf.lines import read_page
    from ingest.readers.pdf.pdfium import PdfiumError

    whole = read_page

    def fail_on_second(page: Any, off: frozenset[int] = frozenset()) -> Any:
        if page._index == 1:
            raise PdfiumError(0)
        return whole(page)

    monkeypatch.setattr(pdf_reader, "read_page", fail_on_second)
    source = read(simple(3))
    assert [page.flags for page in source.pages] == [frozenset(), {"one_reader"}, frozenset()]
    assert f"{PROSE[0]} (2)" in source.pages[1].text


def test_second_reading_has_a_budget() -> None:
    source = read(simple(3), limits=Limits(second_reading=0.0))
    assert all("one_reader" in page.flags for page in source.pages)
    assert any("would take too long: 0 of 3 pages" in note for note in source.notes)


def fonts_of(page: pypdf.PageObject) -> DictionaryObject:
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    return fonts


def with_table(table: bytes) -> bytes:
    """Return a page whose fonts map characters by `table`."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(simple(1)))
    stream = DecodedStreamObject()
    stream.set_data(table)
    for font in fonts_of(writer.pages[0]).values():
        font.get_object()[NameObject("/ToUnicode")] = stream
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_effort_is_worked_out_from_the_file() -> None:
    """A table of 60,000 characters costs far more than the page; asking again says the same."""
    table = b"1 beginbfrange <0000> <EA5F> <0000> endbfrange"
    plain, costly = SecondReader(with_table(b"")), SecondReader(with_table(table))
    fonts = len(fonts_of(pypdf.PdfReader(io.BytesIO(with_table(table))).pages[0]))
    assert 0 < plain.effort(0, 10) < 0.01
    assert costly.effort(0, 10) - plain.effort(0, 10) == pytest.approx(fonts * 60_000 * 3e-6)
    assert costly.effort(0, 10) == costly.effort(0, 10)
    assert costly.effort(0, 100_000) > costly.effort(0, 10)
    assert costly.effort(7, 0) == 0


def test_effort_not_the_clock_stops_the_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.read.SECOND_SLACK", 1e6)
    each = SecondReader(simple(3)).effort(0, len(read(simple(3)).pages[0].text))
    pages = [page.flags for page in read(simple(3), limits=Limits(second_reading=1.5 * each)).pages]
    assert pages == [frozenset(), {"one_reader"}, {"one_reader"}]


def test_limits_name_the_number() -> None:
    with pytest.raises(UnreadableFile, match="has 3 pages; at most 2"):
        read(simple(3), limits=Limits(pages=2))
    with pytest.raises(UnreadableFile, match="characters of text"):
        read(simple(3), limits=Limits(text=50))


def test_truncated_file_has_a_reason() -> None:
    data = simple(2)
    with pytest.raises(UnreadableFile) as caught:
        read(data[:200])
    assert caught.value.reason.startswith("not readable as PDF")


def test_reading_twice_gives_the_same() -> None:
    assert read(hidden_page()) == read(hidden_page())


SAME = {
    "order": ("one two", "two one"),
    "hyphen_at_line_end": ("migra\x02\ntion", "migra-\ntion"),
    "ligature": ("ﬁnal", "final"),
    "small_capitals": ("ANNEX a", "annex A"),
}
NOT_SAME = {"missing": ("one two", "one"), "doubled": ("aab", "ab"), "accent": ("Peru", "Perú")}


@pytest.mark.parametrize("case", SAME, ids=list(SAME))
def test_readings_agree(case: str) -> None:
    assert same_characters(*SAME[case])


@pytest.mark.parametrize("case", NOT_SAME, ids=list(NOT_SAME))
def test_readings_differ(case: str) -> None:
    assert not same_characters(*NOT_SAME[case])


def test_cpu_limit_stops_a_loop_that_catches_exceptions() -> None:
    with pytest.raises(OutOfTime), cpu_limit(0.1):
        while True:
            try:
                sum(range(1000))
            except Exception:
                logging.getLogger(__name__).exception("not reached")


def test_active_content_is_noted_and_not_run() -> None:
    data = simple(1).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction <</S/JavaScript/JS(app.alert(1))>>"
    )
    assert "contains JavaScript; not run" in read(data).notes


def test_second_reader_counts_pages() -> None:
    reader = SecondReader(simple(4))
    assert (reader.count, reader.problem, reader.locked) == (4, None, False)
