"""The right to change a library on a database server: one process of all machines has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from ingest.library.lock import WAIT_SECONDS, WriterLock


class AdvisoryLock:
    """A lock in the database, and in the folder for who asks on this machine; may be nested in one object.

    `hold` takes the one in the database within some seconds or raises LibraryBusy, `let_go` frees it; the server frees
    it as well when the connection of its holder ends, however it ends.
    """

    def __init__(
        self,
        folder: Path,
        hold: Callable[[float], None],
        let_go: Callable[[], None],
        *,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._here = WriterLock(folder, wait=wait)
        self._hold, self._let_go = hold, let_go
        self._wait = wait

    def __enter__(self) -> AdvisoryLock:
        first = not self._here.held
        self._here.__enter__()
        if first:
            try:
                self._hold(self._wait)
            except BaseException:
                self._here.__exit__(None, None, None)
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._here.__exit__(kind, error, trace)
        if not self._here.held:
            self._let_go()

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._here.held
