"""F2: text that a file shows and its reading lacks makes the document partial, with the number of what is missing."""

import io
import zipfile

import docx
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from ingest.library.records import from_reading
from ingest.passages.split import split_source
from ingest.readers.docx import read_docx
from ingest.readers.limits import Limits
from ingest.readers.source import Source
from ingest.readers.xlsx import MAX_COLUMNS, read_xlsx

LONG = "word " * 8000 + "the very end"


def changed(data: bytes, part: str, old: bytes, new: bytes, top: bytes = b"") -> bytes:
    """Replace bytes in one part of a package, and put a declaration of entities at its top."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                head, _, rest = content.replace(old, new).partition(b"?>")
                content = head + b"?>" + top + rest
            target.writestr(name, content)
    return out.getvalue()


def word(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def workbook(rows: dict[int, dict[int, str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    for row, cells in rows.items():
        for column, value in cells.items():
            sheet.write_string(row, column, value)
    book.close()
    return out.getvalue()


def state(source: Source) -> tuple[str, str | None]:
    found = from_reading("0" * 64, source, split_source(source, "0" * 64))
    return found.state, found.reason


ENTITIES = {
    "a word": (b'<!DOCTYPE w [<!ENTITY own "hidden words">]>', 1),
    "a file of this machine": (b'<!DOCTYPE w [<!ENTITY own SYSTEM "file:///etc/passwd">]>', 1),
    "a bomb": (b'<!DOCTYPE w [<!ENTITY a "xxxxxxxxxx"><!ENTITY own "&a;&a;&a;&a;">]>', 1),
}


@pytest.mark.parametrize("top,count", ENTITIES.values(), ids=ENTITIES)
def test_entities_of_a_word_file_are_left_out_and_counted(top: bytes, count: int) -> None:
    data = changed(word("Clinics MARK in Lima stay open."), "word/document.xml", b"MARK", b"&own;", top)
    source = read_docx(data, Limits())
    assert "Clinics" in source.pages[0].text and "in Lima stay open." in source.pages[0].text
    assert "root:" not in source.pages[0].text and "hidden" not in source.pages[0].text
    assert state(source) == ("partial", f"text left out: {count} references to entities of its own")


def test_several_references_are_counted() -> None:
    top = b'<!DOCTYPE w [<!ENTITY own "x">]>'
    data = changed(word("One MARK two MARK three MARK."), "word/document.xml", b"MARK", b"&own;", top)
    assert state(read_docx(data, Limits()))[1] == "text left out: 3 references to entities of its own"


def test_the_entities_of_xml_itself_are_text() -> None:
    source = read_docx(word("Health & safety <at> work"), Limits())
    assert "Health & safety <at> work" in source.pages[0].text
    assert state(source) == ("ready", None)


def test_a_long_string_of_a_cell_is_read_whole() -> None:
    data = changed(workbook({0: {0: "MARK"}}), "xl/sharedStrings.xml", b"MARK", LONG.encode())
    source = read_xlsx(data, Limits())
    assert "the very end" in source.pages[0].text
    assert state(source) == ("ready", None)


def test_cells_behind_the_last_column_are_counted() -> None:
    wide = {0: {0: "first", MAX_COLUMNS - 1: "last"}, 1: {0: "a", MAX_COLUMNS: "b", MAX_COLUMNS + 7: "c"}}
    source = read_xlsx(workbook(wide), Limits())
    assert "last" in source.pages[0].text
    assert state(source) == ("partial", f"text left out: 2 cells behind column {MAX_COLUMNS}")


def test_a_workbook_as_wide_as_can_be_read_is_whole() -> None:
    assert state(read_xlsx(workbook({0: {0: "first", MAX_COLUMNS - 1: "last"}}), Limits())) == ("ready", None)
