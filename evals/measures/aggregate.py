"""From the results of questions to the tables of a run: means with intervals, comparisons, refusals."""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from evals.measures.abstention import (
    auroc,
    best_threshold,
    false_alarms_at_recall,
    refusals,
    wins_matrix,
)
from evals.measures.significance import (
    RESAMPLES,
    bootstrap,
    group_numbers,
    holm,
    randomisation_p,
    resampled_weights,
)
from evals.results import Comparison, Detector, Figures, Interval, LanguageRatio, QuestionResult

HALVES = ("all", "dev", "test")
# The two figures a run is judged by, then what explains them.
HEAD_METRICS = ("ndcg@10", "page_hit@5", "recall@10", "mrr@10")
TABLE_METRICS = (*HEAD_METRICS, "recall@5", "recall@20", "map", "success@1", "doc_hit@5")
REFERENCE_LANGUAGE = "en"


def scored(questions: Iterable[QuestionResult], mode: str, half: str = "all") -> list[QuestionResult]:
    """Return the answerable questions of a half that have figures in a mode."""
    return [item for item in questions if mode in item.scores and half in ("all", item.split)]


def figures(questions: Sequence[QuestionResult], mode: str, metrics: Sequence[str] | None = None) -> Figures:
    """Return the mean and interval of each metric; empty where no question has figures."""
    if not questions:
        return {}
    groups = [item.group for item in questions]
    names = metrics or tuple(questions[0].scores[mode])
    return {name: bootstrap([item.scores[mode][name] for item in questions], groups) for name in names}


def tables_by(
    questions: Sequence[QuestionResult], mode: str, key: Callable[[QuestionResult], str]
) -> dict[str, Figures]:
    """Return the table metrics of each value of `key` (type, language), values in sorted order."""
    values = sorted({key(item) for item in scored(questions, mode)})
    return {
        value: figures([item for item in scored(questions, mode) if key(item) == value], mode, TABLE_METRICS)
        for value in values
    }


def compare_modes(questions: Sequence[QuestionResult], mode: str, others: Sequence[str]) -> list[Comparison]:
    """Return `mode` minus each other mode on the head metrics, by half; Holm goes over the others."""
    found: list[Comparison] = []
    for half in HALVES:
        for metric in HEAD_METRICS:
            pairs = {other: _paired(questions, mode, other, half, metric) for other in others}
            adjusted = holm({other: pair[1] for other, pair in pairs.items() if pair})
            found += [
                Comparison(half, metric, mode, other, pair[0], pair[1], adjusted[other])
                for other, pair in pairs.items()
                if pair
            ]
    return found


def _paired(
    questions: Sequence[QuestionResult], mode: str, other: str, half: str, metric: str
) -> tuple[Interval, float] | None:
    both = [item for item in scored(questions, mode, half) if other in item.scores]
    if not both:
        return None
    differences = [item.scores[mode][metric] - item.scores[other][metric] for item in both]
    groups = [item.group for item in both]
    return bootstrap(differences, groups), randomisation_p(differences, groups)


def detectors(questions: Sequence[QuestionResult], modes: Sequence[str]) -> tuple[Detector, ...]:
    """Return ways of telling unanswerable questions, each judged on the test half.

    First the search's own decision, then its confidence with a threshold fitted on the development
    half, then the top score of each mode with a threshold fitted there: what a single score can do.
    Nothing where the test half lacks one of the two kinds of question.
    """
    dev = [item for item in questions if item.split == "dev"]
    test = [item for item in questions if item.split == "test"]
    if len({item.answerable for item in test}) < 2:
        return ()
    own = _detector("shipped decision", test, [item.confidence for item in test], None)
    found = [own]
    scores: dict[str, Callable[[QuestionResult], float]] = {"confidence": lambda item: item.confidence}
    for mode in modes:
        scores[f"top score, {mode}"] = lambda item, mode=mode: _top_score(item, mode)  # type: ignore[misc]
    for name, score in scores.items():
        if len({item.answerable for item in dev}) == 2:
            threshold = best_threshold([score(item) for item in dev], [item.answerable for item in dev])
            found.append(_detector(name, test, [score(item) for item in test], threshold))
    return tuple(found)


def _top_score(item: QuestionResult, mode: str) -> float:
    """Return the score of the first hit; a search without any hit scores below all others."""
    score = item.top_scores.get(mode)
    return -math.inf if score is None else score


def _detector(
    name: str, questions: Sequence[QuestionResult], scores: Sequence[float], threshold: float | None
) -> Detector:
    truth = [item.answerable for item in questions]
    refused = [item.refused for item in questions] if threshold is None else [s < threshold for s in scores]
    quality = refusals(refused, truth)
    low, high = _auroc_interval(questions, scores)
    return Detector(
        name=name,
        threshold=threshold,
        auroc=auroc(*_sides(scores, truth)),
        auroc_low=low,
        auroc_high=high,
        precision=quality.precision,
        recall=quality.recall,
        f1=quality.f1,
        false_alarms=quality.false_alarms,
        false_alarms_at_95_recall=false_alarms_at_recall(scores, truth),
        answerable=sum(truth),
        unanswerable=len(truth) - sum(truth),
    )


def _sides(scores: Sequence[float], truth: Sequence[bool]) -> tuple[list[float], list[float]]:
    pairs = list(zip(scores, truth, strict=True))
    return [score for score, known in pairs if known], [score for score, known in pairs if not known]


def _auroc_interval(questions: Sequence[QuestionResult], scores: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the AUROC, groups resampled whole."""
    truth = np.array([item.answerable for item in questions])
    numbers = group_numbers([item.group for item in questions])
    wins = wins_matrix(*_sides(scores, truth.tolist()))
    weights = resampled_weights(int(numbers.max()) + 1, RESAMPLES)
    high, low = weights[:, numbers[truth]], weights[:, numbers[~truth]]
    pairs = high.sum(axis=1) * low.sum(axis=1)
    kept = pairs > 0
    areas = ((high @ wins) * low).sum(axis=1)[kept] / pairs[kept]
    bounds = np.percentile(areas, [2.5, 97.5])
    return float(bounds[0]), float(bounds[1])


def language_ratios(questions: Sequence[QuestionResult], mode: str) -> tuple[LanguageRatio, ...]:
    """Return Recall@10 of each language against English, over the groups asked in both."""
    by_language: dict[str, dict[str, list[float]]] = {}
    for item in scored(questions, mode):
        groups = by_language.setdefault(item.lang, {})
        groups.setdefault(item.group, []).append(item.scores[mode]["recall@10"])
    english = by_language.get(REFERENCE_LANGUAGE, {})
    found = []
    for language in sorted(set(by_language) - {REFERENCE_LANGUAGE}):
        shared = sorted(set(english) & set(by_language[language]))
        if shared:
            own = float(np.mean([np.mean(by_language[language][group]) for group in shared]))
            other = float(np.mean([np.mean(english[group]) for group in shared]))
            ratio = own / other if other else math.nan
            found.append(LanguageRatio(language, len(shared), own, other, ratio))
    return tuple(found)
