"""What a reader of a Word document sees, run by run."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from ingest.errors import UnreadableFile
from ingest.readers.docx import read_docx
from ingest.readers.docx_symbols import UNKNOWN, formula, symbol
from ingest.readers.limits import Limits
from ingest.readers.source import Source

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def read(*blocks: str) -> Source:
    """Read a document of these paragraphs and tables, written in Word's XML."""
    document = docx.Document()
    body = document.element.body
    for block in blocks:
        root = parse_xml(f'<w:body xmlns:w="{W}" xmlns:m="{M}">{block}</w:body>')
        for child in list(root):
            body.insert(len(body) - 1, child)
    return read_docx(saved(document), Limits())


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines(source: Source) -> list[tuple[str | None, str]]:
    page = source.pages[0]
    return [(line.role, page.text[line.start : line.end]) for line in page.lines]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'

SEEN = {
    "power_of_ten": (run("3.2 × 10") + run("6", RAISED) + run(" persons"), "3.2 × 10⁶ persons"),
    "power_in_two_runs": (run("10") + run("1", RAISED) + run("2", RAISED), "10¹²"),
    "square": (run("12 km") + run("2", RAISED), "12 km²"),
    "lowered": (run("CO") + run("2", LOWERED), "CO₂"),
    "ordinal": (run("Ley N.") + run("o", RAISED) + run(" 30947"), "Ley N.º 30947"),
    "ordinal_letters": (run("the 2") + run("nd", RAISED) + run(" time"), "the 2nd time"),
    "struck": (run("It costs 20 ", "<w:strike/>") + run("15 soles."), "15 soles."),
    "struck_twice": (run("old ", "<w:dstrike/>") + run("new"), "new"),
    "not_struck": (run("kept", '<w:strike w:val="0"/>'), "kept"),
    "hidden": (run("seen") + run(" hidden", "<w:vanish/>"), "seen"),
    "capitals": (run("ministry of health", "<w:caps/>"), "MINISTRY OF HEALTH"),
    "sign": ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run(" 18 years"), "≥ 18 years"),
    "hyphen": (run("post") + "<w:r><w:noBreakHyphen/></w:r>" + run("2015"), "post-2015"),
    "fraction": (
        run("The rate is ")
        + "<m:oMath><m:f><m:num><m:r><m:t>deaths</m:t></m:r></m:num><m:den><m:r><m:t>live births</m:t></m:r></m:den>"
        "</m:f></m:oMath>" + run(" a year."),
        "The rate is deaths/(live births) a year.",
    ),
}


@pytest.mark.parametrize("case", SEEN)
def test_the_text_of_a_paragraph(case: str) -> None:
    runs, text = SEEN[case]
    assert lines(read(f"<w:p>{runs}</w:p>")) == [("p", text)]


def test_raised_figures_behind_a_year_call_a_note() -> None:
    page = read(f"<w:p>{run('in 2019')}{run('14', RAISED)}{run(', it rose')}</w:p>").pages[0]
    assert [page.text[start:end] for start, end in page.lines[0].calls] == ["14"]
    assert page.text == "in 201914, it rose"


FLAGS = {
    "struck_text": run("a ", "<w:strike/>") + run("b"),
    "hidden_text": run("a ", "<w:vanish/>") + run("b"),
    "unknown_symbols": '<w:r><w:sym w:font="Wingdings" w:char="F0FF"/></w:r>' + run("b"),
}


@pytest.mark.parametrize("flag", FLAGS)
def test_what_is_left_out_or_not_known_is_flagged(flag: str) -> None:
    assert read(f"<w:p>{FLAGS[flag]}</w:p>").pages[0].flags == {flag}


def test_a_large_first_letter_belongs_to_the_paragraph_that_follows() -> None:
    first = f'<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr>{run("M")}</w:p>'
    assert lines(read(first, f"<w:p>{run('igration changed.')}</w:p>")) == [("p", "Migration changed.")]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text) if text else ''}</w:p></w:tc>"


OVER_TWO = '<w:gridSpan w:val="2"/>'
FIRST_OF_ROWS = '<w:vMerge w:val="restart"/>'


