"""Ranking passages for a question: both legs, fused. No disk, no library; evals use it as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser, QuestionTerm
from index.query.parser import Query
from index.query.question import AnalysedQuestion, analyse
from index.query.spelling import spelled
from index.ranking import fusion
from index.ranking.language_offset import language_offsets, with_offsets
from index.ranking.term_weights import TermWeights, coverage, term_weights
from index.ranking.unembedded import expected_nearness
from index.ranking.window_rescoring import Candidates, TextOf, WindowReader, rescored
from index.retrieval.base import NO_VECTOR, Flags, LexicalIndex, Rows, Scores, Spans, Vector, VectorIndex
from index.retrieval.dense import distinct
from index.retrieval.language_steps import known_sizes

Mode = Literal["hybrid", "lexical", "dense"]
MODES: tuple[Mode, ...] = ("hybrid", "lexical", "dense")

DEPTH = 100
"""Candidates of each leg. 200 changed no top ten on the development sets."""
LANGUAGE_DEPTH = 50
"""Candidates of the dense leg in each language, at least: passages in the question's language may fill its
list. nDCG@10 over XQuAD paragraphs in one language each, 5 : 1, questions in the frequent language about
the rare one, without | with: .855 | .936 (100 gives the same)."""

CONTEXT = 2
"""Passages on either side of one, in its document, that its words are looked for in as well."""
NUMBERS_LACKED = 0.1
"""What a passage loses that holds none of the question's numbers, years among them."""

NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The best passages of a question, best first. Arrays have one entry a passage.

    `lexical_ranks` and `dense_ranks` count from 1 within a leg's list; 0 where it is not on the list or
    the leg was not asked. `windows` (n, 2) is the best window's place in the text, (0, 0) if unknown.
    `dense_scores` are cosines. `terms` are the question's with their `weights`, `dense_weight` is the dense leg's.
    `factors` are those of `index.ranking.demotion` on the scores, None before it.
    """

    rows: Rows
    scores: Scores
    lexical_scores: Scores
    dense_scores: Scores
    lexical_ranks: Rows
    dense_ranks: Rows
    windows: Spans
    terms: tuple[QuestionTerm, ...]
    weights: TermWeights
    dense_weight: float
    factors: Scores | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _RankRequest:
    """What `rank` was asked for."""

    question: AnalysedQuestion
    weights: TermWeights
    mode: Mode
    depth: int
    where: Flags | None
    text_of: TextOf | None
    kept: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """Candidates before their order; `lexical` and `dense` are the lists of the legs, best first."""

    rows: Rows
    scores: Scores
    lexical_scores: Scores
    dense_scores: Scores
    windows: Spans
    lexical: Rows
    dense: Rows


class Retriever:
    """Both legs over the same passages, numbered by row. The vectors may be missing."""

    def __init__(
        self,
        lexical: LexicalIndex,
        vectors: VectorIndex | None,
        analyser: Analyser,
        languages: Sequence[str | None],
        row_languages: NDArray[np.int8] | None = None,
        *,
        row_documents: NDArray[np.int32] | None = None,
        calibration: str | None = None,
        language_steps: NDArray[np.float32] | None = None,
    ) -> None:
        """`languages` are those of the passages; `row_languages` gives each passage's place among them.

        `row_documents` gives each passage's document, ascending; without it passages stand alone. `calibration` is
        that of the vectors' model (see `index.embedding.embedder.ModelProfile`). `language_steps` is where each
        language lies in the vectors, measured at the first question where it is not given.
        """
        self.lexical = lexical
        self.vectors = vectors
        self.analyser = analyser
        self.languages = tuple(languages)
        self.row_languages = row_languages
        self.row_documents = row_documents
        self.calibration = calibration
        self._language_steps = language_steps
        self.sizes = self._language_sizes()

    def analyse(self, question: Query | str) -> AnalysedQuestion:
        """Return the analysis of a question for these passages; a text is taken as plain words."""
        query = Query(text=question) if isinstance(question, str) else question
        asked = analyse(query, self.analyser, self.languages)
        return spelled(asked, self.lexical)

    def rank(
        self,
        question: AnalysedQuestion,
        k: int = 10,
        mode: Mode = "hybrid",
        *,
        vector: Vector | None = None,
        where: Flags | None = None,
        text_of: TextOf | None = None,
        kept: Rows = NONE,
    ) -> Ranking:
        """Return the best `k` passages. `vector` is the question's; without it words alone rank.

        `where` (a flag a passage) limits both legs before their top lists are taken. `text_of` gives a passage's
        text by row, for the rescoring of windows; without it there is none. `kept` are passages that
        are ranked with the best ones wherever they stand.
        """
        weights = term_weights(question.terms, self.lexical)
        depth = max(DEPTH, k)
        asked = _RankRequest(
            question=question,
            weights=weights,
            mode=mode,
            depth=depth,
            where=where,
            text_of=text_of,
            kept=kept,
        )
        if self.vectors is None or vector is None or mode == "lexical":
            found = self._by_words(asked)
        else:
            found = self._with_vectors(asked, self.vectors, vector)
        return _ranking(found, asked, k)

    def _by_words(self, asked: _RankRequest) -> _Scored:
        listed, _ = self.lexical.search(asked.question.counted, asked.depth, asked.where)
        rows = distinct(np.concatenate([listed, asked.kept]))
        scores = self.lexical.scores(asked.question.counted, rows)
        return _Scored(
            rows=rows,
            scores=scores,
            lexical_scores=scores,
            dense_scores=np.zeros(len(rows)),
            windows=np.zeros((len(rows), 2), np.int32),
            lexical=listed,
            dense=NONE,
        )

    def _with_vectors(self, asked: _RankRequest, vectors: VectorIndex, vector: Vector) -> _Scored:
        counted, hybrid = asked.question.counted, asked.mode == "hybrid"
        shifted = fusion.centred(vector, vectors.mean, asked.weights.known_share)
        lexical = self.lexical.search(counted, asked.depth, asked.where)[0] if hybrid else NONE
        dense = vectors.candidates(shifted, asked.depth, asked.where)[0]
        rows = distinct(np.concatenate([lexical, dense, asked.kept]))
        if hybrid:
            more = self._other_languages(vectors, shifted, dense, asked.where)
            rows = distinct(np.concatenate([rows, more]))
        words = self.lexical.scores(counted, rows)
        cosines, windows = vectors.scores(vector, rows)
        meaning = cosines if shifted is vector else vectors.scores(shifted, rows)[0]
        return _Scored(
            rows=rows,
            scores=self._fused(asked, vectors, shifted, rows, words, meaning, lexical) if hybrid else meaning,
            lexical_scores=words,
            dense_scores=cosines,
            windows=windows,
            lexical=lexical,
            dense=dense,
        )

    def _fused(  # noqa: PLR0917  # the question, then what both legs say of the candidates
        self,
        asked: _RankRequest,
        vectors: VectorIndex,
        shifted: Vector,
        rows: Rows,
        words: Scores,
        meaning: Scores,
        listed: Rows,
    ) -> Scores:
        """Return the scores of candidates out of those of the legs, their languages and their windows.

        `listed` are the rows that the lexical leg found.
        """
        share, terms = asked.weights.known_share, asked.question.terms
        held = coverage(terms, asked.weights, self.lexical, rows, self._context(rows))
        foreign = self._foreign(asked.question, rows)
        nearness = meaning
        if self.row_languages is not None and self.offsets is not None:
            nearness = with_offsets(meaning, self.row_languages[rows], shifted, self.offsets)
        if (without := meaning == NO_VECTOR).any():
            nearness = expected_nearness(words, nearness, without, np.isin(rows, listed))
        weight = fusion.dense_weight(share)
        scores = fusion.fuse(words, nearness, weight, held, foreign)
        scores *= self._numbers_held(asked, rows)
        if asked.text_of is None:
            return scores
        reader = WindowReader(
            vectors=vectors,
            vector=shifted,
            analyser=self.analyser,
            terms=terms,
            weights=asked.weights,
            text_of=asked.text_of,
            language_of=self.language_of,
        )
        found = Candidates(
            rows=rows, scores=scores, nearness=nearness, offsets=nearness - meaning, foreign=foreign
        )
        return rescored(scores, reader.best(found), weight, fusion.known(share))

    def _context(self, rows: Rows) -> Spans | None:
        """Return the first row and the end of the passages around each, in its document."""
        if self.row_documents is None:
            return None
        own = self.row_documents[rows]
        first = np.maximum(rows - CONTEXT, np.searchsorted(self.row_documents, own))
        end = np.minimum(rows + CONTEXT + 1, np.searchsorted(self.row_documents, own, "right"))
        return np.stack([first, end], axis=1).astype(np.int32)

    def document_rows(self, row: int) -> Spans:
        """Return the rows (1, 2) of the document of a passage, first and end; its own row where that is unknown."""
        if self.row_documents is None:
            return np.array([[row, row + 1]], np.int32)
        own = self.row_documents[row]
        ends = [np.searchsorted(self.row_documents, own, side) for side in ("left", "right")]
        return np.array([ends], np.int32)

    def _numbers_held(self, asked: _RankRequest, rows: Rows) -> Scores:
        """Return the factor on each passage for the question's numbers that it lacks."""
        places = asked.question.numbers
        if not places:
            return np.ones(len(rows))
        terms = [asked.question.terms[place] for place in places]
        values = tuple(asked.weights.values[place] for place in places)
        weights = TermWeights(values=values, known=(True,) * len(places))
        return 1 - NUMBERS_LACKED * (1 - coverage(terms, weights, self.lexical, rows))

    def language_of(self, row: int) -> str | None:
        """Return the language of a passage, None if unknown."""
        return None if self.row_languages is None else self.languages[int(self.row_languages[row])]

    @cached_property
    def offsets(self) -> NDArray[np.float32] | None:
        """Where each language lies in the vectors; None with one language."""
        if self.vectors is None or self.row_languages is None or np.count_nonzero(self.sizes) < 2:
            return None
        if self._language_steps is not None:
            return self._language_steps
        return language_offsets(self.vectors, self.row_languages, self.sizes)

    def _language_sizes(self) -> NDArray[np.int64]:
        """Return how many passages each language has; 0 for passages of unknown language."""
        if self.row_languages is None:
            return np.zeros(len(self.languages), np.int64)
        return known_sizes(self.row_languages, self.languages)

    def _other_languages(
        self, vectors: VectorIndex, vector: Vector, listed: Rows, where: Flags | None
    ) -> Rows:
        """Return the nearest passages of the languages that the dense list holds too few of."""
        found = [NONE]
        if self.row_languages is not None and np.count_nonzero(self.sizes) > 1:
            there = np.bincount(self.row_languages[listed], minlength=len(self.sizes))
            for number in np.flatnonzero((there < LANGUAGE_DEPTH) & (there < self.sizes)):
                own = self.row_languages == number
                own = own if where is None else own & where
                found.append(vectors.candidates(vector, LANGUAGE_DEPTH, own)[0])
        return np.concatenate(found)

    def _foreign(self, question: AnalysedQuestion, rows: Rows) -> Flags | None:
        """Return which passages are in a language the question is not in; None if its own is unknown."""
        if not question.spoken or self.row_languages is None:
            return None
        foreign = np.array([question.is_foreign(code) for code in self.languages], bool)
        return foreign[self.row_languages[rows]]


def _ranking(found: _Scored, asked: _RankRequest, k: int) -> Ranking:
    """Return the best `k` of what was found, those that are kept among them."""
    others = ~np.isin(found.rows, asked.kept)
    chosen = np.lexsort((found.rows, -found.scores, others))[:k]
    order = chosen[np.lexsort((found.rows[chosen], -found.scores[chosen]))]
    return Ranking(
        rows=found.rows[order],
        scores=found.scores[order],
        lexical_scores=found.lexical_scores[order],
        dense_scores=found.dense_scores[order],
        lexical_ranks=_ranks(found.rows[order], found.lexical),
        dense_ranks=_ranks(found.rows[order], found.dense),
        windows=found.windows[order],
        terms=asked.question.terms,
        weights=asked.weights,
        dense_weight=fusion.dense_weight(asked.weights.known_share),
    )


def _ranks(rows: Rows, listed: Rows) -> Rows:
    place = {int(row): rank for rank, row in enumerate(listed, 1)}
    return np.array([place.get(int(row), 0) for row in rows], np.int32)
