"""The folder in which a server keeps what belongs to one visitor: briefs, saved searches, the last questions.

An owner is the hash of an unguessable key (or of a user's name), so that the folder gives no key away. Whoever changes
something there holds the folder's lock, which is the kernel's: two tabs, or two servers, never overwrite each other.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.errors import LibraryBusy, PinciteError
from ingest.library.lock import WriterLock

FOLDER = "briefs"
MOST_OWNERS = 10_000
_WAIT = 10.0


def owner_of(key: str) -> str:
    """Return the name under which things of a key (of a cookie, or "user:" and a name) are kept."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class OwnerFolder:
    """The folder of one owner in a library, made when something is first written there."""

    def __init__(self, library: Path, owner: str) -> None:
        self._all = library / FOLDER
        self.path = self._all / owner

    def lock(self, share: float = 1.0) -> WriterLock:
        """Return the right to change the folder, which is made where there is room for one more.

        `share` of the room for owners is open to what is asked for: what may be lost leaves some to what may not.
        Raises PinciteError.
        """
        most = int(MOST_OWNERS * share)
        try:
            if not self.path.is_dir():
                self._all.mkdir(exist_ok=True)
                if sum(1 for _ in self._all.iterdir()) >= most:
                    raise PinciteError(f"{self._all}: {most} people have briefs here, which is the most")
                self.path.mkdir(exist_ok=True)
            return _OwnerLock(self.path)
        except OSError as error:
            raise PinciteError(f"{self.path}: cannot be written ({error.strerror})") from error


class _OwnerLock(WriterLock):
    """The right to change what belongs to one owner; who waits too long is told so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, wait=_WAIT)

    def __enter__(self) -> WriterLock:
        try:
            return super().__enter__()
        except LibraryBusy as error:
            raise PinciteError(
                "what is kept here for you is being changed elsewhere; try again in a moment"
            ) from error
        except OSError as error:
            raise PinciteError(f"what is kept for you cannot be stored: {error.strerror}") from error
