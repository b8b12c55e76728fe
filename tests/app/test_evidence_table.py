"""An evidence table over the small library: right rows, verbatim cells, empty ones said, every file read again."""

import csv
import json
from io import BytesIO
from pathlib import Path

import docx
import pytest
from index_library import put_text
from openpyxl import load_workbook

from app.checks.verify import verify_file
from app.cli import main
from app.desk.table import MOST_COLUMNS, EvidenceTable, Question, RowKind, evidence_table
from app.desk.table_files import empty_text, table_dict, write
from app.i18n import words
from index.search import Searcher
from index.snapshot.publish import publish
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

ENGLISH = words("en")
QUESTIONS = (
    Question(id="sis", question="What share of the people interviewed had a SIS policy?", filters={}),
    Question(id="line", question="¿Cuántas llamadas atendió la línea telefónica?", filters={}),
    Question(id="vaccine", question="Where is the measles vaccine offered?", filters={}),
    Question(id="mars", question="How deep are the oceans of Europa?", filters={}),
)


@pytest.fixture(scope="module")
def searcher(small_library: Path) -> Searcher:
    return Searcher.open(small_library)


@pytest.fixture(scope="module")
def table(searcher: Searcher) -> EvidenceTable:
    return evidence_table(searcher, QUESTIONS, RowKind.document)


def texts(table: EvidenceTable, key: str) -> dict[str, str]:
    """Return row name → passage of the cells of a question that hold one."""
    column = [one.id for one in table.questions].index(key)
    return {
        row.name: cell.hit.passage.passage.text
        for row in table.rows
        if (cell := row.cells[column]).hit is not None
    }


def test_a_row_a_document_and_a_cell_a_question(table: EvidenceTable) -> None:
    assert [row.name for row in table.rows][:1] == ["Clinics in Lima"]
    assert len(table.rows) == 3
    assert {len(row.cells) for row in table.rows} == {4}


def test_the_cell_of_the_document_that_answers_is_filled(table: EvidenceTable) -> None:
    assert "31 percent" in texts(table, "sis")["Clinics in Lima"]
    assert any("920 llamadas" in text for text in texts(table, "line").values())
    assert "Vaccination note" in texts(table, "vaccine")


def test_what_no_document_answers_is_empty(table: EvidenceTable) -> None:
    assert texts(table, "mars") == {}
    assert table.filled < len(table.rows) * len(QUESTIONS)


@pytest.mark.parametrize(
    ("by", "rows"),
    [(RowKind.country, ["PER"]), (RowKind.year, ["2023"]), (RowKind.publisher, ["Ministry of Health"])],
)
def test_rows_of_other_kinds(searcher: Searcher, by: RowKind, rows: list[str]) -> None:
    found = evidence_table(searcher, QUESTIONS[:1], by)
    assert [row.key for row in found.rows] == rows
    assert found.filled == 1


def test_filters_limit_rows_and_those_of_a_question_its_column(searcher: Searcher) -> None:
    limited = evidence_table(searcher, QUESTIONS[:1], RowKind.document, filters={"country": ["PER"]})
    assert [row.name for row in limited.rows] == ["Clinics in Lima"]
    own = Question(id="sis", question=QUESTIONS[0].question, filters={"country": ["BRA"]})
    assert evidence_table(searcher, [own], RowKind.document).filled == 0


def test_too_many_questions_and_unknown_filters_are_refused(searcher: Searcher) -> None:
    with pytest.raises(UsageError, match="questions is too large"):
        evidence_table(searcher, QUESTIONS[:1] * (MOST_COLUMNS + 1), RowKind.document)
    with pytest.raises(UsageError, match="unknown filter"):
        evidence_table(searcher, QUESTIONS, RowKind.document, filters={"colour": ["red"]})


def test_excel_read_again(table: EvidenceTable) -> None:
    book = load_workbook(BytesIO(write(table, ".xlsx", ENGLISH, {"sis": "Insured"})))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "Document",
        "Insured",
        *(one.question for one in QUESTIONS[1:]),
    ]
    for at, row in enumerate(table.rows, 2):
        assert sheet.cell(at, 1).value == row.name
        for column, cell in enumerate(row.cells, 2):
            shown = sheet.cell(at, column).value
            if cell.hit is None:
                assert shown == empty_text(ENGLISH)
            else:
                assert shown.startswith(cell.hit.passage.passage.display_text)
                assert ("p. " in shown or "page" in shown) == bool(cell.hit.passage.passage.pages)
    listed = book.worksheets[1]
    assert listed.max_row == 1 + len(table.rows) * len(QUESTIONS)


