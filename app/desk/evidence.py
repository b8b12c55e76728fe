"""What the passages of a library have to say on a sentence: its best matching sentences, by meaning and by words.

A sentence of a draft is a statement, not a question: it is held against single sentences of the passages found, rows
of tables and items of lists among them, and never against a passage as a whole, in which other figures stand as well.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desk.compare_figures import alike
from app.desk.figures import Figure, figures, without_figures
from index.analysis.analyser import QuestionTerm
from index.query.parser import Query
from index.ranking import answerability
from index.ranking.hits import Hit, arrange
from index.ranking.hybrid import Mode
from index.ranking.term_weights import TermWeights, term_weights
from index.retrieval.candidate_texts import CandidateTexts
from ingest.errors import SearchAway

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.search import Searcher
    from ingest.passage import Passage

RANKED = 100
PASSAGES = 20
"""Passages whose sentences are held against a draft's sentence."""
WINDOWS, BY_WORDS = 3, 6
"""Units compared by meaning: those in the best windows of so many passages, and so many that share most words."""
FIGURE_BONUS = 0.3
"""What an equal figure adds to the share of words in that choice."""
UNITS_KEPT = 20_000
"""Sentences of passages whose vectors are kept: about 30 MB."""
LEAST_LETTERS = 8
_NO_STATEMENT = frozenset({"heading", "contents", "references"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence of a passage, a row of its table, an item of its list, or two sentences: `[start, end)` of its text.

    `context` is the unit after the line that it needs to be understood: the caption of the table, the lead of the
    list. `terms` are the analysed words of the context, `figures` those of the unit alone.
    """

    start: int
    end: int
    text: str
    context: str
    figures: tuple[Figure, ...]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a draft, analysed: its figures, and the words that it has beside them with their weights."""

    text: str
    language: str | None
    figures: tuple[Figure, ...]
    terms: tuple[QuestionTerm, ...]
    weights: TermWeights
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A unit of a hit held against a claim: cosine, and the share of the claim's words that stand in it."""

    hit: Hit
    unit: Unit
    cosine: float
    coverage: float
    foreign: bool


class Evidence:
    """Finds and compares the passages of one snapshot; keeps what it read of them. For one thread."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._retriever = searcher.retriever
        self._units: dict[str, tuple[Unit, ...]] = {}
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._texts = CandidateTexts(searcher.snapshot)

    def claims(self, texts: Sequence[str], language: str | None = None) -> list[Claim]:
        """Return sentences analysed and embedded, all in one batch. Raises ModelUnavailable."""
        if not texts:
            return []
        self._texts = CandidateTexts(self._searcher.snapshot)
        vectors = self._searcher.embedder.encode_documents(list(texts))
        return [self._claim(text, vector, language) for text, vector in zip(texts, vectors, strict=True)]

    def hits(self, claim: Claim, k: int = PASSAGES) -> tuple[Hit, ...]:
        """Return the best passages for a claim, best first; its words are plain ones, no query language."""
        asked = self._retriever.analyse(Query(text=claim.text))
        texts = self._texts
        mode: Mode = "hybrid" if self._searcher.snapshot.vectors is not None else "lexical"
        try:
            ranking = self._retriever.rank(asked, RANKED, mode, vector=claim.vector, text_of=texts.text)
        except SearchAway:  # as a search does, which says so
            ranking = self._retriever.rank(asked, RANKED, "lexical", text_of=texts.text)
        judged = answerability.judge(ranking, self._retriever, asked, texts.text)
        return arrange(ranking, judged, texts, k, explain=False)

    def matches(self, asked: Sequence[tuple[Claim, Sequence[Hit]]]) -> list[list[Match]]:
        """Return for each claim the units of its hits that are nearest by words or meaning, embedded in one batch."""
        chosen = [self._chosen(claim, hits) for claim, hits in asked]
        wanted = dict.fromkeys(unit.context for units in chosen for _, unit, _ in units)
        self._embed(list(wanted))
        return [
            [
                Match(
                    hit=hit,
                    unit=unit,
                    cosine=float(self._vectors[unit.context] @ claim.vector),
                    coverage=coverage,
                    foreign=_foreign(claim, hit),
                )
                for hit, unit, coverage in units
            ]
            for (claim, _), units in zip(asked, chosen, strict=True)
        ]

    def _claim(self, text: str, vector: NDArray[np.float32], language: str | None) -> Claim:
        spoken = self._retriever.analyse(Query(text=text)).spoken
        own = spoken[0] if len(spoken) == 1 else language
        analysed = self._retriever.analyse(Query(text=without_figures(text, own)))
        terms = tuple(term for term in analysed.terms if not term.surface[0].isdigit())
        return Claim(
            text=text,
            language=own,
            figures=figures(text, own),
            terms=terms,
            weights=term_weights(terms, self._retriever.lexical),
            vector=vector,
        )

    def _chosen(self, claim: Claim, hits: Sequence[Hit]) -> list[tuple[Hit, Unit, float]]:
        """Return the units of some hits worth embedding, each with its share of the claim's words."""
        near: list[tuple[Hit, Unit, float]] = []
        others: list[tuple[float, int, Hit, Unit, float]] = []
        for place, hit in enumerate(hits):
            for unit in self._units_of(hit.passage.passage):
                held = [not unit.terms.isdisjoint(term.forms) for term in claim.terms]
                coverage = claim.weights.share(held)
                if place < WINDOWS and _in_window(hit, unit):
                    near.append((hit, unit, coverage))
                else:
                    rank = coverage + FIGURE_BONUS * any(alike(one, claim.figures) for one in unit.figures)
                    others.append((-rank, len(others), hit, unit, coverage))
        return near + [(hit, unit, coverage) for _, _, hit, unit, coverage in sorted(others)[:BY_WORDS]]

    def _embed(self, contexts: Sequence[str]) -> None:
        fresh = [context for context in contexts if context not in self._vectors]
        if fresh:
            vectors = self._searcher.embedder.encode_documents(fresh)
            self._vectors.update(zip(fresh, vectors, strict=True))
        for context in contexts:
            self._vectors.move_to_end(context)
        while len(self._vectors) > max(UNITS_KEPT, len(contexts)):
            self._vectors.popitem(last=False)

    def _units_of(self, passage: Passage) -> tuple[Unit, ...]:
        known = self._units.get(passage.id)
        if known is None:
            analyser = self._retriever.analyser
            known = self._units[passage.id] = tuple(
                Unit(
                    start=start,
                    end=end,
                    text=text,
                    context=context,
                    figures=figures(text, passage.language),
                    terms=frozenset(analyser.terms(context, passage.language)),
                )
                for start, end, text, context in _cut(passage)
            )
        return known


def _cut(passage: Passage) -> Iterator[tuple[int, int, str, str]]:
    """Yield the units of a passage: place in its text, text without calls of notes, and text with its context.

    A sentence with a figure comes again together with the one before it, which names what is counted, and with the
    first one of the passage, which names its subject: "Chile follows with 21 percent" does not tell of whom.
    """
    if passage.kind in _NO_STATEMENT:
        return
    table = passage.kind == "table"
    lead, before, first = "", None, ""
    caption = passage.text[: passage.start].strip().rpartition("\n")[2]
    for start, end in _rows(passage) if table else passage.sentences:
        text = passage.search_text(start, end)
        counted = any(map(str.isdigit, text))
        if sum(map(str.isalnum, text)) < LEAST_LETTERS and not counted:
            continue
        item = start > 0 and passage.text[start - 1] == "\n"
        if table and not caption:
            caption = text
            yield start, end, text, text
            continue
        context = f"{caption}: {text}" if table else f"{lead} {text}" if lead and item else text
        yield start, end, text, context
        if counted and first:
            yield start, end, text, f"{first} {text}"
        if counted and before is not None and not item:
            both = passage.search_text(before, end)
            yield before, end, both, both
        lead = text if text.endswith(":") else lead if item else ""
        first = first or (text if not table or counted else "")
        before = start


def _rows(passage: Passage) -> list[tuple[int, int]]:
    """Return the lines of a table: a row, or a caption with a stop in it, is one unit."""
    lines = re.finditer(r"[^\n]+", passage.text[passage.start :])
    return [(passage.start + line.start(), passage.start + line.end()) for line in lines]


def _in_window(hit: Hit, unit: Unit) -> bool:
    return hit.window is not None and unit.start < hit.window[1] and hit.window[0] < unit.end


def _foreign(claim: Claim, hit: Hit) -> bool:
    return claim.language is not None and hit.passage.passage.language not in (None, claim.language)
