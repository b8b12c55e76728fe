"""From a ranking of rows to the hits that are shown: demoted kinds, near-duplicates, JSON."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from index.analysis.acronyms import fold_word
from index.notices import Notice
from index.ranking.answerability import DOUBTFUL, Verdict
from index.ranking.frames import frame
from index.ranking.hybrid import Ranking
from index.retrieval.candidate_texts import CandidateTexts
from ingest.library.records import Document, StoredPassage

DEMOTED = {"contents": 0.5, "references": 0.5, "heading": 0.8, "footnote": 0.9}
"""Factor on the score by kind of passage: such text names a topic without saying anything about it. Many notes
only name a source; others hold the figure that is asked for. Reciprocal rank of the first evidence by factor on
notes 1 | .9 | .85 | .7: starter set, development .823 | .837 | .846 | .846 (test at .9: .827 → .830), 58
development questions over policy PDFs .772 | .777 | .775 | .775 (test .742 throughout)."""
FRAGMENT_WORDS = 20
FRAGMENT = 0.6
"""Factor on a passage without words, rising to 1 at `FRAGMENT_WORDS`, unless it ends like a sentence: a
signature, a column's heading or a line of a list is near every question on its topic and answers none. Right
page among the first five on 58 development questions over 42 policy PDFs: .793 | .828, reciprocal rank
.708 | .714 (on the 51 others .804 | .804 and .745 | .760)."""
AHEAD = 10
"""Hits behind the last one shown that are still compared with those shown: they may say the same."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_CLOSING = " \n\"'”’»)]"
SHINGLE = 5
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a question. `notices` are remarks for people, still without words.

    `confidence` is that of the best-ranked passage, before demotion.
    """

    question: str
    mode: str
    answerable: bool
    confidence: float
    hits: tuple[Hit, ...]
    notices: tuple[Notice, ...] = ()
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
    """Return the best `k` hits of a ranking after demotion and collapsing."""
    found = [texts.passage(int(row)) for row in ranking.rows]
    scores = [
        float(score) * DEMOTED.get(stored.passage.kind, 1.0) * _fullness(stored.passage.text)
        for score, stored in zip(ranking.scores, found, strict=True)
    ]
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    hits = (_hit(ranking, judged, texts, place, scores[place], explain=explain) for place in order)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(_collapsed(hits, k), 1))


def _fullness(text: str) -> float:
    """Return the factor for the number of words of a passage, single letters and numbers not counted."""
    if text.rstrip(_CLOSING).endswith((".", "!", "?")):
        return 1.0
    words = sum(1 for _ in islice(_WORD.finditer(text), FRAGMENT_WORDS))
    return FRAGMENT + (1 - FRAGMENT) * words / FRAGMENT_WORDS


def _hit(
    ranking: Ranking, judged: Verdict, texts: CandidateTexts, place: int, score: float, *, explain: bool
) -> Hit:
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
    return Hit(
        rank=0,
        score=score,
        passage=texts.passage(row),
        document=texts.document_of(row),
        lexical_rank=int(ranking.lexical_ranks[place]) or None,
        dense_rank=int(ranking.dense_ranks[place]) or None,
        weak=judged.weak(place),
        window=(start, end) if end > start else None,
        explain=details,
    )


def _collapsed(hits: Iterable[Hit], k: int) -> Iterator[Hit]:
    """Yield hits, a later near-duplicate joined to the first as "also in"."""
    kept: list[Hit] = []
    shingles: list[frozenset[int]] = []
    for hit in hits:
        if len(kept) >= k + AHEAD:
            break
        own = _shingles(hit.passage.passage.text)
        twin = next((i for i, other in enumerate(shingles) if _alike(own, other)), None)
        if twin is None:
            kept.append(hit)
            shingles.append(own)
        else:
            kept[twin] = replace(kept[twin], also_in=(*kept[twin].also_in, (hit.document, hit.passage)))
    yield from kept[:k]


def _shingles(text: str) -> frozenset[int]:
    words = fold_word(text).split()
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(max(1, len(words) - SHINGLE + 1)))


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    if min(len(one), len(other)) < NEAR_DUPLICATE * max(len(one), len(other)):
        return False
    common = len(one & other)
    return common >= NEAR_DUPLICATE * (len(one) + len(other) - common)
