"""How much one caller may ask in a minute, and how much one request may hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from cachetools import TTLCache
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.service.site import Site
from app.web.access import Check, Refused, is_loopback_address
from app.web.problems import problem

WINDOW_SECONDS = 60
# Callers remembered at a time; beyond them the one longest silent is forgotten.
MOST_CALLERS = 10_000


class TooMany(Refused):
    """A caller sent more requests than are allowed; `retry_after` are seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"too many requests; try again in {retry_after} s")
        self.retry_after = retry_after


class Allowance:
    """Counts requests by caller in windows of a minute. Safe for several threads."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `most` requests a window and caller, any number for 0."""
        self.most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: TTLCache[str, list[float]] = TTLCache(MOST_CALLERS, WINDOW_SECONDS, timer=clock)

    def take(self, caller: str) -> None:
        """Count a request. Raises TooMany."""
        if not self.most:
            return
        with self._lock:
            # The end of the window stays where its first request put it: only the list in the cache changes.
            count = self._counts.setdefault(caller, [0.0, self._clock() + WINDOW_SECONDS])
            count[0] += 1
            over, ends = count[0] > self.most, count[1]
        if over:
            raise TooMany(max(1, round(ends - self._clock())))


def within_allowance(site: Site) -> Check:
    """Return what counts requests by address. Programs of this machine that need no token are not counted.

    It raises TooMany (429).
    """
    allowance = Allowance(site.settings.requests_per_minute)

    async def check(request: Request) -> None:
        peer = request.client.host if request.client else ""
        if site.settings.api_token or not is_loopback_address(peer):
            allowance.take(peer)

    return check


class BodySizes:
    """ASGI middleware: refuses a request whose declared length is over the limit of its path, before it is read.

    Bodies that declare none are cut off by FastAPI while they are read.
    """

    def __init__(self, app: ASGIApp, most: int, by_end: Mapping[str, int]) -> None:
        """Allow `most` bytes, and for paths that end in a key of `by_end` its number."""
        self.app, self.most, self.by_end = app, most, by_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 413."""
        if scope["type"] == "http":
            length = Headers(scope=scope).get("content-length", "")
            path = str(scope["path"])
            most = next((size for end, size in self.by_end.items() if path.endswith(end)), self.most)
            if length.isdigit() and int(length[:15]) > most:
                await problem(413, f"the request is larger than {most} bytes")(scope, receive, send)
                return
        await self.app(scope, receive, send)


AT_ONCE = 10
"""Requests at work or waiting at a time: an answer then takes at most ten times what it takes alone, also where a
second core is busy with other things. With fifty programs that ask without a pause, a longer queue answers no more
questions and each of them later."""
COUNTED = "/api"
NOT_COUNTED = ("/file", "/healthz", "/readyz", "/metrics")


class AtOnce:
    """ASGI middleware: counts requests before a thread takes them, and answers 503 beyond `most` at a time.

    A request counts until its answer begins; what is sent after that needs no thread of the pool. Files and probes are
    not counted.
    """

    def __init__(self, app: ASGIApp, most: int = AT_ONCE, *, retry_after: str = "1") -> None:
        """Let `most` requests be at work; the others are told to come back after `retry_after` seconds."""
        self.app, self.most, self.retry_after = app, most, retry_after
        self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 503."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not path.startswith(COUNTED) or path.endswith(NOT_COUNTED):
            await self.app(scope, receive, send)
            return
        if self.now >= self.most:
            headers = {"Retry-After": self.retry_after}
            await problem(503, "too many requests at once; try again in a moment", headers)(
                scope, receive, send
            )
            return
        self.now += 1
        counted = True

        async def answered(message: Message) -> None:
            nonlocal counted
            if counted:
                self.now -= 1
                counted = False
            await send(message)

        try:
            await self.app(scope, receive, answered)
        finally:
            self.now -= counted
