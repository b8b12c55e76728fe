"""F29: what happens a million times is not written a million times."""

import io
import logging
from collections.abc import Iterator

import pytest

from app.web import log_lines
from app.web.log_lines import MOST, WINDOW_SECONDS, FewOfAKind


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out(clock: Clock) -> Iterator[io.StringIO]:
    """What a logger named `busy` writes through the filter."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(FewOfAKind(clock))
    logger = logging.getLogger("busy")
    logger.addHandler(handler)
    logger.propagate = False
    yield written
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_flood_of_one_kind_is_cut_and_says_so(out: io.StringIO) -> None:
    for number in range(10_000):
        logging.getLogger("busy").error("socket %d could not be accepted", number)
    lines = out.getvalue().splitlines()
    assert len(lines) == MOST
    assert lines[0] == "socket 0 could not be accepted"
    assert lines[-1].endswith("(further lines like this are left out for 60 s)")


def test_another_kind_is_still_written(out: io.StringIO) -> None:
    for _ in range(100):
        logging.getLogger("busy").error("out of sockets")
    logging.getLogger("busy").error("the disk is full")
    assert out.getvalue().splitlines()[-1] == "the disk is full"


def test_after_the_window_it_is_written_again(out: io.StringIO, clock: Clock) -> None:
    for _ in range(100):
        logging.getLogger("busy").error("out of sockets")
    clock.now += WINDOW_SECONDS + 1
    logging.getLogger("busy").error("out of sockets")
    lines = out.getvalue().splitlines()
    assert len(lines) == MOST + 1 and lines[-1] == "out of sockets"


def test_a_steady_flood_writes_so_many_a_window(out: io.StringIO, clock: Clock) -> None:
    for _ in range(6_000):
        clock.now += 0.1
        logging.getLogger("busy").error("out of sockets")
    assert len(out.getvalue().splitlines()) <= 10 * MOST + MOST


def test_few_lines_are_left_as_they_are(out: io.StringIO) -> None:
    logging.getLogger("busy").error("once")
    assert out.getvalue() == "once\n"


def test_two_handlers_count_a_line_once() -> None:
    few = FewOfAKind()
    record = logging.LogRecord("busy", logging.ERROR, "", 0, "twice", None, None)
    assert [few.filter(record) for _ in range(100)] == [True] * 100


def test_all_that_writes_is_limited_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    handler, last = logging.StreamHandler(written), logging.StreamHandler(written)
    monkeypatch.setattr(logging, "lastResort", last)
    monkeypatch.setattr(logging.getLogger("some.library"), "handlers", [handler])
    others = list(logging.getLogger().handlers)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    log_lines.limit()
    log_lines.limit()
    assert [type(one) for one in handler.filters] == [FewOfAKind]
    assert handler.filters == last.filters
    for one in others:
        one.filters = [kept for kept in one.filters if not isinstance(kept, FewOfAKind)]
