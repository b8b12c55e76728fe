"""F19: many people at once, over the page's own connection: nobody gets an error, and memory stays bounded."""

import asyncio
import time
from collections.abc import Callable, Iterator
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


@pytest.fixture
def served(small_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(page_load, "QUESTIONS", QUESTIONS)
    with running("serve", small_library, tmp_path, "", path="/_stcore/health") as address:
        yield address.removeprefix("http://")


def process_of(address: str) -> psutil.Process:
    port = int(address.rpartition(":")[2])
    mine = psutil.Process().children(recursive=True)
    return next(one for one in mine if any(c.laddr.port == port for c in one.net_connections() if c.laddr))


async def crowd(address: str, users: int, seconds: float, think: float) -> Figures:
    """Let people search one question after the other, as fast as they think, for so long."""
    figures, until = Figures(), time.monotonic() + seconds

    async def one(number: int) -> None:
        while time.monotonic() < until:
            try:
                await session(address, number, 3, think, figures)
            except Exception as error:
                figures.errors.append(f"{type(error).__name__}: {error}")

    await asyncio.gather(*(one(number) for number in range(users)))
    return figures


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_50_people_get_answers_and_no_errors(
    served: str, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    seconds = size(4)
    users = USERS if seconds > 10 else 5
    asyncio.run(crowd(served, 1, 3, 0.0))  # warm
    alone = asyncio.run(crowd(served, 1, min(seconds, 15), 0.0))
    process = process_of(served)
    asyncio.run(crowd(served, users, min(seconds, 15), 1.0))  # what a first crowd makes it load stays
    before = process.memory_info().rss
    many = asyncio.run(crowd(served, users, seconds, 1.0))
    grown = process.memory_info().rss - before
    one, all_ = percentile(alone.first, 0.95), percentile(many.first, 0.95)
    record_property(
        "soak",
        f"{users} users, {seconds} s: {len(many.first)} searches, {len(many.errors)} errors, p95 {all_:.2f} s "
        f"({all_ / one:.1f} x one user's), memory {grown / 1e6:+.0f} MB",
    )
    assert (alone.errors, many.errors) == ([], [])
    assert many.first
    assert grown < MOST_GROWTH
