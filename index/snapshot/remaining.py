"""How long embedding still takes, told from the characters of the texts: files and texts differ too much in length."""

import time
from collections import deque
from collections.abc import Callable

from index.snapshot.passage_files import BuildEvent, OnEvent

WINDOW = 120.0
"""Seconds that the speed is taken from: the machine may have other things to do later than now."""
FIRST = 3.0
"""Seconds of work before anything is told of the time left."""


class Remaining:
    """Counts texts and their characters while they are embedded, and tells of each step.

    `texts` and `characters` are all that there is to do; what turns out to be kept already is left out of the speed.
    """

    def __init__(
        self, texts: int, characters: int, tell: OnEvent, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._texts, self._characters = texts, characters
        self._tell = tell
        self._clock = clock
        self._done = 0
        self._encoded = self._passed = 0.0
        self._share = 1.0
        self._points = deque([(clock(), 0, 0.0)])

    def begin(self, planned: int, actual: int) -> None:
        """Begin with some texts for which `planned` of all characters were counted, and which have `actual` ones.

        Headings, which stand before each text, are known only when the passages are read.
        """
        self._share = planned / max(actual, 1)

    def encoded(self, texts: int, characters: int) -> None:
        """Count texts that were just embedded."""
        self._done += texts
        self._encoded += characters * self._share
        self._passed += characters * self._share
        now = self._clock()
        self._points.append((now, self._done, self._encoded))
        while len(self._points) > 2 and self._points[1][0] <= now - WINDOW:
            self._points.popleft()
        self.tell()

    def kept(self, texts: int, characters: int) -> None:
        """Count texts whose vectors were there."""
        self._texts -= texts
        self._passed += characters * self._share
        if texts:
            self.tell()

    def tell(self) -> None:
        """Tell how far the work is."""
        began, texts, characters = self._points[0]
        spent = self._points[-1][0] - began
        left = speed = None
        if spent >= FIRST and self._encoded > characters:
            left = round(max(self._characters - self._passed, 0) * spent / (self._encoded - characters), 1)
            speed = round((self._done - texts) / spent, 1)
        self._tell(BuildEvent("embed", self._done, max(self._texts, self._done), left, speed))
