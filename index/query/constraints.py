"""Which passages may be hits at all: filters, phrases, exclusions, amounts of money."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.analysis.acronyms import fold_word
from index.analysis.analyser import QuestionTerm, normalise
from index.notices import Notice, NoticeKind
from index.query import filters
from index.query.parser import Query
from index.ranking.hybrid import Retriever
from index.snapshot.snapshot import Snapshot

Flags = NDArray[np.bool_]

PHRASE_CHECKS = 20_000
"""Passages read at most to see whether a phrase of frequent words stands in them (about 1 s)."""
_AMOUNT = re.compile(r"[$€£¥]\d|s/\d")


def allowed_rows(
    query: Query, given: filters.Filters, retriever: Retriever, snapshot: Snapshot
) -> tuple[Flags | None, dict[str, int], tuple[Notice, ...]]:
    """Return a flag a passage (None: all), what each constraint removed, and remarks for people."""
    total = snapshot.manifest.passages
    allowed = np.ones(total, bool)
    removed: dict[str, int] = {}
    notices: list[Notice] = []

    def limit(name: str, flags: Flags) -> None:
        before = int(allowed.sum())
        np.logical_and(allowed, flags, out=allowed)
        removed[name] = before - int(allowed.sum())

    for part in (given, query.filters):
        if any(part.values()):
            limit(f"filters {_shown(part)}", _by_metadata(part, snapshot))
    for phrase in query.phrases:
        limit(f"“{phrase}”", _holds(phrase, retriever, snapshot, allowed))
    for group in query.any_of:
        flags = np.zeros(total, bool)
        for member in group:
            flags |= _holds(member, retriever, snapshot, allowed)
        limit(" OR ".join(group), flags)
    for text in query.without:
        limit(f"-{text}", ~_holds(text, retriever, snapshot, allowed))
    amounts = [term for term in retriever.analyser.question(query.text, ()) if _AMOUNT.match(term.surface)]
    if amounts:
        _limit_amounts(amounts, query, retriever, allowed, removed, notices)
    return (None if allowed.all() else allowed), removed, tuple(notices)


def _limit_amounts(  # noqa: PLR0917  # the caller's running state
    amounts: Sequence[QuestionTerm],
    query: Query,
    retriever: Retriever,
    allowed: Flags,
    removed: dict[str, int],
    notices: list[Notice],
) -> None:
    """Keep passages with the question's sum of money; "$100" must never be answered by "$1000".

    Where none has it, a question that is nothing but the sum gets no hit, and any other a remark.
    """
    flags = np.zeros(len(allowed), bool)
    for amount in amounts:
        flags[retriever.postings.rows_of(amount.surface)] = True
    shown = ", ".join(amount.surface for amount in amounts)
    words = [term for term in retriever.analyser.question(query.text, ()) if not term.surface[0].isdigit()]
    if (allowed & flags).any() or len(words) <= len(amounts):
        removed[shown] = int((allowed & ~flags).sum())
        np.logical_and(allowed, flags, out=allowed)
    if not (allowed & flags).any():
        notices.append(Notice(NoticeKind.AMOUNT_ABSENT, {"amount": shown}))


def _by_metadata(given: filters.Filters, snapshot: Snapshot) -> Flags:
    passing = [filters.matches(document, given) for document in snapshot.documents]
    return np.array(passing, bool)[snapshot.row_documents]


def _holds(text: str, retriever: Retriever, snapshot: Snapshot, allowed: Flags) -> Flags:
    """Return which passages hold a word in any of its forms, or several words as an exact phrase."""
    flags = np.zeros(len(allowed), bool)
    terms = retriever.analyser.question(text, retriever.languages, translate=False)
    words = retriever.analyser.surfaces(text)
    if not words:
        return ~flags
    rows = _rows_with_all([term for term in terms if term.surface in words], retriever)
    if len(words) > 1:
        rows = rows[allowed[rows]][:PHRASE_CHECKS]
        rows = np.array([row for row in rows if _has_phrase(words, retriever, snapshot, int(row))], np.int32)
    flags[rows] = True
    return flags


def _rows_with_all(terms: Sequence[QuestionTerm], retriever: Retriever) -> NDArray[np.int32]:
    rows: NDArray[np.int32] | None = None
    for term in terms:
        own = np.unique(np.concatenate([retriever.postings.rows_of(form) for form in term.forms]))
        rows = own if rows is None else np.intersect1d(rows, own, assume_unique=True)
    return rows if rows is not None else np.zeros(0, np.int32)


def _has_phrase(words: Sequence[str], retriever: Retriever, snapshot: Snapshot, row: int) -> bool:
    text = snapshot.passage(row).passage.said()
    if not any(word[0].isdigit() for word in words):
        folded = fold_word(normalise(text))
        if words[0] not in folded:
            return False
    found = retriever.analyser.surfaces(text)
    size = len(words)
    return any(found[i : i + size] == list(words) for i in range(len(found) - size + 1))


def _shown(given: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{key}={'|'.join(values)}" for key, values in given.items() if values)
