"""Log lines of one kind are few: four hundred idle connections once wrote 3.3 million of them."""

import logging
import threading
import time
from collections.abc import Callable

from cachetools import TTLCache

MOST = 20
"""Lines of one logger and one wording in a window; figures and names in a line are no part of its wording."""
WINDOW_SECONDS = 60.0
KINDS = 1_000
"""Wordings counted at a time; of more, those longest silent begin anew."""


class FewOfAKind(logging.Filter):
    """Lets `MOST` lines of a kind through in a window; the last of them says that more are left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._counts: TTLCache[tuple[str, str], list[int]] = TTLCache(KINDS, WINDOW_SECONDS, timer=clock)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is written."""
        if getattr(record, "counted", False):  # by another handler: one line counts once
            return bool(record.__dict__["written"])
        kind = (record.name, str(record.msg)[:200])
        with self._lock:
            # The window ends where its first line put it: only the list in the cache changes.
            count = self._counts.setdefault(kind, [0])
            count[0] += 1
            number = count[0]
        record.__dict__.update(counted=True, written=number <= MOST)
        if number == MOST:
            record.msg = f"{record.msg} (further lines like this are left out for {WINDOW_SECONDS:.0f} s)"
        return number <= MOST


class EveryLine(logging.Formatter):
    """The formatter of a handler of which no line is left out: the log of requests, whose lines are counted."""


def limit() -> None:
    """Put one filter before everything that writes log lines by now, but for those whose every line is wanted."""
    few = FewOfAKind()
    known = (logging.getLogger(), *logging.Logger.manager.loggerDict.values())
    handlers = [handler for one in known if isinstance(one, logging.Logger) for handler in one.handlers]
    if logging.lastResort is not None:
        handlers.append(logging.lastResort)
    for handler in handlers:
        if isinstance(handler.formatter, EveryLine):
            continue
        if not any(isinstance(one, FewOfAKind) for one in handler.filters):
            handler.addFilter(few)
