"""Log lines as JSON: one a request, with the route and never a question; several servers behind nginx."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from running_service import answers, free_port, running_process

from app.settings.model import Settings
from app.web import api, log_lines, request_log
from app.web.request_log import LOGGER, OTHER, JsonLines, RequestLog

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log of requests writes."""
    written = io.StringIO()
    logger = logging.getLogger(LOGGER)
    before = [(one, one.formatter) for one in logging.getLogger().handlers]
    request_log.write_json(written)
    yield written
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True
    for handler, formatter in before:
        handler.setFormatter(formatter)


def ask(path: str, *, kind: str = "http", status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Send one request through the middleware to an application that answers with `status`."""

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        if status == 0:
            raise ConnectionResetError
        await send(
            {"type": "websocket.accept"}
            if kind == "websocket"
            else {"type": "http.response.start", "status": status}
        )

    async def nothing(*_: Any) -> Any:
        return {}

    given = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    scope = {"type": kind, "method": "GET", "path": path, "query_string": b"q=secret", "headers": given}
    if kind == "websocket":
        scope.pop("method")
    asyncio.run(RequestLog(inside)(scope, nothing, nothing))


def test_a_line_says_how_a_request_ended_and_not_what_was_asked(lines: io.StringIO) -> None:
    ask("/api/secret question", headers={"x-request-id": "abc-1"})
    ask("/secret", status=404, headers={"x-request-id": "bad id\n"})
    ask("/_stcore/stream", kind="websocket")
    with pytest.raises(ConnectionResetError):
        ask("/", status=0)
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(one["method"], one["route"], one["status"]) for one in found] == [
        ("GET", "/api", 200),
        ("GET", OTHER, 404),
        ("WEBSOCKET", "/_stcore", 101),
        ("GET", "/", 0),
    ]
    assert [one.get("request_id") for one in found] == ["abc-1", None, None, None]
    assert all(one["ms"] >= 0 and one["time"].endswith("+00:00") and one["logger"] == LOGGER for one in found)
    assert "secret" not in lines.getvalue()


def test_what_is_no_request_passes(lines: io.StringIO) -> None:
    ask("/", kind="lifespan")
    assert lines.getvalue() == ""


def test_no_request_is_left_out_of_a_flood_and_other_lines_are(lines: io.StringIO) -> None:
    log_lines.limit()
    for _ in range(3 * log_lines.MOST):
        ask("/api/search")
    assert len(lines.getvalue().splitlines()) == 3 * log_lines.MOST


def test_the_route_is_told_as_it_is_written_in_the_code() -> None:
    log = RequestLog(JsonLines, api.paths())  # type: ignore[arg-type]
    assert log.route_of("/api/documents/abc") == "/api/documents/{id}"
    assert log.route_of("/api/v1/search") == "/api/v1/search"
    assert log.route_of("/api/feed") == "/api/feed"
    assert log.route_of("/files/signature/abc") == "/files/{signature}/{ident}"
    assert log.route_of("/readyz") == "/readyz"
    assert log.route_of("/api/no/such") == "/api"
    assert log.route_of("/who is ill?/x") == OTHER
    assert log.route_of("") == "/"


def test_other_records_become_json_with_their_traceback() -> None:
    try:
        raise ValueError("broken “quote”\nsecond line")
    except ValueError as error:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "it %s", ("failed",), (ValueError, error, error.__traceback__)
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["message"]) == ("ERROR", "it failed")
    assert "second line" in entry["traceback"]


def test_the_setting_takes_two_values() -> None:
    assert Settings().log == "text"
    assert Settings(log="json").log == "json"
    with pytest.raises(ValueError, match="log"):
        Settings(log="xml")  # type: ignore[arg-type]


# Several servers ---------------------------------------------------------------------------------


@contextmanager
def proxied(folder: Path, ports: list[int]) -> Iterator[str]:
    """Run nginx with the configuration of deploy/ before servers on these ports; give its address."""
    port = free_port()
    given = (REPOSITORY / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    written, servers = [], "".join(f"server 127.0.0.1:{one} max_fails=1 fail_timeout=5s;" for one in ports)
    for line in given.splitlines():
        if line.strip().startswith("server 10.0.0.11"):
            written.append(servers)
        elif not line.strip().startswith(("server 10.0.0.12", "ip_hash")):
            written.append(line.replace("listen 80", f"listen 127.0.0.1:{port}"))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n" + "\n".join(written) + "\n}\n"
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            if answers(f"http://127.0.0.1:{port}/healthz"):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


class Asking(threading.Thread):
    """Asks again and again until told to stop; keeps the status of every answer."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.statuses: list[int | str] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                with urllib.request.urlopen(
                    f"{self.address}/api/search?q=clinics&mode=lexical", timeout=20
                ) as answer:
                    self.statuses.append(answer.status)
            except urllib.error.HTTPError as error:
                self.statuses.append(error.code)
            except OSError as error:
                self.statuses.append(type(error).__name__)


@pytest.mark.slow
def test_servers_stop_and_die_behind_nginx_and_no_question_fails(small_library: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    config = 'log = "json"\nrequests_per_minute = 0\n'
    with (
        running_process("api", small_library, folders[0], config, path="/readyz") as (one, first),
        running_process("api", small_library, folders[1], config, path="/readyz") as (two, second),
        proxied(folders[2], [int(address.rpartition(":")[2]) for address in (one, two)]) as address,
    ):
        asking = [Asking(address) for _ in range(4)]
        for thread in asking:
            thread.start()
        wait_for(asking, 40)
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 130, "it stops, and says nothing of a crash"
        wait_for(asking, 40)
        with running_process("api", small_library, folders[0], config, path="/readyz", port=port_of(one)):
            time.sleep(6)  # nginx leaves a server that was away out for five seconds
            second.kill()
            second.wait(10)
            wait_for(asking, 40)
            for thread in asking:
                thread.over.set()
            for thread in asking:
                thread.join(30)
    statuses = [status for thread in asking for status in thread.statuses]
    assert set(statuses) == {200}, statuses
    logs = [
        json.loads(line) for line in (folders[1] / "api.log").read_text().splitlines() if line.startswith("{")
    ]
    routes = [one["route"] for one in logs if one["logger"] == LOGGER]
    assert routes.count("/api/search") >= 40
    assert all(one.get("request_id") for one in logs if one.get("route") == "/api/search")
    assert "clinics" not in (folders[1] / "api.log").read_text()


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def wait_for(asking: list[Asking], more: int) -> None:
    """Wait until so many more answers have come."""
    wanted = sum(len(thread.statuses) for thread in asking) + more
    deadline = time.monotonic() + 60
    while sum(len(thread.statuses) for thread in asking) < wanted:
        assert time.monotonic() < deadline, [thread.statuses for thread in asking]
        time.sleep(0.05)
