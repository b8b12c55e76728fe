"""Twelve documents of the starter corpus under six questions: the files read again hold what their pages say."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook

from app.checks.verify import verify_file
from app.desk.table import EvidenceTable, Question, RowKind, evidence_table
from app.desk.table_files import empty_text, write
from app.i18n import words
from index.search import Searcher
from ingest.library.library import Library
from ingest.text.folding import fold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DOCUMENTS = 12
QUESTIONS = (
    "What keeps migrants from using health services?",
    "¿Qué proporción de los venezolanos tiene seguro de salud?",
    "Quais medidas foram tomadas durante a pandemia?",
    "How many people asked for refugee status?",
    "¿Qué se recomienda para mejorar el acceso a la salud?",
    "How deep are the oceans of Europa?",
)


@pytest.fixture(scope="module")
def table(starter_library: Path) -> EvidenceTable:
    searcher = Searcher.open(starter_library)
    chosen = [one.id for one in searcher.snapshot.documents][:DOCUMENTS]
    asked = [Question(id=f"q{at}", question=text, filters={}) for at, text in enumerate(QUESTIONS)]
    return evidence_table(searcher, asked, RowKind.document, filters={"document": chosen})


def folded(text: str) -> str:
    return "".join(map(fold, text))


def pages_of(library: Library, document: str, first: int, last: int) -> str:
    pages = (library.page(document, number) for number in range(first, last + 1))
    return folded("".join(page.text for page in pages if page is not None))


def listed(table: EvidenceTable) -> list[dict[str, Any]]:
    """Return the lines of the second sheet, a cell of the table each, as Excel gives them back."""
    sheet = load_workbook(BytesIO(write(table, ".xlsx", words("en")))).worksheets[1]
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_every_cell_is_there_and_says_that_it_is_empty(table: EvidenceTable) -> None:
    assert (len(table.rows), len(table.questions)) == (DOCUMENTS, len(QUESTIONS))
    lines = listed(table)
    assert len(lines) == DOCUMENTS * len(QUESTIONS)
    assert sum(line["state"] == "filled" for line in lines) == table.filled >= 12
    assert all(line["state"] == "empty" for line in lines if line["question_id"] == "q5")
    shown = load_workbook(BytesIO(write(table, ".xlsx", words("en")))).worksheets[0]
    blank = [cell for row in shown.iter_rows(min_row=2, min_col=2) for cell in row if not cell.value]
    empty = [cell for row in shown.iter_rows() for cell in row if cell.value == empty_text(words("en"))]
    assert blank == [] and len(empty) == len(lines) - table.filled


def test_each_excel_cell_stands_on_the_page_that_it_names(
    table: EvidenceTable, starter_library: Path
) -> None:
    hits = {
        (row.key, question.id): cell.hit
        for row in table.rows
        for question, cell in zip(table.questions, row.cells, strict=True)
    }
    with Library.open(starter_library) as library:
        named = {one.metadata.title or one.file: one for one in library.documents()}
        for line in listed(table):
            document = named[line["row"]]
            hit = hits[document.id, line["question_id"]]
            assert (hit is None) == (line["state"] == "empty")
            if hit is None:
                continue
            assert line["text"] == hit.passage.passage.display_text
            if document.paged:
                first, last = hit.passage.passage.pages
                found = pages_of(library, document.id, first, last)
                assert all(folded(part) in found for part in line["text"].split("\n"))


def test_word_and_csv_and_json_are_verified(
    table: EvidenceTable, starter_library: Path, tmp_path: Path
) -> None:
    for ending in ("docx", "csv", "json"):
        path = tmp_path / f"table.{ending}"
        path.write_bytes(write(table, f".{ending}", words("en")))
        report = verify_file(path, Library.open(starter_library))
        assert report.all_found and report.counts["found"] == table.filled, ending
    (grid,) = docx.Document(str(tmp_path / "table.docx")).tables
    cells = [cell.text for row in grid.rows[1:] for cell in row.cells[1:]]
    assert cells.count(empty_text(words("en"))) == DOCUMENTS * len(QUESTIONS) - table.filled
    assert "" not in cells
