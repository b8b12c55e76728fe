"""What the first hits of a search show of the thing that was asked for, and what of it none of them holds.

So what is asked for is looked for where the first hit stands: its numbers and names, countries, diseases, a figure of
the kind that is asked for, the name that an abbreviation stands for.
"""

import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.analysis.diseases import diseases, names_disease
from index.analysis.events import Event, event_asked
from index.analysis.places import names_place, places
from index.analysis.spelled_out import spells_out
from index.query.question import AnalysedQuestion
from index.ranking.figure_sentences import FigureSentences
from index.ranking.hybrid import Ranking, Retriever
from index.ranking.term_weights import holds_any, stands_within
from index.retrieval.base import NO_VECTOR, Flags

JUDGED_HITS = 10
CROWD = 50
"""The best cosine is held against the mean of so many. Against the next nine it falls where several
passages answer one question, as in policy papers: 54 % of the starter set's were refused."""
TOLD_WITHIN = 3
"""Hits that are read for the event that a question takes for granted, and for the diseases that it names."""
IDENTIFIER_HELD = 0.6
"""Which share of the weight of an identifier, all numbers among it, the hit holds: "Legislative Decree No. 1350" is
found in Portuguese too."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was asked for and that no passage shown holds: what `kind` of thing, and which, as asked.

    Kinds: place, number, disease, event (`index.analysis.events`), abbreviation (what it stands for), figure and
    figure_apart (of the kinds of `index.analysis.figures`: none at all, none beside what was asked about).
    """

    kind: str
    what: str


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
    figures: FigureSentences

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
            figures=FigureSentences(ranking, retriever, question, text_of),
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
        figure_uncounted: 1 where no sentence of it and of the next two hits has, and a word of what is to be counted;
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
            "figure_lacked": lambda: float(self.figures.missing_from(place)),
            "figure_alone": lambda: float(self.figures.alone(place)),
            "figure_uncounted": lambda: float(self._uncounted(place)),
            "event_untold": lambda: float(self._event_untold(place) or self._diseases_unnamed(place)),
        }
        return {name: value() for name, value in found.items() if wanted is None or name in wanted}

    def missing(self, *, refused: bool) -> tuple[Missing, ...]:
        """Return what is asked for and stands in none of the hits: places, diseases, numbers, names, figures, event.

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
        kinds = sorted(self.figures.kinds)
        figures = [Missing("figure", kind) for kind in kinds if all(map(self.figures.missing_from, hits))]
        events = [Missing("event", self.event.word)] if self.event and self._event_untold(0) else []
        first = range(min(TOLD_WITHIN, self.hits))
        uncounted = all(map(self.figures.told, first)) and self._uncounted(0)
        lone = refused and kinds and not figures and (uncounted or all(map(self.figures.alone, first)))
        apart = [Missing("figure_apart", kinds[0])] if lone else []
        short = self.question.abbreviation
        untold = short and not any(spells_out(self._read(place), short) for place in hits)
        names = [Missing("abbreviation", short)] if short and untold else []
        return (*countries, *ill, *numbers, *names, *figures, *apart, *events)

    def identified(self) -> bool:
        """Return whether the first hit holds the identifier, phrase or abbreviation that was looked for."""
        question, text = self.question, self._read(0)
        phrases = [phrase.surfaces for phrase in question.phrases]
        if phrases:
            return all(_runs(self.retriever.analyser.surfaces(text), phrase) for phrase in phrases)
        if question.abbreviation:
            return spells_out(text, question.abbreviation) > 0
        held = self.held[0].tolist()
        numbers = all(held[place] for place in question.numbers)
        return question.is_identifier and numbers and self.ranking.weights.share(held) >= IDENTIFIER_HELD

    def _read(self, place: int) -> str:
        return self.text_of(int(self.ranking.rows[place]))

    def _uncounted(self, place: int) -> bool:
        """Return whether a hit and those behind it lack the figure for what the question wants counted."""
        return self.figures.uncounted(range(place, min(place + TOLD_WITHIN, self.hits)))

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
