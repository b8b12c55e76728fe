"""Ranking metrics, defined as trec_eval defines them and cross-checked against ir_measures in the tests.

A ranking is a list of ids, best first; `grades` maps ids to grades > 0 (missing = not relevant).

- nDCG@k: Järvelin and Kekäläinen, TOIS 2002, in trec_eval's form: gain = grade, discount = log2(rank + 1),
  the ideal taken over all relevant ids. A grade 2 passage is worth two grade 1 passages.
- MRR@k, MAP, Recall@k: relevant means grade ≥ 1. MAP is not cut except by the depth of the run.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

RECALL_CUTS = (5, 10, 20)


def trec_order(scores: Mapping[str, float]) -> list[str]:
    """Return ids as trec_eval ranks them: score (as float32) descending, ties by id descending."""
    return sorted(scores, key=lambda item: (float(np.float32(scores[item])), item), reverse=True)


def descending(scores: Sequence[float]) -> list[float]:
    """Return float32 scores that fall strictly, so that a run file keeps the order that was shown.

    trec_eval sorts by score and ignores the rank column. A score that does not fall below its
    predecessor (a reranked hit) is replaced by the next smaller float32.
    """
    fixed: list[float] = []
    last = np.float32(np.inf)
    for score in scores:
        value = np.float32(score)
        if not value < last:
            value = np.nextafter(last, np.float32(-np.inf))
        fixed.append(float(value))
        last = value
    return fixed


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Return nDCG@k in 0…1; 0.0 where nothing is relevant."""
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    best = _dcg(ideal[:k])
    return _dcg([max(grades.get(item, 0), 0) for item in ranking[:k]]) / best if best else 0.0


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def first_rank(ranking: Sequence[str], grades: Mapping[str, int]) -> int | None:
    """Return the rank, from 1, of the first relevant id, or None."""
    return next((rank for rank, item in enumerate(ranking, start=1) if grades.get(item, 0) > 0), None)


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Return 1 / rank of the first relevant id among the first k, else 0.0."""
    rank = first_rank(ranking[:k], grades)
    return 1 / rank if rank else 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Return the share of the relevant ids that stand among the first k; 0.0 where nothing is relevant."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def success(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Return 1.0 where a relevant id stands among the first k, else 0.0."""
    return float(first_rank(ranking[:k], grades) is not None)


def average_precision(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return average precision over the whole ranking; relevant ids that are missing count as 0."""
    relevant = sum(1 for grade in grades.values() if grade > 0)
    total = found = 0.0
    for rank, item in enumerate(ranking, start=1):
        if grades.get(item, 0) > 0:
            found += 1
            total += found / rank
    return total / relevant if relevant else 0.0


def judged(ranking: Sequence[str], known: Mapping[str, int], k: int = 10) -> float:
    """Return the share of the first k that somebody judged at all (`known` holds grade 0 too)."""
    shown = ranking[:k]
    return sum(1 for item in shown if item in known) / len(shown) if shown else 0.0


def ranking_metrics(ranking: Sequence[str], grades: Mapping[str, int]) -> dict[str, float]:
    """Return the metrics of one question's ranking, by the names used in every report."""
    return {
        "ndcg@10": ndcg(ranking, grades, 10),
        "mrr@10": reciprocal_rank(ranking, grades, 10),
        **{f"recall@{k}": recall(ranking, grades, k) for k in RECALL_CUTS},
        "map": average_precision(ranking, grades),
        "success@1": success(ranking, grades, 1),
    }
