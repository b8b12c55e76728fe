"""Which passages may be hits at all: filters, phrases, exclusions, amounts of money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.analysis.acronyms import fold_word
from index.analysis.analyser import Analyser, QuestionTerm, normalise
from index.indexed_text import heading_of, with_heading
from index.notices import Notice, NoticeKind
from index.query import filters
from index.query.question import AnalysedQuestion, Wording
from index.retrieval.base import Flags, LexicalIndex, PassageSource, Rows
from index.retrieval.candidate_texts import CandidateTexts

PHRASE_CHECKS = 20_000
"""Passages read at most to see whether a phrase of frequent words stands in them (about 1 s)."""

NATURAL = 3
"""Words beside its phrases from which a query is a question rather than a search for the phrase."""


@dataclass(slots=True, kw_only=True)
class _Allowed:
    """The passages that may still be hits, and what each constraint removed of them."""

    flags: Flags
    removed: dict[str, int] = field(default_factory=dict)

    def limit(self, name: str, flags: Flags) -> None:
        """Keep only the flagged ones."""
        self.removed[name] = int((self.flags & ~flags).sum())
        np.logical_and(self.flags, flags, out=self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """Finds the passages that may be hits, in one index."""

    lexical: LexicalIndex
    passages: PassageSource
    analyser: Analyser

    def allowed_rows(
        self, question: AnalysedQuestion, given: filters.Filters, texts: CandidateTexts
    ) -> tuple[Flags | None, dict[str, int], tuple[Notice, ...]]:
        """Return a flag a passage (None: all), what each constraint removed, and notices.

        `given` are filters beside those written in the question; `texts` reads what phrases are looked for in.
        """
        allowed = _Allowed(flags=np.ones(self.lexical.passages, bool))
        for part in (given, question.query.filters):
            if any(part.values()):
                allowed.limit(f"filters {_listed(part)}", self.passages.rows_where(part))
        loose = self._limit_phrases(question, allowed, texts)
        for group in question.any_of:
            holders = [self._holders(member, allowed.flags, texts) for member in group]
            allowed.limit(" OR ".join(member.text for member in group), np.logical_or.reduce(holders))
        for wording in question.without:
            allowed.limit(f"-{wording.text}", ~self._holders(wording, allowed.flags, texts))
        notices = loose + (self._limit_amounts(question, allowed) if question.amounts else ())
        return (None if allowed.flags.all() else allowed.flags), allowed.removed, notices

    def _limit_phrases(
        self, question: AnalysedQuestion, allowed: _Allowed, texts: CandidateTexts
    ) -> tuple[Notice, ...]:
        """Keep passages that hold every phrase.

        Where none does, a question with words of its own beside the phrase is searched without it, with a notice:
        people put titles and terms in quotation marks.
        """
        quoted = sum(len(phrase.surfaces) for phrase in question.phrases)
        beside = question.length - quoted
        notices = []
        for phrase in question.phrases:
            holders = self._holders(phrase, allowed.flags, texts)
            if beside >= NATURAL and not (holders & allowed.flags).any():
                notices.append(Notice(NoticeKind.PHRASE_ABSENT, {"phrase": phrase.text}))
            else:
                allowed.limit(f"“{phrase.text}”", holders)
        return tuple(notices)

    def _limit_amounts(self, question: AnalysedQuestion, allowed: _Allowed) -> tuple[Notice, ...]:
        """Keep passages with the question's sum of money; "$100" must never be answered by "$1000".

        Where none has it, a question that is nothing but the sum gets no hit, and any other a notice.
        """
        flags = np.zeros(len(allowed.flags), bool)
        for amount in question.amounts:
            flags[self.lexical.rows_of(amount)] = True
        name = ", ".join(question.amounts)
        there = bool((allowed.flags & flags).any())
        if there or len(question.terms) - len(question.numbers) <= len(question.amounts):
            allowed.limit(name, flags)
        return () if there else (Notice(NoticeKind.AMOUNT_ABSENT, {"amount": name}),)

    def _holders(self, wording: Wording, allowed: Flags, texts: CandidateTexts) -> Flags:
        """Return which passages hold a word in any of its forms, or several words as an exact phrase."""
        words = wording.surfaces
        flags = np.zeros(len(allowed), bool)
        if not words:
            return ~flags
        rows = _rows_with_all([term for term in wording.terms if term.surface in words], self.lexical)
        if len(words) > 1:
            rows = rows[allowed[rows]][:PHRASE_CHECKS]
            rows = np.array([row for row in rows.tolist() if self._has_phrase(words, row, texts)], np.int32)
        flags[rows] = True
        return flags

    def _has_phrase(self, words: Sequence[str], row: int, texts: CandidateTexts) -> bool:
        passage = texts.passage(row).passage
        text = with_heading(heading_of(passage), passage.search_text())
        if not any(word[0].isdigit() for word in words):
            folded = fold_word(normalise(text))
            if words[0] not in folded:
                return False
        found = self.analyser.surfaces(text)
        size = len(words)
        return any(found[i : i + size] == list(words) for i in range(len(found) - size + 1))


def _rows_with_all(terms: Sequence[QuestionTerm], lexical: LexicalIndex) -> Rows:
    rows: Rows | None = None
    for term in terms:
        own = np.unique(np.concatenate([lexical.rows_of(form) for form in term.forms]))
        rows = own if rows is None else np.intersect1d(rows, own, assume_unique=True)
    return rows if rows is not None else np.zeros(0, np.int32)


def _listed(given: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{key}={'|'.join(values)}" for key, values in given.items() if values)
