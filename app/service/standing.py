"""How a library stands to its folder of documents: what is new, what has gone, what can be read better than it was.

The one owner of these states: the page's notices, its table and its counts ask here. What it says is at most
`LOOK_EVERY` seconds old, longer only where a look at the folder itself takes long.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.service import ingest_jobs
from app.service.engine import Engine

LOOK_EVERY = 2.0
COST_SHARE = 0.05
"""Most of the time that may go into looking at folders: new files are hashed each time."""
AT_ONCE = 0.3
"""Seconds of the last look up to which the next one is waited for."""

Ingest = Literal["ours", "another"]


@dataclass(frozen=True, slots=True)
class Standing:
    """File names as shown. `new` cannot be searched as they are, `better` can, and an ingest would read more of them.

    `removed` are in the library and no longer in the folder. `ingest` tells whose ingest runs, None for none.
    """

    new: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    ingest: Ingest | None = None

    @property
    def behind(self) -> bool:
        """Return whether an ingest would change anything."""
        return bool(self.new or self.better or self.removed)


@dataclass(slots=True)
class _Inspection:
    key: object = None
    at: float = float("-inf")
    cost: float = 0.0
    found: ingest_jobs.Unread = field(default_factory=ingest_jobs.Unread)
    busy: bool = False


_INSPECTIONS: dict[Path, _Inspection] = {}
_LOCK = threading.Lock()


def standing(machine: Engine) -> Standing:
    """Return how the library of a site stands, looked at anew where the last look is too old."""
    library, corpus = machine.site.library, machine.corpus()
    ours = ingest_jobs.running(library) is not None
    ingest: Ingest | None = "ours" if ours else "another" if ingest_jobs.at_work(library) else None
    found = _looked(library, corpus, (corpus, machine.snapshot(), ingest))
    return Standing(found.new, found.better, found.removed, ingest)


def _looked(library: Path, corpus: Path | None, key: object) -> ingest_jobs.Unread:
    with _LOCK:
        past = _INSPECTIONS.setdefault(library, _Inspection())
        wait = max(LOOK_EVERY, past.cost / COST_SHARE)
        fresh = past.key == key and time.monotonic() - past.at < wait
        if fresh or past.busy:
            return past.found
        past.busy = True
    if past.at > 0 and past.cost > AT_ONCE:
        threading.Thread(
            target=_inspect, args=(past, library, corpus, key), name="standing", daemon=True
        ).start()
    else:
        _inspect(past, library, corpus, key)
    return past.found


def _inspect(past: _Inspection, library: Path, corpus: Path | None, key: object) -> None:
    begun = time.monotonic()
    try:
        past.found = ingest_jobs.unread(library, corpus)
        past.key = key
    finally:
        past.at = time.monotonic()
        past.cost, past.busy = past.at - begun, False
