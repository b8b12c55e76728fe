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
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis.diseases import diseases, names_disease
from index.analysis.events import Event, event_asked
from index.analysis.figures import figures_asked, holds_figure
from index.analysis.places import names_place, places
from index.query.question import AnalysedQuestion
from index.ranking.hybrid import Ranking, Retriever
from index.ranking.named_nowhere import named_nowhere
from index.ranking.term_weights import holds_any, stands_within
from index.retrieval.base import NO_VECTOR, Flags
from ingest.text.sentences import split_sentences

MODEL_FILE = Path(__file__).with_name("answerability.json")
JUDGED_HITS = 10
CROWD = 50
"""The best cosine is held against the mean of so many. Against the next nine it falls where several
passages answer one question, as in policy papers: 54 % of the starter set's were refused."""

DOUBTFUL = 0.3
"""Confidence from which a question that is refused is only doubtful: people are told to read the first passages.
Of the starter set's development questions 14 are refused; of the 6 from here on 5 have an answer, of the 8
below 3 (test half: 6 of 10, and 7 of 13)."""
IDENTIFIED = 0.6
"""Confidence at least where the first hit holds the very thing that was looked for: a number of a law and nothing else,
a phrase, an abbreviation beside its name. Such a search asks nothing that a passage could fail to say."""
NOWHERE = 0.4
"""Confidence at most where a country that is asked about is named nowhere near the hits: refused, and doubtful."""
TOLD_WITHIN = 3
"""Hits that are read for the event that a question takes for granted, and for the diseases that it names."""
IDENTIFIER_HELD = 0.6
"""Which share of the weight of an identifier, all numbers among it, the hit holds: "Legislative Decree No. 1350" is
found in Portuguese too."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was asked for and that no passage shown holds: what `kind` of thing, and which, as asked.

    Kinds: place, number, disease, event (`index.analysis.events`), figure and figure_apart (of the kinds of
    `index.analysis.figures`: none at all, none beside what was asked about).
    """

    kind: str
    what: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the signals of the first hits are taken from.

    `held` (hits, terms) tells which hit holds which term, `told` which hit tells of the `event` that the question takes
    for granted (each where it takes none).
    """

    ranking: Ranking
    question: AnalysedQuestion
    retriever: Retriever
    text_of: Callable[[int], str]
    held: Flags
    margin: float
    asked_places: Mapping[str, str]
    asked_diseases: Mapping[str, str]
    event: Event | None
    told: tuple[bool, ...]

    @classmethod
    def of(
        cls,
        ranking: Ranking,
        retriever: Retriever,
        question: AnalysedQuestion,
        text_of: Callable[[int], str],
    ) -> "Evidence":
        """Return the evidence of the first `JUDGED_HITS` of a ranking that is not empty."""
        rows = ranking.rows[:JUDGED_HITS]
        held = [holds_any(term, retriever.lexical, rows) for term in ranking.terms]
        event = event_asked(question.query.text)
        best = np.sort(ranking.dense_scores[ranking.dense_scores > NO_VECTOR])[::-1][:CROWD]
        return cls(
            ranking=ranking,
            question=question,
            retriever=retriever,
            text_of=text_of,
            held=np.array(held, bool).reshape(len(ranking.terms), len(rows)).T,
            margin=float(best[0] - best.mean()) if len(best) else 0.0,
            asked_places=places(question.query.text),
            asked_diseases=diseases(question.query.text),
            event=event,
            told=tuple(event is None or event.told_in([text_of(int(row))]) for row in rows),
        )

    @property
    def hits(self) -> int:
        """How many hits there are."""
        return len(self.held)

    def signals(self, place: int, wanted: Container[str] | None = None) -> dict[str, float]:
        """Return the signals of a hit, only the `wanted` ones where some are named.

        Of the hit: its cosine; other_language: 1 where it is in another language than the question; term_coverage and
        window_coverage: share of the question's weight (idf) that stands in it and in its best window; number_coverage
        and name_coverage: share of the question's numbers and capitalised words that do (1 where it has none), and the
        same for its document (number_document, name_document); place_lacked: share of the countries asked about that
        neither it nor its heading names; figure_lacked: 1 where it has no figure of the kind that is asked for,
        figure_alone: 1 where no sentence, in the question's language, has such a figure and a word of the question;
        event_untold: 1 where neither it nor the next two hits tell of the event that the question takes for granted, or
        name any of its diseases. Of the ranking: cosine_margin, the best cosine less the mean of the best fifty; bm25,
        the square root of the best BM25 score; known_share, the part of the question's weight that the corpus has words
        for.
        """
        ranking, weights, in_text = self.ranking, self.ranking.weights, self.held[place].tolist()
        language = self.retriever.language_of(int(ranking.rows[place]))
        numbers, names = self.question.numbers, self.question.names
        found: dict[str, Callable[[], float]] = {
            "cosine": lambda: float(ranking.dense_scores[place]),
            "cosine_margin": lambda: self.margin,
            "other_language": lambda: float(self.question.is_foreign(language)),
            "term_coverage": lambda: weights.share(in_text),
            "window_coverage": lambda: weights.share(self._in_window(place)),
            "bm25": lambda: math.sqrt(max(0.0, float(ranking.lexical_scores.max()))),
            "known_share": lambda: weights.known_share,
            "number_coverage": lambda: _share(in_text, numbers),
            "name_coverage": lambda: _share(in_text, names),
            "number_document": lambda: self._in_document(place, numbers),
            "name_document": lambda: self._in_document(place, names),
            "place_lacked": lambda: self._places_lacked(place),
            "figure_lacked": lambda: float(not self._has_figure(place)),
            "figure_alone": lambda: float(self._figure_alone(place)),
            "event_untold": lambda: float(self._event_untold(place) or self._diseases_unnamed(place)),
        }
        return {name: value() for name, value in found.items() if wanted is None or name in wanted}

    def missing(self, *, refused: bool) -> tuple[Missing, ...]:
        """Return what is asked for and stands in none of the hits: countries, diseases, numbers, figures, the event.

        That figures stand apart from what was asked about is only a reason for a question that is `refused`.
        """
        hits = range(self.hits)
        countries = [
            Missing("place", written)
            for code, written in self.asked_places.items()
            if not names_place((self._read(place) for place in hits), code)
        ]
        ill = [
            Missing("disease", written)
            for disease, written in self.asked_diseases.items()
            if not names_disease((self._read(place) for place in hits), disease)
        ]
        numbers = [
            Missing("number", self.question.terms[at].surface)
            for at in self.question.numbers
            if not self.held[:, at].any()
        ]
        kinds = sorted(figures_asked(self.question.asks))
        figures = [Missing("figure", kind) for kind in kinds if not any(map(self._has_figure, hits))]
        events = [Missing("event", self.event.word)] if self.event and self._event_untold(0) else []
        first = range(min(TOLD_WITHIN, self.hits))
        lone = refused and kinds and not figures and all(map(self._figure_alone, first))
        apart = [Missing("figure_apart", kinds[0])] if lone else []
        return (*countries, *ill, *numbers, *figures, *apart, *events)

    def identified(self) -> bool:
        """Return whether the first hit holds the identifier, phrase or abbreviation that was looked for."""
        question, text = self.question, self._read(0)
        phrases = [phrase.surfaces for phrase in question.phrases]
        if phrases:
            return all(_runs(self.retriever.analyser.surfaces(text), phrase) for phrase in phrases)
        if "abbreviation" in question.asks:
            short = re.findall(r"\b[A-ZÀ-Þ]{2,}[\w-]*", question.query.text)
            return any(re.search(rf"\({re.escape(one)}\)|\b{re.escape(one)} \(", text) for one in short)
        held = self.held[0].tolist()
        numbers = all(held[place] for place in question.numbers)
        return question.is_identifier and numbers and self.ranking.weights.share(held) >= IDENTIFIER_HELD

    def _read(self, place: int) -> str:
        return self.text_of(int(self.ranking.rows[place]))

    def _has_figure(self, place: int) -> bool:
        kinds = figures_asked(self.question.asks)
        return not kinds or holds_figure(self._read(place), kinds)

    def _figure_alone(self, place: int) -> bool:
        """Return whether no sentence has a figure of the kind asked for beside a word that is no name or number.

        Nothing can be told of a passage in another language.
        """
        kinds, row = figures_asked(self.question.asks), int(self.ranking.rows[place])
        if not kinds or self.question.is_foreign(self.retriever.language_of(row)):
            return False
        aside = {*self.question.names, *self.question.numbers}
        terms = [term for at, term in enumerate(self.ranking.terms) if at not in aside]
        language, text = self.retriever.language_of(row), self._read(place)
        for start, end in split_sentences(text):
            if holds_figure(text[start:end], kinds):
                held = set(self.retriever.analyser.terms(text[start:end], language))
                if not terms or any(not held.isdisjoint(term.all_forms) for term in terms):
                    return False
        return True

    def _event_untold(self, place: int) -> bool:
        """Return whether a hit and those behind it do not tell of the event that the question takes for granted."""
        return not any(self.told[place : place + TOLD_WITHIN])

    def _diseases_unnamed(self, place: int) -> bool:
        """Return whether the question names diseases, and a hit and those behind it none of them."""
        texts = [self._read(at) for at in range(place, min(place + TOLD_WITHIN, self.hits))]
        asked = self.asked_diseases
        return bool(asked) and not any(names_disease(texts, disease) for disease in asked)

    def _places_lacked(self, place: int) -> float:
        asked = self.asked_places
        held = sum(names_place((self._read(place),), code) for code in asked)
        return 1 - held / len(asked) if asked else 0.0

    def _in_document(self, place: int, terms: Sequence[int]) -> float:
        """Return the share of some terms of the question that stand in the document of a hit; 1 for none."""
        if not terms:
            return 1.0
        span = self.retriever.document_rows(int(self.ranking.rows[place]))
        held = [stands_within(self.ranking.terms[at], self.retriever.lexical, span)[0] for at in terms]
        return float(np.mean(held))

    def _in_window(self, place: int) -> list[bool]:
        """Return which terms stand in the best window of a hit, in all of its text where no window is known."""
        terms, row = self.ranking.terms, int(self.ranking.rows[place])
        if not self.held[place].any():
            return [False] * len(terms)
        text = self.text_of(row)
        start, end = (int(value) for value in self.ranking.windows[place])
        window = text[start:end] if end > start else text
        held = set(self.retriever.analyser.terms(window, self.retriever.language_of(row)))
        return [not held.isdisjoint(term.all_forms) for term in terms]


def _share(present: Sequence[bool], places: Sequence[int]) -> float:
    return sum(present[place] for place in places) / len(places) if places else 1.0


def _runs(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Return whether a phrase stands word by word among words."""
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))
