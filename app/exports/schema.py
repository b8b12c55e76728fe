"""The shapes of JSON content: what the command line, `/api` and exports give to programs.

The typed dictionaries are the contract of `/api`, whose OpenAPI description is made from them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from app.citations.styles import citation
from app.i18n import words
from app.i18n.notices import sentence
from index.notices import Notice
from index.ranking.hits import Hit, SearchResult
from ingest.library.records import Document, StoredPage, StoredPassage


class DocumentName(TypedDict):
    """A document as it is named where pages and twins of it are given."""

    id: str
    file: str
    title: str | None


class DocumentSource(DocumentName):
    """A document as a source: what a citation of it needs."""

    publisher: str | None
    year: int | None
    type: str | None
    countries: list[str]
    url: str | None


class DocumentFacts(DocumentSource):
    """A document as `/api/documents` gives it: `pages` is 0 for a source without pages."""

    language: str | None
    format: str
    state: str
    reason: str | None
    pages: int
    passages: int


class PageObject(TypedDict):
    """The raw text of a page, which spans index; `page` counts from 1.

    `coverage` is the share of its body's characters that stand in passages, null without any.
    """

    page: int
    label: str | None
    label_source: str | None
    text: str
    flags: list[str]
    coverage: float | None


class PageAnswer(PageObject):
    """A page as `/api` gives it, with the id of its document."""

    document: str


class TwinObject(TypedDict):
    """Another place where the words of a hit stand."""

    passage_id: str
    document: DocumentName
    pages: list[int]
    labels: list[str]


class PassageObject(TypedDict):
    """A passage without its neighbours: `pages` are first and last, `spans` index the pages' raw texts."""

    passage_id: str
    text: str
    kind: str
    language: str | None
    document: DocumentSource
    pages: list[int]
    labels: list[str]
    label_source: str | None
    section: list[str]
    spans: list[list[int]]
    note_calls: list[list[int]]
    locator: NotRequired[str]


class HitObject(TypedDict):
    """A hit of a search: `pages` are first and last, `spans` (page, start, end) of the pages' raw texts."""

    rank: int
    score: float
    passage_id: str
    text: str
    kind: str
    language: str | None
    document: DocumentSource
    pages: list[int]
    labels: list[str]
    label_source: str | None
    section: list[str]
    note_calls: list[list[int]]
    locator: NotRequired[str]
    lexical_rank: int | None
    dense_rank: int | None
    weak: bool
    spans: list[list[int]]
    citation: str
    window: list[int] | None
    also_in: NotRequired[list[TwinObject]]
    explain: NotRequired[dict[str, Any]]


class MissingObject(TypedDict):
    """Something that was asked for and that none of the first hits holds: a place, a number, a kind of figure."""

    kind: str
    what: str


class SearchObject(TypedDict):
    """The answer to a question; `notices` are English sentences, `suggestion` is the question with words corrected."""

    question: str
    mode: str
    answerable: bool
    confidence: float
    hits: list[HitObject]
    notices: NotRequired[list[str]]
    missing: NotRequired[list[MissingObject]]
    suggestion: NotRequired[str]
    explain: NotRequired[dict[str, Any]]


def result_dict(result: SearchResult, beside: Sequence[Notice] = ()) -> dict[str, Any]:
    """Return the search object as JSON content; notices `beside` the result's own are told with them."""
    content: dict[str, Any] = {
        "question": result.question,
        "mode": result.mode,
        "answerable": result.answerable,
        "confidence": round(result.confidence, 4),
        "hits": [hit_dict(hit) for hit in result.hits],
    }
    if notices := (*beside, *result.notices):
        content["notices"] = [sentence(words("en"), notice) for notice in notices]
    if result.missing:
        content["missing"] = [{"kind": one.kind, "what": one.what} for one in result.missing]
    if result.suggestion is not None:
        content["suggestion"] = result.suggestion
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
        found["also_in"] = [_twin(document, stored) for document, stored in hit.also_in]
    if hit.explain is not None:
        found["explain"] = hit.explain
    return found


def passage_dict(stored: StoredPassage, document: Document) -> dict[str, Any]:
    """Return what a hit and an exported passage have in common."""
    passage = stored.passage
    content: dict[str, Any] = {
        "passage_id": passage.id,
        "text": passage.text,
        "kind": passage.kind,
        "language": passage.language,
        "document": document_source(document),
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


def page_dict(page: StoredPage) -> PageObject:
    """Return a page of a document."""
    return {
        "page": page.number,
        "label": page.label,
        "label_source": page.label_source,
        "text": page.text,
        "flags": sorted(page.flags),
        "coverage": page.coverage,
    }


def uncovered(page: StoredPage, document: Document) -> Iterator[dict[str, Any]]:
    """Yield what of a page stands in no passage, each with the reason."""
    for gap in page.gaps:
        yield {
            "document": document_name(document),
            "page": page.number,
            "label": page.label,
            "reason": gap.reason,
            "text": page.text[gap.start : gap.end],
            "span": [page.number, gap.start, gap.end],
        }


def document_name(document: Document) -> DocumentName:
    """Return what a document is called."""
    return {"id": document.id, "file": document.file, "title": document.metadata.title}


def document_source(document: Document) -> DocumentSource:
    """Return what a citation of a document needs."""
    meta = document.metadata
    return {
        **document_name(document),
        "publisher": meta.publisher,
        "year": meta.year,
        "type": meta.type,
        "countries": list(meta.countries),
        "url": meta.url,
    }


def document_facts(document: Document) -> DocumentFacts:
    """Return a document with its language, found or given, and how far it could be read."""
    return {
        **document_source(document),
        "language": document.language,
        "format": document.format,
        "state": document.state,
        "reason": document.reason,
        "pages": document.page_count if document.paged else 0,
        "passages": document.passage_count,
    }


def document_record(document: Document) -> dict[str, Any]:
    """Return all that is known of a document: its metadata with the source of each value, and how it was read."""
    meta, source = document.metadata, document_source(document)
    return {
        "id": source["id"],
        "sha256": document.sha256,
        "file": source["file"],
        "files": list(document.files),
        "title": source["title"],
        "publisher": source["publisher"],
        "authors": list(meta.authors),
        "year": source["year"],
        "type": source["type"],
        "countries": source["countries"],
        "language": meta.language,
        "url": source["url"],
        "editors": list(meta.editors),
        "date": meta.date,
        "container": meta.container,
        "doi": meta.doi,
        "isbn": meta.isbn,
        "tags": list(meta.tags),
        "sources": dict(meta.sources),
        "format": document.format,
        "state": document.state,
        "reason": document.reason,
        "pages": document.page_count,
        "pages_without_text": document.pages_without_text,
        "passages": document.passage_count,
        "group": document.group,
        "older_edition": document.older_edition,
        "notes": list(document.notes),
        "added": document.added,
    }


def _twin(document: Document, stored: StoredPassage) -> TwinObject:
    return {
        "passage_id": stored.passage.id,
        "document": document_name(document),
        "pages": list(stored.passage.pages),
        "labels": list(stored.passage.labels),
    }
