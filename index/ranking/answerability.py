"""Does the library answer the question at all? A few signals, one small logistic model.

The model is `answerability.json` beside this file: per situation an intercept, a weight for each signal
and the thresholds, with what it was fitted on and how it did on questions it had not seen. Situations:

    hybrid   vectors were compared, of the model on whose cosines it was fitted ("calibration" in the file)
    words    the lexical leg alone, or vectors of another model, whose cosines lie elsewhere: confidence goes
             by the words then, and is low where question and answer are in two languages

No single score does it: BM25 knows nothing of questions in another language than the text, and a cosine
is as high for a question about something the library speaks of but does not say. Tried and left out of
`hybrid`, because they raised XQuAD at most and lowered the starter set: share of the question's words in
the best window, the rarest word, agreement of the legs, and whether the window holds the kind of thing
asked for (a number, a date, a name).
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis.acronyms import fold_word
from index.analysis.analyser import QuestionTerm
from index.analysis.stopwords import question_languages
from index.ranking.hybrid import Ranking, Retriever

MODEL_FILE = Path(__file__).with_name("answerability.json")
JUDGED_HITS = 10
CROWD = 50
"""The best cosine is held against the mean of so many. Against the next nine it falls where several
passages answer one question, as in policy papers: 54 % of the starter set's were refused."""

DOUBTFUL = 0.3
"""Confidence from which a question that is refused is only doubtful: people are told to read the first passages.
Of the starter set's development questions 14 are refused; of the 6 from here on 5 have an answer, of the 8
below 3 (test half: 6 of 10, and 7 of 13)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was judged. `of_hits` is a confidence for each row of the ranking, in its order."""

    answerable: bool
    confidence: float
    signals: dict[str, float]
    of_hits: tuple[float, ...]
    weak_below: float


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


def judge(ranking: Ranking, retriever: Retriever, question: str, text_of: Callable[[int], str]) -> Verdict:
    """Return whether the ranking answers the question, how surely, and the confidence of each hit.

    The confidence is that of the best-ranked passage, before demotion, which may put another hit first.
    `text_of` gives a passage's text by row; it is asked for the first ten only. A question without a word or
    number is never answered.
    """
    if len(ranking.rows) == 0:
        return NOTHING
    part = shipped_model()[situation(ranking, retriever.calibration)]
    found = [
        signals(ranking, retriever, question, text_of(int(row)), place)
        for place, row in enumerate(ranking.rows[:JUDGED_HITS])
    ]
    sure = [_logistic(part, one) if ranking.terms else 0.0 for one in found]
    sure += [min(sure)] * (len(ranking.rows) - len(sure))
    return Verdict(
        sure[0] >= part["threshold"] and sure[0] > 0,
        sure[0],
        found[0],
        tuple(sure),
        float(part["weak_below"]),
    )


def _logistic(part: dict[str, Any], found: dict[str, float]) -> float:
    total = part["intercept"] + sum(weight * found[name] for name, weight in part["weights"].items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def signals(ranking: Ranking, retriever: Retriever, question: str, text: str, place: int) -> dict[str, float]:
    """Return the signals of one hit whose text is `text`.

    Of the hit: its cosine; foreign: 1 where it is in another language than the question; words, window:
    share of the question's weight (idf) that stands in it and in its best window; numbers, names: share
    of the question's numbers and capitalised words that do (1 where it has none). Of the ranking: lead,
    the best cosine less the mean of the best fifty; bm25, the square root of the best BM25 score; known,
    the share of the question's weight that the corpus has words for.
    """
    row = int(ranking.rows[place])
    in_text = _in_passage(ranking.terms, row, retriever)
    in_window = _in_window(ranking, place, text, in_text, retriever)
    best = np.sort(ranking.dense_scores)[::-1][:CROWD]
    numbers = [i for i, term in enumerate(ranking.terms) if term.surface[0].isdigit()]
    return {
        "cosine": float(ranking.dense_scores[place]),
        "lead": float(best[0] - best.mean()),
        "foreign": float(_is_foreign(retriever, question, row)),
        "words": _weighed(ranking.terms, in_text, retriever),
        "window": _weighed(ranking.terms, in_window, retriever),
        "bm25": math.sqrt(max(0.0, float(ranking.lexical_scores.max()))),
        "known": ranking.known_share,
        "numbers": _share(in_text, numbers),
        "names": _share(in_text, _names(question, ranking.terms)),
    }


def _is_foreign(retriever: Retriever, question: str, row: int) -> bool:
    spoken = question_languages(retriever.analyser.surfaces(question), question)
    language = retriever.language_of(row)
    return bool(spoken) and language is not None and language not in spoken


def _weighed(terms: Sequence[QuestionTerm], there: Sequence[bool], retriever: Retriever) -> float:
    weights = [retriever.weight(term) for term in terms]
    total = sum(weights)
    held = sum(weight for weight, present in zip(weights, there, strict=True) if present)
    return held / total if total > 0 else 0.0


def _in_passage(terms: Sequence[QuestionTerm], row: int, retriever: Retriever) -> list[bool]:
    rows = np.array([row], np.int32)
    return [any(bool(retriever.postings.holds(form, rows)[0]) for form in term.forms) for term in terms]


def _in_window(
    ranking: Ranking, place: int, text: str, in_text: Sequence[bool], retriever: Retriever
) -> list[bool]:
    if not any(in_text):
        return [False] * len(ranking.terms)
    start, end = (int(value) for value in ranking.windows[place])
    window = text[start:end] if end > start else text
    held = set(retriever.analyser.terms(window, retriever.language_of(int(ranking.rows[place]))))
    return [any(form in held for form in term.forms) for term in ranking.terms]


def _share(present: Sequence[bool], places: Sequence[int]) -> float:
    return sum(present[place] for place in places) / len(places) if places else 1.0


def _names(question: str, terms: Sequence[QuestionTerm]) -> list[int]:
    """Return the places of terms that are written with a capital inside the question."""
    capital = {fold_word(word) for word in re.findall(r"(?<=\s)[A-ZÀ-Þ][^\W\d_]+", question)}
    return [place for place, term in enumerate(terms) if term.surface in capital]
