"""How many requests the API takes at a time: those on top are told to come back, before a thread is taken."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.web.limits import AT_ONCE, AtOnce


class Service:
    """Answers when it is let, and then sends on for as long as it is not ended."""

    def __init__(self) -> None:
        self.answer, self.end = asyncio.Event(), asyncio.Event()
        self.begun = 0
        self.fails = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        await self.answer.wait()
        if self.fails:
            raise RuntimeError("broken")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()
        await send({"type": "http.response.body", "body": b"done"})


async def ask(app: AtOnce, path: str = "/api/search", kind: str = "http") -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": kind, "path": path, "method": "GET", "headers": []}, receive, send)
    return sent


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


async def started(app: AtOnce, number: int, path: str = "/api/search") -> list["asyncio.Task[list[Message]]"]:
    tasks = [asyncio.create_task(ask(app, path)) for _ in range(number)]
    await asyncio.sleep(0)
    return tasks


def test_one_too_many_is_told_to_come_back() -> None:
    async def story() -> None:
        service = Service()
        app = AtOnce(service, 3)
        waiting = await started(app, 3)
        refused = await ask(app)
        assert (refused[0]["status"], service.begun) == (503, 3)
        headers = {name.decode(): value.decode() for name, value in refused[0]["headers"]}
        assert headers["retry-after"] == "1"
        assert headers["content-type"].startswith("application/problem+json")
        service.answer.set()
        service.end.set()
        assert [(await task)[0]["status"] for task in waiting] == [200] * 3
        assert (await ask(app))[0]["status"] == 200
        assert app.now == 0

    run(story)


def test_an_answer_that_is_being_sent_takes_no_place() -> None:
    async def story() -> None:
        service = Service()
        app = AtOnce(service, 2)
        service.answer.set()
        sending = await started(app, 2)
        assert app.now == 0
        service.end.set()
        assert (await ask(app))[0]["status"] == 200
        await asyncio.gather(*sending)
        assert app.now == 0

    run(story)


def test_a_request_that_fails_or_is_given_up_frees_its_place() -> None:
    async def story() -> None:
        service = Service()
        app = AtOnce(service, 2)
        (given_up,) = await started(app, 1)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert app.now == 0
        service.fails = True
        service.answer.set()
        with pytest.raises(RuntimeError, match="broken"):
            await ask(app)
        assert app.now == 0

    run(story)


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/files/signed/7", "/api/documents/7/file"]
)
def test_probes_and_files_are_not_counted(path: str) -> None:
    async def story() -> None:
        service = Service()
        app = AtOnce(service, 1)
        waiting = await started(app, 1) + await started(app, 3, path)
        assert (service.begun, app.now) == (4, 1)
        service.answer.set()
        service.end.set()
        assert {(await task)[0]["status"] for task in waiting} == {200}

    run(story)


def test_what_is_no_request_passes() -> None:
    async def story() -> None:
        kinds: list[str] = []

        async def service(scope: Scope, receive: Receive, send: Send) -> None:
            kinds.append(scope["type"])

        await ask(AtOnce(service, 0), kind="lifespan")
        assert kinds == ["lifespan"]

    run(story)


def test_the_served_api_is_bounded() -> None:
    from fastapi import FastAPI

    from app.web.api import bounded

    assert bounded(FastAPI()).most == AT_ONCE


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_threads_that_searched_hold_on_to_little_memory() -> None:
    code = """
import sys, threading
from pathlib import Path
from app.service.engine import spare_memory
if sys.argv[1] == "spared":
    spare_memory()
ready, end = threading.Barrier(17), threading.Event()
def search():
    kept = [bytearray(1_000) for _ in range(20_000)]
    ready.wait()
    ready.wait()
    del kept[1:]
    ready.wait()
    end.wait()
threads = [threading.Thread(target=search, daemon=True) for _ in range(16)]
for thread in threads:
    thread.start()
for _ in range(3):
    ready.wait()
print(Path("/proc/self/maps").read_text().count("rw-p"))
end.set()
"""
    maps = {
        how: int(
            subprocess.run(
                [sys.executable, "-c", code, how], capture_output=True, text=True, check=True
            ).stdout
        )
        for how in ("spared", "plain")
    }
    assert maps["spared"] < maps["plain"]
