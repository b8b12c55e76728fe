"""Questions as records: what a line of a batch must hold, for the command line and `/api`."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.service.search import checked_question
from index.query.filters import normal
from ingest.errors import UsageError

KEYS = ("id", "question", "filters")
# Other keys of a question are somebody's own and left alone, but not one that is nearly a known one.
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a batch."""

    id: str
    question: str
    filters: Mapping[str, Sequence[str]]


def check_question(question: str, where: str) -> None:
    """Raise UsageError, beginning with `where`, for a question that is empty, too long, or without any word."""
    try:
        checked_question(question, "the question")
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error
    if not any(char.isalnum() for char in question):
        raise UsageError(f"{where}: there is no letter or digit in {question.strip()!r}; ask in words")


def question_of(record: Mapping[str, Any], where: str) -> Question:
    """Return the question that a record holds. Raises UsageError, beginning with `where`, for one that is none."""
    if not isinstance(record.get("question"), str) or "id" not in record:
        raise UsageError(f'{where}: expected an object with "id" and "question"')
    for key in sorted(record.keys() - set(KEYS)):
        if meant := difflib.get_close_matches(key.casefold(), KEYS, 1, ALIKE):
            raise UsageError(f"{where}: unknown key {key!r}; did you mean {meant[0]!r}?")
    if any("\ud800" <= char <= "\udfff" for char in json.dumps(record, ensure_ascii=False)):
        raise UsageError(f"{where}: half a character (a lone surrogate), which no text file can hold")
    if not isinstance(record["id"], str | int) or isinstance(record["id"], bool):
        raise UsageError(f'{where}: "id" must be text or a whole number')
    if not str(record["id"]).strip():
        raise UsageError(f'{where}: "id" is empty')
    check_question(record["question"], where)
    filters = record.get("filters") or {}
    if not isinstance(filters, dict):
        raise UsageError(f'{where}: "filters" must be an object')
    return Question(
        id=str(record["id"]),
        question=record["question"],
        filters=_filters(filters, where),
    )


def _filters(given: Mapping[str, Any], where: str) -> dict[str, list[str]]:
    try:
        return normal(given)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error
