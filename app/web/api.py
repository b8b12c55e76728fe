"""`/api`: search, pages, citations and files for other programs, and the file links of the page.

Who may call it: with a token in the configuration, whoever sends `Authorization: Bearer TOKEN`. Without one,
only programs on this machine, and only when the server listens on this machine's own address. A browser that
comes from another site is refused either way (Host, Origin and Sec-Fetch-Site are looked at). What changes the
library asks for the edit token, or without tokens for what the page allows its visitors.

    GET  /api/search?q=…&k=10&mode=hybrid&filter=publisher=UNDP     the search object; POST takes it as an object
    GET  /api/feed?q=…&filter=…                                    a search as an Atom feed
    POST /api/batch                                                JSON Lines in; JSON Lines or a TREC run out
    GET  /api/documents, /api/facets                               documents, filtered and part by part; counts
    GET  /api/documents/{id}, …/pages, …/pages/{n}, …/passages     one document, its pages, its passages
    GET  /api/documents/{id}/pages/{n}/image, …/file               the page as an image, the file itself
    GET  /api/passages/{id}, …/citation                            a passage, and how to cite it
    POST /api/verify                                               are these quotations verbatim?
    GET  /api/health, /api/status, /api/ingest, …/events           is it well; what does it hold; a running ingest
    POST /api/ingest                                               bring the library up to date
    GET  /api/openapi.json, /api/docs                              all this as OpenAPI, and for people
    GET  /files/{signature}/{id}                                   the file for links drawn by the page
    GET  /healthz, /readyz, /metrics                               for supervisors, proxies and Prometheus

Every path is there under `/api/v1` as well, where it stays as it is when `/api` goes on. A fault is a problem object
(RFC 9457) with the line for people under `detail` and `error`.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from app.service.engine import Busy, NoIndex
from app.service.file_links import Away, Changed, Gone, signed
from app.service.search import MAX_HITS, Mode
from app.service.site import Site, told
from app.ui.crash import reference
from app.web.access import Refused, api_callers, api_editors, same_site
from app.web.faults import plain_fault
from app.web.limits import AtOnce, BodySizes, TooMany, within_allowance
from app.web.problems import NO_STORE, Problem, problem
from app.web.reference import described, reference_page
from app.web.routes import documents, feed, library, operations, passages, search
from app.web.routes.answers import document_of, get, tagged
from ingest.errors import LibraryAway, LibraryBusy, LibraryDamaged, ModelUnavailable, PinciteError

LARGEST_BODY = 1_000_000
RETRY_SECONDS = "5"
_STATUS: dict[type, int] = {
    **dict.fromkeys((Busy, LibraryAway, LibraryBusy, LibraryDamaged, ModelUnavailable), 503),
    **{NoIndex: 404, Gone: 404, Changed: 409, Away: 503},
}
"""What is no fault of the request is 503; all other expected errors are 400."""
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "Why not."},
    503: {"model": Problem, "description": "Too many searches at once; try again later."},
}


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes to serve beside the page."""
    service = bounded(application(site))
    operations_too = ("/healthz", "/readyz", "/metrics")
    return [
        Route(path, service)
        for path in ("/api", "/api/{path:path}", "/files/{signature}/{ident}", *operations_too)
    ]


def bounded(service: FastAPI) -> AtOnce:
    """Return the service behind the limits of its requests' sizes and of their number at a time."""
    return AtOnce(BodySizes(service, LARGEST_BODY, {"/batch": search.LARGEST_BATCH}))


