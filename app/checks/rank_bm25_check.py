"""The compiled words of a snapshot against rank-bm25 itself, on the library's own passages and sentences.

The postings must hold what the analysis counts in the passages today, and score as rank-bm25's `BM25Okapi` does over
the same passages. A library of at most `MOST` passages is compared whole; of a larger one as many, spread evenly: their
counts are read back out of the postings, compiled alone, and held against `BM25Okapi` over the same passages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.i18n.plurals import counted
from index.analysis.analyser import Analyser, term_counts
from index.indexed_text import heading_of, with_heading
from index.retrieval.base import LexicalIndex
from index.retrieval.bm25 import Postings, compile_postings
from index.snapshot.snapshot import Snapshot
from ingest.passage import Passage

if TYPE_CHECKING:
    from rank_bm25 import BM25Okapi

MOST = 5_000
"""Passages compared: about 4 s of CPU, most of it counting their words."""
QUESTIONS = 25
"""First sentences of passages, spread evenly, that are asked of both."""
TOP = 10
TOLERANCE = 1e-9
NAMED = 5

Terms = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was compared, and in words what differs; `faults` is () where nothing does."""

    passages: int
    total: int
    questions: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        """Return what was compared in one line."""
        part = f"all {self.total}" if self.passages == self.total else f"{self.passages} of {self.total}"
        return f"Words compared with rank-bm25: {part} passages, {self.questions} questions, the best {TOP}."


def compare(snapshot: Snapshot, analyser: Analyser, most: int = MOST) -> Comparison:
    """Compare a snapshot's words with rank-bm25 over at most `most` passages."""
    from rank_bm25 import BM25Okapi

    postings, total = snapshot.lexical, snapshot.manifest.passages
    rows = np.unique(np.linspace(0, max(total - 1, 0), min(total, most)).astype(np.int32))
    passages = [snapshot.passage(row).passage for row in rows.tolist()]
    texts = [_terms(passage, analyser) for passage in passages]
    faults = _miscounted(postings, rows, passages, texts)
    if not any(texts):
        return Comparison(passages=len(rows), total=total, questions=0, faults=tuple(faults))
    whole = len(rows) == total
    index = postings if whole else compile_postings(postings.counts_of(rows))
    okapi = BM25Okapi(texts)
    places = np.unique(np.linspace(0, len(passages) - 1, min(len(passages), QUESTIONS)).astype(int))
    questions = [(passages[place].id, _first_sentence(passages[place], analyser)) for place in places]
    wrong = [name for name, terms in questions if not _agree(index, okapi, terms)]
    if wrong:
        faults.append(f"{len(wrong)} of {len(questions)} questions are scored otherwise than by rank-bm25")
    return Comparison(passages=len(rows), total=total, questions=len(questions), faults=tuple(faults))


def _terms(passage: Passage, analyser: Analyser) -> Terms:
    return analyser.terms(with_heading(heading_of(passage), passage.search_text()), passage.language)


def _first_sentence(passage: Passage, analyser: Analyser) -> Terms:
    start, end = passage.sentences[0] if passage.sentences else (0, len(passage.text))
    return analyser.terms(passage.search_text(start, end), passage.language)


def _miscounted(
    postings: Postings, rows: NDArray[np.int32], passages: list[Passage], texts: list[Terms]
) -> list[str]:
    """Return a sentence where the postings hold other counts than the passages."""
    held = postings.counts_of(rows)
    wrong = [
        passage.id
        for passage, terms, counts in zip(passages, texts, held, strict=True)
        if term_counts(terms) != counts
    ]
    if not wrong:
        return []
    more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
    return [
        f"the words of {counted(len(wrong), 'passage')} are counted wrongly ({', '.join(wrong[:NAMED])}{more})"
    ]


def _agree(index: LexicalIndex, okapi: BM25Okapi, terms: Terms) -> bool:
    """Return whether both give the same best scores, to passages that have them; equal scores may change places."""
    true = okapi.get_scores(terms)
    rows, scores = index.search(list(term_counts(terms).items()), TOP)
    holders = np.array([not counts.keys().isdisjoint(terms) for counts in okapi.doc_freqs], bool)
    best = np.sort(true[holders])[::-1][:TOP]
    return (
        len(best) == len(scores)
        and bool(np.allclose(scores, best, rtol=0, atol=TOLERANCE))
        and bool(np.allclose(scores, true[rows], rtol=0, atol=TOLERANCE))
    )
