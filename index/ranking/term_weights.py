"""What each word of a question weighs in a collection (its idf), and how much of that weight is somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.analysis.analyser import NEAR_SHARE, QuestionTerm
from index.retrieval.base import Flags, LexicalIndex, Rows, Scores, Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWeights:
    """The weight of each term of a question, in its order, and whether any passage holds it."""

    values: tuple[float, ...]
    known: tuple[bool, ...]

    @property
    def known_share(self) -> float:
        """The share of the question's weight whose words stand in the collection, 0 … 1."""
        return self.share(self.known)

    def share(self, there: Sequence[bool]) -> float:
        """Return the share of the weight of the terms that are `there`; 0 without any weight."""
        total = sum(self.values)
        held = sum(weight for weight, present in zip(self.values, there, strict=True) if present)
        return held / total if total > 0 else 0.0


def term_weights(terms: Sequence[QuestionTerm], lexical: LexicalIndex) -> TermWeights:
    """Return the idf of each term's most frequent form; a word no passage holds is as rare as can be."""
    most = [_frequency(term.forms, lexical) or _frequency(term.near, lexical) for term in terms]
    rarest = min(1, lexical.passages)
    return TermWeights(
        values=tuple(lexical.idf(frequency or rarest) for frequency in most),
        known=tuple(frequency > 0 for frequency in most),
    )


def _frequency(forms: Sequence[str], lexical: LexicalIndex) -> int:
    return max((lexical.frequency(form) for form in forms), default=0)


CONTEXT_SHARE = 0.5
"""What a word counts that stands not in a passage but next to it (see `coverage`)."""


def coverage(
    terms: Sequence[QuestionTerm],
    weights: TermWeights,
    lexical: LexicalIndex,
    rows: Rows,
    context: Spans | None = None,
) -> Scores:
    """Return the share of the question's weight whose words stand in each passage.

    `context` (n, 2) are the rows around each passage, first and end: a word that stands only there counts
    `CONTEXT_SHARE`. A long report names its subject once and then speaks of it for a page.
    """
    found = np.zeros(len(rows))
    total = 0.0
    for term, weight in zip(terms, weights.values, strict=True):
        total += weight
        held = holds_any(replace(term, near=()), lexical, rows).astype(float)
        if term.near:
            held = np.maximum(held, NEAR_SHARE * holds_any(term, lexical, rows))
        if context is not None:
            held = np.maximum(held, CONTEXT_SHARE * stands_within(term, lexical, context))
        found += weight * held
    return found / total if total > 0 else found


def stands_within(term: QuestionTerm, lexical: LexicalIndex, context: Spans) -> Flags:
    """Return for which spans of rows a term in any of its forms stands in one of them."""
    held = np.zeros(len(context), bool)
    for form in term.all_forms:
        holders = lexical.rows_of(form)
        held |= np.searchsorted(holders, context[:, 1]) > np.searchsorted(holders, context[:, 0])
    return held


def holds_any(term: QuestionTerm, lexical: LexicalIndex, rows: Rows) -> Flags:
    """Return which passages hold a term in any of its forms."""
    held = np.zeros(len(rows), bool)
    for form in term.all_forms:
        held |= lexical.holds(form, rows)
    return held