def application(site: Site, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Return the API of a site as an application of its own."""
    service = FastAPI(
        lifespan=lifespan,
        title="pincite",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=LARGEST_BODY,
    )
    service.add_exception_handler(PinciteError, _expected)
    service.add_exception_handler(RequestValidationError, _invalid)
    service.add_exception_handler(HTTPException, _unanswered)
    service.add_exception_handler(Exception, _unexpected)
    own_site = [Depends(same_site(site))]
    callers = [*own_site, Depends(api_callers(site)), Depends(within_allowance(site))]
    editors = [*callers, Depends(api_editors(site))]
    for prefix, shown in (("/api", True), ("/api/v1", False)):
        more: dict[str, Any] = {"prefix": prefix, "responses": _PROBLEMS, "include_in_schema": shown}
        service.include_router(library.HEALTH, dependencies=own_site, **more)
        for router in _ASKING:
            service.include_router(router, dependencies=callers, **more)
        service.include_router(library.EDITING, dependencies=editors, **more)
        service.include_router(_DESCRIPTION, dependencies=callers, **more)
    service.include_router(operations.PROBES, dependencies=own_site)
    service.include_router(operations.METRICS, dependencies=callers)
    service.include_router(_LINKS, dependencies=own_site)
    service.include_router(_REST, dependencies=callers)
    # Made at the first question for it: a page that starts does without.
    service.state.description = cache(
        partial(described, service, with_token=site.settings.api_token is not None)
    )
    return service


_ASKING = (search.ROUTER, feed.ROUTER, documents.ROUTER, passages.ROUTER, library.ROUTER)
_DESCRIPTION = APIRouter(include_in_schema=False)


@get(_DESCRIPTION, "/openapi.json")
def describe(request: Request) -> Response:
    """Describe this API as OpenAPI does."""
    return tagged(request, request.app.state.description())


@get(_DESCRIPTION, "/docs")
def show_reference(request: Request) -> Response:
    """Describe this API for people; the page asks no other host for anything."""
    return HTMLResponse(reference_page(request.app.state.description()), headers=NO_STORE)


_LINKS = APIRouter(prefix="/files", include_in_schema=False)


@get(_LINKS, "/{signature}/{ident}")
def get_linked_file(signature: str, ident: str) -> Response:
    """Return the file of a link that the page has drawn."""
    if not signed(ident, signature):
        raise Refused(403, "this link is no longer valid; open it again from the page")
    return documents.send(document_of(ident))


_REST = APIRouter(include_in_schema=False)


@get(_REST, "/api")
@get(_REST, "/api/{path:path}")
def refuse(request: Request) -> Response:
    """Refuse an address that names nothing, of those that may ask at all."""
    raise Refused(404, f"{request.url.path}: no such address")


def paths() -> list[str]:
    """Return the paths of all operations, with names in braces."""
    below = [
        route.path
        for router in (*_ASKING, library.HEALTH, library.EDITING, _DESCRIPTION)
        for route in router.routes
        if isinstance(route, Route)
    ]
    beside = [
        route.path
        for router in (operations.PROBES, operations.METRICS, _LINKS)
        for route in router.routes
        if isinstance(route, Route)
    ]
    told = [f"{prefix}{path}" for prefix in ("/api", "/api/v1") for path in below]
    return list(dict.fromkeys(told + beside))


def _expected(_: Request, error: Exception) -> Response:
    known = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
    status = error.status if isinstance(error, Refused) else known
    headers = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(error.retry_after)}
    if status == 401:
        headers = {"WWW-Authenticate": "Bearer"}
    return problem(status, told(error), headers)


def _unexpected(_: Request, error: Exception) -> Response:
    """Answer what nobody thought of: the reference under which it stands in the log, and nothing of the machine."""
    return problem(500, f"something went wrong; reference {reference(error)}")


def _invalid(_: Request, error: Exception) -> Response:
    """Answer a request with a wrong value: 404 where it stands in the path, else 400."""
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    place, name = fault["loc"][0], fault["loc"][-1]
    if place == "path":
        return problem(404, "no such page")
    allowed = {"k": f"a number from 1 to {MAX_HITS}", "mode": f"one of {', '.join(Mode)}"}
    message = (
        f"{name} must be {allowed[str(name)]}"
        if name in allowed
        else plain_fault({**fault, "loc": fault["loc"][1:]})
    )
    return problem(400, message)


def _unanswered(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))
