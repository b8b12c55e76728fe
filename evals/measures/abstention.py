"""Does the search know when it has no answer? The positive class is "unanswerable": a refusal.

- AUROC (Fawcett, Pattern Recognition Letters 2006): the chance that an unanswerable question has a lower
  confidence than an answerable one, ties counted half (the Mann–Whitney statistic).
- Precision, recall, F1 of refusals; the false-alarm rate at 95 % recall: the share of answerable
  questions refused by the mildest threshold that refuses 95 % of the unanswerable ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WANTED_RECALL = 0.95


@dataclass(frozen=True, slots=True)
class Refusals:
    """How good a yes/no decision to refuse was. Shares are nan where their denominator is 0."""

    precision: float
    recall: float
    f1: float
    false_alarms: float
    refused: int


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """Return the AUROC of a confidence score, nan where either side is empty."""
    wins = wins_matrix(answerable, unanswerable)
    return float(wins.mean()) if wins.size else math.nan


def wins_matrix(answerable: Sequence[float], unanswerable: Sequence[float]) -> NDArray[np.float64]:
    """Return (answerable, unanswerable): 1 where the answerable one scores higher, .5 where equal."""
    high = np.asarray(answerable, dtype=np.float64)[:, None]
    low = np.asarray(unanswerable, dtype=np.float64)[None, :]
    wins: NDArray[np.float64] = np.where(high > low, 1.0, np.where(high == low, 0.5, 0.0))
    return wins


def refusals(refused: Sequence[bool], answerable: Sequence[bool]) -> Refusals:
    """Return how well the refusals fit the questions, both lists in the same order."""
    marked = np.asarray(refused, dtype=bool)
    truth = ~np.asarray(answerable, dtype=bool)
    right = int((marked & truth).sum())
    precision = _share(right, int(marked.sum()))
    recall = _share(right, int(truth.sum()))
    f1 = _share(2 * right, int(marked.sum()) + int(truth.sum()))
    false_alarms = _share(int((marked & ~truth).sum()), int((~truth).sum()))
    return Refusals(precision, recall, f1, false_alarms, int(marked.sum()))


def best_threshold(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    """Return the threshold with the best F1 of refusals; a question is refused where score < threshold.

    Thresholds lie halfway between neighbouring scores (above a score of minus infinity: at its neighbour);
    of equal ones the lowest (refusing least) wins.
    """
    levels = sorted(set(scores))
    if not levels:
        return -math.inf
    middles = [high if math.isinf(low) else (low + high) / 2 for low, high in pairwise(levels)]
    candidates = [levels[0], *middles, math.nextafter(levels[-1], math.inf)]
    f1 = [refusals([s < t for s in scores], answerable).f1 for t in candidates]
    return candidates[int(np.nanargmax(np.nan_to_num(f1, nan=0.0)))]


def false_alarms_at_recall(
    scores: Sequence[float], answerable: Sequence[bool], wanted: float = WANTED_RECALL
) -> float:
    """Return the share of answerable questions refused where `wanted` of the others are; nan if none are."""
    low = sorted(score for score, known in zip(scores, answerable, strict=True) if not known)
    high = [score for score, known in zip(scores, answerable, strict=True) if known]
    if not low or not high:
        return math.nan
    bar = low[math.ceil(wanted * len(low)) - 1]
    return sum(1 for score in high if score <= bar) / len(high)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
