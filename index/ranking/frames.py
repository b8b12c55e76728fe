"""A search result as a table of pandas or polars, where one of them is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.errors import PinciteError

if TYPE_CHECKING:
    from index.ranking.hits import SearchResult


def rows(result: SearchResult) -> list[dict[str, Any]]:
    """Return a row a hit: what a table needs, `pages` and `labels` as lists, first and last."""
    return [
        {
            "rank": hit.rank,
            "score": hit.score,
            "text": hit.passage.passage.text,
            "pages": list(hit.passage.passage.pages),
            "labels": list(hit.passage.passage.labels),
            "section": " > ".join(hit.passage.passage.section),
            "kind": hit.passage.passage.kind,
            "language": hit.passage.passage.language,
            "weak": hit.weak,
            "title": hit.document.metadata.title,
            "publisher": hit.document.metadata.publisher,
            "year": hit.document.metadata.year,
            "file": hit.document.file,
            "document_id": hit.document.id,
            "passage_id": hit.passage.passage.id,
        }
        for hit in result.hits
    ]


def frame(result: SearchResult) -> Any:
    """Return a DataFrame of pandas, or of polars where pandas is missing.

    Raises: PinciteError where neither is installed.
    """
    try:
        import pandas
    except ImportError:
        try:
            import polars
        except ImportError as error:
            raise PinciteError("to_frame needs pandas or polars; run: pip install pandas") from error
        return polars.DataFrame(rows(result))
    return pandas.DataFrame(rows(result))
