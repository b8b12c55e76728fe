"""The passages that spell out the abbreviation that a question asks for, wherever they would rank."""

from dataclasses import replace
from operator import itemgetter

import numpy as np

from index.analysis.analyser import QuestionTerm
from index.analysis.spelled_out import LETTERS, spells_out
from index.query.question import AnalysedQuestion
from index.ranking.hybrid import NONE, Ranking, Retriever
from index.retrieval.base import Flags, Rows
from index.retrieval.candidate_texts import CandidateTexts
from ingest.text.sentences import split_sentences

FIRST_IN_DOCUMENT = 6
"""Passages of a document that are read, the first ones that hold the abbreviation: it is spelled out where it is first
used, or in a list in front."""
READ = 200
"""Passages that are read at most, about 10 ms."""
ENOUGH = 10
"""Passages that spell it out letter by letter from which no more are read."""

SHOWN = 10
"""Hits whose window is the sentence that spells it out."""


def spelling_out(
    question: AnalysedQuestion, retriever: Retriever, texts: CandidateTexts, where: Flags | None
) -> Rows:
    """Return passages that spell out the abbreviation asked for, among those that `where` flags; none for others."""
    if not question.abbreviation:
        return NONE
    rows = _holders(question, retriever)
    rows = _first_of_documents(rows if where is None else rows[where[rows]], retriever)[:READ]
    found: list[int] = []
    letter_by_letter = 0
    for row in rows.tolist():
        how = spells_out(texts.text(row), question.abbreviation)
        if how:
            found.append(row)
        letter_by_letter += how == LETTERS
        if letter_by_letter >= ENOUGH:
            break
    return np.array(found, np.int32)


def with_names_as_windows(ranking: Ranking, question: AnalysedQuestion, texts: CandidateTexts) -> Ranking:
    """Return the ranking with the sentence that spells out the abbreviation as the best window of each first hit."""
    if not question.abbreviation:
        return ranking
    windows = ranking.windows.copy()
    for place, row in enumerate(ranking.rows[:SHOWN].tolist()):
        text = texts.text(row)
        told = [
            (spells_out(text[start:end], question.abbreviation), start, end)
            for start, end in split_sentences(text)
        ]
        how, start, end = max(told, key=itemgetter(0), default=(0, 0, 0))
        if how:
            windows[place] = start, end
    return replace(ranking, windows=windows)


def _holders(question: AnalysedQuestion, retriever: Retriever) -> Rows:
    """Return the passages that hold every part of the abbreviation, ascending."""
    parts = set(retriever.analyser.surfaces(question.abbreviation or ""))
    rows = [_rows(term, retriever) for term in question.terms if term.surface in parts]
    if not rows:
        return NONE
    both = rows[0]
    for more in rows[1:]:
        both = np.intersect1d(both, more, assume_unique=True)
    return both


def _rows(term: QuestionTerm, retriever: Retriever) -> Rows:
    return np.unique(np.concatenate([retriever.lexical.rows_of(form) for form in term.forms]))


def _first_of_documents(rows: Rows, retriever: Retriever) -> Rows:
    """Return the first `FIRST_IN_DOCUMENT` of ascending rows in each document."""
    if retriever.row_documents is None or not len(rows):
        return rows
    own = retriever.row_documents[rows]
    place = np.arange(len(rows)) - np.searchsorted(own, own)
    return rows[place < FIRST_IN_DOCUMENT]
