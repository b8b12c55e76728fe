"""What names a topic without saying anything about it falls back: contents, notes, fragments, bare references."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.analysis.figures import figures_asked, holds_figure
from index.analysis.numbers import canonical_number
from index.analysis.spelled_out import spells_out
from index.indexed_text import only_names_a_source
from index.query.question import AnalysedQuestion
from index.ranking.hybrid import Ranking
from index.retrieval.base import Flags, Scores
from index.retrieval.candidate_texts import CandidateTexts
from ingest.passage import Passage

DEMOTED = {"contents": 0.5, "references": 0.5, "heading": 0.8, "footnote": 0.9}
"""Factor on the score by kind of passage: such text names a topic without saying anything about it. Many notes
only name a source; others hold the figure that is asked for. Reciprocal rank of the first evidence by factor on
notes 1 | .9 | .85 | .7: starter set, development .823 | .837 | .846 | .846 (test at .9: .827 → .830), 58
development questions over policy PDFs .772 | .777 | .775 | .775 (test .742 throughout)."""
FRAGMENT_WORDS = 20
FRAGMENT = 0.6
"""Factor on a passage without words, rising to 1 at `FRAGMENT_WORDS`, unless it ends like a sentence: a
signature, a column's heading or a line of a list is near every question on its topic and answers none. Right
page among the first five on 58 development questions over 42 policy PDFs: .793 | .828, reciprocal rank
.708 | .714 (on the 51 others .804 | .804 and .745 | .760)."""
FIGURE_LACKED = 0.9
"""Factor on a passage without a figure of the kind that is asked for ("how many", "what share", "when")."""
READ_FOR_FIGURES = 40
"""Passages that are read for figures, the first ones; the others count as if they had none."""
READ_FOR_NUMBERS = 20
"""Passages that are read for the numbers of an identifier."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CLOSING = " \n\"'”’»)]"


POINTED = 1.3
"""Factor on a passage that stands where the question points: its page, its annex, the first page."""


def demoted(ranking: Ranking, texts: CandidateTexts, question: AnalysedQuestion) -> Ranking:
    """Return the ranking in the order that is shown, its scores times the factors of kind and form.

    A bare reference is never first where anything else is found, unless the question asks for a reference or is an
    identifier, which may stand in a reference alone. What spells out the abbreviation that is asked for comes first.
    """
    found = [texts.passage(int(row)).passage for row in ranking.rows]
    named = [only_names_a_source(one) for one in found]
    sources = "reference" in question.asks or _only_in_references(question, found, named)
    factors = [_factor(one, bare=bare, sources=sources) for one, bare in zip(found, named, strict=True)]
    bare = np.array(named, bool) & (not sources)
    scores = ranking.scores * np.array(factors) * _figures(found, figures_asked(question.asks))
    if question.points:
        scores *= np.array([POINTED if question.points.reaches(one) else 1.0 for one in found])
    told = _told(question, found, bare)
    scores += told * scores.max(initial=0.0)
    if bare.any() and not bare.all() and not told[bare].any():
        scores = np.where(bare, np.minimum(scores, np.nextafter(scores[~bare].max(), 0.0)), scores)
    order = np.argsort(-scores, kind="stable")
    factors_of = scores / np.maximum(ranking.scores, np.finfo(float).tiny)
    return replace(reordered(ranking, order, scores), factors=factors_of[order])


def _told(question: AnalysedQuestion, found: Sequence[Passage], bare: Flags) -> Scores:
    """Return how often the best score is added to each passage: 1 for those that best spell out what is asked for.

    Bare references are among them only where nothing else spells it out.
    """
    if not question.abbreviation:
        return np.zeros(len(found))
    how = np.array([spells_out(one.text, question.abbreviation) for one in found], int)
    how = np.where(bare & (how[~bare].max(initial=0) > 0), 0, how)
    best: Flags = (how > 0) & (how == how.max(initial=0))
    return best.astype(float)


def _only_in_references(question: AnalysedQuestion, found: Sequence[Passage], named: Sequence[bool]) -> bool:
    """Return whether an identifier is searched for that no other passage of the first ones has the numbers of."""
    if not question.is_identifier:
        return False
    numbers = {question.terms[place].surface for place in question.numbers}
    texts = [one.text for one, bare in zip(found, named, strict=True) if not bare][:READ_FOR_NUMBERS]
    return not any(numbers <= set(map(canonical_number, _NUMBER.findall(text))) for text in texts)


def _figures(found: Sequence[Passage], kinds: Collection[str]) -> Scores:
    """Return the factor on each passage for the figure that it lacks."""
    if not kinds:
        return np.ones(len(found))
    held = [holds_figure(passage.text, kinds) for passage in found[:READ_FOR_FIGURES]]
    return np.where(held + [False] * (len(found) - len(held)), 1.0, FIGURE_LACKED)


def reordered(ranking: Ranking, order: NDArray[np.int64], scores: Scores) -> Ranking:
    """Return the passages of a ranking in another order with other scores (both by their place until now)."""
    columns = ("rows", "lexical_scores", "dense_scores", "lexical_ranks", "dense_ranks", "windows")
    moved = {name: getattr(ranking, name)[order] for name in columns}
    return replace(ranking, scores=scores[order], **moved)


def _factor(passage: Passage, *, bare: bool, sources: bool) -> float:
    if bare and sources:
        return 1.0
    kind = "references" if bare else passage.kind
    return DEMOTED.get(kind, 1.0) * _fullness(passage.text)


def _fullness(text: str) -> float:
    """Return the factor for the number of words of a passage, single letters and numbers not counted."""
    if text.rstrip(_CLOSING).endswith((".", "!", "?")):
        return 1.0
    words = sum(1 for _ in islice(_WORD.finditer(text), FRAGMENT_WORDS))
    return FRAGMENT + (1 - FRAGMENT) * words / FRAGMENT_WORDS
