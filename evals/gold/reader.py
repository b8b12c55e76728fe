"""Reading a gold file, with every check that needs no document.

Every problem names the file and the line, and one reading reports all of them at once.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.gold.questions import (
    EVIDENCE_KEYS,
    GRADES,
    OPTIONAL,
    REQUIRED,
    SPLITS,
    Evidence,
    Gold,
    GoldError,
    Problem,
    Question,
    gold_hash,
)
from evals.gold.quotes import fold_quote
from ingest.errors import UsageError
from ingest.text.jsonl import lines

# A quote longer than this is a paragraph, not the words that carry the answer (design of the gold format).
MAX_QUOTE_WORDS = 25
# Shorter quotes are found in too many places to be evidence: "in 2019" names no sentence.
MIN_QUOTE_CHARACTERS = 8
# What a question box accepts, so what can be asked of it in an evaluation.
MAX_QUESTION_CHARACTERS = 500
# A gold set of 10,000 questions has about 5 MB; ten times that is a wrong file.
MAX_GOLD_BYTES = 50_000_000

_SLUG = re.compile(r"[a-z][a-z0-9_-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(slots=True)
class _Reader:
    """Collects problems while one file is read."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))


def parse_gold(path: Path) -> tuple[Gold, tuple[Problem, ...]]:
    """Read a gold file and return what is readable of it with every problem found. Never raises for content.

    Raises UsageError where the file cannot be read at all.
    """
    reader = _Reader(str(path))
    questions: list[Question] = []
    for number, line in lines(_checked_size(path), hint="a gold file has one JSON question a line"):
        record = _json_object(reader, number, line)
        question = _question(reader, number, record) if record is not None else None
        if question is not None:
            questions.append(question)
    if not questions and not reader.problems:
        reader.problem(0, "holds no question; write one JSON object a line")
    _check_together(reader, questions)
    ordered = tuple(sorted(reader.problems, key=lambda problem: problem.line))
    return Gold(str(path), tuple(questions), gold_hash(questions)), ordered


def read_gold(path: Path) -> Gold:
    """Return the gold set of a file. Raises GoldError (exit 2) naming file and line of every problem."""
    gold, problems = parse_gold(path)
    if problems:
        raise GoldError(problems)
    return gold


def _checked_size(path: Path) -> Path:
    if path.is_file() and path.stat().st_size > MAX_GOLD_BYTES:
        raise UsageError(f"{path}: larger than {MAX_GOLD_BYTES // 1_000_000} MB, not a gold set")
    return path


def _json_object(reader: _Reader, line: int, text: str) -> dict[str, object] | None:
    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        twice = [key for key, count in Counter(key for key, _ in items).items() if count > 1]
        if twice:
            reader.problem(line, f"key {twice[0]!r} stands twice")
        return dict(items)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reader.problem(line, f"is not JSON ({error.msg} at column {error.colno})")
        return None
    except (ValueError, RecursionError) as error:
        reader.problem(line, f"is not a JSON question ({error})")
        return None
    if not isinstance(value, dict):
        reader.problem(line, 'is not a JSON object; write {"id": …, "question": …}')
        return None
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON value")


def _question(reader: _Reader, line: int, record: dict[str, object]) -> Question | None:
    before = len(reader.problems)
    for key in (*REQUIRED, *record):
        if key not in record:
            reader.problem(line, f"lacks {key!r}")
        elif key not in (*REQUIRED, *OPTIONAL):
            reader.problem(line, f"has the unknown key {key!r}; known: {', '.join((*REQUIRED, *OPTIONAL))}")
    for key, check in _CHECKS.items():
        message = check(record[key]) if key in record else None
        if message:
            reader.problem(line, f"{key!r} {message}")
    evidence = _evidence_list(reader, line, record, "evidence")
    rejected = _evidence_list(reader, line, record, "rejected")
    _check_answerable(reader, line, record, evidence)
    if len(reader.problems) > before:
        return None
    texts = {key: str(record[key]).strip() for key in ("id", "group", "lang", "type", "question")}
    optional = {key: str(record[key]) for key in ("kind", "split", "note") if key in record}
    answerable = bool(record["answerable"])
    return Question(
        **texts, answerable=answerable, evidence=evidence, rejected=rejected, line=line, **optional
    )


def _check_answerable(
    reader: _Reader, line: int, record: Mapping[str, object], evidence: tuple[Evidence, ...]
) -> None:
    if record.get("answerable") is True and not record.get("evidence"):
        reader.problem(line, "is answerable but has no evidence; add a quote or set answerable to false")
    if record.get("answerable") is False and evidence:
        reader.problem(line, "is unanswerable but has evidence; remove it or set answerable to true")


