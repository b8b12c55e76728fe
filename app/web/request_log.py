"""A line for every request as JSON, for who collects logs: when, which kind of address, how it ended; never a question.

An address is told as its route says it (`/api/documents/{id}`), without what stands in the place of names and without
its query. What has no route here (the page's own files) is told by its first part, where that is a known one.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from starlette.datastructures import Headers
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.log_lines import EveryLine

LOGGER = "pincite.requests"
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_FIRST_PARTS = frozenset(
    {"api", "files", "static", "_stcore", "media", "component", "healthz", "readyz", "metrics"}
)
OTHER = "/…"


class JsonLines(logging.Formatter):
    """Log records as JSON objects, one a line: time (ISO, UTC), level, logger, message, and what a request was."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry | record.__dict__.get("request", {}), ensure_ascii=True)


class EveryJsonLine(JsonLines, EveryLine):
    """JSON lines of which none is left out."""


class RequestLog:
    """ASGI middleware: writes a line to `LOGGER` when a request has been answered, or a page was closed."""

    def __init__(self, app: ASGIApp, paths: Iterable[str] = ()) -> None:
        """`paths` are those of the routes, with names in braces."""
        self.app = app
        self._paths = [(compile_path(path)[0], path) for path in paths]
        self._log = logging.getLogger(LOGGER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell how it ended."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            self._tell(scope, status, time.perf_counter() - begun)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        request = {
            "method": scope.get("method", "WEBSOCKET"),
            "route": self.route_of(str(scope.get("path", ""))),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        ident = Headers(scope=scope).get("x-request-id", "")
        if _ID.fullmatch(ident):
            request["request_id"] = ident
        self._log.info("%s %s %s", request["method"], request["route"], status, extra={"request": request})

    def route_of(self, path: str) -> str:
        """Return the kind of address that a request asked for, without anything that a person wrote."""
        for pattern, route in self._paths:
            if pattern.match(path):
                return route
        first = path.strip("/").partition("/")[0]
        if not first:
            return "/"
        return f"/{first}" if first in _FIRST_PARTS else OTHER


def write_json(stream: TextIO | None = None) -> None:
    """Write all log lines as JSON from now on, and one for every request.

    Requests have a handler of their own: of them no line is left out.
    """
    handlers = [*logging.getLogger().handlers]
    if not handlers:
        handlers = [logging.StreamHandler(stream or sys.stderr)]
        logging.getLogger().addHandler(handlers[0])
    for one in logging.Logger.manager.loggerDict.values():
        if isinstance(one, logging.Logger):
            handlers += one.handlers
    for handler in handlers:
        if not isinstance(handler.formatter, EveryLine):
            handler.setFormatter(JsonLines())
    requests = logging.getLogger(LOGGER)
    if not requests.handlers:
        own = logging.StreamHandler(stream or sys.stderr)
        own.setFormatter(EveryJsonLine())
        requests.addHandler(own)
    requests.setLevel(logging.INFO)
    requests.propagate = False
