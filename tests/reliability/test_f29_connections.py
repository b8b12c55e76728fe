"""F29: idle connections give way, those at work are as many as may be, and who is too slow to ask is let go."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from uvicorn.config import HTTP_PROTOCOLS

from app.web import connections
from app.web.connections import Bounded, Places

MOST = 5
SOON = 0.4


async def small_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer "ok"; under /slow after the test says so; echo over WebSockets."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    assert scope["type"] == "http"
    if scope["path"] == "/slow":
        while not GO.is_set():
            await asyncio.sleep(0.01)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


GO = threading.Event()


@dataclass
class Server:
    port: int
    places: Places

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def ask(self, path: str = "/", connection: socket.socket | None = None) -> bytes:
        with connection or self.connect() as asking:
            asking.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            return read(asking)


def read(connection: socket.socket) -> bytes:
    found = b""
    while data := connection.recv(65_536):
        found += data
    return found


@contextmanager
def listening(most: int) -> Iterator[Server]:
    places = Places(most)
    protocol = type("Own", (Bounded,), {"places": places})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(small_app, http=protocol, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Server(listener.getsockname()[1], places)
    finally:
        GO.set()
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(connections, "ASK_SECONDS", SOON)
    monkeypatch.setattr(connections, "REFUSED_SECONDS", SOON)
    GO.clear()
    with listening(MOST) as running:
        yield running


def until(true: Any, within: float = 3.0) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_connections_that_ask_nothing_give_way_the_oldest_first(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ASK_SECONDS", 60.0)
    with ExitStack() as open_ones:
        idle = [open_ones.enter_context(server.connect()) for _ in range(MOST)]
        until(lambda: len(server.places) == MOST)
        assert server.ask().endswith(b"ok")
        assert idle[0].recv(1) == b"", "the oldest was closed"
        idle[1].settimeout(0.05)
        with pytest.raises(TimeoutError):
            idle[1].recv(1)
        assert server.ask(connection=idle[4]).endswith(b"ok"), "the newest still has its place"


def test_a_thousand_idle_connections_keep_nobody_out(server: Server) -> None:
    with ExitStack() as open_ones:
        for number in range(300):
            open_ones.enter_context(server.connect())
            if number % 50 == 0:
                assert server.ask().endswith(b"ok")
        assert len(server.places) <= MOST


def test_when_all_are_at_work_the_next_is_told_to_come_back(server: Server) -> None:
    answers: list[bytes] = []
    working = [threading.Thread(target=lambda: answers.append(server.ask("/slow"))) for _ in range(MOST)]
    for one in working:
        one.start()
    until(lambda: len(server.places) == MOST)
    time.sleep(0.1)  # their questions have come
    told = server.ask()
    assert told.startswith(b"HTTP/1.1 503 ") and b"Retry-After: 5" in told
    assert re.search(rb"Content-Length: (\d+)", told)
    with server.connect() as silent:
        assert read(silent).startswith(b"HTTP/1.1 408 "), "who is refused and says nothing is let go"
    GO.set()
    for one in working:
        one.join(5)
    assert [answer[-2:] for answer in answers] == [b"ok"] * MOST, "those at work were not disturbed"
    until(lambda: not len(server.places))
    assert server.ask().endswith(b"ok")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(b"", b"HTTP/1.1 408 "), (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a", b"HTTP/1.1 408 ")],
)
def test_who_does_not_ask_is_let_go(server: Server, sent: bytes, answer: bytes) -> None:
    with server.connect() as connection:
        started = time.monotonic()
        connection.sendall(sent)
        assert read(connection).startswith(answer)
        assert SOON / 2 < time.monotonic() - started < SOON * 8
    until(lambda: not len(server.places))


def test_a_head_that_trickles_in_is_not_waited_for(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - started < 5:
                connection.sendall(b"X: y\r\n")
                time.sleep(0.03)
        assert time.monotonic() - started < 3


def test_a_second_question_has_its_time_too(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"ok"):
            answer += connection.recv(1_000)
        connection.sendall(b"GET / HT")
        assert read(connection).startswith(b"HTTP/1.1 408 ")


def test_an_answer_may_take_as_long_as_it_takes(server: Server) -> None:
    threading.Timer(3 * SOON, GO.set).start()
    assert server.ask("/slow").endswith(b"ok")


def test_a_web_socket_stays_and_gives_its_place_back(server: Server) -> None:
    from websockets.sync.client import connect

    with connect(f"ws://127.0.0.1:{server.port}/") as stream:
        time.sleep(2 * SOON)
        for _ in range(MOST + 2):  # others come and go
            assert server.ask().endswith(b"ok")
        stream.send("there")
        assert stream.recv() == "there"
        assert len(server.places) == 1
    until(lambda: (server.ask(), len(server.places) <= 1)[1])


def test_many_at_once_that_are_refused_cost_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_REFUSED", 3)
    working = [threading.Thread(target=server.ask, args=("/slow",)) for _ in range(MOST)]
    for one in working:
        one.start()
    until(lambda: len(server.places) == MOST)
    time.sleep(0.1)
    with ExitStack() as open_ones:
        for _ in range(40):
            open_ones.enter_context(server.connect())
        time.sleep(0.1)
        assert len(server.places.refused) <= 4
    GO.set()
    for one in working:
        one.join(5)


def test_every_server_of_this_process_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(HTTP_PROTOCOLS)
    monkeypatch.setattr(Bounded, "places", Places(1))
    monkeypatch.setattr(connections, "files", lambda: 700)
    try:
        connections.limit(1_000)
        config = uvicorn.Config(small_app)
        config.load()
        assert config.http_protocol_class is Bounded
        assert Bounded.places.most == 500, "no more than the system has files for"
        connections.limit(50)
        assert Bounded.places.most == 50
    finally:
        HTTP_PROTOCOLS.clear()
        HTTP_PROTOCOLS.update(before)


def test_more_files_are_asked_for_where_there_are_few() -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = connections.WANTED_FILES if hard == resource.RLIM_INFINITY else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(300, most), hard))
        assert connections.files() == min(connections.WANTED_FILES, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
