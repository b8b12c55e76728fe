"""A served site reads the files of its index again, now and then and slowly: a disk that decays tells nobody."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

FIRST_SECONDS = 15 * 60.0
EVERY_SECONDS = 6 * 3600.0
PAUSE_SECONDS = 0.1
"""Before each MB: 60 MB, an index of 12,600 passages with its vectors, take 6 s, and at most a hundredth of a core."""


def keep_on(check: Callable[[Callable[[], None]], Path | None]) -> None:
    """Call `check` again and again, for ever; it is given what to call before each MB. Runs in a thread of its own."""
    time.sleep(FIRST_SECONDS)
    while True:
        try:
            check(_pause)
        except Exception:  # the thread has to live as long as the site, and nobody waits for its result
            log.exception("the index could not be read again")
        time.sleep(EVERY_SECONDS)


def _pause() -> None:
    time.sleep(PAUSE_SECONDS)
