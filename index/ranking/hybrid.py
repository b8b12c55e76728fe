"""Ranking passages for a question: both legs, fused. No disk, no library; evals use it as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser, QuestionTerm, bag
from index.analysis.stopwords import question_languages
from index.embedding.cache import Store, embed
from index.embedding.embedder import Embedder
from index.indexed_text import Span, embedded_spans, with_heading
from index.ranking import fusion, window_rescoring
from index.ranking.language_offset import language_steps, levelled
from index.retrieval.bm25 import Postings, compile_bags, floored_idf
from index.retrieval.dense import DenseIndex, distinct
from ingest.text.sentences import split_sentences

Mode = Literal["hybrid", "lexical", "dense"]
MODES: tuple[Mode, ...] = ("hybrid", "lexical", "dense")

DEPTH = 100
"""Candidates of each leg. 200 changed no top ten on the development sets."""
LANGUAGE_DEPTH = 50
"""Candidates of the dense leg in each language, at least: passages in the question's language may fill its
list. nDCG@10 over XQuAD paragraphs in one language each, 5 : 1, questions in the frequent language about
the rare one, without | with: .855 | .936 (100 gives the same)."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best passages of a question, best first. Arrays have one entry a passage.

    `lexical_ranks` and `dense_ranks` count from 1 within a leg's list; 0 where it is not on the list or
    the leg was not asked. `windows` (n, 2) is the best window's place in the text, (0, 0) if unknown.
    `dense_scores` are cosines. `known_share` is the part of the question's weight the corpus has words for,
    `weight` the dense leg's.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    lexical_scores: NDArray[np.float64]
    dense_scores: NDArray[np.float64]
    lexical_ranks: NDArray[np.int32]
    dense_ranks: NDArray[np.int32]
    windows: NDArray[np.int32]
    terms: tuple[QuestionTerm, ...]
    known_share: float
    weight: float


