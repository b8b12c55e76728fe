"""How a library stands to its folder of documents: what is new, what has gone, what can be read better than it was.

The one owner of these states: the page's notices, its table and its counts ask here. What the folder lists is looked
at every `LOOK_EVERY` seconds (a store: `LOOK_EVERY_OF_A_STORE`), longer only where that itself takes long; what an
ingest would make of it is worked out where the list is another one, and now and then where it is not.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.service import ingest_jobs
from app.service.engine import Engine
from ingest.corpus.place import store_url
from ingest.errors import PinciteError

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
LOOK_EVERY_OF_A_STORE = 30.0
"""A store is listed over the network, whole, and each request may cost money."""
COST_SHARE = 0.05
"""Most of the time that may go into looking at folders that stay as they are: new files are hashed each time."""
COST_SHARE_OF_CHANGES = 0.25
"""As much, of folders into which files come all the time."""
AT_ONCE = 0.3
"""Seconds for which a look is waited for; one that takes longer is told of by the next."""

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
    """The last look at a folder: it was listed within `listing` s of `listed_at`, compared within `cost` s of `at`."""

    key: object = None
    listed: object = None
    listed_at: float = float("-inf")
    listing: float = 0.0
    at: float = float("-inf")
    cost: float = 0.0
    found: ingest_jobs.Unread = field(default_factory=ingest_jobs.Unread)
    busy: bool = False


_INSPECTIONS: dict[tuple[Path, Path | None], _Inspection] = {}
_LOCK = threading.Lock()


def standing(machine: Engine) -> Standing:
    """Return how the library of a site stands, looked at anew where the last look is too old."""
    library, corpus = machine.site.library, machine.corpus()
    ingest: Ingest | None = ingest_jobs.whose(library)
    found = _looked(library, corpus, (corpus, machine.snapshot(), ingest))
    return Standing(found.new, found.better, found.removed, ingest)


def shown_state(machine: Engine) -> tuple[Standing, str]:
    """Return all that a table of the documents depends on: how the library stands, and the mark of what it holds.

    An ingest may begin and end between two looks; only the mark tells then. It is "" where it cannot be asked for.
    """
    try:
        mark = machine.library().state()
    except PinciteError as error:
        log.info("%s", error)
        mark = ""
    return standing(machine), mark


def _looked(library: Path, corpus: Path | None, key: object) -> ingest_jobs.Unread:
    every = LOOK_EVERY if corpus is None or store_url(corpus) is None else LOOK_EVERY_OF_A_STORE
    with _LOCK:
        past = _INSPECTIONS.setdefault((library, corpus), _Inspection())
        wait = max(every, past.listing / COST_SHARE)
        if past.busy or (past.key == key and time.monotonic() - past.listed_at < wait):
            return past.found
        past.busy = True
    first = past.listed_at < 0
    looking = threading.Thread(
        target=_inspect, args=(past, library, corpus, key), name="standing", daemon=True
    )
    looking.start()
    looking.join(None if first else AT_ONCE)
    return past.found


def _inspect(past: _Inspection, library: Path, corpus: Path | None, key: object) -> None:
    try:
        past.listed_at = time.monotonic()
        listed = ingest_jobs.listed(library, corpus)
        begun = time.monotonic()
        past.listing = begun - past.listed_at
        same = past.key == key and past.listed == listed
        share = COST_SHARE if same else COST_SHARE_OF_CHANGES
        if begun - past.at >= past.cost / share:
            # The first look loads what it needs, which tells nothing of the next one.
            counted, past.at = past.at > 0, begun
            past.found = ingest_jobs.unread(library, corpus)
            past.cost = time.monotonic() - begun if counted else 0.0
            past.key, past.listed = key, listed
    finally:
        past.busy = False
