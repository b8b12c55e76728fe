"""One ranking out of two legs: a convex combination whose weight follows the question.

    score = w · dense' + (1 − w) · lexical'

with both legs' scores brought to 0 … 1 among the candidates of this question (Bruch, Gai and Ingber, An
Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023). Every candidate of either leg has its true
score in both, so none is punished for having been just below the other leg's list. Not used: reciprocal
rank fusion; it drowns the dense leg when a question is in another language than the text.
"""

import numpy as np

from index.retrieval.base import Flags, Scores, Vector

DENSE_WEIGHT_KNOWN = 0.6
DENSE_WEIGHT_UNKNOWN = 0.95
KNOWN_FULL = 0.9
KNOWN_NONE = 0.4
"""Swept on the development halves of eight sets: .5 to .7 and .85 to .95 are within .002 of these. With the
glossary, first hit right on those of Tatoeba pt, fr, es and XQuAD es-en, en-es, unknown .9 | .95: .903 .938
.924 .915 .908 | .904 .938 .926 .912 .908."""

CENTRE_SHARE = 0.5
"""Share of the mean vector taken from a question whose words the corpus does not know: some passages are
near every question of another language. First hit right on the development halves, 0 | .5: Tatoeba pt-en
.884 | .906, fr-en .928 | .938, XQuAD en-es .896 | .907, es-en .909 | .907. Within one language it only
loses (COVID-QA nDCG .614 | .601), so there it is 0."""

COVERAGE_SHARE = 0.5
"""Share of the lexical score that says only how much of the question is there, however often: sum of the
idf of the question's words that a passage holds. nDCG@10, development halves, share 0 | .35 | .5:
COVID-QA .666 | .676 | .680, CLAP-NQ .981 | .979 | .979, XQuAD en-en .971 | .972 | .972, es-es .974 |
.972 | .969. Not used: the same within windows of the first twenty
(COVID-QA .678, CLAP-NQ .976 at its comparable weight); it needs their texts analysed at each question."""

NEIGHBOURS = 10
NEIGHBOUR_QUANTILE = 0.85
"""A passage in another language than the question shares few words with it, however well it answers. Its
lexical score is at least what passages of the question's language earn at the same dense score: the
quantile of lexical / dense among the NEIGHBOURS nearest. nDCG@10 on development halves, quantile .75 | .85 |
.95: starter set .747 | .748 | .746, XQuAD with each paragraph in one language only, 5 : 1, .964 | .966 | .968.
A fixed share of .8 drowned Portuguese passages whose words differ from a Portuguese question."""


def known(known_share: float) -> float:
    """Return where a question stands between all its words unknown (0) and known (1) to the corpus."""
    return min(max((known_share - KNOWN_NONE) / (KNOWN_FULL - KNOWN_NONE), 0.0), 1.0)


def dense_weight(known_share: float) -> float:
    """Return the weight of the dense leg for the share of the question's weight that the corpus knows."""
    return DENSE_WEIGHT_UNKNOWN + known(known_share) * (DENSE_WEIGHT_KNOWN - DENSE_WEIGHT_UNKNOWN)


def centre_share(known_share: float) -> float:
    """Return the share of the mean vector that is taken from the question's."""
    return CENTRE_SHARE * (1 - known(known_share))


def centred(vector: Vector, mean: Vector | None, known_share: float) -> Vector:
    """Return the question's vector less `centre_share` of the mean: passages that are near everything fall back."""
    share = centre_share(known_share)
    if mean is None or share <= 0:
        return vector
    shifted: Vector = vector - np.float32(share) * mean
    return shifted


def scaled(scores: Scores, low: float) -> Scores:
    """Return scores with `low` at 0 and the best at 1; all 0 where none is above `low`."""
    high = float(scores.max(initial=low))
    if high <= low:
        return np.zeros(len(scores))
    return np.clip((scores - low) / (high - low), 0.0, 1.0)


def fuse(
    lexical: Scores,
    dense: Scores,
    weight: float,
    coverage: Scores | None = None,
    foreign: Flags | None = None,
) -> Scores:
    """Return the fused scores, 0 … 1, of candidates that have both true scores.

    The lexical scale begins at 0 (nothing shared), the dense one at its worst candidate. A list of
    lexical zeros never votes: the result then is the dense scale alone. `coverage` is the share of the
    question's weight that each candidate holds; `foreign` flags candidates in another language than the
    question's.
    """
    words = scaled(lexical, 0.0)
    meaning = scaled(dense, float(dense.min(initial=1.0)))
    if not words.any():
        return meaning
    if coverage is not None:
        words = (1 - COVERAGE_SHARE) * words + COVERAGE_SHARE * scaled(coverage, 0.0)
    if foreign is not None and foreign.any() and not foreign.all():
        share = lexical_share_of_neighbours(words[~foreign], meaning[~foreign], NEIGHBOUR_QUANTILE)
        words = np.where(foreign, np.maximum(words, share * meaning), words)
    return weight * meaning + (1 - weight) * words


def lexical_share_of_neighbours(words: Scores, meaning: Scores, quantile: float) -> float:
    """Return the lexical score, as a share of the dense one, that the nearest of these earn; 0 for none.

    They are what is in the question's language: passages, or windows of them. The share is at most 1.
    """
    if not len(words):
        return 0.0
    nearest = np.argsort(-meaning, kind="stable")[:NEIGHBOURS]
    earned = words[nearest] / np.maximum(meaning[nearest], 1e-6)
    return min(1.0, float(np.quantile(earned, quantile)))