def _evidence_list(reader: _Reader, line: int, record: dict[str, object], key: str) -> tuple[Evidence, ...]:
    value = record.get(key, [])
    if not isinstance(value, list):
        reader.problem(line, f"{key!r} is not a list")
        return ()
    found = [_evidence(reader, line, item, f"{key} {n}") for n, item in enumerate(value, start=1)]
    items = tuple(item for item in found if item is not None)
    seen = Counter((item.doc, fold_quote(item.quote)) for item in items)
    for (doc, _), count in seen.items():
        if count > 1:
            reader.problem(line, f"names the same quote of {doc!r} {count} times in {key!r}")
    return items


def _evidence(reader: _Reader, line: int, item: object, where: str) -> Evidence | None:
    if not isinstance(item, dict):
        reader.problem(line, f"{where} is not an object with doc and quote")
        return None
    messages = [f"has the unknown key {key!r}" for key in item if key not in EVIDENCE_KEYS]
    messages += [f"lacks {key!r}" for key in ("doc", "quote") if key not in item]
    for key, check in _EVIDENCE_CHECKS.items():
        message = check(item[key]) if key in item else None
        if message:
            messages.append(f"{key!r} {message}")
    for message in messages:
        reader.problem(line, f"{where} {message}")
    return None if messages else Evidence(**item)


def _check_together(reader: _Reader, questions: list[Question]) -> None:
    ids: dict[str, int] = {}
    texts: dict[tuple[str, str], int] = {}
    splits: dict[str, str | None] = {}
    answerable: dict[str, bool] = {}
    for question in questions:
        text = (question.lang, fold_quote(question.question).casefold())
        if question.id in ids:
            reader.problem(question.line, f"repeats the id {question.id!r} of line {ids[question.id]}")
        if text in texts:
            reader.problem(question.line, f"asks the question of line {texts[text]} again")
        if splits.setdefault(question.group, question.split) != question.split:
            reader.problem(
                question.line, f"puts group {question.group!r} into both halves; give it one split"
            )
        if answerable.setdefault(question.group, question.answerable) != question.answerable:
            reader.problem(question.line, f"group {question.group!r} is both answerable and unanswerable")
        ids.setdefault(question.id, question.line)
        texts.setdefault(text, question.line)


Check = Callable[[object], str | None]


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return "is not a text"
    if not value.strip():
        return "is empty"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return None


def _identifier(value: object) -> str | None:
    blank = isinstance(value, str) and any(ch.isspace() or not ch.isprintable() for ch in value.strip())
    message = "holds a blank or a control character; run files separate by blanks" if blank else None
    return _text(value) or message


def _matches(pattern: re.Pattern[str], wanted: str) -> Check:
    def check(value: object) -> str | None:
        return _text(value) or (None if pattern.fullmatch(str(value)) else f"{value!r} is not {wanted}")

    return check


def _question_text(value: object) -> str | None:
    long = isinstance(value, str) and len(value) > MAX_QUESTION_CHARACTERS
    return _text(value) or (f"has more than {MAX_QUESTION_CHARACTERS} characters" if long else None)


def _boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else f"is {value!r}, not true or false"


def _quote(value: object) -> str | None:
    message = _text(value)
    if message:
        return message
    words = len(str(value).split())
    if words > MAX_QUOTE_WORDS:
        return f"has {words} words; at most {MAX_QUOTE_WORDS} are allowed"
    if len(fold_quote(str(value))) < MIN_QUOTE_CHARACTERS:
        return f"is too short to be found once; give at least {MIN_QUOTE_CHARACTERS} letters"
    return None


def _page(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return f"is {value!r}, not a page counted from 1"
    return None


def _grade(value: object) -> str | None:
    known = not isinstance(value, bool) and isinstance(value, int) and value in GRADES
    return None if known else f"is {value!r}; 2 answers, 1 helps"


def _split(value: object) -> str | None:
    return None if value in SPLITS else f"is {value!r}, not one of {', '.join(SPLITS)}"


def _note(value: object) -> str | None:
    return None if isinstance(value, str) else "is not a text"


_CHECKS: dict[str, Check] = {
    "id": _identifier,
    "group": _identifier,
    "lang": _matches(_LANGUAGE, "a language code like es"),
    "type": _matches(_SLUG, "a name in lower-case letters"),
    "kind": _matches(_SLUG, "a name in lower-case letters"),
    "question": _question_text,
    "answerable": _boolean,
    "split": _split,
    "note": _note,
}
_EVIDENCE_CHECKS: dict[str, Check] = {
    "doc": _text,
    "quote": _quote,
    "page": _page,
    "grade": _grade,
    "note": _note,
}
