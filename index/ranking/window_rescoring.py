"""A closer look at the best candidates: what is near and what has the words should be the same sentences.

The two legs judge a passage apart: its nearest window by the vectors, all of its words by BM25. A passage that
speaks of the topic in one place and has the words in another gets both. So the first candidates are scored once
more, window by window, each with its own cosine and its own share of the question's words, by the best of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.ranking.fusion import echo

Scores = NDArray[np.float64]

LOOKED_AT = 12
"""Candidates that are looked at; their texts must be analysed (.45 ms for 150 words). nDCG@10 on development halves,
12 | 20: COVID-QA .692 | .691, starter set .751 | .748."""
LOOK_SHARE = 0.5
WORDS_GAIN = 0.15
"""Share of the look in the score, and by how much its dense weight is lower, for the words now say more. nDCG@10 on
development halves with twenty candidates, without | gain .1 | .2: COVID-QA .683 | .691 | .691, SciFact (every second
question) .734 | .735 | .747, CLAP-NQ .979 | .979 | .976, XQuAD en-en .983 | .986 | .986, es-es .979 | .982 | .980.
A share of .35 is within .003 of these, a share of 1 loses .003 on CLAP-NQ."""
ECHO_QUANTILE = 0.5
"""As in the fusion, for windows: one in another language has at least the words that those of the question's
language have at the same nearness. nDCG@10 on development halves, .85 | .5: starter set .748 | .749, XQuAD with each
paragraph in one language only .972 | .972."""


@dataclass(frozen=True, slots=True)
class Look:
    """The windows of a candidate: how near each is (0 … 1) and which share of the question's words it holds.

    `place` is the candidate's place among the scores, `foreign` whether its language is not the question's.
    """

    place: int
    meaning: Scores
    words: Scores
    foreign: bool


def looked_at(scores: Scores, rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the places of the candidates that are worth a look, best first; equal scores keep row order."""
    return np.lexsort((rows, -scores))[:LOOKED_AT]


def rescored(scores: Scores, looks: Sequence[Look], weight: float, known: float) -> Scores:
    """Return the scores after the look. Who was not looked at stays behind.

    `weight` is the dense leg's and `known` (0 … 1) how far the collection has words for the question: where it
    has none, as across languages, words say no more than before. Candidates of one window each hold nothing to
    look closer at.
    """
    seen = [look for look in looks if len(look.meaning)]
    if not any(look.words.any() for look in seen) or all(len(look.words) == 1 for look in seen):
        return scores
    weight = max(0.0, weight - WORDS_GAIN * known)
    share = _echo([look for look in seen if not look.foreign])
    after = scores.copy()
    places = [look.place for look in looks]
    after[places] *= 1 - LOOK_SHARE
    for look in seen:
        words = np.maximum(look.words, share * look.meaning) if look.foreign else look.words
        after[look.place] += LOOK_SHARE * float((weight * look.meaning + (1 - weight) * words).max())
    others = np.ones(len(scores), bool)
    others[places] = False
    if others.any():
        after[others] *= min(1.0, float(after[places].min()) / max(float(scores[others].max()), 1e-9))
    return after


def _echo(own: Sequence[Look]) -> float:
    """Return the words of the nearest windows in the question's language, as a share of their nearness."""
    best = [int(look.meaning.argmax()) for look in own]
    words = np.array([look.words[at] for look, at in zip(own, best, strict=True)])
    meaning = np.array([look.meaning[at] for look, at in zip(own, best, strict=True)])
    return echo(words, meaning, ECHO_QUANTILE)
