"""The best candidates scored once more, window by window: what is near and what has the words should be one place.

The two legs judge a passage apart: its nearest window by the vectors, all of its words by BM25. A passage that
speaks of the topic in one place and has the words in another gets both. So the first candidates are scored once
more, each window with its own cosine and its own share of the question's words, by the best of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser, QuestionTerm
from index.ranking.fusion import lexical_share_of_neighbours
from index.ranking.term_weights import TermWeights
from index.retrieval.base import Flags, Rows, Scores, Spans, Vector, VectorIndex

RESCORED = 12
"""Candidates that are scored again; their texts must be analysed (.45 ms for 150 words). nDCG@10 on development halves,
12 | 20: COVID-QA .692 | .691, starter set .751 | .748."""
WINDOW_SHARE = 0.25
WORDS_GAIN = 0.15
"""Share of the windows in the score, and by how much its dense weight is lower, for the words now say more. nDCG@10 on
development halves with twenty candidates, without | gain .1 | .2: COVID-QA .683 | .691 | .691, SciFact (every second
question) .734 | .735 | .747, CLAP-NQ .979 | .979 | .976, XQuAD en-en .983 | .986 | .986, es-es .979 | .982 | .980.
A share of .35 is within .003 of these, a share of 1 loses .003 on CLAP-NQ."""
NEIGHBOUR_QUANTILE = 0.5
"""As in the fusion, for windows: one in another language has at least the words that those of the question's
language have at the same nearness. nDCG@10 on development halves, .85 | .5: starter set .748 | .749, XQuAD with each
paragraph in one language only .972 | .972."""

TextOf = Callable[[int], str]
"""Row → the text of a passage, which its windows are places in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowScores:
    """The windows of a candidate: how near each is (0 … 1) and which share of the question's words it holds.

    `place` is the candidate's place among the scores, `foreign` whether its language is not the question's.
    """

    place: int
    meaning: Scores
    words: Scores
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Passages with what the fusion knows of them, one entry a passage.

    `scores` are fused, `nearness` are cosines of which `offsets` were added for the language, `foreign` tells which are
    in another language than the question, None where that is unknown.
    """

    rows: Rows
    scores: Scores
    nearness: Scores
    offsets: Scores
    foreign: Flags | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReader:
    """Reads the windows of candidates for one question: `vector` is the question's, `weights` those of `terms`."""

    vectors: VectorIndex
    vector: Vector
    analyser: Analyser
    terms: Sequence[QuestionTerm]
    weights: TermWeights
    text_of: TextOf
    language_of: Callable[[int], str | None]

    def best(self, found: Candidates) -> list[WindowScores]:
        """Return what the windows of the best candidates say."""
        if not self.terms:
            return []
        low, high = float(found.nearness.min(initial=1.0)), float(found.nearness.max(initial=-1.0))
        read = []
        for place in rescored_places(found.scores, found.rows).tolist():
            row = int(found.rows[place])
            near, spans = self.vectors.windows(self.vector, row)
            meaning = np.clip((near + found.offsets[place] - low) / max(high - low, 1e-9), 0.0, 1.0)
            foreign = found.foreign is not None and bool(found.foreign[place])
            words = self._words(row, spans)
            read.append(WindowScores(place=place, meaning=meaning, words=words, foreign=foreign))
        return read

    def _words(self, row: int, spans: Spans) -> Scores:
        """Return the share of the question's weight whose words stand in each window of a passage."""
        if not len(spans):
            return np.zeros(0)
        text, language = self.text_of(row), self.language_of(row)
        weights = np.array(self.weights.values)
        held = [set(self.analyser.terms(text[start:end], language)) for start, end in spans.tolist()]
        there = np.array(
            [[not some.isdisjoint(term.all_forms) for term in self.terms] for some in held], float
        )
        shares: Scores = there @ weights / max(float(weights.sum()), 1e-9)
        return shares


def rescored_places(scores: Scores, rows: Rows) -> NDArray[np.int64]:
    """Return the places of the candidates whose windows are read, best first; equal scores keep row order."""
    return np.lexsort((rows, -scores))[:RESCORED]


def rescored(scores: Scores, windows: Sequence[WindowScores], weight: float, known: float) -> Scores:
    """Return the scores with the windows counted in. A candidate whose windows were not read stays behind.

    `weight` is the dense leg's and `known` (0 … 1) how far the collection has words for the question: where it
    has none, as across languages, words say no more than before. Candidates of one window each have nothing that a
    window could add.
    """
    read = [one for one in windows if len(one.meaning)]
    if not any(one.words.any() for one in read) or all(len(one.words) == 1 for one in read):
        return scores
    weight = max(0.0, weight - WORDS_GAIN * known)
    share = _lexical_share([one for one in read if not one.foreign])
    after = scores.copy()
    places = [one.place for one in windows]
    for one in read:
        words = np.maximum(one.words, share * one.meaning) if one.foreign else one.words
        best = float((weight * one.meaning + (1 - weight) * words).max())
        after[one.place] = (1 - WINDOW_SHARE) * scores[one.place] + WINDOW_SHARE * best
    # One without vectors has no windows to read: it gains or loses what the others do on average.
    seen = [one.place for one in read]
    unread = [one.place for one in windows if not len(one.meaning)]
    after[unread] *= float(after[seen].sum()) / max(float(scores[seen].sum()), 1e-9)
    others = np.ones(len(scores), bool)
    others[places] = False
    if others.any():
        after[others] *= min(1.0, float(after[places].min()) / max(float(scores[others].max()), 1e-9))
    return after


def _lexical_share(own: Sequence[WindowScores]) -> float:
    """Return the words of the nearest windows in the question's language, as a share of their nearness."""
    best = [int(one.meaning.argmax()) for one in own]
    words = np.array([one.words[at] for one, at in zip(own, best, strict=True)])
    meaning = np.array([one.meaning[at] for one, at in zip(own, best, strict=True)])
    return lexical_share_of_neighbours(words, meaning, NEIGHBOUR_QUANTILE)
