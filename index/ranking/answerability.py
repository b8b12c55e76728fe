"""Does the library answer the question at all? A few signals, one small logistic model.

The model is `answerability.json` beside this file: per situation an intercept, a weight for each signal
and the thresholds, with what it was fitted on and how it did on questions it had not seen. Situations:

    hybrid   vectors were compared, of the model on whose cosines it was fitted ("calibration" in the file)
    words    the lexical leg alone, or vectors of another model, whose cosines lie elsewhere: confidence goes
             by the words then, and is low where question and answer are in two languages

No single score does it: BM25 knows nothing of questions in another language than the text, and a cosine
is as high for a question about something the library speaks of but does not say. So what is asked for is looked
for where the first hit stands: its numbers and names, countries, diseases, a figure of the kind that is asked for.
`missing` tells in words of this module what was not found; `app` words it for people.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.query.question import AnalysedQuestion
from index.ranking.evidence import JUDGED_HITS, Evidence, Missing
from index.ranking.hybrid import Ranking, Retriever
from index.ranking.named_nowhere import named_nowhere
from index.retrieval.base import NO_VECTOR

MODEL_FILE = Path(__file__).with_name("answerability.json")

DOUBTFUL = 0.3
"""Confidence from which a question that is refused is only doubtful: people are told to read the first passages.
Of the starter set's development questions 14 are refused; of the 6 from here on 5 have an answer, of the 8
below 3 (test half: 6 of 10, and 7 of 13)."""
IDENTIFIED = 0.6
"""Confidence at least where the first hit holds the very thing that was looked for: a number of a law and nothing else,
a phrase, an abbreviation beside its name. Such a search asks nothing that a passage could fail to say."""
NOWHERE = 0.4
"""Confidence at most where a country that is asked about is named nowhere near the hits: refused, and doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was judged. `of_hits` is a confidence for each row of the ranking, in its order.

    A hit is weak below `weak_below`, but for those whose place has a limit of its own. `missing` is what
    none of the first hits holds.
    """

    answerable: bool
    confidence: float
    signals: dict[str, float]
    of_hits: tuple[float, ...]
    weak_below: float
    weak_below_of: Mapping[int, float] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    def weak(self, place: int) -> bool:
        """Return whether the hit at a place of the ranking is a weak match."""
        return self.of_hits[place] < self.weak_below_of.get(place, self.weak_below)


NOTHING = Verdict(answerable=False, confidence=0.0, signals={}, of_hits=(), weak_below=0.0)


@lru_cache(maxsize=1)
def shipped_model() -> dict[str, Any]:
    """Return the content of the model file."""
    content: dict[str, Any] = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return content


def situation(ranking: Ranking, calibration: str | None) -> str:
    """Return which part of the model applies to a ranking by vectors of a model with this calibration."""
    fitted = calibration == shipped_model()["calibration"]
    return "hybrid" if fitted and ranking.dense_scores.any() else "words"


def judge(
    ranking: Ranking, retriever: Retriever, question: AnalysedQuestion, text_of: Callable[[int], str]
) -> Verdict:
    """Return whether the ranking answers the question, how surely, and the confidence of each hit.

    The confidence is that of the first passage, so the ranking is the one that is shown (`index.ranking.demotion`).
    `text_of` gives a passage's text by row; it is asked for the first ten only. A question without a word or
    number is never answered.
    """
    if len(ranking.rows) == 0:
        return NOTHING
    evidence = Evidence.of(ranking, retriever, question, text_of)
    parts = [_part(ranking, retriever.calibration, place) for place in range(evidence.hits)]
    found = [evidence.signals(place, part["weights"] if place else None) for place, part in enumerate(parts)]
    sure = [_logistic(own, one) if ranking.terms else 0.0 for own, one in zip(parts, found, strict=True)]
    if evidence.identified():
        sure[0] = max(sure[0], IDENTIFIED)
    rows = ranking.rows[:JUDGED_HITS]
    if any(named_nowhere(code, rows, retriever, text_of) for code in evidence.asked_places):
        sure[0] = min(sure[0], NOWHERE)
    sure += [min(sure)] * (len(ranking.rows) - len(sure))
    return Verdict(
        answerable=sure[0] >= parts[0]["threshold"] and sure[0] > 0,
        confidence=sure[0],
        signals=found[0],
        of_hits=tuple(sure),
        weak_below=float(parts[0]["weak_below"]),
        weak_below_of={place: float(part["weak_below"]) for place, part in enumerate(parts)},
        missing=evidence.missing(refused=sure[0] < parts[0]["threshold"]),
    )


def _part(ranking: Ranking, calibration: str | None, place: int) -> dict[str, Any]:
    """Return the part of the model for a hit; one without a vector, beside others with one, is judged by its words."""
    if ranking.dense_scores[place] == NO_VECTOR:
        words: dict[str, Any] = shipped_model()["words"]
        return words
    part: dict[str, Any] = shipped_model()[situation(ranking, calibration)]
    return part


def _logistic(part: dict[str, Any], found: dict[str, float]) -> float:
    total = part["intercept"] + sum(weight * found[name] for name, weight in part["weights"].items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))
