"""The file of questions that `pincite batch` answers: one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path

from app.service.questions import Question, check_question, question_of
from ingest.errors import UsageError
from ingest.text import jsonl

__all__ = ["Question", "check_question", "read_questions"]


def read_questions(path: Path, *, trec: bool = False) -> Iterator[Question]:
    """Yield the questions of a JSON Lines file; UsageError names the file and line of the first fault.

    In a TREC run blanks stand between the fields, so that `trec` allows none in an id.
    """
    seen: set[str] = set()
    for number, record in jsonl.records(path):
        where = f"{path}, line {number}"
        item = question_of(record, where)
        check_id(item.id, seen, where, trec=trec)
        yield item


def check_id(ident: str, seen: set[str], where: str, *, trec: bool) -> None:
    """Add an id to those seen. Raises UsageError for one seen already, or one that a TREC run cannot hold."""
    if trec and len(ident.split()) != 1:
        raise UsageError(f"{where}: the id {ident!r} holds a blank; a TREC run cannot")
    if ident in seen:
        raise UsageError(f"{where}: the id {ident!r} occurs twice")
    seen.add(ident)
