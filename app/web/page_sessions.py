"""How many pages are open at a time: each holds a connection and memory of the server as long as its tab is open."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import i18n
from app.web.bare_page import bare_page

RETRY_SECONDS = 15
FIRST_SECONDS = 30.0
"""A browser says what page it wants at once; a connection that says nothing for so long is none."""
_PAGE = re.compile(r"/(?!api/?$|metrics/?$|healthz/?$|readyz/?$)[\w-]{0,60}/?", re.ASCII)


class PageSessions:
    """ASGI middleware: lets `most` pages be open at a time; to more it says that the server is busy (503)."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most
        self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there are too many."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] == "http" and self.now >= self.most and _is_page(scope):
            await _busy(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.now >= self.most:
            if "websocket.http.response" in scope.get("extensions", {}):
                # Headers of an HTTP answer, under the names that WebSocket messages have for them.
                await PlainTextResponse("busy", 503, _retry())(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1013})
            return
        self.now += 1
        try:
            await self.app(scope, _soon(receive), send)
        finally:
            self.now -= 1


def _soon(receive: Receive) -> Callable[[], asyncio.Future[Message]]:
    """Return what receives messages, and a disconnection where the first after the connection does not come."""
    asked = 0

    async def soon() -> Message:
        nonlocal asked
        asked += 1
        if asked != 2:
            return await receive()
        try:
            return await asyncio.wait_for(receive(), FIRST_SECONDS)
        except TimeoutError:
            return {"type": "websocket.disconnect", "code": 1008}

    return soon  # type: ignore[return-value]


def _is_page(scope: Scope) -> bool:
    """Return whether a browser asks for a page, and not for one of its parts."""
    wants = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in wants and bool(_PAGE.fullmatch(scope["path"]))


def _busy(scope: Scope) -> Response:
    wishes = Headers(scope=scope).get("accept-language", "").split(",")
    t = i18n.words(i18n.choose(*wishes))
    text = t("Many people have pincite open at the moment. This page tries again by itself.")
    head = t("The server is busy. Try again in a moment.")
    return bare_page(t.language, head, text, status=503, again=RETRY_SECONDS, headers=_retry())


def _retry() -> dict[str, str]:
    return {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
