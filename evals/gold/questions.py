"""The gold set: questions with the quotes that answer them, one JSON object a line.

Gold is keyed by document and quote, never by passage, so it survives every change of splitting.
`evals.gold.reader` reads the file, `evals.gold.linking` finds the quotes in a library.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from ingest.errors import UsageError

GRADES = (1, 2)
SPLITS = ("dev", "test")

REQUIRED = ("id", "group", "lang", "type", "question", "answerable")
OPTIONAL = ("evidence", "note", "split", "kind", "rejected")
EVIDENCE_KEYS = ("doc", "quote", "page", "grade", "note")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a gold file. `line` counts from 1; 0 means the file as a whole."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return "file, line n: message"."""
        place = f"{self.path}, line {self.line}" if self.line else self.path
        return f"{place}: {self.message}"


class GoldError(UsageError):
    """A gold file is broken. Its text has one line a problem, each with file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that answers (grade 2) or helps to answer (grade 1); `page` is the PDF page, from 1."""

    doc: str
    quote: str
    page: int | None = None
    grade: int = 2
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its evidence. Translations of one question share `group`.

    `kind` says which sort of unanswerable question it is; `rejected` are quotes that somebody judged
    and found wanting; `split` puts the group into the development or the test half by hand.
    """

    id: str
    group: str
    lang: str
    type: str
    question: str
    answerable: bool
    evidence: tuple[Evidence, ...] = ()
    rejected: tuple[Evidence, ...] = ()
    kind: str | None = None
    split: str | None = None
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold set in file order; `hash` identifies its content (notes, order and layout do not count)."""

    path: str
    questions: tuple[Question, ...]
    hash: str

    def split_of(self, question: Question) -> str:
        """Return "dev" or "test": the hand-set half of the question's group, else the hash of its name."""
        return question.split or split_by_hash(question.group)


def split_by_hash(group: str) -> str:
    """Return the half of a group, the same on every machine and whatever else is in the set."""
    return SPLITS[hashlib.sha256(group.encode()).digest()[0] % 2]


def gold_hash(questions: list[Question] | tuple[Question, ...]) -> str:
    """Return the SHA-256 of the questions' meaning: order, notes and line numbers left out."""
    records = []
    for question in sorted(questions, key=lambda item: item.id):
        record = asdict(question)
        del record["note"], record["line"]
        for item in (*record["evidence"], *record["rejected"]):
            del item["note"]
        records.append(json.dumps(record, sort_keys=True, ensure_ascii=True))
    return hashlib.sha256("\n".join(records).encode()).hexdigest()


def dump_question(question: Question) -> str:
    """Return the JSON line of a question, without keys that say nothing."""
    record: dict[str, object] = {name: getattr(question, name) for name in REQUIRED}
    record |= {name: getattr(question, name) for name in ("kind", "split") if getattr(question, name)}
    record["evidence"] = [_dump_evidence(item) for item in question.evidence]
    if question.rejected:
        record["rejected"] = [_dump_evidence(item) for item in question.rejected]
    if question.note:
        record["note"] = question.note
    return json.dumps(record, ensure_ascii=False)


def _dump_evidence(item: Evidence) -> dict[str, object]:
    record: dict[str, object] = {"doc": item.doc, "quote": item.quote}
    if item.page is not None:
        record["page"] = item.page
    record["grade"] = item.grade
    return record | ({"note": item.note} if item.note else {})
