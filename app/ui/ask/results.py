"""Which hits of a result stand on the page, in which order."""

from __future__ import annotations

from dataclasses import dataclass
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


def listing(result: SearchResult, here: Address) -> Listing:
    """Return the ten hits to show for this address, ordered as it asks. Ranks stay those of the search.

    "document" keeps documents in the order of their best hit and sorts each by place; "newest" sorts by
    year, documents without one last, equal years by rank.
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
    return Listing(
        hits=tuple(hits),
        documents=len({hit.document.id for hit in hits}),
        grouped=here.sort == "document",
        more=len(result.hits) > start + PAGE_SIZE,
    )
