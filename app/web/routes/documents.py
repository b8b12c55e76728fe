"""Documents, their pages and their files."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from app.exports import schema
from app.service.engine import engine
from app.service.file_links import document_path
from app.service.page_images import NoPageImage, PageImages
from app.service.search import parse_filters
from app.service.site import told
from app.web.access import Refused
from app.web.problems import NO_STORE
from app.web.routes.answers import (
    Counted,
    DocumentId,
    Offset,
    PageNumber,
    document_of,
    get,
    tagged,
    tagged_bytes,
)
from app.web.routes.search import FilterWords
from index.query import filters as index_filters
from ingest.library.records import Document
from ingest.readers.formats import drawable, format_named

ROUTER = APIRouter(tags=["documents"])
MOST_DOCUMENTS = 10_000
MOST_PAGES = 100
PNG = {200: {"description": "The page as an image.", "content": {"image/png": {}}}}
_IMAGES = PageImages()


@get(
    ROUTER,
    "/documents",
    response_model=list[schema.DocumentFacts],
    responses={
        200: {
            "headers": {
                "X-Total-Count": {
                    "description": "Documents that pass the filters.",
                    "schema": {"type": "integer"},
                },
                "Link": {"description": "The next part, where there is one.", "schema": {"type": "string"}},
            }
        }
    },
)
def list_documents(
    request: Request,
    filters: FilterWords = (),
    limit: Counted = MOST_DOCUMENTS,
    offset: Offset = 0,
) -> Response:
    """List documents with what is known of them: all, or those that pass the filters, part by part."""
    chosen = parse_filters(filters, "filter")
    limit = min(limit, MOST_DOCUMENTS)
    found = [one for one in engine().library().documents() if index_filters.matches(one, chosen)]
    headers = {"X-Total-Count": str(len(found))}
    if offset + limit < len(found):
        words = [("filter", word) for word in filters] + [
            ("limit", str(limit)),
            ("offset", str(offset + limit)),
        ]
        headers["Link"] = f'<{request.url.path}?{urlencode(words)}>; rel="next"'
    shown = [schema.document_facts(document) for document in found[offset : offset + limit]]
    return tagged(request, shown, headers)


@get(ROUTER, "/facets", response_model=dict[str, dict[str, int]])
def count_facets(request: Request, filters: FilterWords = ()) -> Response:
    """Count documents by publisher, type, year, country and language; each obeys the filters of the others."""
    chosen = parse_filters(filters, "filter")
    return tagged(request, index_filters.facets(engine().library().documents(), chosen))


@get(ROUTER, "/documents/{id}", response_model=schema.DocumentFacts)
def get_document(request: Request, ident: DocumentId) -> Response:
    """Return one document."""
    return tagged(request, schema.document_facts(document_of(ident)))


@get(ROUTER, "/documents/{id}/pages", response_model=list[schema.PageAnswer])
def list_pages(
    request: Request,
    ident: DocumentId,
    first: Annotated[Counted, Query(description="The first page wanted.")] = 1,
    limit: Counted = MOST_PAGES,
) -> Response:
    """Return pages in order, each with its raw text, its printed number and its flags."""
    document = document_of(ident)
    library = engine().library()
    last = min(first + min(limit, MOST_PAGES), document.page_count + 1 if document.paged else 2)
    pages = [page for number in range(first, last) if (page := library.page(document.id, number)) is not None]
    return tagged(request, [{"document": document.id, **schema.page_dict(page)} for page in pages])


@get(ROUTER, "/documents/{id}/pages/{n}", response_model=schema.PageAnswer)
def get_page(request: Request, ident: DocumentId, number: PageNumber) -> Response:
    """Return a page: its raw text, its printed number, its flags."""
    document = document_of(ident)
    page = engine().library().page(document.id, number)
    if page is None:
        raise Refused(404, "no such page")
    return tagged(request, {"document": document.id, **schema.page_dict(page)})


@get(ROUTER, "/documents/{id}/pages/{n}/image", response_class=Response, responses=PNG)
def get_page_image(
    request: Request,
    ident: DocumentId,
    number: PageNumber,
    passage: Annotated[str | None, Query(description="The id of a passage to mark on the page.")] = None,
) -> Response:
    """Return a page of a PDF as an image, with the passage marked where one is named."""
    document = document_of(ident)
    library = engine().library()
    page = library.page(document.id, number)
    if page is None:
        raise Refused(404, "no such page")
    if not drawable(document.format):
        raise Refused(404, f"{document.file} has no pages that can be drawn")
    spans: tuple[tuple[int, int], ...] = ()
    if passage is not None:
        stored = library.passage(passage)
        if stored is None or stored.document_id != document.id:
            raise Refused(404, "no such passage in this document")
        spans = tuple((start, end) for on, start, end in stored.passage.spans if on == number)
    path = document_path(engine().corpus(), document)
    try:
        image = _IMAGES.page(path, document.sha256, number, page.text, spans)
    except NoPageImage as error:
        raise Refused(404, f"{document.file}: {told(error)}") from error
    return tagged_bytes(request, image.png, "image/png", {"X-Marked": str(image.marked)})


@get(ROUTER, "/documents/{id}/file", response_class=FileResponse)
def get_file(ident: DocumentId) -> Response:
    """Return the file itself; only a PDF is to be shown, everything else is a download."""
    return send(document_of(ident))


def send(document: Document) -> Response:
    """Return the file's bytes; only what has fixed pages is shown in the browser, everything else is a download."""
    path = document_path(engine().corpus(), document)
    name = quote(document.file.rpartition("/")[2].encode("utf-8", "replace"))
    kind = format_named(document.format)
    shown = kind.mime if kind is not None and kind.drawable else None
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}"
    return FileResponse(
        path,
        media_type=shown or "application/octet-stream",
        headers={**NO_STORE, "Content-Disposition": disposition},
    )
