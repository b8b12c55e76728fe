"""The search object and its parts as JSON content: what the command line, `/api` and exports give to programs."""

from typing import Any

from app.citations.styles import citation
from app.i18n.notices import in_english
from index.ranking.hits import Hit, SearchResult
from ingest.library.records import Document, StoredPassage


def result_dict(result: SearchResult) -> dict[str, Any]:
    """Return the search object as JSON content."""
    content: dict[str, Any] = {
        "question": result.question,
        "mode": result.mode,
        "answerable": result.answerable,
        "confidence": round(result.confidence, 4),
        "hits": [hit_dict(hit) for hit in result.hits],
    }
    if result.notices:
        content["notices"] = [in_english(notice) for notice in result.notices]
    if result.explain is not None:
        content["explain"] = result.explain
    return content


def hit_dict(hit: Hit) -> dict[str, Any]:
    """Return the hit as JSON content."""
    own = passage_dict(hit.passage, hit.document)
    found = {"rank": hit.rank, "score": round(hit.score, 6), **own}
    found["lexical_rank"] = hit.lexical_rank
    found["dense_rank"] = hit.dense_rank
    found["weak"] = hit.weak
    found["spans"] = found.pop("spans")
    found["citation"] = citation(hit.document, hit.passage.passage)
    found["window"] = list(hit.window) if hit.window else None
    if hit.also_in:
        found["also_in"] = [_place(document, stored) for document, stored in hit.also_in]
    if hit.explain is not None:
        found["explain"] = hit.explain
    return found


def passage_dict(stored: StoredPassage, document: Document) -> dict[str, Any]:
    """Return what a hit and an exported passage have in common."""
    passage, metadata = stored.passage, document.metadata
    content: dict[str, Any] = {
        "passage_id": passage.id,
        "text": passage.text,
        "kind": passage.kind,
        "language": passage.language,
        "document": {
            "id": document.id,
            "file": document.file,
            "title": metadata.title,
            "publisher": metadata.publisher,
            "year": metadata.year,
            "type": metadata.type,
            "countries": list(metadata.countries),
            "url": metadata.url,
        },
        "pages": list(passage.pages),
        "labels": list(passage.labels),
        "label_source": passage.label_source,
        "section": list(passage.section),
        "spans": [list(span) for span in passage.spans],
        "note_calls": [list(call) for call in passage.calls],
    }
    if passage.locator is not None:
        content["locator"] = passage.locator
    return content


def _place(document: Document, stored: StoredPassage) -> dict[str, Any]:
    passage = stored.passage
    return {
        "passage_id": passage.id,
        "document": {"id": document.id, "file": document.file, "title": document.metadata.title},
        "pages": list(passage.pages),
        "labels": list(passage.labels),
    }
