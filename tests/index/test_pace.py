"""When a generation is due: soon after reading, seldom enough to cost little, and how the time left is told."""

import random

import pytest

from index.snapshot.pace import MEANING_SECONDS, MOST_COST, WORDS_SECONDS, Pace
from index.snapshot.passage_files import BuildEvent
from index.snapshot.remaining import FIRST, Remaining


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_words_are_due_within_seconds_and_not_before() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert not pace.due(WORDS_SECONDS)
    clock.now += WORDS_SECONDS - 0.1
    assert not pace.due(WORDS_SECONDS)
    clock.now += 0.1
    assert pace.due(WORDS_SECONDS)
    assert not pace.due(MEANING_SECONDS)


@pytest.mark.parametrize("cost", [0.01, 0.3, 2.0, 40.0])
@pytest.mark.parametrize("wait", [WORDS_SECONDS, MEANING_SECONDS])
def test_publishing_takes_its_share_of_the_time_and_no_more(cost: float, wait: float) -> None:
    clock = Clock()
    pace = Pace(clock)
    began, published = clock.now, 0
    while clock.now - began < 40 * max(wait, cost):
        clock.now += 0.25
        if pace.due(wait):
            published += 1
            with pace.publishing():
                clock.now += cost
    assert published > 1
    # The last generation is not paid for yet.
    assert pace.spent == pytest.approx(published * cost)
    assert pace.spent - cost <= MOST_COST * (clock.now - began)
    assert published <= (clock.now - began) / wait


def test_a_generation_that_failed_costs_too() -> None:
    clock = Clock()
    pace = Pace(clock)
    with pytest.raises(OSError, match="full"), pace.publishing():
        clock.now += 10
        raise OSError("full")
    clock.now += 100
    assert not pace.due(WORDS_SECONDS)
    clock.now += 90
    assert pace.due(WORDS_SECONDS)


def simulated(seed: int, *, share_kept: float = 0.0) -> list[tuple[float, BuildEvent]]:
    """Tell of a run over texts of very different length: seconds since its begin and event, each batch.

    A batch costs time by its characters, more for long texts, and half as much again for what else the machine does.
    """
    rng, clock = random.Random(seed), Clock()
    chunks = [
        sorted((int(rng.lognormvariate(5.2, 0.7)) for _ in range(512)), reverse=True) for _ in range(40)
    ]
    told: list[tuple[float, BuildEvent]] = []
    began = clock.now
    remaining = Remaining(
        sum(map(len, chunks)),
        sum(map(sum, chunks)),
        lambda event: told.append((clock.now - began, event)),
        clock,
    )
    for chunk in chunks:
        kept = chunk[: int(share_kept * len(chunk))]
        remaining.kept(len(kept), sum(kept))
        fresh = chunk[len(kept) :]
        for first in range(0, len(fresh), 8):
            batch = fresh[first : first + 8]
            clock.now += (
                sum(length * (1 + length / 4_000) for length in batch) / 9_000 * rng.uniform(0.8, 1.3)
            )
            remaining.encoded(len(batch), sum(batch))
    return told


@pytest.mark.parametrize("seed", range(8))
def test_the_time_left_is_right_within_a_quarter_after_a_minute(seed: int) -> None:
    told = simulated(seed)
    end = told[-1][0]
    assert end > 300
    for now, event in told:
        if now >= 60 and end - now > 20:
            assert event.seconds_left == pytest.approx(end - now, rel=0.25), now


def test_kept_vectors_do_not_count_as_speed() -> None:
    told = simulated(3, share_kept=0.5)
    end = told[-1][0]
    # Whether more are kept is not known before: what is told may be too long, never too short.
    for now, event in told:
        if now >= 60 and end - now > 10:
            assert event.seconds_left is not None
            assert event.seconds_left > 0.8 * (end - now), now
    assert told[-1][1].done == told[-1][1].total == 40 * 256
    assert told[-1][1].seconds_left == 0


def test_headings_do_not_end_the_work_before_its_time() -> None:
    clock = Clock()
    told: list[BuildEvent] = []
    remaining = Remaining(100, 1_000, told.append, clock)
    for _ in range(10):
        remaining.begin(planned=100, actual=250)
        clock.now += 4
        remaining.encoded(4, 100)
        clock.now += 6
        remaining.encoded(6, 150)
        left = 100 - (clock.now - 1_000)
        assert told[-1].seconds_left == pytest.approx(left)


def test_what_is_kept_is_told_as_well() -> None:
    told: list[BuildEvent] = []
    remaining = Remaining(100, 1_000, told.append, Clock())
    remaining.kept(0, 0)
    remaining.kept(40, 400)
    remaining.encoded(60, 600)
    assert [(event.done, event.total) for event in told] == [(0, 60), (60, 60)]


def test_nothing_is_told_of_the_time_before_it_is_known() -> None:
    clock = Clock()
    told: list[BuildEvent] = []
    remaining = Remaining(100, 10_000, told.append, clock)
    clock.now += FIRST / 2
    remaining.encoded(10, 1_000)
    assert (told[-1].seconds_left, told[-1].per_second) == (None, None)
    clock.now += FIRST
    remaining.encoded(10, 1_000)
    assert (told[-1].done, told[-1].total) == (20, 100)
    assert told[-1].seconds_left == pytest.approx(18.0)
    assert told[-1].per_second == pytest.approx(4.4, abs=0.05)


def test_the_speed_is_that_of_the_last_minutes() -> None:
    clock = Clock()
    told: list[BuildEvent] = []
    remaining = Remaining(1_000_000, 100_000_000, told.append, clock)
    for speed in (10, 100):
        for _ in range(200):
            clock.now += 1
            remaining.encoded(speed, 100 * speed)
    assert told[-1].per_second == pytest.approx(100, rel=0.01)
