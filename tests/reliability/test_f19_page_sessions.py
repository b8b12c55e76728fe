"""F19: many people at once, over the page's own connection: nobody gets an error, and memory stays bounded."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from running_service import running

from bench import page_load
from bench.page_load import Figures, percentile, session

USERS = 50
QUESTIONS = (
    "consultations of Venezuelan patients in Lima",
    "¿Qué cobertura de seguro tienen las personas entrevistadas?",
    "miedo a ser rechazadas en los centros de salud",
    "measles vaccine at the border post of Tumbes",
)
MOST_GROWTH = 100e6
NO_PAUSE, READERS_PAUSE = 1.0, 40.0
"""Longest pauses before a question, in seconds: of who asks on and on; of who reads, half of it on average."""
MOST_RATIO = 10.0
"""Of who reads: the work of the server that one waits for in a crowd, as times what one waits for alone."""


@pytest.fixture
def served(small_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(page_load, "QUESTIONS", QUESTIONS)
    with running("serve", small_library, tmp_path, "", path="/_stcore/health") as address:
        yield address.removeprefix("http://")


def process_of(address: str) -> psutil.Process:
    port = int(address.rpartition(":")[2])
    mine = psutil.Process().children(recursive=True)
    return next(one for one in mine if any(c.laddr.port == port for c in one.net_connections() if c.laddr))


def work_of(process: psutil.Process) -> float:
    """Return the CPU seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def crowd(
    served: tuple[str, psutil.Process], users: int, seconds: float, pause: float, searches: int = 3
) -> Figures:
    """Let people ask for so long, each question another one, after a pause of up to `pause` seconds each.

    Who asks once a session opens the page after the pause: a browser says at once what it wants.
    """
    address, process = served
    figures, until = Figures(spent=partial(work_of, process)), time.monotonic() + seconds

    async def one(number: int) -> None:
        while time.monotonic() < until:
            before = random.Random(number).uniform(0.0, pause) if searches == 1 else 0.0
            await asyncio.sleep(before)
            try:
                await session(address, number, searches, 0.0 if before else pause, figures)
            except Exception as error:
                figures.errors.append(f"{type(error).__name__}: {error}")
            number += users

    await asyncio.gather(*(one(number) for number in range(users)))
    return figures


def told(name: str, many: Figures, alone: Figures) -> tuple[str, float]:
    """Return what a crowd saw, in words, and by how much more work of the server one waits than when alone."""
    clock, work = (
        percentile(getattr(many, what), 0.95) / percentile(getattr(alone, what), 0.95)
        for what in ("first", "work")
    )
    p95 = percentile(many.first, 0.95)
    return (
        f"{name}: {len(many.first)} searches, {len(many.errors)} errors, p95 {p95:.2f} s "
        f"({clock:.1f} x one user's by the clock, {work:.1f} x by the server's CPU time)"
    ), work


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_50_people_get_answers_and_no_errors(
    served: str, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    seconds, process = size(4), process_of(served)
    users = USERS if seconds > 10 else 5

    def ask(users: int, seconds: float, pause: float, searches: int = 3) -> Figures:
        return asyncio.run(crowd((served, process), users, seconds, pause, searches))

    ask(1, 3, 0.0)  # warm
    alone = ask(1, min(seconds, 15), 0.0)
    ask(users, min(seconds, 15), NO_PAUSE)  # what a first crowd makes it load stays
    before = process.memory_info().rss
    many = ask(users, seconds, NO_PAUSE)
    readers = ask(users, seconds, READERS_PAUSE if users == USERS else 2.0, searches=1)
    grown = process.memory_info().rss - before
    (one, _), (other, work) = told("without a pause", many, alone), told("who read between", readers, alone)
    record_property("soak", f"{users} users, {seconds} s. {one}. {other}. Memory {grown / 1e6:+.0f} MB")
    assert (alone.errors, many.errors, readers.errors) == ([], [], [])
    assert many.first and readers.first
    assert grown < MOST_GROWTH
    assert users < USERS or work < MOST_RATIO
