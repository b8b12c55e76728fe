"""Which hits of a result stand on the page, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from app.ui.address import Address

if TYPE_CHECKING:
    from index.search import Hit, SearchResult

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Listing:
    """The hits of one result page. `documents` counts different ones among them; `more` says more follow."""

    hits: tuple[Hit, ...]
    documents: int
    grouped: bool
    more: bool


def groups(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Return hits that stand together, document by document."""
    return [list(group) for _, group in groupby(hits, key=lambda hit: hit.document.id)]


def years(hits: Sequence[Hit]) -> dict[int, int]:
    """Return year → number of passages of documents of that year, newest first."""
    counted = Counter(hit.document.metadata.year for hit in hits if hit.document.metadata.year)
    return {year: counted[year] for year in sorted(counted, reverse=True)}


def listing(result: SearchResult, here: Address) -> Listing:
    """Return the ten hits to show for this address, ordered as it asks. Ranks stay those of the search.

    "grouped" keeps together what a document has, its best passage first; "document" keeps documents in the order of
    their best hit and sorts each by place; "newest" sorts by year, documents without one last, equal years by rank.
    """
    start = PAGE_SIZE * (here.page - 1)
    hits = list(result.hits[start : start + PAGE_SIZE])
    if here.sort == "newest":
        hits.sort(key=lambda hit: (-(hit.document.metadata.year or 0), hit.rank))
    elif here.sort == "document":
        first: dict[str, int] = {}
        for hit in hits:
            first.setdefault(hit.document.id, hit.rank)
        hits.sort(key=lambda hit: (first[hit.document.id], hit.passage.position))
    elif here.sort == "grouped":
        best: dict[str, int] = {}
        for hit in hits:
            best.setdefault(hit.document.id, hit.rank)
        hits.sort(key=lambda hit: (best[hit.document.id], hit.rank))
    return Listing(
        hits=tuple(hits),
        documents=len({hit.document.id for hit in hits}),
        grouped=here.sort == "document",
        more=len(result.hits) > start + PAGE_SIZE,
    )
