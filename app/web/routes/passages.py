"""Passages, their citations, and whether quotations are verbatim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict

from app.checks.excerpts import Excerpt, cited_pages
from app.checks.verify import verify_excerpts
from app.citations.format_names import CitationFormat
from app.citations.formats import MIME, Cited, cited
from app.citations.wording import citation_words
from app.exports import schema
from app.exports.quotable import PassageAnswer, passage_answer, permalink
from app.i18n import words
from app.service.engine import engine
from app.service.site import current
from app.web.access import Refused
from app.web.routes.answers import (
    LARGEST,
    Counted,
    DocumentId,
    Offset,
    PassageId,
    document_of,
    get,
    json_answer,
    number,
    tagged,
    tagged_bytes,
)
from ingest.library.records import Document, StoredPassage

ROUTER = APIRouter(tags=["passages"])
MOST_PASSAGES = 500
MOST_EXCERPTS = 200
LONGEST_EXCERPT = 100_000
Language = Annotated[
    Literal["en", "es", "pt"], Query(description="The language of the citation's own words.")
]
Form = Annotated[CitationFormat, Query(alias="format")]
_ITEMS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {"type": "object", "required": ["id", "type"]},
}
CITED = {
    200: {
        "description": "The citation.",
        "content": {
            mime: {"schema": _ITEMS if form is CitationFormat.csl_json else {"type": "string"}}
            for form, mime in MIME.items()
        },
    }
}


PhysicalPage = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(number)]


class Named(BaseModel):
    """A document as the search object names it."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(max_length=1_000)]


class Quoted(BaseModel):
    """A text that claims to stand in a document, such as a hit; what is not given is not looked at.

    `document` is an id, a file name or the object of a hit, `pages` are physical, first and last; of a `citation`
    the page that it names is compared.
    """

    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_EXCERPT)]
    document: Annotated[str, Field(max_length=1_000)] | Named | None = None
    pages: Annotated[list[PhysicalPage], Field(max_length=2)] | None = None
    labels: Annotated[list[str], Field(max_length=2)] | None = None
    citation: Annotated[str, Field(max_length=10_000)] | None = None


class Quotations(BaseModel):
    """The excerpts of a text."""

    model_config = ConfigDict(extra="forbid")

    excerpts: Annotated[list[Quoted], Field(min_length=1, max_length=MOST_EXCERPTS)]


class QuoteCheck(TypedDict):
    """What became of an excerpt, in the order given."""

    status: str
    message: str


class Verified(TypedDict):
    """What became of all excerpts."""

    counts: dict[str, int]
    checks: list[QuoteCheck]


@get(ROUTER, "/documents/{id}/passages", response_model=list[schema.PassageObject])
def list_passages(
    request: Request,
    ident: DocumentId,
    page: Annotated[Counted | None, Query(description="Only those that stand on this page.")] = None,
    limit: Counted = MOST_PASSAGES,
    offset: Offset = 0,
) -> Response:
    """Return the passages of a document in order."""
    document = document_of(ident)
    stored = [
        one
        for one in engine().library().passages(document.id)
        if page is None or any(number == page for number, _, _ in one.passage.spans)
    ]
    shown = [
        schema.passage_dict(one, document) for one in stored[offset : offset + min(limit, MOST_PASSAGES)]
    ]
    return tagged(request, shown, {"X-Total-Count": str(len(stored))})


@get(ROUTER, "/passages/{id}", response_model=PassageAnswer)
def get_passage(request: Request, ident: PassageId) -> Response:
    """Return a passage with its citation, a link to it, and the ids of its neighbours."""
    stored, document = passage_of(ident)
    site = current()
    base = site.settings.public_url or str(request.base_url)
    return tagged(request, passage_answer(stored, document, permalink(base, ident, page=site.page)))


@get(ROUTER, "/passages/{id}/citation", response_class=Response, responses=CITED)
def cite_passage(
    request: Request, ident: PassageId, form: Form = CitationFormat.text, language: Language = "en"
) -> Response:
    """Cite a passage with its page, in the format asked for."""
    stored, document = passage_of(ident)
    return _cited(request, form, Cited(document, stored.passage, citation_words(words(language))))


@get(ROUTER, "/documents/{id}/citation", response_class=Response, responses=CITED)
def cite_document(
    request: Request, ident: DocumentId, form: Form = CitationFormat.text, language: Language = "en"
) -> Response:
    """Cite a document as a whole, in the format asked for."""
    return _cited(request, form, Cited(document_of(ident), None, citation_words(words(language))))


@ROUTER.post("/verify", response_model=Verified)
def verify_quotations(given: Quotations) -> Response:
    """Look for excerpts in the stored text of the pages: found, not_found or misattributed."""
    return json_answer(verified(given.excerpts))


def verified(given: Sequence[Quoted]) -> Verified:
    """Return what becomes of excerpts in the library of the site."""
    excerpts = [
        Excerpt(
            where=f"excerpt {number}",
            texts=(one.text,),
            document=(one.document.id if isinstance(one.document, Named) else one.document) or None,
            pages=tuple(one.pages) if one.pages is not None else cited_pages(one.citation or ""),
            cited=one.citation,
            labels=tuple(one.labels) if one.labels is not None else None,
        )
        for number, one in enumerate(given, 1)
    ]
    report = verify_excerpts(excerpts, engine().library())
    checks = [QuoteCheck(status=check.status, message=check.message) for check in report.checks]
    return {"counts": report.counts, "checks": checks}


def passage_of(ident: str) -> tuple[StoredPassage, Document]:
    """Return the passage with this id and its document. Raises Refused (404)."""
    library = engine().library()
    stored = library.passage(ident)
    document = library.document(stored.document_id) if stored else None
    if stored is None or document is None:
        raise Refused(404, "no such passage")
    return stored, document


def _cited(request: Request, form: CitationFormat, what: Cited) -> Response:
    body = cited(form, what).encode("utf-8", "replace")
    return tagged_bytes(request, body, MIME[form])
