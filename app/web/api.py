"""`/api`: search, pages and files for other programs, and the file links of the page, in the page's process.

Who may call it: with a token in the configuration, whoever sends `Authorization: Bearer TOKEN`. Without one,
only programs on this machine, and only when the server listens on this machine's own address. A browser that
comes from another site is refused either way (Host, Origin and Sec-Fetch-Site are looked at).

    GET /api/search?q=…&k=10&mode=hybrid&filter=publisher=UNDP     the search object
    GET /api/documents                                             all documents
    GET /api/documents/{id}                                        one document
    GET /api/documents/{id}/pages/{n}                              a page: raw text, label, flags
    GET /api/documents/{id}/file                                   the file itself
    GET /files/{signature}/{id}                                    the same for links drawn by the page
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.exports.schema import result_dict
from app.service.engine import Busy, NoIndex, engine
from app.service.file_links import Gone, document_path, signed
from app.service.site import Site, answers_to, is_loopback
from app.web.security import host_name
from index.query.parser import MAX_CHARACTERS, one_line
from ingest.errors import PinciteError
from ingest.readers.formats import format_named

if TYPE_CHECKING:
    from ingest.library.records import Document

MAX_K = 100
MAX_DIGITS = 9
MODES = ("hybrid", "lexical", "dense")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Refused(PinciteError):
    """A request that is not answered; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes to serve beside the page."""
    return [
        Route("/api/search", _guarded(site, _search)),
        Route("/api/documents", _guarded(site, _documents)),
        Route("/api/documents/{ident}", _guarded(site, _document)),
        Route("/api/documents/{ident}/pages/{number}", _guarded(site, _page)),
        Route("/api/documents/{ident}/file", _guarded(site, _file)),
        Route("/api", _guarded(site, _unknown)),
        Route("/api/{path:path}", _guarded(site, _unknown)),
        Route("/files/{signature}/{ident}", _guarded(site, _signed_file, token=False)),
    ]


def _guarded(site: Site, answer: Callable[[Request], Response], *, token: bool = True) -> Callable[..., Any]:
    async def route(request: Request) -> Response:
        try:
            same_site(site, request)
            if token:
                allowed(site, request)
            return await run_in_threadpool(answer, request)
        except Refused as error:
            return _problem(error.status, str(error))
        except Busy as error:
            return _problem(503, str(error))
        except (NoIndex, Gone) as error:
            return _problem(404, str(error))
        except PinciteError as error:
            return _problem(400, str(error))

    return route


def same_site(site: Site, request: Request) -> None:
    """Refuse what a browser sends on behalf of another site, and names that only pretend to be this host.

    Raises Refused (403).
    """
    if not answers_to(site, host_name(request)):
        raise Refused(403, "unknown host name")
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise Refused(403, "not from another site")
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Refused(403, "not from another site")


def allowed(site: Site, request: Request) -> None:
    """Check the token, or that the caller sits on this machine. Raises Refused (401 or 403)."""
    token = site.settings.api_token
    if token:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode()):
            raise Refused(401, "send the header Authorization: Bearer TOKEN")
        return
    peer = request.client.host if request.client else ""
    if not is_loopback(site.host) or not _is_loopback_ip(peer):
        raise Refused(403, "set api_token in pincite.toml to open /api to other machines")


def question_of(raw: str) -> str:
    """Return the question as it is searched for. Raises Refused (400) when empty or too long."""
    question = one_line(raw)
    if len(question) > MAX_CHARACTERS:
        raise Refused(400, f"q is longer than {MAX_CHARACTERS} characters")
    if not question:
        raise Refused(400, "q is empty")
    return question


def _search(request: Request) -> Response:
    params = request.query_params
    k = _number(params.get("k", "10"))
    if not 1 <= k <= MAX_K:
        raise Refused(400, f"k must be a number from 1 to {MAX_K}")
    mode = params.get("mode", "hybrid")
    if mode not in MODES:
        raise Refused(400, f"mode must be one of {', '.join(MODES)}")
    filters: dict[str, list[str]] = {}
    for item in params.getlist("filter"):
        key, equals, value = item.partition("=")
        if not equals:
            raise Refused(400, "a filter looks like publisher=UNDP")
        filters.setdefault(key, []).append(value)
    question = question_of(params.get("q", ""))
    with engine().turn() as searcher:
        found = searcher.search(question, k=k, mode=mode, filters=filters or None)
    return JSONResponse(result_dict(found), headers=_HEADERS)


def _number(raw: str) -> int:
    """Return a number of a request, 0 where it is none or of more digits than any number here has."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= MAX_DIGITS else 0


def _documents(request: Request) -> Response:
    return JSONResponse([_facts(document) for document in engine().library().documents()], headers=_HEADERS)


def _document(request: Request) -> Response:
    return JSONResponse(_facts(_wanted(request)), headers=_HEADERS)


def _page(request: Request) -> Response:
    document = _wanted(request)
    page = engine().library().page(document.id, _number(request.path_params["number"]))
    if page is None:
        raise Refused(404, "no such page")
    body = {
        "document": document.id,
        "page": page.number,
        "label": page.label,
        "label_source": page.label_source,
        "text": page.text,
        "flags": sorted(page.flags),
    }
    return JSONResponse(body, headers=_HEADERS)


def _file(request: Request) -> Response:
    return _send(_wanted(request))


def _unknown(request: Request) -> Response:
    raise Refused(404, f"{request.url.path}: no such address")


def _signed_file(request: Request) -> Response:
    if not signed(request.path_params["ident"], request.path_params["signature"]):
        raise Refused(403, "this link is no longer valid; open it again from the page")
    return _send(_wanted(request))


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
        headers={**_HEADERS, "Content-Disposition": disposition},
    )


def _wanted(request: Request) -> Document:
    document = engine().library().document(request.path_params["ident"])
    if document is None:
        raise Refused(404, "no such document")
    return document


def _facts(document: Document) -> dict[str, Any]:
    meta = document.metadata
    return {
        "id": document.id,
        "file": document.file,
        "title": meta.title,
        "publisher": meta.publisher,
        "year": meta.year,
        "type": meta.type,
        "countries": list(meta.countries),
        "url": meta.url,
        "language": document.language,
        "format": document.format,
        "state": document.state,
        "reason": document.reason,
        "pages": document.page_count if document.paged else 0,
        "passages": document.passage_count,
    }


def _is_loopback_ip(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _problem(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status, headers=_HEADERS)
