"""What the browser gets beside Streamlit's own page: a key under which its briefs are kept, and our script.

The key is a cookie that scripts cannot read. The script (`app/ui/static/page.js`) moves the focus, keeps what is being
typed and turns the divider; it is one file of this server, so no policy has to be opened for it.

    GET  /page/page.js     the script
    POST /page/note        what was typed into a note when its page was left: {brief, passage, base, text}, and `told`,
                           what its field sent before, where it did
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.service.briefs import Briefs
from app.service.owner_folder import owner_of
from app.service.site import Site, told
from app.web.access import Refused, same_site
from app.web.people import person
from app.web.problems import NO_STORE
from app.web.security import Message, Receive, Scope, Send
from ingest.errors import PinciteError

COOKIE = "pincite_key"
_KEY = re.compile(r"[\w-]{43}", re.ASCII)
_AGE = 2 * 365 * 24 * 3600
_STATIC = Path(__file__).parents[1] / "ui" / "static"
_SCRIPTS = ("note_merge.js", "page.js")
_TAG = b'<script src="./page/page.js" defer></script></head>'
# A note of the longest kind, three times, in JSON.
_MOST_BYTES = 64 * 1024


def key_of(connection: HTTPConnection) -> str | None:
    """Return the key of a browser's cookie, None without a whole one."""
    try:
        cookies = SimpleCookie(connection.headers.get("cookie", ""))
    except CookieError:
        return None
    value = cookies[COOKIE].value if COOKIE in cookies else ""
    return value if _KEY.fullmatch(value) else None


class Shell:
    """ASGI middleware: adds the script to Streamlit's page, and the key of a browser that has none yet."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of an HTML answer the body is kept until it is whole, and changed."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        wants = "text/html" in connection.headers.get("accept", "")
        cookie = _cookie(scope["scheme"]) if wants and key_of(connection) is None else None
        if wants:  # what is packed cannot be changed
            kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        answer = _Answer(send, cookie)
        await self.app(scope, receive, answer)


class _Answer:
    """Sends an answer on, changed where it is HTML."""

    def __init__(self, send: Send, cookie: bytes | None) -> None:
        self._send = send
        self._cookie = cookie
        self._start: dict[str, Any] | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
            html = kind.startswith(b"text/html") and message["status"] == 200
            if self._cookie is not None and (html or message["status"] == 304):
                headers.append((b"set-cookie", self._cookie))
            start = {**message, "headers": headers}
            if html:
                self._start = start
            else:
                await self._send(start)
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._whole(self._start)

    async def _whole(self, start: dict[str, Any]) -> None:
        body = self._body.replace(b"</head>", _TAG, 1)
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode("ascii")))
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _cookie(scheme: str) -> bytes:
    value = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={_AGE}; HttpOnly; SameSite=Lax"
    return (value + ("; Secure" if scheme == "https" else "")).encode("ascii")


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes of the script and of notes."""
    own_site = same_site(site)

    async def script(_: Request) -> Response:
        return Response(
            b"\n".join((_STATIC / name).read_bytes() for name in _SCRIPTS),
            media_type="text/javascript",
            headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
        )

    async def note(request: Request) -> Response:
        try:
            await own_site(request)
            who = person(request, site)
            key = f"user:{who}" if who else key_of(request)
            if key is None:
                raise Refused(403, "no brief of this browser")
            _keep(site, key, await _sent(request))
        except PinciteError as error:
            status = error.status if isinstance(error, Refused) else 400
            return JSONResponse({"error": told(error, site)}, status, headers=NO_STORE)
        return JSONResponse({}, headers=NO_STORE)

    return [
        Route("/page/page.js", script, methods=["GET"]),
        Route("/page/note", note, methods=["POST"]),
    ]


async def _sent(request: Request) -> dict[str, str]:
    """Return the four texts of a note, and `told` where there is one. Raises Refused."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise Refused(413, "too long")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not a note") from error
    wanted = ("brief", "passage", "base", "text")
    if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in wanted):
        raise Refused(400, "not a note")
    return {name: text for name in (*wanted, "told") if isinstance(text := values.get(name), str)}


def _keep(site: Site, key: str, sent: dict[str, str]) -> None:
    briefs = Briefs(site.library, owner_of(key))
    if briefs.note(sent["brief"], sent["passage"], sent["base"], sent["text"], sent.get("told")) is None:
        raise Refused(404, "no such brief")
