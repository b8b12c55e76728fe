"""Exported records as cells, and a file of questions whatever stands in it."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from cited_samples import REPORT, a_passage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.commands.options import folder_given
from app.commands.output import json_text
from app.commands.question_file import Question, check_question, read_questions
from app.exports.records import FORMATS, export, records
from index.query.filters import FILTER_KEYS
from ingest.errors import UsageError
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage, passage_id

SHA, OTHER = "a" * 64, "b" * 64
RAW = "Fees were\x02 dropped. Clinics open."


def stored(sha: str, passage: Passage, *, paged: bool) -> NewDocument:
    placed = replace(passage, id=passage_id(sha, passage.text, 0), spans=((1, 0, len(RAW)),))
    page = StoredPage(document_id(sha), 1, RAW, "7" if paged else None, "printed" if paged else None)
    return NewDocument(sha, "pdf" if paged else "html", paged, "ready", None, (page,), (placed,), "en")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    paged = a_passage("Fees were dropped.", pages=(1, 1), section=("Part 1", "Fees"), calls=((0, 4),))
    plain = a_passage(
        "Clinics open.", pages=(), labels=(), section=("Care",), locator="section Care, paragraph 2"
    )
    metadata = replace(REPORT, authors=("Ruiz, Ana", "Silva, Eva"), countries=("PER", "COL"))
    with Library.open(tmp_path_factory.mktemp("cells") / "library", create=True) as opened:
        new = stored(SHA, paged, paged=True)
        opened.put_document(new, metadata, [FileStamp("a.pdf"), FileStamp("b.pdf")])
        opened.put_document(stored(OTHER, plain, paged=False), Metadata(title="=T"), [FileStamp("c.html")])
        yield opened


def table(library: Library, what: str, folder: Path) -> list[dict[str, str]]:
    out = folder / "out.csv"
    export(library, what, "csv", out)
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))


def test_cells_of_a_passage(library: Library, tmp_path: Path) -> None:
    first, second = table(library, "passages", tmp_path)
    assert (first["pages"], first["labels"], first["locator"]) == ("1", "7", "")
    assert (first["section"], first["note_calls"]) == ("Part 1 > Fees", "[[0, 4]]")
    assert json.loads(first["spans"]) == [[1, 0, len(RAW)]]
    assert (first["document_id"], first["file"]) == (document_id(SHA), "a.pdf")
    assert (first["countries"], first["ocr"], first["readers_agree"]) == ("PER; COL", "False", "True")
    assert (second["pages"], second["locator"]) == ("", "section Care, paragraph 2")
    assert second["title"] == "'=T"
    assert list(first) == list(second)


def test_cells_of_a_page_hold_it_as_it_reads_on_paper(library: Library, tmp_path: Path) -> None:
    first, second = table(library, "pages", tmp_path)
    assert first["text"] == RAW.replace("\x02", "-") == second["text"]
    assert (first["page"], first["label"], first["label_source"], first["flags"]) == ("1", "7", "printed", "")
    assert (second["label"], second["document_id"]) == ("", document_id(OTHER))


def test_cells_of_a_document(library: Library, tmp_path: Path) -> None:
    first, second = table(library, "documents", tmp_path)
    assert (first["id"], first["sha256"]) == (document_id(SHA), SHA)
    assert (first["files"], first["authors"]) == ("a.pdf; b.pdf", "Ruiz, Ana; Silva, Eva")
    assert json.loads(first["sources"]) == {}
    assert (second["publisher"], second["year"], second["reason"]) == ("", "", "")


RECORD_COUNTS = {"passages": 2, "pages": 2, "documents": 2, "uncovered": 0}


@pytest.mark.parametrize("what", FORMATS)
def test_json_lines_are_the_records_one_a_line(library: Library, what: str, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert export(library, what, "jsonl", out) == RECORD_COUNTS[what]
    assert [json.loads(line) for line in out.read_text().splitlines()] == list(records(library, what))


@pytest.mark.parametrize("form", FORMATS["documents"])
def test_an_export_replaces_the_file_that_was_there(library: Library, form: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("what was there")
    assert export(library, "documents", form, out) == 2
    assert "what was there" not in out.read_text(encoding="utf-8-sig")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


GIVEN = {"papers": "papers", "./papers/": "papers", "/": "/", " papers": " papers"}


@pytest.mark.parametrize("written", GIVEN)
def test_a_folder_is_the_one_that_was_written(written: str) -> None:
    assert folder_given(written) == Path(GIVEN[written])


@pytest.mark.parametrize("written", ["", " ", "\t\n"])
def test_an_empty_name_is_no_folder(written: str) -> None:
    with pytest.raises(typer.BadParameter, match="the name of a folder is empty"):
        folder_given(written)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 2]))
def test_json_for_standard_output_is_read_back(value: Any, indent: int | None) -> None:
    text = json_text(value, indent=indent)
    assert json.loads(text) == value
    assert indent or "\n" not in text


def test_what_json_has_no_form_for_is_its_text() -> None:
    assert json_text({"folder": Path("papers")}) == '{"folder": "papers"}'


RECORDS = st.fixed_dictionaries(
    {"id": JSON, "question": JSON}, optional={"filters": JSON, "filter": JSON, "mine": JSON}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.lists(RECORDS | JSON, max_size=4))
def test_any_file_of_questions_is_read_or_refused_with_its_line(tmp_path: Path, content: list[Any]) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in content))
    try:
        found = list(read_questions(path))
    except UsageError as error:
        assert str(error).startswith(f"{path}, line ")
        return
    assert len(found) == len(content)
    assert len({one.id for one in found}) == len(found)
    assert all(isinstance(one, Question) and set(one.filters) <= set(FILTER_KEYS) for one in found)


OWN_KEYS = ("topic", "Frage", "answer", "lang", "note")


@pytest.mark.parametrize("key", OWN_KEYS)
def test_somebody_s_own_keys_are_left_alone(key: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"id": 1, "question": "Why?", key: "x"}) + "\n", encoding="utf-8")
    assert list(read_questions(path)) == [Question("1", "Why?", {})]


NEARLY = {"filter": "filters", "Filters": "filters", "questions": "question", "ID": "id"}


@pytest.mark.parametrize("key", NEARLY)
def test_a_key_that_is_nearly_a_known_one_is_a_slip(key: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"id": 1, "question": "Why?", key: "x"}) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"line 1: unknown key '{key}'; did you mean '{NEARLY[key]}'"):
        list(read_questions(path))


@pytest.mark.parametrize("question", ["a", "7", "¿é?", "健康", "-x"])
def test_one_letter_or_digit_makes_a_question(question: str) -> None:
    check_question(question, "it")


@pytest.mark.parametrize("question", ["?", "…", "-", '""', "«»", "\u00ad", "$"])
def test_marks_alone_make_none(question: str) -> None:
    with pytest.raises(UsageError, match=r"^it: "):
        check_question(question, "it")
