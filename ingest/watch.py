"""`pincite watch`: look at a folder again and again, and call when it is no longer what it was.

Every look compares the whole folder, so nothing is lost when the system drops events, the folder is on
another machine, or the program was not running. A file that is still growing is waited for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from ingest.corpus.corpus import corpus_at
from ingest.corpus.folder import FileStamp, current_stamp
from ingest.errors import (
    ClusterAway,
    LibraryAway,
    LibraryBusy,
    PinciteError,
    SearchAway,
    StoreAway,
    UsageError,
)
from ingest.metadata.catalogue import CATALOGUE

log = logging.getLogger(__name__)

AWAY = (LibraryAway, StoreAway, SearchAway, ClusterAway)
"""Of other machines, which come back: what they could not take is tried again."""

Stamps = dict[str, FileStamp]
"""What a folder holds: path -> stamp of every file, catalogue and sidecars included."""


def watch_folder(
    corpus: Path,
    *,
    on_change: Callable[[], object],
    interval: float = 2.0,
    stop: threading.Event | None = None,
    known: Stamps | None = None,
) -> None:
    """Call `on_change` whenever files came, went or changed and then rested for one `interval` (seconds).

    Returns when `stop` is set, else never. `known` are the stamps that were last acted upon (take them before an
    ingest, so that what comes during it is not missed); by default the folder as it is now. A folder that
    is not there for a while (a drive taken out) is waited for, and its files do not count as gone. An
    expected error of `on_change` (a broken catalogue, another ingest at work) is logged; it is called again
    after the next change, and after LibraryBusy and where another machine is away (`AWAY`) at the next look.
    """
    stop = stop or threading.Event()
    acted_on = stamps_in(corpus) if known is None else known
    before = acted_on
    told = ""
    while not stop.wait(interval):
        now = stamps_in(corpus)
        if now is None:
            continue
        if now == before and now != acted_on:
            try:
                on_change()
                acted_on, told = now, ""  # what changed meanwhile is a change the next time
            except LibraryBusy as error:
                log.info("%s", error)
            except AWAY as error:
                if str(error) != told:  # once, however many looks it takes
                    told = str(error)
                    log.warning("%s", error)
            except PinciteError as error:
                log.warning("%s", error)
                acted_on = now
        before = now


def stamps_in(corpus: Path) -> Stamps | None:
    """Return the stamps of all files, catalogue and sidecars included; None when the folder is not there."""
    try:
        found = corpus_at(corpus).scan()
    except (UsageError, StoreAway) as error:
        log.info("%s", error)
        return None
    stamps = {stamp.path: stamp for stamp in found.stamps}
    notes = [CATALOGUE]
    for path in stamps:
        file = Path(path)
        notes += [f"{path}.toml", str(file.with_suffix(".toml").as_posix())]
    for path in notes:
        stamp = current_stamp(corpus, path)
        if stamp is not None:
            stamps[path] = stamp
    return stamps
