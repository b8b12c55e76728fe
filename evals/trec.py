"""TREC run files and qrels: reading and writing (the formats of trec_eval, blanks between fields).

A run line is `question Q0 passage rank score tag`; a qrels line is `question 0 passage grade`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evals.measures.metrics import descending
from ingest.errors import UsageError
from ingest.text.jsonl import lines

Run = dict[str, dict[str, float]]
"""Question id -> passage id -> score."""
Qrels = dict[str, dict[str, int]]
"""Question id -> passage id -> grade."""

TAG = "pincite"


def run_text(rankings: Mapping[str, Sequence[tuple[str, float]]], tag: str = TAG) -> str:
    """Return a run file. `rankings`: question -> (passage, score), best first.

    Scores are float32 that fall strictly, so that trec_eval ranks exactly as was shown.
    Raises UsageError for a name that holds a blank.
    """
    lines: list[str] = []
    for question, ranking in rankings.items():
        fallen = descending([score for _, score in ranking])
        for rank, ((passage, _), score) in enumerate(zip(ranking, fallen, strict=True), start=1):
            lines.append(f"{_name(question)} Q0 {_name(passage)} {rank} {score:.9g} {_name(tag)}")
    return "".join(line + "\n" for line in lines)


def write_run(path: Path, rankings: Mapping[str, Sequence[tuple[str, float]]], tag: str = TAG) -> None:
    """Write a run file (see `run_text`)."""
    path.write_text(run_text(rankings, tag), encoding="utf-8", newline="\n")


def read_run(path: Path) -> Run:
    """Return the scores of a run file. Raises UsageError naming the line that is broken."""
    run: Run = {}
    for number, fields in _fields(path, 6):
        question, _, passage, _, score, _ = fields
        value = _number(path, number, score)
        if passage in run.setdefault(question, {}):
            raise UsageError(f"{path}, line {number}: {passage!r} stands twice for question {question!r}")
        run[question][passage] = value
    return run


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write a qrels file. Raises UsageError for a name that holds a blank."""
    lines = [
        f"{_name(question)} 0 {_name(passage)} {grade}\n"
        for question, grades in qrels.items()
        for passage, grade in grades.items()
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def read_qrels(path: Path) -> Qrels:
    """Return the grades of a qrels file. Raises UsageError naming the line that is broken."""
    qrels: Qrels = {}
    for number, fields in _fields(path, 4):
        question, _, passage, grade = fields
        value = _number(path, number, grade)
        if not value.is_integer():
            raise UsageError(f"{path}, line {number}: grade {grade!r} is not a whole number")
        if qrels.setdefault(question, {}).setdefault(passage, int(value)) != int(value):
            raise UsageError(f"{path}, line {number}: {passage!r} has two grades for question {question!r}")
    return qrels


def _fields(path: Path, count: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines(path, hint="give a TREC file"):
        fields = line.split()
        if len(fields) != count:
            raise UsageError(f"{path}, line {number}: has {len(fields)} fields, not {count}")
        yield number, fields


def _number(path: Path, line: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise UsageError(f"{path}, line {line}: {text!r} is not a number") from error
    if not math.isfinite(value):
        raise UsageError(f"{path}, line {line}: {text!r} is not a finite number")
    return value


def _name(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise UsageError(f"{text!r} cannot stand in a TREC file: it is empty or holds a blank")
    return text