def test_nothing_in_excel_is_a_formula(searcher: Searcher) -> None:
    asked = [Question(id="a", question='=HYPERLINK("http://example.org")', filters={})]
    book = load_workbook(BytesIO(write(evidence_table(searcher, asked, RowKind.document), ".xlsx", ENGLISH)))
    head = book.worksheets[0].cell(1, 2)
    assert head.value == asked[0].question
    assert head.data_type == "s"
    assert "f" not in {cell.data_type for row in book.worksheets[1].iter_rows() for cell in row}


def test_word_read_again(table: EvidenceTable, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(write(table, ".docx", words("es")))
    (grid,) = docx.Document(str(tmp_path / "t.docx")).tables
    assert grid.cell(0, 0).text == "Documento"
    for at, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row.cells, 1):
            shown = grid.cell(at, column).text
            assert shown == (cell.hit.passage.passage.display_text if cell.hit else empty_text(words("es")))


def test_csv_has_a_line_a_cell_and_says_which_are_empty(table: EvidenceTable) -> None:
    read = list(csv.DictReader(write(table, ".csv", ENGLISH).decode("utf-8-sig").splitlines()))
    assert len(read) == len(table.rows) * len(QUESTIONS)
    assert {line["state"] for line in read} == {"filled", "empty"}
    assert all((line["text"] == "") == (line["state"] == "empty") for line in read)


def test_json_holds_the_hits_of_the_search_object(table: EvidenceTable) -> None:
    content = table_dict(table)
    assert content["by"] == "document"
    cells = [cell for row in content["rows"] for cell in row["cells"]]
    assert all(cell["empty"] == (cell["hits"] == []) for cell in cells)
    assert {"text", "pages", "citation", "spans"} <= cells[0]["hits"][0].keys() if cells[0]["hits"] else True


@pytest.mark.parametrize("ending", ["csv", "docx", "json"])
def test_every_cell_is_found_by_verify(
    table: EvidenceTable, small_library: Path, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"table.{ending}"
    path.write_bytes(write(table, f".{ending}", ENGLISH))
    report = verify_file(path, Library.open(small_library))
    assert report.all_found
    assert report.counts["found"] == table.filled


def test_the_command(small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"id": one.id, "question": one.question}) for one in QUESTIONS]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "t.xlsx"
    given = ["table", str(tmp_path / "q.jsonl"), "--by", "country", "--out", str(out), "--language", "pt"]
    with pytest.raises(SystemExit) as stop:
        main([*given, "--library", str(small_library)])
    assert stop.value.code in (0, None)
    assert "1 rows in" in capsys.readouterr().err
    sheet = load_workbook(out).worksheets[0]
    assert sheet.cell(1, 1).value == "País"
    assert sheet.cell(2, 1).value == "Peru"


WRONG = {
    "ending": ("pdf", '{"id": 1, "question": "What is it?"}', "must end in .xlsx, .docx, .csv or .json"),
    "no question": ("csv", "", "no question here"),
    "broken line": ("csv", '{"id": 1}', "line 1"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_usage_is_told(
    small_library: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ending, content, told = WRONG[kind]
    (tmp_path / "q.jsonl").write_text(content, encoding="utf-8")
    given = ["table", str(tmp_path / "q.jsonl"), "--out", str(tmp_path / f"t.{ending}")]
    with pytest.raises(SystemExit) as stop:
        main([*given, "--library", str(small_library)])
    assert stop.value.code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / f"t.{ending}").exists()


def test_a_byline_is_no_cell(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        put_text(library, "a.txt", Metadata(title="A"), "en", ["SUMMARY · Oxygen for clinics, 2022"])
        text = "Oxygen reached nine clinics in 2022, and two of the clinics stored oxygen for a week."
        put_text(library, "b.txt", Metadata(title="B"), "en", ["SUMMARY · Oxygen for clinics, 2022.", text])
        publish(library, library.folder, None)
        asked = [Question(id="q", question="oxygen for clinics in 2022", filters={})]
        table = evidence_table(Searcher.open(library.folder), asked, RowKind.document)
    shown = texts(table, "q")
    assert "A" not in shown
    assert set(shown.values()) <= {text}
