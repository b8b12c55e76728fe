"""F29: so many pages at a time and no more; who comes on top is told so, in words and with 503."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from running_service import free_port
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.i18n import words
from app.web import page_sessions
from app.web.page_sessions import PageSessions

HTML = {"accept": "text/html,application/xhtml+xml", "accept-language": "es-PE,es;q=0.9"}
ROOT = Path(__file__).parents[2]


async def page(request: Any) -> PlainTextResponse:
    return PlainTextResponse("page")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):  # the browser leaves
        while True:
            await socket.send_text(await socket.receive_text())


@pytest.fixture
def client() -> Iterator[TestClient]:
    inner = Starlette(routes=[Route("/{path:path}", page), WebSocketRoute("/_stcore/stream", stream)])
    with TestClient(PageSessions(inner, 2)) as found:
        yield found


def opened(client: TestClient, stack: ExitStack) -> Any:
    session = stack.enter_context(client.websocket_connect("/_stcore/stream"))
    session.send_text("hello")
    assert session.receive_text() == "hello"
    return session


def test_one_page_too_many_is_refused_until_another_is_closed(client: TestClient) -> None:
    with ExitStack() as stack:
        opened(client, stack)
        with ExitStack() as second:
            opened(client, second)
            with (
                pytest.raises(WebSocketDenialResponse) as refused,
                client.websocket_connect("/_stcore/stream"),
            ):
                pass
            assert refused.value.status_code == 503
            assert refused.value.headers["retry-after"] == "15"
        opened(client, stack)


def test_a_browser_is_told_so_in_its_language_and_tries_again(client: TestClient) -> None:
    with ExitStack() as stack:
        assert client.get("/", headers=HTML).text == "page"
        opened(client, stack)
        opened(client, stack)
        for path in ("/", "/library", "/ask/"):
            answer = client.get(path, headers=HTML)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "15")
            assert words("es")("The server is busy. Try again in a moment.") in answer.text
            assert 'lang="es"' in answer.text and 'http-equiv="refresh"' in answer.text
    assert client.get("/", headers=HTML).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/search", "/healthz", "/readyz", "/metrics", "/static/x.js", "/files/a/b"]
)
def test_programs_and_parts_of_pages_are_answered_all_the_same(client: TestClient, path: str) -> None:
    with ExitStack() as stack:
        opened(client, stack)
        opened(client, stack)
        assert client.get(path, headers=HTML).status_code == 200
        assert client.get("/", headers={"accept": "*/*"}).status_code == 200


def test_a_connection_that_wants_no_page_is_let_go(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_sessions, "FIRST_SECONDS", 0.1)
    with ExitStack() as stack:  # their places are free, and whoever has spoken may be silent
        for _ in range(2):
            stack.enter_context(client.websocket_connect("/_stcore/stream"))
        time.sleep(0.3)
        session = opened(client, stack)
        opened(client, stack)
        time.sleep(0.3)
        session.send_text("still there")
        assert session.receive_text() == "still there"


def test_a_place_is_given_back_when_the_page_fails() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("away")

    guard = PageSessions(broken, 1)
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            asyncio.run(guard({"type": "websocket"}, None, None))  # type: ignore[arg-type]
    assert guard.now == 0


# The whole, with few files ------------------------------------------------------------------------

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400))
from app.cli import main
main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="limits of open files")
def test_420_idle_sockets_and_400_files_keep_nobody_out(small_library: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    words_ = ["serve", "--library", str(small_library), "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", LIMITED, *words_], cwd=ROOT, stdout=out, stderr=out)

    def answer(path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as found:
            return bytes(found.read())

    try:
        until = time.monotonic() + 60
        while b"stop with" not in log.read_bytes():
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        with ExitStack() as stack:
            for number in range(420):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                if number % 60 == 59:
                    assert answer("/healthz") and b"<html" in answer("/library")
            time.sleep(12)  # longer than a connection has to ask
            assert answer("/healthz")
        assert log.read_text().count("\n") <= 30, log.read_text()[:2_000]
    finally:
        process.terminate()
        process.wait(20)
