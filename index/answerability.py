"""Does the library answer the question at all? Several signals, one small logistic model.

The model is `answerability.json` beside this file: per situation an intercept, a weight for each signal
and the thresholds, with what it was fitted on and how it did on questions it had not seen. Situations:

    hybrid   both legs
    across   both legs, and the corpus knows few words of the question: another language, mostly
    words    the lexical leg alone

Top scores alone cannot do it (AUROC .60 to .66 was measured): a question about something the library
speaks of but does not say scores as high as one it answers.
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

from index.analysis import QuestionTerm
from index.lexical import K1
from index.retrieval import Ranking, Retriever

MODEL_FILE = Path(__file__).with_name("answerability.json")
ACROSS_BELOW = 0.5
"""Known share of a question's weight below which words say little. Spanish questions over English
paragraphs have a median of .3, questions in the language of the text .95."""
JUDGED_HITS = 10

_ASKS_NUMBER = re.compile(
    r"\b(how (many|much|long|old|far|often|large|big)|what (percentage|share|proportion|number|amount)|"
    r"cu[aá]nt[oa]s?|qu[eé] (porcentaje|proporci[oó]n|n[uú]mero|cantidad)|quant[oa]s?|"
    r"qua(l|is) (a |o )?(percentagem|porcentagem|propor[cç][aã]o|n[uú]mero)|combien)\b",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(
    r"\b(when|what year|which year|cu[aá]ndo|qu[eé] a[nñ]o|quando|que ano|quand)\b", re.IGNORECASE
)
_ASKS_NAME = re.compile(r"\b(who|whom|whose|qui[eé]n(es)?|quem|qui)\b", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(1[5-9]\d\d|20\d\d)\b|\b\d{1,2}(st|nd|rd|th)? (of )?"
    r"(january|february|march|april|may|june|july|august|september|october|november|december)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|dos|tres|cuatro|cinco|dois|três|quatro)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w’'-]+ [A-ZÀ-Þ][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was judged. `of_hits` is a confidence for each row of the ranking, in its order."""

    answerable: bool
    confidence: float
    signals: dict[str, float]
    of_hits: tuple[float, ...]
    weak_below: float


@lru_cache(maxsize=1)
def shipped_model() -> dict[str, Any]:
    """Return the content of the model file."""
    content: dict[str, Any] = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return content


def situation(ranking: Ranking, retriever: Retriever) -> str:
    """Return which part of the model applies."""
    if retriever.dense is None or not ranking.dense_scores.any():
        return "words"
    return "across" if ranking.known_share < ACROSS_BELOW else "hybrid"


def judge(ranking: Ranking, retriever: Retriever, question: str, text_of: Callable[[int], str]) -> Verdict:
    """Return whether the ranking answers the question, how surely, and the confidence of each hit.

    `text_of` gives a passage's text by row; it is asked for the first ten only.
    """
    if len(ranking.rows) == 0:
        return Verdict(answerable=False, confidence=0.0, signals={}, of_hits=(), weak_below=0.0)
    part = shipped_model()[situation(ranking, retriever)]
    confidences = []
    first: dict[str, float] = {}
    for place in range(len(ranking.rows)):
        if place < JUDGED_HITS:
            text = text_of(int(ranking.rows[place]))
            found = signals(ranking, retriever, question, text, place)
            first = first or found
            confidences.append(_logistic(part, found))
        else:
            confidences.append(min(confidences))
    confidence = confidences[0]
    return Verdict(
        confidence >= part["threshold"], confidence, first, tuple(confidences), float(part["weak_below"])
    )


def _logistic(part: dict[str, Any], found: dict[str, float]) -> float:
    total = part["intercept"] + sum(weight * found[name] for name, weight in part["weights"].items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def signals(ranking: Ranking, retriever: Retriever, question: str, text: str, place: int) -> dict[str, float]:
    """Return the signals of one hit, each about 0 … 1.

    cosine: of its vectors with the question. gap: how far its cosine stands above the mean of the others
    among the first ten. words, best words: share of the question's weight (idf) in the passage and in its
    best window. rarest: its rarest word is there. strength: BM25 against the most it could be. agreement:
    mean of 1/rank in the two legs. known: share of the question's weight that the corpus has. numbers,
    names: share of the question's numbers and capitalised words that are there. kind: the window holds
    the kind of thing asked for (a number, a time, a name): 1 yes, 0 nothing asked, −1 no.
    """
    start, end = (int(value) for value in ranking.windows[place])
    window = text[start:end] if end > start else text
    weights = _weights(ranking.terms, retriever)
    total = sum(weights) or 1.0
    row = int(ranking.rows[place])
    in_text = _in_passage(ranking.terms, row, retriever)
    in_window = _in_window(ranking.terms, window, retriever.language_of(row), in_text, retriever)
    others = np.delete(ranking.dense_scores[:JUDGED_HITS], place) if len(ranking.rows) > 1 else np.zeros(1)
    ranks = (int(ranking.lexical_ranks[place]), int(ranking.dense_ranks[place]))
    numbers = [i for i, term in enumerate(ranking.terms) if term.surface[0].isdigit()]
    names = _names(question, ranking.terms)
    rarest = max(range(len(weights)), key=weights.__getitem__) if weights else None
    return {
        "cosine": float(ranking.dense_scores[place]),
        "gap": float(ranking.dense_scores[place] - others.mean()) if len(others) else 0.0,
        "words": sum(w for w, there in zip(weights, in_text, strict=True) if there) / total,
        "best words": sum(w for w, there in zip(weights, in_window, strict=True) if there) / total,
        "rarest": float(in_text[rarest]) if rarest is not None else 0.0,
        "strength": float(ranking.lexical_scores[place]) / (total * (K1 + 1)),
        "agreement": sum(1 / rank for rank in ranks if rank) / 2,
        "known": ranking.known_share,
        "numbers": _share(in_text, numbers),
        "names": _share(in_text, names),
        "kind": _kind(question, window),
    }


def _weights(terms: Sequence[QuestionTerm], retriever: Retriever) -> list[float]:
    return [retriever.weight(term) for term in terms]


def _in_passage(terms: Sequence[QuestionTerm], row: int, retriever: Retriever) -> list[bool]:
    rows = np.array([row], np.int32)
    return [any(bool(retriever.postings.holds(form, rows)[0]) for form in term.forms) for term in terms]


def _in_window(
    terms: Sequence[QuestionTerm],
    window: str,
    language: str | None,
    in_text: Sequence[bool],
    retriever: Retriever,
) -> list[bool]:
    if not any(in_text):
        return [False] * len(terms)
    held = set(retriever.analyser.terms(window, language))
    return [any(form in held for form in term.forms) for term in terms]


def _share(present: Sequence[bool], places: Sequence[int]) -> float:
    return sum(present[place] for place in places) / len(places) if places else 1.0


def _names(question: str, terms: Sequence[QuestionTerm]) -> list[int]:
    """Return the places of terms that are written with a capital inside the question."""
    capital = {word.casefold() for word in re.findall(r"(?<=\s)[A-ZÀ-Þ][^\W\d_]+", question)}
    return [place for place, term in enumerate(terms) if term.surface in capital]


def _kind(question: str, window: str) -> float:
    for asks, holds in ((_ASKS_TIME, _YEAR), (_ASKS_NUMBER, _NUMBER), (_ASKS_NAME, _NAME)):
        if asks.search(question):
            return 1.0 if holds.search(window) else -1.0
    return 0.0
