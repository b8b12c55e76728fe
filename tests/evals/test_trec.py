"""TREC files go out and come back, and what is broken names its line."""

from pathlib import Path

import pytest

from evals.measures.metrics import trec_order
from evals.trec import read_qrels, read_run, write_qrels, write_run
from ingest.errors import UsageError

BROKEN_RUNS = {
    "five fields": ("q1 Q0 p1 1 0.5\n", "line 1: has 5 fields, not 6"),
    "score in words": ("q1 Q0 p1 1 high tag\n", "line 1: 'high' is not a number"),
    "endless score": ("q1 Q0 p1 1 inf tag\n", "not a finite number"),
    "passage twice": ("q1 Q0 p1 1 2 tag\n\nq1 Q0 p1 2 1 tag\n", "line 3: 'p1' stands twice"),
}
BROKEN_QRELS = {
    "half a grade": ("q1 0 p1 1.5\n", "not a whole number"),
    "two minds": ("q1 0 p1 1\nq1 0 p1 2\n", "line 2: 'p1' has two grades"),
}


def test_a_run_keeps_the_order_shown_although_scores_do_not_fall(tmp_path: Path) -> None:
    shown = [("p3", 0.5), ("p1", 0.9), ("p9", 0.9), ("p2", -1.0)]
    write_run(tmp_path / "run", {"q1": shown})
    assert trec_order(read_run(tmp_path / "run")["q1"]) == ["p3", "p1", "p9", "p2"]


def test_qrels_come_back(tmp_path: Path) -> None:
    qrels = {"q1": {"a": 2, "b": 0}, "q2": {"c": 1}}
    write_qrels(tmp_path / "qrels", qrels)
    assert read_qrels(tmp_path / "qrels") == qrels


def test_a_run_file_is_read_by_ir_measures(tmp_path: Path) -> None:
    import ir_measures

    write_run(tmp_path / "run", {"q1": [("a", 1.0), ("b", 1.0)]})
    read = list(ir_measures.read_trec_run(str(tmp_path / "run")))
    assert [(item.query_id, item.doc_id) for item in read] == [("q1", "a"), ("q1", "b")]
    assert read[0].score > read[1].score


@pytest.mark.parametrize("name", BROKEN_RUNS)
def test_broken_run(name: str, tmp_path: Path) -> None:
    text, words = BROKEN_RUNS[name]
    (tmp_path / "run").write_text(text)
    with pytest.raises(UsageError, match=words):
        read_run(tmp_path / "run")


@pytest.mark.parametrize("name", BROKEN_QRELS)
def test_broken_qrels(name: str, tmp_path: Path) -> None:
    text, words = BROKEN_QRELS[name]
    (tmp_path / "qrels").write_text(text)
    with pytest.raises(UsageError, match=words):
        read_qrels(tmp_path / "qrels")


def test_a_name_with_a_blank_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="blank"):
        write_qrels(tmp_path / "qrels", {"q 1": {"a": 1}})


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_run(tmp_path / "none")
