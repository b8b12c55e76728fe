"""The words of reports: names of metrics and how figures are written, shared by HTML and Markdown."""

import math
from collections.abc import Iterable, Sequence

from evals.compare import QuestionChange
from evals.measures.aggregate import scored
from evals.results import Interval, QuestionResult

NAMES = {
    "ndcg@10": "nDCG@10",
    "page_hit@5": "page hit@5",
    "recall@5": "Recall@5",
    "recall@10": "Recall@10",
    "recall@20": "Recall@20",
    "mrr@10": "MRR@10",
    "map": "MAP",
    "success@1": "first is right",
    "doc_hit@5": "document hit@5",
    "evidence@300": "evidence in 300 words",
    "evidence@600": "evidence in 600 words",
    "evidence@1200": "evidence in 1,200 words",
    "judged@10": "judged@10",
    "duplicates@10": "near copies in the first ten",
}
MEANINGS = {
    "nDCG@10": "how near the first ten are to the ideal order; gain = grade, discount log2(rank + 1)",
    "page hit@5": "the right document and a page that holds the quote among the first five",
    "Recall@k": "share of the relevant passages among the first k",
    "MRR@10": "1 / rank of the first relevant passage among the first ten",
    "MAP": "mean over the relevant passages of the precision at their rank",
    "evidence in n words": "share of the quotes that a reader of the first n words has seen",
    "intervals": "95 %, bootstrap of 10,000 resamples of whole groups (a question and its translations)",
    "p": "paired randomisation, 100,000 sign flips by group, two-sided; Holm over the systems compared",
    "refusals": "unanswerable = positive; thresholds from the development half, figures from the test half",
}
# Beyond this rank nobody reads; the last bin is "not in the run".
RANK_BINS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 100))
RANK_LABELS = ("1", "2", "3", "4–5", "6–10", "11–20", "21–100", "lost")


def name_of(metric: str) -> str:
    """Return the name of a metric for people."""
    return NAMES.get(metric, metric)


def number(value: float, digits: int = 3) -> str:
    """Return a figure, "–" where there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float, digits: int = 3) -> str:
    """Return a difference with its sign."""
    return "–" if math.isnan(value) else f"{value:+.{digits}f}".replace("-", "−")


def interval(value: Interval) -> str:
    """Return "0.812 [0.770, 0.851]"."""
    return f"{number(value.mean)} [{number(value.low)}, {number(value.high)}]"


def p_value(value: float) -> str:
    """Return a p value; the smallest that 100,000 flips can show is 1e-5."""
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"


def rank(value: int | None) -> str:
    """Return a rank, "lost" where the passage is not in the run."""
    return "lost" if value is None else str(value)


def pages(numbers: Sequence[int]) -> str:
    """Return "p. 3", "pp. 3–4", or "no pages"."""
    if not numbers:
        return "no pages"
    return f"p. {numbers[0]}" if numbers[0] == numbers[-1] else f"pp. {numbers[0]}–{numbers[-1]}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 question", "2 questions"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def leg_ranks(item: QuestionChange) -> str:
    """Return the rank of the first right passage in each mode, before and after."""
    return ", ".join(
        f"{mode} {rank(item.base.first_ranks.get(mode))} → {rank(value)}"
        for mode, value in item.new.first_ranks.items()
    )


def rank_counts(ranks: Iterable[int | None]) -> list[int]:
    """Return how many ranks fall into each bin of `RANK_LABELS`."""
    counts = [0] * len(RANK_LABELS)
    for value in ranks:
        place = next((i for i, (low, high) in enumerate(RANK_BINS) if value and low <= value <= high), -1)
        counts[place] += 1
    return counts


def worst(questions: Sequence[QuestionResult], mode: str, count: int = 20) -> list[QuestionResult]:
    """Return the answerable questions with the lowest nDCG@10 that are not perfect, worst first."""
    imperfect = [item for item in scored(questions, mode) if item.scores[mode]["ndcg@10"] < 1 - 1e-9]
    far = 10**6  # a passage that is not in the run stands behind all that are
    return sorted(
        imperfect,
        key=lambda item: (item.scores[mode]["ndcg@10"], -(item.first_ranks[mode] or far), item.id),
    )[:count]
