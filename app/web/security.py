"""What holds for every request and answer, the page's and its WebSocket's included.

Requests under a foreign host name are refused. Answers tell the browser to ask nobody but this server, and to show
the page in no frame.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from app.service.site import Site, answers_to

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


class Guard:
    """ASGI middleware: refuses foreign host names, adds HEADERS to every HTTP answer that does not set them."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to what comes back."""
        inner = self.app
        if scope["type"] in {"http", "websocket"} and not answers_to(
            self.site, host_name(HTTPConnection(scope))
        ):
            if scope["type"] == "websocket":
                # Before it is accepted: the server makes 403 of it.
                await send({"type": "websocket.close", "code": 1008})
                return
            inner = JSONResponse({"error": "unknown host name"}, status_code=403)
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
