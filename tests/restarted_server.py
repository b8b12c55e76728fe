"""A server that tests stop and start again, while browsers show its pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 20


class RestartedServer:
    """A server of a library, a corpus and a folder for its settings; `now` is the one that runs."""

    def __init__(self, start: Callable[..., Any], own: tuple[Path, Path, Path]) -> None:
        self._start, self._own = start, own
        self.now = start(*own)

    def restart(
        self, *, at_its_address: bool = False, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        """Stop it and start it anew, at its port or another: cookies know no ports, so browsers bring their keys."""
        self.now.process.terminate()
        self.now.process.wait(PATIENCE)
        meanwhile()
        port = int(self.now.url.rsplit(":", 1)[1])
        self.now = self._start(*self._own, "", port) if at_its_address else self._start(*self._own)
