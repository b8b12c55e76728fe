"""`pincite batch` for teams: stopped and gone on, with bad lines, out of Excel and into it."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from running_service import REPOSITORY

from app.cli import main
from app.commands.question_file import Question, questions_or_faults, read_questions
from app.exports.answers_xlsx import COLUMNS, LONGEST_CELL, answers_xlsx
from app.service.batch import Fault
from app.service.batch_draft import BatchDraft, fingerprint
from ingest.errors import PinciteError, UsageError

WORDS = (
    "SIS",
    "clinics",
    "prenatal",
    "policy",
    "decree",
    "measles",
    "vaccine",
    "weekday",
    "consultations",
    "permit",
)


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


def questions(path: Path, count: int) -> Path:
    asked = (
        {"id": f"q{n}", "question": f"{WORDS[n % 10]} {WORDS[n // 10 % 10]} {WORDS[n // 100 % 10]} {n}"}
        for n in range(count)
    )
    path.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    return path


def test_a_killed_batch_goes_on_without_a_lost_or_doubled_line(small_library: Path, tmp_path: Path) -> None:
    asked = questions(tmp_path / "q.jsonl", 1_000)
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    words = ["batch", str(asked), "--out", str(out), "--library", str(small_library), "--mode", "lexical"]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *words], cwd=REPOSITORY, stderr=subprocess.PIPE, env={**os.environ}
    )
    for _ in range(600):
        if part.exists() and part.read_bytes().count(b"\n") > 60:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    answered = part.read_bytes().count(b"\n") - 1
    assert 60 <= answered < 1_000 and not out.exists()
    with part.open("ab") as file:
        file.write(b'{"id": "cut off')  # as a kill within a line leaves it
    again = subprocess.run(
        [sys.executable, "-m", "app.cli", *words], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert f"{answered} of 1000 were answered before; going on" in again.stderr
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == [f"q{n}" for n in range(1_000)]
    assert not part.exists() and again.stdout == ""


def test_another_question_begins_anew(small_library: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    (tmp_path / "out.jsonl.part").write_text('{"batch": "of another time"}\n{"id": "q0"}\n', encoding="utf-8")
    asked = questions(tmp_path / "q.jsonl", 2)
    assert (
        call("batch", str(asked), "--out", str(out), "--library", str(small_library), "--mode", "lexical")
        == 0
    )
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["q0", "q1"] and all("hits" in line for line in lines)


def test_bad_lines_are_answered_in_their_place_when_asked_to_go_on(
    small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    lines = ['{"id": "a", "question": "SIS"}', "no json", '{"id": "c"}', '{"id": "a", "question": "SIS"}']
    asked.write_text("\n".join([*lines, '{"id": "e", "question": "vaccine"}']) + "\n", encoding="utf-8")
    words = ("batch", str(asked), "--out", str(out), "--library", str(small_library), "--mode", "lexical")
    assert call(*words) == 2 and not out.exists()
    capsys.readouterr()
    assert call(*words, "--keep-going") == 3
    told = capsys.readouterr()
    assert told.out == "" and "2 questions answered" in told.err and "3 lines without a question" in told.err
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in found] == ["a", None, "c", "a", "e"]
    assert ["error" in one for one in found] == [False, True, True, True, False]
    assert found[1]["line"] == 2 and found[3]["error"].endswith("the id 'a' occurs twice")
    run = tmp_path / "run.trec"
    assert call(*words[:3], str(run), *words[4:], "--format", "trec", "--keep-going") == 3
    assert {line.split()[0] for line in run.read_text().splitlines()} == {"a", "e"}


def workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"):
        cell.data_type = "s"  # as a person types '=measles
    book.save(path)
    return path


def test_excel_in_and_out(small_library: Path, tmp_path: Path) -> None:
    asked = workbook(
        tmp_path / "questions.xlsx",
        ("ID", "Question", "Year", "Publisher", "Remark"),
        (1, "SIS policy", 2023, "Ministry of Health", "ours"),
        (None, None, None, None, None),
        ("b", "=measles vaccine", None, None, None),
        ("c", "xyzzy", None, "nobody; Ministry of Health", None),
    )
    out = tmp_path / "answers.xlsx"
    words = ("--library", str(small_library), "--mode", "lexical", "--format", "xlsx", "-k", "2")
    assert call("batch", str(asked), "--out", str(out), *words) == 0
    sheet = load_workbook(out)["Answers"]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert (rows[0]["id"], rows[-1]["id"]) == ("1", "c")
    first = rows[0]
    assert "31 percent" in first["passage"] and (first["rank"], first["PDF page"], first["year"]) == (
        1,
        "2",
        2023,
    )
    assert "PDF page 2" in first["citation"] and first["document"] == "Clinics in Lima"
    assert rows[-1]["answered"] == "no" and rows[-1]["passage"] is None
    formula = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=measles vaccine")
    assert formula.data_type == "s"


def test_questions_of_a_sheet(tmp_path: Path) -> None:
    asked = workbook(
        tmp_path / "q.xlsx", ("question", "year", "id"), ("Why?", 2019.0, 7.0), ("How?", "2015..2020", None)
    )
    assert list(read_questions(asked)) == [
        Question("7", "Why?", {"year": ["2019"]}),
        Question("3", "How?", {"year": ["2015..2020"]}),
    ]
    found = list(
        questions_or_faults(workbook(tmp_path / "f.xlsx", ("question", "id"), ("?", 1), ("Why?", 2)))
    )
    assert isinstance(found[0], Fault) and (found[0].line, found[0].id) == (2, 1)
    assert found[1] == Question("2", "Why?", {})


def test_what_is_no_sheet_of_questions_is_said(tmp_path: Path) -> None:
    for path, message in (
        (workbook(tmp_path / "a.xlsx", ("text",), ("Why?",)), 'line 1: there is no column "question"'),
        (tmp_path / "none.xlsx", "no such file"),
    ):
        with pytest.raises(UsageError, match=message):
            list(read_questions(path))
    (tmp_path / "b.xlsx").write_text("no zip", encoding="utf-8")
    with pytest.raises(UsageError, match="not a readable Excel file"):
        list(read_questions(tmp_path / "b.xlsx"))


def test_a_workbook_says_errors_and_holds_what_excel_can(tmp_path: Path) -> None:
    document = {"title": None, "file": "a.pdf", "publisher": None, "year": None}
    hit = {
        "rank": 1, "text": "x" * 40_000, "labels": ["iv", "v"], "pages": [4, 5], "citation": "c", "document": document,
        "language": None, "passage_id": "p",
    }  # fmt: skip
    answers: list[dict[str, Any]] = [
        {"id": "a", "question": "q\x07", "answerable": False, "hits": [hit]},
        {"id": None, "line": 2, "error": "line 2: is not JSON"},
    ]
    sheet = load_workbook(io.BytesIO(answers_xlsx(answers)))["Answers"]
    row = dict(zip(COLUMNS, [cell.value for cell in sheet[2]], strict=True))
    assert (row["page"], row["PDF page"], row["document"], row["answered"]) == (
        "iv–v",
        "4–5",
        "a.pdf",
        "perhaps not",
    )
    assert len(row["passage"]) == LONGEST_CELL and row["passage"].endswith("[…]")
    assert sheet.cell(3, 4).value == "ERROR: line 2: is not JSON"


def test_a_draft_counts_whole_lines_of_its_own_batch(tmp_path: Path) -> None:
    out, name = tmp_path / "out", fingerprint("a", 1)
    with BatchDraft(out, name) as draft:
        draft.add(b"1\n")
        draft.add(b"2\n")
    with BatchDraft(out, name) as draft:
        assert draft.done == 2 and list(draft.lines()) == [b"1\n", b"2\n"]
        draft.add(b"3\n")
        assert list(draft.lines()) == [b"1\n", b"2\n", b"3\n"]
    with BatchDraft(out, fingerprint("b", 1)) as draft:
        assert draft.done == 0 and list(draft.lines()) == []
    draft.remove()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PinciteError, match="cannot be written"):
        BatchDraft(tmp_path / "none" / "out", name)


def test_into_a_pipe_nothing_is_left_beside_it(small_library: Path, tmp_path: Path) -> None:
    asked = questions(tmp_path / "q.jsonl", 2)
    words = [
        "batch",
        str(asked),
        "--out",
        "/dev/stdout",
        "--library",
        str(small_library),
        "--mode",
        "lexical",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["q0", "q1"]
    assert not Path("/dev/stdout.part").exists()
