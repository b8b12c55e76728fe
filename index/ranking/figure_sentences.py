"""Sentences of the first hits that hold a figure of the kind that is asked for, and what stands beside it."""

from collections.abc import Callable, Sequence

from index.analysis.figures import figures_asked, holds_figure
from index.query.question import AnalysedQuestion
from index.ranking.hybrid import Ranking, Retriever
from ingest.text.sentences import split_sentences


class FigureSentences:
    """Reads hits of a ranking by their place, each once. Nothing can be told of hits in another language."""

    def __init__(
        self,
        ranking: Ranking,
        retriever: Retriever,
        question: AnalysedQuestion,
        text_of: Callable[[int], str],
    ) -> None:
        """`text_of` gives a passage's text by row."""
        self.kinds = figures_asked(question.asks)
        self._ranking = ranking
        self._retriever = retriever
        self._question = question
        self._text_of = text_of
        self._read: dict[int, tuple[frozenset[str], ...]] = {}

    def missing_from(self, place: int) -> bool:
        """Return whether a hit holds no figure of the kind that is asked for; False where none is."""
        return bool(self.kinds) and not holds_figure(self._text(place), self.kinds)

    def told(self, place: int) -> bool:
        """Return whether a figure is asked for and a hit is in the question's language."""
        language = self._retriever.language_of(int(self._ranking.rows[place]))
        return bool(self.kinds) and not self._question.is_foreign(language)

    def alone(self, place: int) -> bool:
        """Return whether no sentence has such a figure beside a word of the question that is no name or number."""
        aside = {*self._question.names, *self._question.numbers}
        beside = [at for at in range(len(self._ranking.terms)) if at not in aside]
        return self.told(place) and not self._stands(place, beside)

    def uncounted(self, places: Sequence[int]) -> bool:
        """Return whether no sentence of some hits has such a figure beside a word of what is to be counted."""
        told = [place for place in places if self._question.counts and self.told(place)]
        return bool(told) and not any(self._stands(place, self._question.counts) for place in told)

    def _stands(self, place: int, terms: Sequence[int]) -> bool:
        """Return whether a figure stands in a sentence with one of the terms; with any words where there are none."""
        forms = {form for at in terms for form in self._ranking.terms[at].all_forms}
        return any(not terms or not forms.isdisjoint(sentence) for sentence in self._sentences(place))

    def _sentences(self, place: int) -> tuple[frozenset[str], ...]:
        """Return the terms of each sentence with such a figure."""
        if place not in self._read:
            language, text = self._retriever.language_of(int(self._ranking.rows[place])), self._text(place)
            parts = [text[start:end] for start, end in split_sentences(text)]
            self._read[place] = tuple(
                frozenset(self._retriever.analyser.terms(part, language))
                for part in parts
                if holds_figure(part, self.kinds)
            )
        return self._read[place]

    def _text(self, place: int) -> str:
        return self._text_of(int(self._ranking.rows[place]))
