"""How much of the pages of a library stands in passages: figures that are kept with each page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ingest.library import schema

WORST = 10
"""Pages that are named, the least covered first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShare:
    """The share of the body characters of one page that stand in passages, below 1."""

    document_id: str
    number: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFigures:
    """`share` of the text of all pages that were measured, None where none was; `worst` pages first."""

    share: float | None
    worst: tuple[PageShare, ...]


def coverage_figures(connection: Connection, below: float = 1.0, most: int | None = WORST) -> CoverageFigures:
    """Return the share of the library and its pages under `below`, `most` of them.

    A page weighs as much as its text is long, running heads included: within .001 of the share of body characters.
    """
    table = schema.pages
    weight = func.length(table.c.text)
    measured = table.c.coverage.is_not(None)
    covered, whole = connection.execute(
        select(func.sum(table.c.coverage * weight), func.sum(weight)).where(measured)
    ).one()
    query = (
        select(table.c.document_id, table.c.number, table.c.coverage)
        .where(measured & (table.c.coverage < below))
        .order_by(table.c.coverage, table.c.document_id, table.c.number)
        .limit(most)
    )
    worst = tuple(
        PageShare(document_id=row.document_id, number=row.number, share=row.coverage)
        for row in connection.execute(query)
    )
    return CoverageFigures(share=covered / whole if whole else None, worst=worst)
