"""Many visitors at once: time to the first excerpt, errors, server CPU and memory of `pincite serve`.

    python bench/page_load.py --library L --sessions 20 --searches 5

Each session speaks Streamlit's own protocol over its web socket, as a browser does: it opens the page with a
question in the address, waits for the first excerpt, and asks the next one. Reports the load of the machine
with the figures, since they mean little without it.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "barriers to health care for migrants",
    "¿Cuántos venezolanos viven en el Perú?",
    "health insurance for migrants without papers",
    "salud mental y discriminación",
    "saúde na Operação Acolhida",
    "access of children to school",
    "regularización migratoria carné temporal",
    "COVID-19 measures in 2020",
)
CARD = b"<blockquote"


@dataclass
class Figures:
    """What all sessions saw together; times in seconds.

    `spent` tells the CPU seconds of the server so far; `work` are those that it spent from a question to its first
    excerpt, on whatever: how long one waits behind others, however busy the machine is with other things.
    """

    first: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    spent: Callable[[], float] = lambda: 0.0
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def page_socket(address: str) -> Any:
    """Return a connection (an async context manager) to the page's web socket, as a browser opens it."""
    from websockets.asyncio.client import connect
    from websockets.typing import Subprotocol

    return connect(
        f"ws://{address}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        origin=f"http://{address}",  # type: ignore[arg-type]
        max_size=None,
    )


async def run_of(stream: Any) -> AsyncIterator[bytes]:
    """Yield the messages of one run of the page, to its end."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    while message.WhichOneof("type") != "script_finished":
        raw = await asyncio.wait_for(stream.recv(), 120)
        data = raw if isinstance(raw, bytes) else raw.encode()
        yield data
        message.ParseFromString(data)


async def session(address: str, number: int, searches: int, think: float, figures: Figures) -> None:
    """One visitor: several searches in one session, each after a pause of up to `think` seconds."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    async with page_socket(address) as stream:
        pauses = random.Random(number)
        for turn in range(searches):
            question = QUESTIONS[(number + turn) % len(QUESTIONS)]
            await asyncio.sleep(pauses.uniform(0.0, think))
            wish = BackMsg()
            wish.rerun_script.query_string = urlencode({"q": f"{question} {number}"})
            started, before = time.monotonic(), figures.spent()
            await stream.send(wish.SerializeToString())
            seen, work = None, 0.0
            async for data in run_of(stream):
                if seen is None and CARD in data:
                    seen, work = time.monotonic() - started, figures.spent() - before
            if seen is None:
                figures.errors.append(f"session {number}: no excerpt for {question!r}")
                continue
            figures.first.append(seen)
            figures.work.append(work)
            figures.whole.append(time.monotonic() - started)


async def crowd(address: str, sessions: int, searches: int, think: float) -> Figures:
    """Run all sessions at once; what goes wrong in one is noted and stops no other."""
    figures = Figures()
    done = await asyncio.gather(
        *(session(address, number, searches, think, figures) for number in range(sessions)),
        return_exceptions=True,
    )
    figures.errors += [
        f"{type(error).__name__}: {error}" for error in done if isinstance(error, BaseException)
    ]
    return figures


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def main() -> None:
    """Start a server, warm it, measure one visitor and then many."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--searches", type=int, default=5)
    parser.add_argument("--think", type=float, default=0.0, help="longest pause before a search, in seconds")
    wanted = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--library", str(wanted.library), "--port", str(port)],
        cwd=ROOT,
    )
    try:
        wait(f"http://127.0.0.1:{port}/_stcore/health")
        print(f"cold start until the server answers: {time.monotonic() - started:.1f} s")
        asyncio.run(crowd(f"127.0.0.1:{port}", 1, 2, 0.0))
        print(f"cold start until the first excerpts: {time.monotonic() - started:.1f} s (with the model)")
        for sessions in (1, wanted.sessions):
            measure(psutil.Process(server.pid), f"127.0.0.1:{port}", sessions, wanted)
    finally:
        server.terminate()
        server.wait(20)


def measure(process: psutil.Process, address: str, sessions: int, wanted: argparse.Namespace) -> None:
    """Let so many visitors search at once; print what they and the server's process saw."""
    before, memory = process.cpu_times(), process.memory_info().rss
    figures = asyncio.run(crowd(address, sessions, wanted.searches, wanted.think))
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    searches = len(figures.first) or 1
    first, last = percentile(figures.first, 0.95), percentile(figures.whole, 0.95)
    grown = (process.memory_info().rss - memory) / 1e6
    middle = statistics.median(figures.first or [float("nan")])
    print(
        f"{sessions} sessions, {len(figures.first)} searches: first excerpt p50 {middle:.2f} s, "
        f"p95 {first:.2f} s; whole page p95 {last:.2f} s; "
        f"server CPU {spent / searches:.2f} s a search; "
        f"memory {grown:+.0f} MB; {len(figures.errors)} errors; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    for error in figures.errors[:5]:
        print("  ", error)


def wait(url: str) -> None:
    """Wait until the server answers, at most two minutes."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not start")


if __name__ == "__main__":
    main()
