"""Reading Excel, PowerPoint, e-books, RTF and e-mail: their lines and roles, where they are cited, hostile ones."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from office_samples import archive, bomb, book, changed, mail, slide_bytes, slides, workbook

from ingest.errors import UnreadableFile
from ingest.passages.split import SplitResult, split_source
from ingest.readers.formats import format_named
from ingest.readers.limits import Limits
from ingest.readers.read import detect_format, read_bytes
from ingest.readers.source import Source
from ingest.sandbox.pool import Workers


def lines(source: Source, page: int = 0) -> list[tuple[str | None, str]]:
    text = source.pages[page].text
    return [(line.role, text[line.start : line.end]) for line in source.pages[page].lines]


def split(data: bytes, name: str) -> SplitResult:
    return split_source(read_bytes(data, name), "0" * 64)


SPENDING: list[list[object]] = [
    ["Gasto por región"],
    [],
    ["Región", "Año", "Cobertura"],
    ["Lima", 2019, 0.153],
    ["Tumbes", 2020, 0.5],
    [],
    ["Fuente: MINSA"],
]
FORMATS = {"C4": "0.0%", "C5": "0%"}


def test_a_sheet_is_a_section_of_numbered_rows() -> None:
    source = read_bytes(workbook({"Gasto": SPENDING, "Vacía": []}, FORMATS), "a.xlsx")
    assert lines(source) == [
        ("h1", "Gasto"),
        ("p", "Gasto por región"),
        ("th", "Región | Año | Cobertura"),
        ("td", "Lima | 2019 | 15.3%"),
        ("td", "Tumbes | 2020 | 50%"),
        ("td", "Fuente: MINSA"),
    ]
    assert [line.row for line in source.pages[0].lines] == [None, 1, 3, 4, 5, 7]
    assert source.info["title"] == "Gasto en salud"
    assert not source.paged


def test_rows_are_cited_by_sheet_and_number() -> None:
    passages = split(workbook({"Gasto": SPENDING}), "a.xlsx").passages
    assert [(passage.kind, passage.locator) for passage in passages] == [
        ("body", "sheet Gasto, row 1"),
        ("table", "sheet Gasto, rows 3–7"),
    ]


def test_the_name_of_a_sheet_is_no_title() -> None:
    assert split(workbook({"Base de datos": SPENDING}), "a.xlsx").title is None


def test_a_long_sheet_repeats_its_header_and_cites_the_rows_of_each_part() -> None:
    rows: list[list[object]] = [
        ["District", "Persons"],
        *([f"District {number} of the north", number] for number in range(2, 302)),
    ]
    passages = split(workbook({"People": rows}), "a.xlsx").passages
    assert all(passage.text.removeprefix("People\n").startswith("District | Persons") for passage in passages)
    found = [passage.locator or "" for passage in passages]
    ranges = [[int(number) for number in place.split()[-1].split("–")] for place in found]
    assert (ranges[0][0], ranges[-1][1]) == (1, 301)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ranges))


VALUES: dict[str, tuple[object, str, str]] = {
    "whole": (1200, "General", "1200"),
    "thousands": (1234567, "#,##0", "1,234,567"),
    "decimals": (2.5, "0.00", "2.50"),
    "noise of binary": (0.1 + 0.2, "General", "0.3"),
    "percent": (0.125, "0.0%", "12.5%"),
    "negative in red": (-5, "#,##0;[Red]-#,##0", "-5"),
    "a format of its own": (5, '"n = "0', "5"),
    "yes": (True, "General", "TRUE"),
    "text with breaks": ("a\nb", "General", "a b"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_shown_as_the_sheet_shows_them(name: str) -> None:
    value, number_format, text = VALUES[name]
    source = read_bytes(workbook({"S": [[value, "x"]]}, {"A1": number_format}), "a.xlsx")
    assert lines(source)[-1][1] == f"{text} | x"


def test_dates_are_written_alike_everywhere() -> None:
    from datetime import date, datetime

    rows = [[date(2020, 3, 2), datetime(2020, 3, 2, 10, 30), "x"]]
    assert lines(read_bytes(workbook({"S": rows}), "a.xlsx"))[-1][1] == "2020-03-02 | 2020-03-02 10:30 | x"


def test_blank_cells_keep_their_columns() -> None:
    source = read_bytes(workbook({"S": [["a", "b", "c"], [None, "x"], ["y", None, 3]]}), "a.xlsx")
    assert [text for _, text in lines(source)][1:] == ["a | b | c", "| x", "y | | 3"]


def test_hidden_sheets_are_left_out_and_named() -> None:
    data = changed(
        workbook({"Seen": [["a"]], "Secret": [["b"]]}), "xl/workbook.xml",
        b'name="Secret" sheetId="2" state="visible"', b'name="Secret" sheetId="2" state="hidden"',
    )  # fmt: skip
    source = read_bytes(data, "a.xlsx")
    assert source.notes == ("hidden sheets, not read: Secret",)
    assert [text for _, text in lines(source)] == ["Seen", "a"]


def deck() -> bytes:
    from pptx.util import Inches

    presentation, layout = slides()
    for title, texts in (
        ("Migration in Peru", ["It rained.", "It snowed."]),
        ("Findings", []),
        ("Findings", ["Tumbes."]),
    ):
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(texts)
    table = presentation.slides[1].shapes.add_table(2, 2, 0, Inches(3), Inches(4), Inches(1)).table
    for at, text in enumerate(["Year", "Persons", "2019", "1,200"]):
        table.cell(at // 2, at % 2).text = text
    presentation.slides[0].notes_slide.notes_text_frame.text = "Say hello."
    hidden = presentation.slides.add_slide(layout)
    hidden.shapes.title.text = "Hidden"
    hidden._element.set("show", "0")
    return slide_bytes(presentation)


def test_slides_are_pages_with_titles_bullets_and_tables() -> None:
    source = read_bytes(deck(), "a.pptx")
    assert lines(source) == [("h1", "Migration in Peru"), ("li", "It rained."), ("li", "It snowed.")]
    assert lines(source, 1) == [("h1", "Findings"), ("th", "Year | Persons"), ("td", "2019 | 1,200")]
    assert (source.paged, len(source.pages)) == (True, 4)
    assert source.pages[3].text == ""
    assert source.notes == ("hidden slides, not read: 4", "speaker notes, not read, of slides: 1")


def test_slides_are_cited_by_number_and_their_titles_stay() -> None:
    result = split(deck(), "a.pptx")
    found = [(passage.section, passage.text, passage.pages, passage.locator) for passage in result.passages]
    assert found == [
        (("Migration in Peru",), "Migration in Peru\nIt rained.\nIt snowed.", (1, 1), "slide 1"),
        (("Findings",), "Findings\nYear | Persons\n2019 | 1,200", (2, 2), "slide 2"),
        (("Findings",), "Findings\nTumbes.", (3, 3), "slide 3"),
    ]
    assert [page.label for page in result.pages] == [None] * 4


def test_numbers_on_slides_are_text_and_no_page_numbers() -> None:
    presentation, layout = slides()
    for number in range(1, 6):
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text = f"Step {number}"
        slide.placeholders[1].text = str(number)
    result = split(slide_bytes(presentation), "a.pptx")
    assert [page.label for page in result.pages] == [None] * 5
    assert [passage.text for passage in result.passages] == [f"Step {n}\n{n}" for n in range(1, 6)]


CHAPTERS = {
    "b.xhtml": "<h1>Costs</h1><p>It cost 12.</p>",
    "a.xhtml": "<p>It rained.</p><script>alert(1)</script>",
}
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Weather</text></navLabel>'
    '<content src="a.xhtml#x"/></navPoint></navMap></ncx>'
)


def test_chapters_come_in_the_order_of_the_book() -> None:
    data = book(CHAPTERS, spine=["a.xhtml", "b.xhtml"], more={"OEBPS/toc.ncx": NCX})
    source = read_bytes(data, "a.epub")
    assert lines(source) == [("h1", "Weather"), ("p", "It rained."), ("h1", "Costs"), ("p", "It cost 12.")]
    assert source.info == {"title": "Health of migrants", "author": "WHO", "language": "en"}
    places = [passage.locator for passage in split(data, "a.epub").passages]
    assert places == ["section Weather, paragraph 1", "section Costs, paragraph 1"]


def test_an_encrypted_chapter_needs_a_password_and_an_encrypted_font_does_not() -> None:
    def locked(path: str) -> bytes:
        reference = f'<e><CipherReference URI="{path}"/></e>'
        return book(CHAPTERS, more={"META-INF/encryption.xml": reference})

    assert read_bytes(locked("OEBPS/font.otf"), "a.epub").format == "epub"
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(locked("OEBPS/a.xhtml"), "a.epub")
    assert caught.value.state == "needs_password"


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\info{\title Informe}{\author OPS}}"
    rb"La poblaci\'f3n \u8211? 12 %.\par {\b Segundo} p\'e1rrafo\par "
    rb"\trowd\cellx100\cellx200 A\cell B\cell\row {\*\generator X;}}"
)


def test_rtf_lines_and_roles() -> None:
    source = read_bytes(RTF, "a.rtf")
    assert lines(source) == [("p", "La población – 12 %."), ("p", "Segundo párrafo"), ("td", "A | B")]
    assert source.info == {"title": "Informe", "author": "OPS"}


def test_an_rtf_called_doc_is_read() -> None:
    assert read_bytes(RTF, "a.doc").format == "rtf"


def test_rtf_characters_beyond_the_first_plane_are_whole() -> None:
    assert lines(read_bytes(rb"{\rtf1 \u-10179?\u-8704? smile\par}", "a.rtf"))[0][1] == "😀 smile"


PLAIN = (
    "Estimados colegas:\n\nLa vacunación en Tumbes empezó en marzo de 2020 y llegó a\n1.200 personas.\n"
    "- Lima\n- Tumbes\n\nSaludos"
)


def test_a_mail_is_its_subject_and_its_text() -> None:
    source = read_bytes(mail(PLAIN, "<p>other</p>", ["informe.pdf"]), "a.eml")
    assert lines(source) == [
        ("h1", "Vacunación en Tumbes"),
        ("p", "Estimados colegas:"),
        ("p", "La vacunación en Tumbes empezó en marzo de 2020 y llegó a 1.200 personas."),
        ("li", "- Lima"),
        ("li", "- Tumbes"),
        ("p", "Saludos"),
    ]
    assert source.info == {
        "title": "Vacunación en Tumbes", "author": "Ana Núñez <ana@example.org>",
        "recipient": "minsa@example.org", "date": "2020-03-02T10:30:00-05:00",
    }  # fmt: skip
    assert source.notes == ("attachments, not read: informe.pdf",)


def test_a_mail_of_html_alone_is_read_as_a_page() -> None:
    source = read_bytes(mail(html="<h2>Uno</h2><p>Dos<script>x</script></p>"), "a.eml")
    assert lines(source)[1:] == [("h2", "Uno"), ("p", "Dos")]


MAILS = {
    "no headers": (b"Dear all,\n\nIt rained.", "txt"),
    "headers": (b"Received: from x\nSubject: y\n\nIt rained.", "eml"),
    "a byte order mark": (b"\xef\xbb\xbfSubject: y\n\nIt rained.", "eml"),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_told_by_its_headers(name: str) -> None:
    data, kind = MAILS[name]
    assert detect_format(data, "a.eml").name == kind
    assert detect_format(data, "a.txt").name == "txt"


def deep_mail(depth: int) -> bytes:
    head, tail = b"Subject: x\n", b""
    for number in range(depth):
        boundary = b"b%d" % number
        head += b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n" % (boundary, boundary)
        tail = b"\n--%s--" % boundary + tail
    return head + b"Content-Type: text/plain\n\nIt rained." + tail


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def rows_of_nothing() -> bytes:
    """Return a sheet that says that it has all rows and columns there are, with one cell at its end."""
    data = workbook({"S": [["a", "b"]]})
    data = changed(
        data, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B1"', b'<dimension ref="A1:XFD1048576"'
    )
    last = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>end</t></is></c></row></sheetData>'
    return changed(data, "xl/worksheets/sheet1.xml", b"</sheetData>", last)


def deep_chapter() -> bytes:
    return book({"a.xhtml": "<div>" * 20_000 + "end"})


HOSTILE = {
    "xlsx bomb": (bomb("xl/workbook.xml"), "a.xlsx", "unpacks to more"),
    "pptx bomb": (bomb("ppt/presentation.xml"), "a.pptx", "unpacks to more"),
    "epub bomb": (bomb("META-INF/container.xml"), "a.epub", "unpacks to more"),
    "xlsx without parts": (archive({"xl/workbook.xml": "<x/>"}), "a.xlsx", "damaged Excel workbook"),
    "pptx without parts": (archive({"ppt/presentation.xml": "<x/>"}), "a.pptx", "damaged PowerPoint file"),
    "epub without parts": (archive({"META-INF/container.xml": "<x/>"}), "a.epub", "damaged e-book"),
    "epub without XML": (archive({"META-INF/container.xml": ""}), "a.epub", "damaged e-book"),
    "epub of a missing chapter": (
        book({"a.xhtml": ""}, more={"OEBPS/book.opf": "<p><item id='x' href='../../../etc/passwd' "
             "media-type='text/html'/><itemref idref='x'/></p>"}), "a.epub", "a chapter is missing"),
    "epub nested deeply": (deep_chapter(), "a.epub", "nested too deeply"),
    "half a workbook": (workbook({"S": [["a"]]})[:2_000], "a.xlsx", "damaged"),
    "half a deck": (deck()[:20_000], "a.pptx", "damaged"),
    "half a book": (book(CHAPTERS)[:600], "a.epub", "damaged"),
    "half an RTF": (RTF[:60], "a.rtf", "cut short"),
    "empty workbook": (workbook({"S": []}), "a.xlsx", "holds no text"),
    "empty RTF": (b"{\\rtf1}", "a.rtf", "holds no text"),
    "RTF with a wrong code page": (b"{\\rtf1\\ansicpg99999 \\'ff\\u99999999999?}", "a.rtf", "damaged RTF file"),
    "mail without text": (b"Subject: x\n\n", "a.eml", "holds no text"),
    "mail nested deeply": (deep_mail(2_000), "a.eml", "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_one_line(name: str) -> None:
    data, called, reason = HOSTILE[name]
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read_bytes(data, called)
    assert "\n" not in caught.value.reason
    assert len(caught.value.reason) < 200


def test_a_sheet_that_says_it_is_endless_is_read() -> None:
    assert [text for _, text in lines(read_bytes(rows_of_nothing(), "a.xlsx"))] == ["S", "a | b"]


def test_entities_are_not_expanded_and_no_other_file_is_read() -> None:
    for head, entity in ((LAUGHS, "&j;"), (OUTSIDE, "&x;")):
        package = (
            f'{head}<p><item id="a" href="a.xhtml" media-type="text/html"/><itemref idref="a"/>'
            f"<title>T{entity}</title></p>"
        )
        source = read_bytes(book(CHAPTERS, more={"OEBPS/book.opf": package}), "a.epub")
        assert len(source.info.get("title", "")) < 20


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "epub", "rtf", "eml"])
def test_text_above_the_limit_is_refused(kind: str) -> None:
    data: dict[str, Any] = {
        "xlsx": workbook({"S": SPENDING}), "pptx": deck(), "epub": book(CHAPTERS), "rtf": RTF, "eml": mail(PLAIN)
    }  # fmt: skip
    with pytest.raises(UnreadableFile, match="characters of text"):
        read_bytes(data[kind], f"a.{kind}", limits=Limits(text=10))


def test_every_format_comes_through_the_reading_process(tmp_path: Path) -> None:
    files = {
        "a.xlsx": workbook({"S": SPENDING}), "b.pptx": deck(), "c.epub": book(CHAPTERS), "d.rtf": RTF,
        "e.eml": mail(PLAIN), "f.xlsx": bomb("xl/workbook.xml"),
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with Workers(1, Limits(memory=600 * 1024 * 1024, cpu=20, wall=30)) as workers:
        found = {
            outcome.path.name: outcome for outcome in workers.process([tmp_path / name for name in files])
        }
    reasons = {name: outcome.reason for name, outcome in found.items() if outcome.reason}
    assert list(reasons) == ["f.xlsx"]
    kinds = {name[2:] for name, outcome in found.items() if not outcome.reason}
    assert all(format_named(kind) is not None for kind in kinds)
