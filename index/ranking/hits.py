"""From a ranking of rows to the hits that are shown: near-duplicates collapsed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any

from index.analysis.acronyms import fold_word
from index.notices import Notice
from index.ranking.answerability import DOUBTFUL, Verdict
from index.ranking.evidence import Missing
from index.ranking.frames import frame
from index.ranking.hybrid import Ranking
from index.retrieval.candidate_texts import CandidateTexts
from ingest.library.records import Document, StoredPassage

AHEAD = 10
"""Hits behind the last one shown that are still compared with those shown: they may say the same."""
SHINGLE = 5
REPEATED = 0.5
REPEATING = 0.8
"""Share of the runs of the shorter of two passages that are common from which the later one repeats the first, and
the factor on its score. Such are editions of a page and boxes that say the text again; they leave places to others."""
NEAR_DUPLICATE = 0.85
"""Share of common runs of five words (Jaccard) from which two passages count as the same text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found. Ranks in the legs are None where a leg did not list it.

    `window` is the place in the text of the sentences that fit best. `also_in` are the same words in
    other places: (document, passage).
    """

    rank: int
    score: float
    passage: StoredPassage
    document: Document
    lexical_rank: int | None
    dense_rank: int | None
    weak: bool
    window: tuple[int, int] | None
    also_in: tuple[tuple[Document, StoredPassage], ...] = ()
    explain: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """Return the words of the passage, verbatim."""
        return self.passage.passage.text

    @property
    def pages(self) -> tuple[int, ...]:
        """Return its physical pages, first and last, counted from 1; empty for a source without pages."""
        return self.passage.passage.pages


def unranked(stored: StoredPassage, document: Document) -> Hit:
    """Return a passage that no question found as a hit of rank 0."""
    return Hit(
        rank=0,
        score=0.0,
        passage=stored,
        document=document,
        lexical_rank=None,
        dense_rank=None,
        weak=False,
        window=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a question. `notices` are remarks for people, still without words.

    `confidence` is that of the first hit; `missing` is what was asked for and stands in none of the first ones.
    `suggestion` is the question with words that no passage holds corrected, None where there is nothing to correct.
    """

    question: str
    mode: str
    answerable: bool
    confidence: float
    hits: tuple[Hit, ...]
    notices: tuple[Notice, ...] = ()
    missing: tuple[Missing, ...] = ()
    suggestion: str | None = None
    explain: dict[str, Any] | None = None

    @property
    def doubtful(self) -> bool:
        """Return whether it is refused by so little that the first passages should be read all the same."""
        return not self.answerable and self.confidence >= DOUBTFUL

    def to_frame(self) -> Any:
        """Return the hits as a DataFrame of pandas, else of polars: a row a hit.

        Raises: PinciteError where neither is installed.
        """
        return frame([_table_row(hit) for hit in self.hits])


def _table_row(hit: Hit) -> dict[str, Any]:
    """Return what a table needs of a hit; `pages` and `labels` are lists, first and last."""
    passage, document = hit.passage.passage, hit.document
    return {
        "rank": hit.rank,
        "score": hit.score,
        "text": passage.text,
        "pages": list(passage.pages),
        "labels": list(passage.labels),
        "section": " > ".join(passage.section),
        "kind": passage.kind,
        "language": passage.language,
        "weak": hit.weak,
        "title": document.metadata.title,
        "publisher": document.metadata.publisher,
        "year": document.metadata.year,
        "file": document.file,
        "document_id": document.id,
        "passage_id": passage.id,
    }


def arrange(
    ranking: Ranking, judged: Verdict, texts: CandidateTexts, k: int, *, explain: bool
) -> tuple[Hit, ...]:
    """Return the best `k` hits of a ranking, near-duplicates collapsed."""
    hits = (_hit(ranking, judged, texts, place, explain=explain) for place in range(len(ranking.rows)))
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(_collapsed(hits, k), 1))


def _hit(ranking: Ranking, judged: Verdict, texts: CandidateTexts, place: int, *, explain: bool) -> Hit:
    """Return the hit at a place of the ranking, not yet ranked among those shown."""
    row = int(ranking.rows[place])
    start, end = (int(value) for value in ranking.windows[place])
    details = None
    if explain:
        details = {
            "lexical_score": round(float(ranking.lexical_scores[place]), 4),
            "dense_score": round(float(ranking.dense_scores[place]), 4),
            "fused_score": round(float(ranking.scores[place]), 4),
            "confidence": round(judged.of_hits[place], 4),
        }
        if ranking.factors is not None:
            details["factor"] = round(float(ranking.factors[place]), 4)
    return Hit(
        rank=0,
        score=float(ranking.scores[place]),
        passage=texts.passage(row),
        document=texts.document_of(row),
        lexical_rank=int(ranking.lexical_ranks[place]) or None,
        dense_rank=int(ranking.dense_ranks[place]) or None,
        weak=judged.weak(place),
        window=(start, end) if end > start else None,
        explain=details,
    )


def _collapsed(hits: Iterable[Hit], k: int) -> Iterator[Hit]:
    """Yield hits, a later near-duplicate joined to the first as "also in", one that repeats much put back."""
    kept: list[Hit] = []
    shingles: list[frozenset[int]] = []
    for hit, own in _repeats_back(hits, shingles):
        if len(kept) >= k + AHEAD:
            break
        twin = next((i for i, other in enumerate(shingles) if _alike(own, other)), None)
        if twin is None:
            kept.append(hit)
            shingles.append(own)
        else:
            kept[twin] = replace(kept[twin], also_in=(*kept[twin].also_in, (hit.document, hit.passage)))
    yield from kept[:k]


def _repeats_back(
    hits: Iterable[Hit], shown: Sequence[frozenset[int]]
) -> Iterator[tuple[Hit, frozenset[int]]]:
    """Yield hits, each with its shingles, by their scores: `REPEATING` times its own for what repeats one of `shown`.

    `shown` grows meanwhile.
    """
    waiting: list[tuple[float, int, Hit, frozenset[int]]] = []
    for number, hit in enumerate(hits):
        while waiting and -waiting[0][0] >= hit.score:
            yield heappop(waiting)[2:]
        own = _shingles(hit.passage.passage.text)
        if any(_repeats(own, other) for other in shown):
            lower = replace(hit, score=hit.score * REPEATING)
            heappush(waiting, (-lower.score, number, lower, own))
        else:
            yield hit, own
    while waiting:
        yield heappop(waiting)[2:]


def _shingles(text: str) -> frozenset[int]:
    words = fold_word(text).split()
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(max(1, len(words) - SHINGLE + 1)))


def _repeats(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) > REPEATED * min(len(one), len(other)) and not _alike(one, other)


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    if min(len(one), len(other)) < NEAR_DUPLICATE * max(len(one), len(other)):
        return False
    common = len(one & other)
    return common >= NEAR_DUPLICATE * (len(one) + len(other) - common)