class Retriever:
    """Both legs over the same passages, numbered by row. Either leg may be missing."""

    def __init__(
        self,
        postings: Postings,
        dense: DenseIndex | None,
        analyser: Analyser,
        languages: Sequence[str | None],
        row_languages: NDArray[np.int8] | None = None,
        *,
        text_of: Callable[[int], str] | None = None,
        calibration: str | None = None,
    ) -> None:
        """`languages` are those of the passages; `row_languages` gives each passage's place among them.

        `text_of` gives a passage's text by row, for the closer look; without it there is none. `calibration`
        is that of the vectors' model (see `index.embedding.embedder.ModelProfile`).
        """
        self.postings = postings
        self.dense = dense
        self.analyser = analyser
        self.languages = tuple(languages)
        self.row_languages = row_languages
        self.text_of = text_of
        self.calibration = calibration
        self.sizes = self._language_sizes()

    @classmethod
    def build(
        cls,
        texts: Sequence[str],
        languages: Sequence[str | None],
        embedder: Embedder | None = None,
        store: Store | None = None,
        *,
        headings: Sequence[str] | None = None,
        sentences: Sequence[Sequence[Span]] | None = None,
        analyser: Analyser | None = None,
        on_done: Callable[[int, int], None] | None = None,
    ) -> "Retriever":
        """Return a retriever in memory over texts, with the shipped analysis, windows and fusion.

        `headings` (titles or heading paths) are a field of their own; `sentences` are found where they
        are not given. Without an embedder there is no dense leg.
        """
        analyser = analyser or Analyser()
        heads = headings or [""] * len(texts)
        bags = (
            passage_bag(analyser, text, language, heading)
            for text, language, heading in zip(texts, languages, heads, strict=True)
        )
        dense = None
        if embedder is not None:
            known = sentences or [split_sentences(text) for text in texts]
            spans = [embedded_spans(text, found) for text, found in zip(texts, known, strict=True)]
            dense = build_dense(texts, heads, spans, embedder, store, on_done)
        present = sorted(set(languages), key=str)
        places = np.array([present.index(language) for language in languages], np.int8)
        calibration = embedder.profile.calibration if embedder else None
        return cls(
            compile_bags(bags),
            dense,
            analyser,
            present,
            places,
            text_of=texts.__getitem__,
            calibration=calibration,
        )

    def rank(
        self,
        question: str,
        k: int = 10,
        mode: Mode = "hybrid",
        *,
        query: NDArray[np.float32] | None = None,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Ranking:
        """Return the best `k` passages. `query` is the question's vector; without it words alone rank.

        `allowed` (a flag a passage) limits both legs before their top lists are taken.
        """
        terms = tuple(self.analyser.question(question, self.languages))
        wanted = list(bag(form for term in terms for form in term.forms).items())
        depth = max(DEPTH, k)
        leg = self.dense if mode != "lexical" and query is not None else None
        share = self.known_share(terms)
        weight = fusion.dense_weight(share)
        lexical = dense = np.zeros(0, np.int32)
        if mode != "dense" or leg is None:
            lexical = self.postings.search(wanted, depth, allowed)[0]
        if leg is not None and query is not None:
            shifted = leg.centred(query, fusion.centre_share(share))
            dense = leg.search(shifted, depth, allowed)[0]
        rows = distinct(np.concatenate([lexical, dense]))
        if leg is not None and query is not None and mode == "hybrid":
            rows = distinct(np.concatenate([rows, self._other_languages(leg, shifted, dense, allowed)]))
        words, _ = self.postings.exact(wanted, rows)
        cosines, windows = np.zeros(len(rows)), np.zeros((len(rows), 2), np.int32)
        meaning = cosines
        if leg is not None and query is not None:
            cosines, windows = leg.scores(query, rows)
            meaning = cosines if shifted is query else leg.scores(shifted, rows)[0]
        if leg is None:
            scores = words
        elif mode == "dense":
            scores = meaning
        else:
            coverage, foreign = self.coverage(terms, rows), self._foreign(question, rows)
            level = meaning
            if self.row_languages is not None and self.language_steps is not None:
                level = levelled(meaning, self.row_languages[rows], shifted, self.language_steps)
            scores = fusion.fuse(words, level, weight, coverage, foreign)
            looks = self._looks(terms, shifted, rows, scores, level, level - meaning, foreign)
            scores = window_rescoring.rescored(scores, looks, weight, fusion.known(share))
        order = np.lexsort((rows, -scores))[:k]
        return Ranking(
            rows[order], scores[order], words[order], cosines[order],
            _ranks(rows[order], lexical), _ranks(rows[order], dense), windows[order], terms, share, weight,
        )  # fmt: skip

    def _looks(  # noqa: PLR0917  # what `rank` knows of its candidates
        self,
        terms: Sequence[QuestionTerm],
        query: NDArray[np.float32],
        rows: NDArray[np.int32],
        scores: NDArray[np.float64],
        level: NDArray[np.float64],
        raised: NDArray[np.float64],
        foreign: NDArray[np.bool_] | None,
    ) -> list[window_rescoring.Look]:
        """Return what the windows of the best candidates say; `level` are cosines, `raised` by the given."""
        if self.text_of is None or self.dense is None or not terms:
            return []
        weights = np.array([self.weight(term) for term in terms])
        low, high = float(level.min(initial=1.0)), float(level.max(initial=-1.0))
        found = []
        for place in window_rescoring.looked_at(scores, rows).tolist():
            row = int(rows[place])
            near, spans = self.dense.windows_of(query, row)
            meaning = np.clip((near + raised[place] - low) / max(high - low, 1e-9), 0.0, 1.0)
            words = self._words_in(terms, weights, row, spans)
            found.append(
                window_rescoring.Look(place, meaning, words, foreign is not None and bool(foreign[place]))
            )
        return found

    def _words_in(
        self,
        terms: Sequence[QuestionTerm],
        weights: NDArray[np.float64],
        row: int,
        spans: NDArray[np.int32],
    ) -> NDArray[np.float64]:
        """Return the share of the question's weight whose words stand in each of some parts of a passage."""
        if self.text_of is None or not len(spans):
            return np.zeros(len(spans))
        text, language = self.text_of(row), self.language_of(row)
        held = [set(self.analyser.terms(text[start:end], language)) for start, end in spans.tolist()]
        there = np.array([[not some.isdisjoint(term.forms) for term in terms] for some in held], float)
        shares: NDArray[np.float64] = there @ weights / max(float(weights.sum()), 1e-9)
        return shares

    def coverage(self, terms: Sequence[QuestionTerm], rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the share of the question's weight whose words stand in each passage."""
        found = np.zeros(len(rows))
        total = 0.0
        for term in terms:
            weight = self.weight(term)
            total += weight
            held = np.zeros(len(rows), bool)
            for form in term.forms:
                held |= self.postings.holds(form, rows)
            found += weight * held
        return found / total if total > 0 else found

    def language_of(self, row: int) -> str | None:
        """Return the language of a passage, None if unknown."""
        return None if self.row_languages is None else self.languages[int(self.row_languages[row])]

    @cached_property
    def language_steps(self) -> NDArray[np.float32] | None:
        """Where each language lies in the vectors, measured at the first question; None with one language."""
        if self.dense is None or self.row_languages is None or np.count_nonzero(self.sizes) < 2:
            return None
        return language_steps(self.dense, self.row_languages, self.sizes)

    def _language_sizes(self) -> NDArray[np.int64]:
        """Return how many passages each language has; 0 for passages of unknown language."""
        if self.row_languages is None:
            return np.zeros(len(self.languages), np.int64)
        sizes = np.bincount(self.row_languages, minlength=len(self.languages)).astype(np.int64)
        sizes[[place for place, code in enumerate(self.languages) if code is None]] = 0
        return sizes

    def _other_languages(
        self,
        leg: DenseIndex,
        query: NDArray[np.float32],
        listed: NDArray[np.int32],
        allowed: NDArray[np.bool_] | None,
    ) -> NDArray[np.int32]:
        """Return the nearest passages of the languages that the dense list holds too few of."""
        found = [np.zeros(0, np.int32)]
        if self.row_languages is not None and np.count_nonzero(self.sizes) > 1:
            there = np.bincount(self.row_languages[listed], minlength=len(self.sizes))
            for place in np.flatnonzero((there < LANGUAGE_DEPTH) & (there < self.sizes)):
                own = self.row_languages == place
                found.append(leg.search(query, LANGUAGE_DEPTH, own if allowed is None else own & allowed)[0])
        return np.concatenate(found)

    def _foreign(self, question: str, rows: NDArray[np.int32]) -> NDArray[np.bool_] | None:
        """Return which passages are in a language the question is not in; None if its own is unknown."""
        spoken = question_languages(self.analyser.surfaces(question), question)
        if not spoken or self.row_languages is None:
            return None
        foreign = np.array([code is not None and code not in spoken for code in self.languages], bool)
        return foreign[self.row_languages[rows]]

    def weight(self, term: QuestionTerm) -> float:
        """Return the idf of a term's most frequent form; a word no passage holds is as rare as can be."""
        numbers = [number for form in term.forms if (number := self.postings.find(form)) >= 0]
        passages = len(self.postings.lengths)
        frequency = max((self.postings.frequency(number) for number in numbers), default=min(1, passages))
        return floored_idf(passages, frequency, self.postings.average_idf)

    def known_share(self, terms: Sequence[QuestionTerm]) -> float:
        """Return the share of the question's weight (sum of idf) whose words stand in the corpus."""
        weights = [self.weight(term) for term in terms]
        known = [any(self.postings.find(form) >= 0 for form in term.forms) for term in terms]
        total = sum(weights)
        return sum(w for w, there in zip(weights, known, strict=True) if there) / total if total > 0 else 0.0


def passage_bag(analyser: Analyser, text: str, language: str | None, heading: str) -> dict[str, int]:
    """Return the terms of a passage with their counts; its heading counts like text."""
    return bag(analyser.terms(with_heading(heading, text), language))


def build_dense(  # noqa: PLR0917  # parallel columns of the passages, then where vectors come from
    texts: Sequence[str],
    headings: Sequence[str],
    spans: Sequence[Sequence[Span]],
    embedder: Embedder,
    store: Store | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> DenseIndex:
    """Return the dense leg in memory over the given spans of each text."""
    pieces = [
        with_heading(heading, text[start:end])
        for text, heading, some in zip(texts, headings, spans, strict=True)
        for start, end in some
    ]
    vectors = embed(pieces, embedder, store, on_done)
    counts = np.array([len(some) for some in spans], np.int64)
    places = np.array([span for some in spans for span in some], np.int32).reshape(-1, 2)
    return DenseIndex.over(vectors, counts, places)


def _ranks(rows: NDArray[np.int32], listed: NDArray[np.int32]) -> NDArray[np.int32]:
    place = {int(row): rank for rank, row in enumerate(listed, 1)}
    return np.array([place.get(int(row), 0) for row in rows], np.int32)
