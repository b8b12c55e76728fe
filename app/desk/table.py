"""An evidence table: one question a column, one document (or country, year, publisher) a row, in each cell a passage.

Nothing is summed up: a cell holds the best passage of its row, verbatim with its page. Where no passage of the row
answers the question the cell is empty and says so; a passage that is only near the question is not shown as an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.service.search import MAX_HITS
from index.query.filters import check_filters, matches
from ingest.errors import UsageError

if TYPE_CHECKING:
    from index.ranking.hits import Hit
    from index.search import Searcher
    from ingest.library.records import Document

MOST_ROWS = 500
MOST_COLUMNS = 50
LEAST_CONFIDENCE, CONFIDENCE_GAP = 0.5, 0.2
"""A row's best passage is shown when it answers the question at least so surely, and so much less than the best row's
at most: asked of the row alone, and among the passages of all rows. In a row alone some passage always looks near.
See "Desk" in the measurements."""
TRIED = 3
LEAST_WORDS = 8
"""A passage of fewer words states nothing: a byline, a running title ("SUMMARY · UNDP, 2022")."""


class RowKind(StrEnum):
    """What the rows of a table are."""

    document = "document"
    country = "country"
    year = "year"
    publisher = "publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A column: its id, the question asked, and filters that limit what may answer it."""

    id: str
    question: str
    filters: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: the hit that answers the column's question for the row, None where none does."""

    hit: Hit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its key (a document's id, a country's code, a year, a publisher), its name, and a cell a column."""

    key: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """Rows of a kind, in order, under the questions of the columns."""

    by: RowKind
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]

    @property
    def filled(self) -> int:
        """How many cells hold a passage."""
        return sum(cell.hit is not None for row in self.rows for cell in row.cells)


def evidence_table(
    searcher: Searcher,
    questions: Sequence[Question],
    by: RowKind,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> EvidenceTable:
    """Return the table of some questions over the documents that pass `filters`; rows are sorted by name.

    Every row is there, one that answers nothing too. Raises UsageError for more rows or questions than a table can
    have, and for an unknown filter.
    """
    check_filters(dict(filters or {}))
    documents = [one for one in searcher.snapshot.documents if matches(one, filters or {})]
    rows = _row_keys(documents, by)
    sizes = ((len(rows), MOST_ROWS, f"rows by {by}"), (len(questions), MOST_COLUMNS, "questions"))
    for count, most, name in sizes:
        if count > most:
            raise UsageError(f"a table of {count} {name} is too large; {most} is the most. Set a filter.")
    columns = []
    for number, question in enumerate(questions, 1):
        check_filters(question.filters)
        columns.append(_column(searcher, question, list(rows), documents, by))
        if on_progress is not None:
            on_progress(number, len(questions))
    return EvidenceTable(
        by=by,
        questions=tuple(questions),
        rows=tuple(
            Row(key=key, name=name, cells=tuple(column[key] for column in columns))
            for key, name in rows.items()
        ),
    )


def _row_keys(documents: Sequence[Document], by: RowKind) -> dict[str, str]:
    """Return key → name of the rows, sorted by name; a document without country or year is in no row by these."""
    found = {key: name for document in documents for key, name in _keys(document, by)}
    return dict(sorted(found.items(), key=lambda row: (row[1].casefold(), row[0])))


def _keys(document: Document, by: RowKind) -> list[tuple[str, str]]:
    meta = document.metadata
    if by is RowKind.document:
        return [(document.id, meta.title or document.file)]
    if by is RowKind.country:
        return [(code, code) for code in meta.countries]
    value = meta.year if by is RowKind.year else meta.publisher
    return [] if value is None else [(str(value), str(value))]


def _column(
    searcher: Searcher, question: Question, keys: Sequence[str], documents: Sequence[Document], by: RowKind
) -> dict[str, Cell]:
    """Return key → cell of one question."""
    allowed = [one for one in documents if matches(one, question.filters)]
    owned = {key: [one.id for one in allowed if key in dict(_keys(one, by))] for key in keys}
    best: dict[str, Hit] = {}
    for key, own in owned.items():
        found = _asked(searcher, question, own, TRIED) if own else ()
        best.update((key, hit) for hit in reversed(found) if _states(hit))
    among = _among_all(searcher, question, [one.id for one in allowed])
    of_row = {key: max((among.get(one, 0.0) for one in owned[key]), default=0.0) for key in best}
    alone, together = (
        max(LEAST_CONFIDENCE, max(found, default=0.0) - CONFIDENCE_GAP)
        for found in (map(_confidence, best.values()), of_row.values())
    )
    answering = {key for key, hit in best.items() if _confidence(hit) >= alone and of_row[key] >= together}
    return {key: Cell(hit=best[key] if key in answering else None) for key in keys}


def _asked(searcher: Searcher, question: Question, documents: Sequence[str], k: int) -> tuple[Hit, ...]:
    return searcher.search(question.question, k=k, filters={"document": documents}, explain=True).hits


def _among_all(searcher: Searcher, question: Question, documents: Sequence[str]) -> dict[str, float]:
    """Return how surely the best passage of each document answers among those of all, by its id."""
    found: dict[str, float] = {}
    for hit in _asked(searcher, question, documents, MAX_HITS) if documents else ():
        for document in (hit.document, *(other for other, _ in hit.also_in)):
            found.setdefault(document.id, _confidence(hit))
    return found


def _states(hit: Hit) -> bool:
    passage = hit.passage.passage
    return passage.kind == "table" or len(passage.text.split()) >= LEAST_WORDS


def _confidence(hit: Hit) -> float:
    return float((hit.explain or {}).get("confidence", 0.0))
