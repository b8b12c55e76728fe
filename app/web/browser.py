"""What the browser gets beside Streamlit's own page: a key under which its briefs are kept, and our script.

The key is a cookie that scripts cannot read. The script (`app/ui/static/page.js`) moves the focus, keeps what is being
typed and turns the divider; it is one file of this server, so no policy has to be opened for it.

    GET  /page/page.js     the script
    POST /page/note        what was typed into a note when its page was left: {brief, passage, base, text}, and `told`,
                           what its field sent before, where it did
    POST /page/typed       what was typed elsewhere and not sent yet: {place, text, page, turn}
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.service.briefs import Briefs
from app.service.owner_folder import owner_of
from app.service.site import Site, told
from app.service.typed_texts import TypedTexts
from app.web.access import Refused, same_site
from app.web.people import person
from app.web.problems import NO_STORE
from app.web.security import Message, Receive, Scope, Send
from ingest.errors import PinciteError

COOKIE = "pincite_key"
_KEY = re.compile(r"[\w-]{43}", re.ASCII)
_AGE = 2 * 365 * 24 * 3600
_STATIC = Path(__file__).parents[1] / "ui" / "static"
_SCRIPTS = ("note_merge.js", "page.js", "table_words.js", "typed_text.js")
_TAG = b'<script src="./page/page.js" defer></script></head>'
# A note of the longest kind, three times, in JSON.
_MOST_BYTES = 64 * 1024
# The longest text, in JSON, with letters of several bytes.
_MOST_TYPED = 1024 * 1024


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
    """Return the routes of the script and of what is typed."""
    own_site = same_site(site)

    async def script(_: Request) -> Response:
        return Response(
            b"\n".join((_STATIC / name).read_bytes() for name in _SCRIPTS),
            media_type="text/javascript",
            headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
        )

    def taken_by(
        keep: Callable[[Site, str, Any], None], most: int
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                await own_site(request)
                who = person(request, site)
                key = f"user:{who}" if who else key_of(request)
                if key is None:
                    raise Refused(403, "nothing is kept for this browser")
                sent = await _sent(request, most)
                await run_in_threadpool(keep, site, owner_of(key), sent)
            except PinciteError as error:
                status = error.status if isinstance(error, Refused) else 400
                return JSONResponse({"error": told(error, site)}, status, headers=NO_STORE)
            return JSONResponse({}, headers=NO_STORE)

        return answer

    return [
        Route("/page/page.js", script, methods=["GET"]),
        Route("/page/note", taken_by(_keep_note, _MOST_BYTES), methods=["POST"]),
        Route("/page/typed", taken_by(_keep_typed, _MOST_TYPED), methods=["POST"]),
    ]


async def _sent(request: Request, most: int) -> dict[str, Any]:
    """Return the JSON object that a page sends. Raises Refused."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refused(413, "too long")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "no JSON") from error
    if not isinstance(values, dict):
        raise Refused(400, "no JSON object")
    return values


def _texts(sent: dict[str, Any], *names: str) -> list[str]:
    """Return the texts under these names. Raises Refused where one is missing."""
    texts = [sent.get(name) for name in names]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "not what was typed")
    return cast("list[str]", texts)


def _keep_note(site: Site, owner: str, sent: dict[str, Any]) -> None:
    brief, passage, base, text = _texts(sent, "brief", "passage", "base", "text")
    before = sent.get("told")
    told_before = before if isinstance(before, str) else None
    if Briefs(site.library, owner).note(brief, passage, base, text, told_before) is None:
        raise Refused(404, "no such brief")


def _keep_typed(site: Site, owner: str, sent: dict[str, Any]) -> None:
    place, text, page = _texts(sent, "place", "text", "page")
    turn = sent.get("turn")
    if not isinstance(turn, int):
        raise Refused(400, "not what was typed")
    TypedTexts(site.library, owner).keep(place, text, page, turn)
