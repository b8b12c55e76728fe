"""What holds for every request and answer, the page's and its WebSocket's included.

Requests under a foreign host name are refused. Answers tell the browser to ask nobody but this server, and to show
the page in no frame.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.service import log_in
from app.service.site import Site, answers_to, is_loopback
from app.web.log_in_page import refused
from app.web.people import as_told, person
from app.web.problems import problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Streamlit's own page needs inline styles and one inline script. No other host is named anywhere, so even a
# text that got through the escaping could fetch nothing.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def host_name(connection: HTTPConnection) -> str:
    """Return the name or address that a request calls this server, "" where it gives none that can be read."""
    # Not connection.url: it stands the server's own address in for a name that it cannot read.
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def refusal(connection: HTTPConnection, site: Site) -> str:
    """Return why a request is not answered: a foreign host name, or a browser on another site's behalf; else ""."""
    if not answers_to(site, host_name(connection)):
        return "unknown host name"
    origin = connection.headers.get("origin")
    if origin is not None and not _own(origin, connection, site):
        return "not from another site"
    closed = site.settings.user_header is not None and not is_loopback(site.host)
    if closed and person(connection, site) is None and not _asks_itself(connection.scope.get("path", "")):
        return "log in through the proxy of this site"
    return ""


def _asks_itself(path: str) -> bool:
    """Return whether an address has rules of its own for who may ask: `/api`, the figures, and the probes."""
    return path == "/api" or path.startswith("/api/") or path in {"/healthz", "/readyz", "/metrics"}


def _own(origin: str, connection: HTTPConnection, site: Site) -> bool:
    """Return whether a page of this site has sent the request: of the name it was sent to, or of its public address."""
    sent = origin.lower().partition("://")[2]
    public = urlsplit(site.settings.public_url or "").netloc.lower()
    return bool(sent) and sent in {connection.headers.get("host", "").lower(), public}


def to_log_in(connection: HTTPConnection, site: Site) -> Response | None:
    """Return what a request gets of which nobody is known who may read, None where it is answered."""
    path = str(connection.scope.get("path", ""))
    if (
        not log_in.needed(site)
        or _asks_itself(path)
        or path in {log_in.LOG_IN, log_in.LOG_OUT, log_in.CALLBACK}
    ):
        return None
    who = log_in.logged_in(connection.cookies, site)
    return None if who is not None and who.reader else refused(connection, who)


class Guard:
    """ASGI middleware: refuses foreign host names and sites, adds HEADERS to every HTTP answer without them."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to what comes back."""
        inner: Callable[[Scope, Receive, Send], Awaitable[None]] = self.app
        if scope["type"] in {"http", "websocket"}:
            scope = as_told(scope, self.site)
            connection = HTTPConnection(scope)
            why = refusal(connection, self.site)
            instead = problem(403, why) if why else to_log_in(connection, self.site)
            if instead and scope["type"] == "websocket":
                # Before it is accepted: the server makes 403 of it.
                await send({"type": "websocket.close", "code": 1008})
                return
            inner = instead or inner
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message.get("headers", [])}
                extra = [
                    (name.encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.encode() not in given
                ]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        await inner(scope, receive, answer)
