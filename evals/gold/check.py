"""Is a gold set sound? The check behind `pincite eval check`, and the door of every run."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from evals.gold.linking import LinkedGold, link
from evals.gold.questions import Gold, GoldError, Problem
from evals.gold.reader import parse_gold
from ingest.library.library import Library


@dataclass(frozen=True, slots=True)
class GoldReport:
    """What a gold file holds and what is wrong with it."""

    path: str
    gold_hash: str
    questions: int
    groups: int
    answerable: int
    quotes: int
    by_type: dict[str, int]
    by_language: dict[str, int]
    by_split: dict[str, int]
    problems: tuple[Problem, ...]
    unsupported: tuple[str, ...]
    lost_quotes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems

    @property
    def exit_code(self) -> int:
        """What the command returns: 0, or 2 for a broken gold file."""
        return 0 if self.ok else 2


def check_gold(path: Path, library: Library) -> GoldReport:
    """Check a gold file against a library: form, documents, each quote exactly once, pages.

    `lost_quotes` names, with file and line, quotes that are in the stored pages but in no passage;
    `unsupported` lists questions with no other quote, which can never be answered. Both tell of a fault in
    splitting, not in the gold.
    Raises UsageError where the file cannot be read; every other fault is a problem of the report.
    """
    gold, problems = parse_gold(path)
    linked, more = link(gold, library)
    unsupported = tuple(item.question.id for item in linked.questions if item.evidence and not item.grades)
    lost = tuple(
        f"{gold.path}, line {item.question.line}: in no passage: {evidence.evidence.quote!r}"
        for item in linked.questions
        for evidence in item.evidence
        if not evidence.relevant()
    )
    ordered = tuple(sorted((*problems, *more), key=lambda problem: problem.line))
    return replace(_report(gold, ordered, unsupported), lost_quotes=lost)


def sound_gold(path: Path, library: Library) -> LinkedGold:
    """Return a gold set joined to the library. Raises GoldError (exit 2) for any problem."""
    gold, problems = parse_gold(path)
    linked, more = link(gold, library)
    if problems or more:
        raise GoldError(tuple(sorted((*problems, *more), key=lambda problem: problem.line)))
    return linked


def _report(gold: Gold, problems: tuple[Problem, ...], unsupported: tuple[str, ...]) -> GoldReport:
    questions = gold.questions
    return GoldReport(
        path=gold.path,
        gold_hash=gold.hash,
        questions=len(questions),
        groups=len({question.group for question in questions}),
        answerable=sum(question.answerable for question in questions),
        quotes=sum(len(question.evidence) for question in questions),
        by_type=dict(sorted(Counter(question.type for question in questions).items())),
        by_language=dict(sorted(Counter(question.lang for question in questions).items())),
        by_split=dict(sorted(Counter(gold.split_of(question) for question in questions).items())),
        problems=problems,
        unsupported=unsupported,
    )
