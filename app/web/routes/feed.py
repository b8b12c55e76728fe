"""A search as a feed: what a reader of feeds shows as new when documents have come into the library."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.exports.feed import MIME, atom
from app.exports.quotable import permalink, search_link
from app.service.engine import engine
from app.service.search import MAX_HITS, Mode, came, checked_question, parse_filters
from app.service.search import search as run_search
from app.service.site import current
from app.web.routes.answers import get, tagged_bytes
from app.web.routes.search import FilterWords
from index.query.parser import MAX_CHARACTERS

ROUTER = APIRouter(tags=["search"])
ENTRIES = 30
FEED = {200: {"description": "The feed.", "content": {MIME: {"schema": {"type": "string"}}}}}


@get(ROUTER, "/feed", response_class=Response, responses=FEED)
def follow_search(
    request: Request,
    q: Annotated[str, Query(json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS})],
    mode: Mode = Mode.hybrid,
    filters: FilterWords = (),
) -> Response:
    """Follow a search as an Atom feed: the passages that answer it, those of the newest documents first."""
    chosen = parse_filters(filters, "filter")
    question = checked_question(q, "q")
    with engine().turn() as searcher:
        result = run_search(searcher, question, k=MAX_HITS, mode=mode, filters=chosen).result
    answering = sorted(
        (hit for hit in result.hits if not hit.weak), key=lambda hit: came(hit.document), reverse=True
    )
    base, page = current().settings.public_url or str(request.base_url), current().page
    written = atom(
        answering[:ENTRIES],
        question=question,
        own=f"{base.rstrip('/')}{request.url.path}?{request.url.query}",
        page=search_link(base, question, chosen, mode, page=page),
        link_to=lambda ident: permalink(base, ident, question, page=page),
    )
    return tagged_bytes(request, written, MIME)
