"""Exports hold what the library holds, can be read back, and are safe to open in a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from reportlab.pdfgen.canvas import Canvas

from app.checks.verify import verify_file
from app.exports.records import export, records
from app.exports.tables import csv_lines, passages_csv, row
from ingest.errors import PinciteError, UsageError
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passage import Gap, Passage, passage_id
from ingest.pipeline import ingest_folder
from ingest.text.jsonl import json_line

PAPER = """Health for all

Clinics in Lima open early. Nurses see newcomers first.

=1+1 is no formula here, it is text.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "one.txt").write_text(PAPER)
    (corpus / "two.txt").write_text("Second paper about schools\n\nSchools take all children in.\n")
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    (corpus / "catalogue.toml").write_text(
        '["one.txt"]\npublisher = "=HYPERLINK(\\"x\\")"\nyear = 2020\ncountries = ["PER", "COL"]\n'
    )
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        ingest_folder(corpus, opened, settle=0.01)
        yield opened


@pytest.fixture(scope="module")
def hard_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Printed labels with hyphens, pdfium's hyphen at the end of a line, and a page longer than a CSV field."""
    corpus = tmp_path_factory.mktemp("hard")
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for page in range(3):
        for number in range(45):
            row = f"Clinic {page}{number} in Lima opens early in the week, and nurses there see the elder-"
            canvas.drawString(
                72, 760 - 14 * number, row if number % 2 == 0 else "ly people first, and then go on with"
            )
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(buffer))
    writer.set_page_label(0, 2, style=PageLabelStyle.DECIMAL, prefix="2-", start=15)
    writer.write(corpus / "chapters.pdf")
    sentences = (f"Clinic {number} of the district opens early in the week." for number in range(3_000))
    (corpus / "long.txt").write_text("Long page\n\n" + " ".join(sentences) + "\n")
    (corpus / "hidden.txt").write_text(
        "Hidden signs\n\nNurses\u200e see\x02 new\ufffe\x1fcomers\x85 first.\n"
    )
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        ingest_folder(corpus, opened, settle=0.01)
        yield opened


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_passages_as_json_lines_have_the_keys_of_the_contract(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "passages.jsonl"
    count = export(library, "passages", "jsonl", out)
    found = lines(out)
    assert count == len(found) == library.counts()["passages"]
    keys = (
        "passage_id document text kind language pages labels label_source section spans "
        "tokens ocr readers_agree"
    )
    assert set(keys.split()) <= set(found[0])
    raw = {page["document"]["id"]: page["text"] for page in records(library, "pages")}
    for record in found:
        assert record["pages"] == []
        assert record["locator"]
        assert all(raw[record["document"]["id"]][start:end] for _, start, end in record["spans"])
    assert verify_file(out, library).counts["found"] == count


def test_pages_give_the_raw_text_that_spans_index(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "pages.jsonl"
    assert export(library, "pages", "jsonl", out) == 2
    page = lines(out)[0]
    assert page["text"] == PAPER
    assert (page["page"], page["label"], page["flags"], page["document"]["file"]) == (1, None, [], "one.txt")
    assert verify_file(out, library).all_found


def test_what_stands_in_no_passage_is_listed_with_the_reason(tmp_path: Path) -> None:
    sha = "cd" * 32
    text = "Report 2020 Forgotten words."
    gaps = (Gap(0, 11, "running head"), Gap(12, 28, "no passage"))
    page = StoredPage(document_id(sha), 1, text, "iv", "printed", coverage=0.0, gaps=gaps)
    with Library.open(tmp_path / "library", create=True) as opened:
        new = NewDocument(sha, "pdf", True, "ready", None, (page,))
        opened.put_document(new, Metadata(title="T"), [FileStamp("a.pdf", 1, 1, 1, 1)])
        found = list(records(opened, "uncovered"))
        (listed,) = records(opened, "pages")
    assert listed["coverage"] == 0.0
    assert [(item["page"], item["label"], item["reason"], item["text"]) for item in found] == [
        (1, "iv", "running head", "Report 2020"),
        (1, "iv", "no passage", "Forgotten words."),
    ]
    assert found[1]["document"]["file"] == "a.pdf" and found[1]["span"] == [1, 12, 28]


def test_documents_of_every_state_with_the_source_of_each_value(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "documents.jsonl"
    export(library, "documents", "jsonl", out)
    bad, one, _ = lines(out)
    assert (bad["file"], bad["state"]) == ("bad.pdf", "failed")
    assert bad["reason"]
    assert (one["title"], one["year"], one["countries"]) == ("Health for all", 2020, ["PER", "COL"])
    assert one["sources"]["year"] == "catalogue"


@pytest.mark.parametrize("what", ["passages", "pages", "documents"])
def test_tables_have_no_cell_that_is_a_formula_and_lose_nothing(
    library: Library, tmp_path: Path, what: str
) -> None:
    out = tmp_path / "table.csv"
    count = export(library, what, "csv", out)
    found = rows(out)
    assert count == len(found) == len(list(records(library, what)))
    cells = [cell for row in found for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    if what != "pages":
        assert '\'=HYPERLINK("x")' in cells
    if what != "documents":
        assert verify_file(out, library).counts["found"] == count


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("what", ["passages", "pages"])
def test_every_export_of_excerpts_is_found_again(
    hard_library: Library, tmp_path: Path, what: str, form: str
) -> None:
    held = list(records(hard_library, what))
    if what == "pages":
        assert any("\x02" in page["text"] or "\ufffe" in page["text"] for page in held if page["label"])
        assert max(len(page["text"]) for page in held) > 131_072
    else:
        labels = {tuple(passage["labels"]) for passage in held}
        assert {label for pair in labels for label in pair} <= {"2-15", "2-16", "2-17"}
        assert any(len(set(pair)) == 2 for pair in labels)
    out = tmp_path / f"held.{form}"
    export(hard_library, what, form, out)
    assert verify_file(out, hard_library).counts == {"found": len(held), "not_found": 0, "misattributed": 0}


def test_a_table_holds_the_calls_of_notes(tmp_path: Path) -> None:
    sha, text = "d" * 64, "Fees were dropped in 202427 for all."
    passage = Passage(
        id=passage_id(sha, text, 0), text=text, kind="body", language="en", section=(),
        spans=((1, 0, len(text)),), pages=(1, 1), labels=(), label_source=None, locator=None,
        sentences=((0, len(text)),), tokens=9, calls=((25, 27),),
    )  # fmt: skip
    page = StoredPage(document_id(sha), 1, text, None, None)
    with Library.open(tmp_path / "library", create=True) as library:
        library.put_document(
            NewDocument(sha, "pdf", True, "ready", None, (page,), (passage,), "en"),
            Metadata(),
            [FileStamp("notes.pdf")],
        )
        out = tmp_path / "passages.csv"
        export(library, "passages", "csv", out)
        assert [row["note_calls"] for row in rows(out)] == ["[[25, 27]]"]
        assert verify_file(out, library).counts == {"found": 1, "not_found": 0, "misattributed": 0}


def test_a_table_of_results_is_found_again_unless_its_label_is_another(
    hard_library: Library, tmp_path: Path
) -> None:
    found = [
        row(number, document, stored.passage, question="q")
        for document in hard_library.documents()
        for number, stored in enumerate(hard_library.passages(document.id))
        if stored.passage.labels
    ]
    out = tmp_path / "results.csv"
    out.write_bytes(passages_csv(found))
    assert verify_file(out, hard_library).counts["found"] == len(found)
    for wrong in ("2", "15", "215", "2-15-2", "2-14"):
        out.write_bytes(passages_csv([found[0] | {"labels": wrong}]))
        assert verify_file(out, hard_library).counts["misattributed"] == 1


def test_reference_managers_read_the_documents_back(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "refs"
    export(library, "documents", "bibtex", out)
    assert len(parse_string(out.read_text(), "bibtex").entries) == 3
    export(library, "documents", "ris", out)
    assert len(rispy.loads(out.read_text())) == 3
    export(library, "documents", "csl-json", out)
    assert [item["title"] for item in json.loads(out.read_text())][1] == "Health for all"


def test_to_standard_output(library: Library, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert export(library, "documents", "jsonl", None) == 3
    assert len(capfdbinary.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(("what", "form"), [("passages", "bibtex"), ("pages", "ris"), ("pages", "csl-json")])
def test_formats_that_do_not_fit_are_wrong_usage(
    library: Library, tmp_path: Path, what: str, form: str
) -> None:
    with pytest.raises(UsageError, match=form):
        export(library, what, form, tmp_path / "x")


def test_an_export_that_cannot_be_written_leaves_the_old_file(library: Library, tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="cannot be written"):
        export(library, "passages", "jsonl", tmp_path / "no such folder" / "x.jsonl")
    folder = tmp_path / "is a folder"
    folder.mkdir()
    with pytest.raises(PinciteError, match="cannot be written"):
        export(library, "passages", "jsonl", folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["is a folder"]


def test_every_record_is_one_line_whatever_it_holds() -> None:
    for text in ("a\u2028b\u2029c\x85d\x0be\x1cf\r\ng", "lone \udce9 surrogate", "\x00"):
        line = json_line({"text": text})
        assert line.count(b"\n") == 1
        assert len(line.decode().splitlines()) == 1
        assert json.loads(line) == {"text": text}


def test_an_empty_library_exports_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as empty:
        for what in ("passages", "pages", "documents"):
            for form in ("jsonl", "csv"):
                assert export(empty, what, form, tmp_path / "out") == 0


def test_csv_without_rows_names_the_columns_that_were_given() -> None:
    assert b"".join(csv_lines([], ("text", "pages"))).decode("utf-8-sig") == '"text","pages"\r\n'
    assert b"".join(csv_lines([])).decode("utf-8") == "\ufeff"


def test_csv_takes_the_columns_of_the_first_row_and_leaves_the_others_empty() -> None:
    lines = [line.decode("utf-8-sig") for line in csv_lines([{"text": "a", "page": 1}, {"text": "=b"}])]
    assert lines == ['"text","page"\r\n', '"a","1"\r\n', '"\'=b",""\r\n']
