"""Passages that say nearly the same as one, and what other sources have on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desk.evidence import Evidence

if TYPE_CHECKING:
    from index.ranking.hits import Hit
    from index.search import Searcher
    from ingest.library.records import StoredPassage

FETCHED = 20


def similar_passages(
    searcher: Searcher, stored: StoredPassage, k: int = 5, *, other_sources: bool = False
) -> tuple[Hit, ...]:
    """Return the best passages for the text of one, itself left out; with `other_sources` only other documents'.

    Raises: ModelUnavailable.
    """
    evidence = Evidence(searcher)
    (claim,) = evidence.claims([stored.passage.search_text()], stored.passage.language)
    found = [hit for hit in evidence.hits(claim, FETCHED) if hit.passage.passage.id != stored.passage.id]
    if other_sources:
        found = [hit for hit in found if hit.document.id != stored.document_id]
    return tuple(found[:k])
