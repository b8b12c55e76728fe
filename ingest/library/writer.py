"""Who writes to a library: asked and held without opening it, wherever its database is."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ingest.errors import LibraryAway
from ingest.library import lock
from ingest.library.place import database_url

log = logging.getLogger(__name__)


def busy(folder: Path) -> bool:
    """Return whether a process is writing to the library in `folder`, or on the server that it names, right now.

    False as well where it cannot be told. Light for a library in its folder.
    """
    url = database_url(folder)
    if url is None:
        return lock.busy(folder)
    from ingest.library.backend import server_backend

    with closing(server_backend(folder, url)) as server:
        try:
            return server.busy()
        except LibraryAway as error:
            log.info("%s", error)
            return False


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the library for the block. Raises: LibraryBusy."""
    from ingest.library.backend import backend_at

    with closing(backend_at(folder)) as backend, backend.write_lock():
        yield
