"""Faults as problem objects, whatever part of the server finds them."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

PROBLEM = "application/problem+json"
NO_STORE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Headers of every answer of `/api`."""


class Problem(BaseModel):
    """Why a request was not answered, as RFC 9457 has it; `error` is `detail` under the name of old."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    error: str


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return why a request was not answered."""
    title = HTTPStatus(status).phrase
    content = Problem(title=title, status=status, detail=detail, error=detail).model_dump()
    return JSONResponse(
        content, status_code=status, media_type=PROBLEM, headers={**NO_STORE, **(headers or {})}
    )
