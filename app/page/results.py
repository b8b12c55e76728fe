"""Which hits of a result stand on the page, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.page.address import Address

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
    """Return the hits to show for this address, ordered as it asks. Ranks stay those of the search.

    "document" keeps documents in the order of their best hit and sorts each by place; "newest" sorts by
    year, documents without one last, equal years by rank.
    """
    hits = list(result.hits)
    if here.sort == "newest":
        hits.sort(key=lambda hit: (-(hit.document.metadata.year or 0), hit.rank))
    elif here.sort == "document":
        first: dict[str, int] = {}
        for hit in hits:
            first.setdefault(hit.document.id, hit.rank)
        hits.sort(key=lambda hit: (first[hit.document.id], hit.passage.position))
    start = PAGE_SIZE * (here.page - 1)
    shown = tuple(hits[start : start + PAGE_SIZE])
    return Listing(
        hits=shown,
        documents=len({hit.document.id for hit in shown}),
        grouped=here.sort == "document",
        more=len(hits) > start + PAGE_SIZE,
    )