def test_cells_over_rows_and_columns_stand_in_each() -> None:
    head = f"<w:tr>{cell('Country')}{cell('Insured', OVER_TWO)}</w:tr>"
    first = f"<w:tr>{cell('Peru', FIRST_OF_ROWS)}{cell('12')}{cell('34')}</w:tr>"
    second = f"<w:tr>{cell('', '<w:vMerge/>')}{cell('13')}{cell('35')}</w:tr>"
    assert lines(read(f"<w:tbl>{head}{first}{second}</w:tbl>")) == [
        ("td", "Country | Insured | Insured"), ("td", "Peru | 12 | 34"), ("td", "Peru | 13 | 35"),
    ]  # fmt: skip


def test_a_cell_over_the_whole_table_stands_once() -> None:
    title = f"<w:tr>{cell('Coverage by region', OVER_TWO)}</w:tr>"
    assert lines(read(f"<w:tbl>{title}<w:tr>{cell('Lima')}{cell('5')}</w:tr></w:tbl>")) == [
        ("td", "Coverage by region"), ("td", "Lima | 5"),
    ]  # fmt: skip


def test_a_line_that_only_numbers_an_article_heads_what_follows() -> None:
    found = lines(read(f"<w:p>{run('Artículo 22.-')}</w:p>", f"<w:p>{run('Artículo 22 dice más.')}</w:p>"))
    assert found == [("h5", "Artículo 22.-"), ("p", "Artículo 22 dice más.")]


def renamed(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a package with the content of each XML part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.endswith((".xml", ".rels")) else content)
    return out.getvalue()


def test_a_strict_file_reads_as_any_other() -> None:
    document = docx.Document()
    document.add_heading("Report", 1)
    document.add_paragraph("Access does not depend on residence.")
    plain = saved(document)
    strict = renamed(
        plain,
        lambda content: content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    assert strict != plain
    assert read_docx(strict, Limits()).pages == read_docx(plain, Limits()).pages


def test_a_file_cut_short_is_damaged() -> None:
    document = docx.Document()
    document.add_paragraph("text")
    with pytest.raises(UnreadableFile, match="damaged"):
        read_docx(saved(document)[:-200], Limits())


SYMBOLS = {
    ("Symbol", "F061"): "α", ("symbol", "B3"): "≥", ("Wingdings", "F0FC"): "✓", ("Wingdings", "F0FF"): UNKNOWN,
    ("Calibri", "20AC"): "€", ("Symbol", "zz"): UNKNOWN, ("Calibri", "D800"): UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("case", SYMBOLS)
def test_signs_of_fonts(case: tuple[str, str]) -> None:
    assert symbol(*case) == SYMBOLS[case]


def math(inside: str) -> Any:
    return parse_xml(f'<m:oMath xmlns:m="{M}">{inside}</m:oMath>')


def word(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


FORMULAS = {
    "power": (f"<m:sSup><m:e>{word('x')}</m:e><m:sup>{word('2')}</m:sup></m:sSup>", "x^2"),
    "index": (f"<m:sSub><m:e>{word('x')}</m:e><m:sub>{word('i+1')}</m:sub></m:sSub>", "x_(i+1)"),
    "root": (f"<m:rad><m:deg/><m:e>{word('a+b')}</m:e></m:rad>", "√(a+b)"),
    "sum": (
        '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
        f"<m:sub>{word('i=1')}</m:sub><m:sup>{word('n')}</m:sup><m:e>{word('x')}</m:e></m:nary>",
        "∑_(i=1)^n x",
    ),
    "brackets": (f"<m:d><m:e>{word('a')}</m:e><m:e>{word('b')}</m:e></m:d>", "(a, b)"),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_formulas_in_one_line(case: str) -> None:
    inside, text = FORMULAS[case]
    assert formula(math(inside)) == text


def test_a_formula_nested_without_end_is_cut() -> None:
    deep = "<m:rad><m:e>" * 100 + word("x") + "</m:e></m:rad>" * 100
    assert "x" not in formula(math(deep))
