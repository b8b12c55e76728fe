"""When the next generation is due while an ingest runs: soon after reading, seldom enough to cost little."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WORDS_SECONDS = 5.0
"""What was read can be found by its words after so long, where publishing is cheap."""
MEANING_SECONDS = 60.0
"""Documents that were embedded meanwhile come to be found by meaning at most so often."""
MOST_COST = 0.05
"""Share of an ingest's time that publishing may take; what comes at the end is not counted."""


class Pace:
    """Tells when to publish. Times are seconds of a clock that only rises."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rested_since = clock()
        self._least_rest = 0.0
        self.spent = 0.0

    def due(self, wait: float) -> bool:
        """Return whether `wait` seconds have passed since the last generation, and enough for what it cost."""
        return self._clock() - self._rested_since >= max(wait, self._least_rest)

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Measure what a generation costs; the rest after it grows with it."""
        began = self._clock()
        try:
            yield
        finally:
            self._rested_since = self._clock()
            cost = self._rested_since - began
            self.spent += cost
            self._least_rest = cost * (1 - MOST_COST) / MOST_COST
