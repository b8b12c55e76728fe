"""Checked drafts and evidence tables as `verify` reads them: every hit of every sentence and cell, and nothing else."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.checks.excerpts import read_excerpts
from ingest.errors import UsageError


def hit(text: str, *pages: int) -> dict[str, Any]:
    return {"text": text, "document": {"id": "d" * 32, "file": "a.pdf"}, "pages": list(pages)}


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def sentence(text: str, *hits: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "verdict": "supported", "differences": [], "hits": list(hits)}


def test_the_sentences_of_a_draft_are_no_excerpts_but_their_hits_are(tmp_path: Path) -> None:
    draft = {
        "sentences": [sentence("Own words.", hit("Words of a page.", 3, 3)), sentence("More own words.")]
    }
    found = read_excerpts(written(tmp_path / "checked.json", draft))
    assert [(one.texts, one.pages) for one in found] == [(("Words of a page.",), (3, 3))]
    assert found[0].where == "sentences 1, hit 1"


def test_a_draft_that_nothing_was_found_for_has_no_excerpt(tmp_path: Path) -> None:
    assert read_excerpts(written(tmp_path / "checked.json", {"sentences": []})) == []


def cell(*hits: dict[str, Any]) -> dict[str, Any]:
    return {"question_id": "q1", "empty": not hits, "hits": list(hits)}


def test_the_cells_of_a_table_that_hold_a_passage(tmp_path: Path) -> None:
    table = {
        "by": "document",
        "questions": [{"id": "q1", "question": "What?"}],
        "rows": [
            {"key": "a", "name": "A", "cells": [cell(hit("First.", 1, 1)), cell()]},
            {"key": "b", "name": "B", "cells": [cell(), cell(hit("Second.", 2, 3))]},
        ],
    }
    found = read_excerpts(written(tmp_path / "table.json", table))
    assert [one.texts[0] for one in found] == ["First.", "Second."]
    assert [one.where for one in found] == ["rows 1, cells 1, hit 1", "rows 2, cells 2, hit 1"]


@pytest.mark.parametrize("content", [{"sentences": 3}, {"rows": None}])
def test_a_broken_list_has_no_excerpt(tmp_path: Path, content: dict[str, Any]) -> None:
    assert read_excerpts(written(tmp_path / "broken.json", content)) == []


def test_a_hit_without_a_text_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sentences 1, hit 1"):
        read_excerpts(written(tmp_path / "broken.json", {"sentences": [sentence("A.", {"pages": [1, 1]})]}))


def test_an_exported_record_with_a_key_of_ours_is_still_a_record(tmp_path: Path) -> None:
    record = {**hit("A table.", 2, 2), "rows": [["1", "2"]]}
    assert [one.texts for one in read_excerpts(written(tmp_path / "record.json", record))] == [("A table.",)]


def lines(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["row", "state", "text", "pages", "document_id"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_empty_cells_of_a_csv_table_are_passed_over_and_an_empty_filled_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        lines(
            {"row": "A", "state": "filled", "text": "Words.", "pages": "2-3", "document_id": "d"},
            {"row": "B", "state": "empty", "text": ""},
            {"row": "C", "state": "filled", "text": "", "document_id": "d"},
        ),
        encoding="utf-8",
    )
    found = read_excerpts(path)
    assert [(one.texts, one.pages) for one in found] == [(("Words.",), (2, 3)), (("",), None)]
