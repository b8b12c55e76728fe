"""`/api`: search, pages and files for other programs, and the file links of the page, in the page's process.

Who may call it: with a token in the configuration, whoever sends `Authorization: Bearer TOKEN`. Without one,
only programs on this machine, and only when the server listens on this machine's own address. A browser that
comes from another site is refused either way (Host, Origin and Sec-Fetch-Site are looked at).

    GET /api/search?q=…&k=10&mode=hybrid&filter=publisher=UNDP     the search object
    GET /api/documents                                             all documents
    GET /api/documents/{id}                                        one document
    GET /api/documents/{id}/pages/{n}                              a page: raw text, label, flags
    GET /api/documents/{id}/file                                   the file itself
    GET /api/openapi.json                                          all this as OpenAPI
    GET /files/{signature}/{id}                                    the file for links drawn by the page

A fault is `{"error": "one line"}`. No page of documentation is served: FastAPI's would fetch scripts of another host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, BeforeValidator
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route

from app.exports import schema
from app.service.engine import Busy, NoIndex, engine
from app.service.file_links import Changed, Gone, document_path, signed
from app.service.search import DEFAULT_HITS, MAX_HITS, Mode, checked_question, parse_filters, search
from app.service.site import Site
from app.web.access import NO_STORE, Refused, api_callers, same_site
from ingest.errors import PinciteError
from ingest.library.records import Document
from ingest.readers.formats import format_named

MAX_DIGITS = 9
_STATUS: dict[type[Exception], int] = {Busy: 503, NoIndex: 404, Gone: 404, Changed: 409}


class Problem(BaseModel):
    """Why a request was not answered."""

    error: str


def _whole(raw: object) -> object:
    """Return a number of a request as it is, unless it has a sign, a blank, a point or too many digits."""
    if isinstance(raw, str) and not (raw.isascii() and raw.isdigit() and len(raw) <= MAX_DIGITS):
        raise ValueError("must be a whole number")
    return raw


Whole = Annotated[int, BeforeValidator(_whole)]
_API = APIRouter(prefix="/api")


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes to serve beside the page."""
    service = application(site)
    return [Route(path, service) for path in ("/api", "/api/{path:path}", "/files/{signature}/{ident}")]


def application(site: Site) -> FastAPI:
    """Return the API of a site as an application of its own."""
    service = FastAPI(
        title="pincite", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    service.add_exception_handler(PinciteError, _expected)
    service.add_exception_handler(RequestValidationError, _invalid)
    service.add_exception_handler(HTTPException, _unanswered)
    own_site = [Depends(same_site(site))]
    callers = [*own_site, Depends(api_callers(site))]
    service.include_router(_API, dependencies=callers, responses={"4XX": {"model": Problem}})
    service.include_router(_LINKS, dependencies=own_site)
    service.include_router(_REST, dependencies=callers)
    return service


def _get(router: APIRouter, path: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer GET at a path, and HEAD without telling of it."""

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        router.add_api_route(path, answer, methods=["GET"], **more)
        router.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
        return answer

    return register


@_get(_API, "/search", response_model=schema.SearchObject)
def search_passages(
    q: str = "",
    k: Annotated[Whole, Query(ge=1, le=MAX_HITS)] = DEFAULT_HITS,
    mode: Mode = Mode.hybrid,
    filter: Annotated[tuple[str, ...], Query(description="KEY=VALUE, as on the command line")] = (),
) -> Response:
    """Rank the passages that answer a question, each with its source and page."""
    filters = parse_filters(filter, "filter")
    question = checked_question(q, "q")
    with engine().turn() as searcher:
        answer = search(searcher, question, k=k, mode=mode, filters=filters)
    return _json(schema.result_dict(answer.result))


@_get(_API, "/documents", response_model=list[schema.DocumentFacts])
def list_documents() -> Response:
    """List all documents with what is known of them."""
    return _json([schema.document_facts(document) for document in engine().library().documents()])


@_get(_API, "/documents/{ident}", response_model=schema.DocumentFacts)
def get_document(ident: str) -> Response:
    """Return one document."""
    return _json(schema.document_facts(_document(ident)))


@_get(_API, "/documents/{ident}/pages/{number}", response_model=schema.PageAnswer)
def get_page(ident: str, number: Whole) -> Response:
    """Return a page: its raw text, its printed number, its flags."""
    document = _document(ident)
    page = engine().library().page(document.id, number)
    if page is None:
        raise Refused(404, "no such page")
    return _json({"document": document.id, **schema.page_dict(page)})


@_get(_API, "/documents/{ident}/file", response_class=FileResponse)
def get_file(ident: str) -> Response:
    """Return the file itself; only a PDF is to be shown, everything else is a download."""
    return _send(_document(ident))


@_get(_API, "/openapi.json", include_in_schema=False)
def describe(request: Request) -> Response:
    """Describe this API as OpenAPI does."""
    service: FastAPI = request.app
    return _json(service.openapi())


_LINKS = APIRouter(prefix="/files", include_in_schema=False)


@_get(_LINKS, "/{signature}/{ident}")
def get_linked_file(signature: str, ident: str) -> Response:
    """Return the file of a link that the page has drawn."""
    if not signed(ident, signature):
        raise Refused(403, "this link is no longer valid; open it again from the page")
    return _send(_document(ident))


_REST = APIRouter(include_in_schema=False)


@_get(_REST, "/api")
@_get(_REST, "/api/{path:path}")
def refuse(request: Request) -> Response:
    """Refuse an address that names nothing, of those that may ask at all."""
    raise Refused(404, f"{request.url.path}: no such address")


def _send(document: Document) -> Response:
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


def _document(ident: str) -> Document:
    document = engine().library().document(ident)
    if document is None:
        raise Refused(404, "no such document")
    return document


def _json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status_code=status, headers=NO_STORE)


def _expected(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Refused) else _STATUS.get(type(error), 400)
    return _json({"error": str(error)}, status)


def _invalid(_: Request, error: Exception) -> Response:
    """Answer a request with a wrong value: 404 where it stands in the path, else 400."""
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    place, name = fault["loc"][0], fault["loc"][-1]
    if place == "path":
        return _json({"error": "no such page"}, 404)
    allowed = {"k": f"a number from 1 to {MAX_HITS}", "mode": f"one of {', '.join(Mode)}"}
    message = f"{name} must be {allowed[name]}" if name in allowed else f"{name}: {fault['msg']}"
    return _json({"error": message}, 400)


def _unanswered(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _json({"error": error.detail}, error.status_code)
