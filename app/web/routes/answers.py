"""What operations of `/api` have in common: numbers as they are written, JSON with a tag."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BeforeValidator, Field

from app.service.engine import engine
from app.service.search import MAX_HITS
from app.web.access import Refused
from app.web.problems import NO_STORE
from ingest.library.records import Document

MAX_DIGITS = 9
LARGEST = 10**MAX_DIGITS - 1
# What belongs to a stored content may be kept by whoever asked, and is asked for again with its tag.
REVALIDATED = {**NO_STORE, "Cache-Control": "private, no-cache"}


def whole(raw: object) -> object:
    """Return a number of a request as it is, unless it has a sign, a blank, a point or too many digits."""
    if isinstance(raw, str) and not (raw.isascii() and raw.isdigit() and len(raw) <= MAX_DIGITS):
        raise ValueError("must be a whole number")
    return raw


def number(raw: object) -> object:
    """Return a number of a JSON object as it is, unless it is a text or a switch."""
    if isinstance(raw, str | bool):
        raise ValueError("must be a whole number")
    return raw


# The limits come first: behind a validator they would not stand in the description.
Whole = Annotated[int, BeforeValidator(whole)]
Counted = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(whole)]
Offset = Annotated[
    int, Field(ge=0, le=LARGEST), BeforeValidator(whole), Query(description="How many to pass over.")
]
Hits = Annotated[
    int, Field(ge=1, le=MAX_HITS), BeforeValidator(whole), Query(description="How many passages.")
]
DocumentId = Annotated[str, Path(alias="id", description="The id of a document, or its file name.")]
PassageId = Annotated[str, Path(alias="id", description="The id of a passage.")]
PageNumber = Annotated[Whole, Path(alias="n", description="The physical page, counted from 1.")]


def get(router: APIRouter, path: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer GET at a path, and HEAD without telling of it."""

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        router.add_api_route(path, answer, methods=["GET"], **more)
        router.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
        return answer

    return register


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON that nobody keeps: it tells what somebody asked."""
    return JSONResponse(content, status_code=status, headers={**NO_STORE, **(headers or {})})


def tagged(request: Request, content: Any, headers: dict[str, str] | None = None) -> Response:
    """Return JSON with an ETag, or 304 where the request names the same one."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return tagged_bytes(request, body, "application/json", headers)


def tagged_bytes(request: Request, body: bytes, mime: str, headers: dict[str, str] | None = None) -> Response:
    """Return bytes with an ETag, or 304 where the request names the same one."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    told = {**REVALIDATED, "ETag": tag, **(headers or {})}
    asked = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in asked or "*" in asked:
        return Response(status_code=304, headers=told)
    return Response(body, media_type=mime, headers=told)


def document_of(ident: str) -> Document:
    """Return the document with this id or file name. Raises Refused (404)."""
    document = engine().library().document(ident)
    if document is None:
        raise Refused(404, "no such document")
    return document
