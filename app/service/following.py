"""A served site takes up what other machines publish: it looks into the library's database every two seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.errors import LibraryAway, PinciteError

if TYPE_CHECKING:
    from ingest.library.library import Library

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


class Follower:
    """Brings new generations of one library. `library` gives it, opened; it may raise."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._told = ""

    def take_up_newest(self) -> bool:
        """Take up a generation, if there is a new one; return whether there was. What fails is told once."""
        from index.snapshot.shared import take_up

        try:
            found = take_up(self._library())
        except PinciteError as error:
            kind = type(error).__name__
            if kind != self._told:
                level = logging.WARNING if isinstance(error, LibraryAway) else logging.ERROR
                log.log(level, "%s Answers come from the index that this machine has.", error)
            self._told = kind
            return False
        if self._told:
            log.warning("the library's database answers again")
        self._told = ""
        return found

    def keep_on(self) -> None:
        """Look again and again, for ever. Runs in a thread of its own."""
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                self.take_up_newest()
            except Exception:  # the thread has to live as long as the site, and nobody waits for its result
                log.exception("the library's database could not be looked at")
