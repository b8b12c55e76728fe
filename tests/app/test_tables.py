"""Rows for spreadsheets: what a cell says, and that every text comes back out of the file."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import rispy
from cited_samples import REPORT, a_document, a_passage, without_pages
from hypothesis import given
from hypothesis import strategies as st

from app.citations.wording import citation_words
from app.exports.escape import for_cell, visible
from app.exports.tables import COLUMNS, csv_lines, hits_csv, hits_jsonl, hits_ris, passages_csv, row
from app.i18n import words
from index.ranking.hits import Hit
from ingest.library.records import StoredPassage
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def hits(*passages: Passage) -> list[Hit]:
    return [
        Hit(
            rank=rank, score=1.0 / rank, passage=StoredPassage(passage, a_document().id, rank),
            document=a_document(), lexical_rank=rank, dense_rank=None, weak=False, window=None,
        )
        for rank, passage in enumerate(passages, 1)
    ]  # fmt: skip


# Name of the case -> the passage, and the cells `pages` and `labels`.
PAGES: dict[str, tuple[Passage, str, str]] = {
    "one page": (a_passage(), "9", "7"),
    "two pages": (a_passage(pages=(9, 10), labels=("7", "8")), "9-10", "7-8"),
    "two pages under one number": (a_passage(pages=(9, 10), labels=("7", "7")), "9-10", "7"),
    "nothing printed": (a_passage(labels=()), "9", ""),
    "no pages": (without_pages("paragraph 4"), "", ""),
}


@pytest.mark.parametrize("case", PAGES)
def test_pages_are_physical_and_labels_printed(case: str) -> None:
    passage, pages, labels = PAGES[case]
    found = row(1, a_document(), passage, question="q")
    assert (found["pages"], found["labels"]) == (pages, labels)


def test_a_row_fills_all_columns_in_their_order() -> None:
    passage = a_passage(section=("Part 1", "Fees"))
    found = row(4, a_document(), passage, question="What is paid?", note="ask again")
    assert tuple(found) == COLUMNS
    assert (found["number"], found["section"], found["note"]) == (4, "Part 1 > Fees", "ask again")
    assert found["citation"] == "UNDP (2022). Health for migrants, p. 7 (PDF page 9)."
    assert (found["document_id"], found["passage_id"]) == (a_document().id, passage.id)


def test_the_citation_is_in_the_language_and_the_columns_are_not() -> None:
    found = row(1, a_document(), a_passage(), question="q", words=citation_words(words("es")))
    assert found["citation"] == "UNDP (2022). Health for migrants, p. 7 (página 9 del PDF)."
    assert tuple(found) == COLUMNS


def test_calls_of_notes_are_raised_in_the_cell() -> None:
    found = row(1, a_document(), a_passage("In 202427 it fell.", calls=((7, 9),)), question="q")
    assert found["text"] == "In 2024²⁷ it fell."


def test_what_is_unknown_is_an_empty_cell() -> None:
    cells = read(passages_csv([row(1, a_document(Metadata()), a_passage(), question="")]))[0]
    assert [cells[name] for name in ("publisher", "title", "year", "url", "note")] == [""] * 5
    assert cells["file"] == "paper-1.pdf"


def test_the_file_begins_with_its_mark_and_ends_lines_as_spreadsheets_do() -> None:
    data = passages_csv([row(1, a_document(), a_passage(), question="q")])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2 and data.endswith(b"\r\n")


def test_no_passage_gives_the_columns_alone() -> None:
    assert read(passages_csv([])) == []
    assert passages_csv([]).decode("utf-8-sig").strip().replace('"', "").split(",") == list(COLUMNS)


def test_rows_are_written_one_by_one() -> None:
    """The second row is not asked for before the line of the first was taken."""
    asked: list[int] = []

    def rows() -> Any:
        for number in range(3):
            asked.append(number)
            yield {"n": number}

    lines = csv_lines(rows())
    assert next(lines) == '\ufeff"n"\r\n'.encode() and asked == [0]
    assert next(lines) == b'"0"\r\n' and asked == [0]
    assert next(lines) == b'"1"\r\n' and asked == [0, 1]


def test_half_a_character_does_not_break_the_file() -> None:
    document = replace(a_document(), file="caf\udce9.pdf")
    cells = read(passages_csv([row(1, document, a_passage("Half \ud83d."), question="q")]))[0]
    assert cells["file"] == "caf\\xe9.pdf" and cells["text"] == "Half \ufffd."


@given(st.lists(st.fixed_dictionaries({"text": st.text(max_size=30), "n": st.integers()}), max_size=5))
def test_every_cell_comes_back_as_it_was_written(rows: list[Mapping[str, Any]]) -> None:
    data = b"".join(csv_lines(rows, ("text", "n")))
    wanted = [{"text": for_cell(one["text"]), "n": for_cell(one["n"])} for one in rows]
    assert read(data) == wanted


@given(st.text(max_size=30))
def test_a_cell_is_the_text_or_the_text_behind_an_apostrophe(text: str) -> None:
    cell = for_cell(text)
    assert cell in {visible(text), "'" + visible(text)}
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_negative_numbers_are_text_behind_an_apostrophe() -> None:
    assert for_cell(-7) == "'-7" and for_cell(7) == "7" and for_cell(0) == "0"


def test_hits_are_numbered_by_rank() -> None:
    found = read(hits_csv(hits(a_passage("One."), a_passage("Two.")), "Which?"))
    assert [(one["number"], one["text"], one["question"]) for one in found] == [
        ("1", "One.", "Which?"),
        ("2", "Two.", "Which?"),
    ]


def test_hits_as_json_lines_are_hit_objects_with_the_text_unchanged() -> None:
    passage = a_passage("In 202427 it fell\u2028at last.", calls=((7, 9),))
    lines = hits_jsonl(hits(passage, a_passage("Two."))).decode().splitlines()
    assert [json.loads(line)["rank"] for line in lines] == [1, 2]
    assert json.loads(lines[0])["text"] == passage.text


def test_hits_as_ris_are_read_by_another_program() -> None:
    data = hits_ris(hits(a_passage(pages=(9, 10), labels=("7", "8")), a_passage(labels=())))
    first, second = rispy.loads(data.decode())
    assert (first["start_page"], first["end_page"]) == ("7", "8")
    assert "start_page" not in second and second["notes"] == ["PDF page 9"]


def test_hits_as_ris_keep_the_words_of_the_language() -> None:
    (record,) = rispy.loads(hits_ris(hits(a_passage()), citation_words(words("pt"))).decode())
    assert record["notes"] == ["p. 7 (página 9 do PDF)"]
    assert record["title"] == REPORT.title


def test_no_hit_is_no_record() -> None:
    assert hits_ris([]) == b"" and hits_jsonl([]) == b"" and read(hits_csv([], "q")) == []
