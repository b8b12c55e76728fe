"""One writer at a time: a lock of the kernel's, freed when its process ends, however it ends."""

from __future__ import annotations

import logging
import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Protocol

from ingest.errors import LibraryBusy, PinciteError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

LOCK_FILE = "writer.lock"
# A process that just ended frees its lock at once; the wait only bridges that moment.
WAIT_SECONDS = 0.5
# Windows locks bytes, and locked bytes cannot be read: the lock lies far behind the holder's number.
LOCKED_BYTE = 1 << 20


class WriteLock(Protocol):
    """The right to change a library, as a context manager; may be nested in one object. Raises: LibraryBusy."""

    def __enter__(self) -> WriteLock: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        ...


class WriterLock:
    """The right to change the library in `folder`, as a context manager; may be nested in one object.

    Raises: LibraryBusy, naming the holder's process number, when it is not free within `wait` seconds.
    """

    def __init__(self, folder: Path, *, wait: float = WAIT_SECONDS) -> None:
        self._path = folder / LOCK_FILE
        self._wait = wait
        self._file: BinaryIO | None = None
        self._depth = 0

    def __enter__(self) -> WriterLock:
        if self._depth == 0:
            self._file = self._acquire()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file is not None:
            _unlock(self._file)
            self._file.close()
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._depth > 0

    def _acquire(self) -> BinaryIO:
        # The file stays when the lock is freed: removing it would let two writers hold two files.
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise PinciteError(
                f"{self._path.parent}: the library cannot be written to ({error.strerror}). Give this account the "
                "right to write there, or name another folder with --library; searching needs no such right"
            ) from error
        file = os.fdopen(descriptor, "r+b")
        deadline = time.monotonic() + self._wait
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                holder = file.read(32).decode("ascii", "replace").strip() or "unknown"
                file.close()
                raise LibraryBusy(
                    f"{self._path.parent}: another ingest is running (process {holder}). "
                    "Wait until it has finished and try again."
                )
            time.sleep(0.05)
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode("ascii"))
        file.flush()
        return file


def busy(folder: Path) -> bool:
    """Return whether a process is writing to the library in `folder` right now.

    The lock is tried and let go at once; a writer that comes just then waits for longer than that.
    False as well where it cannot be told: no lock file yet, or a file system without such locks.
    """
    try:
        with (folder / LOCK_FILE).open("rb") as file:
            return not _may_lock(file)
    except OSError as error:
        log.debug("the lock of %s cannot be looked at: %s", folder, error)
    return False


def held_by(folder: Path, process: int) -> bool:
    """Return whether the process of this number is the one that is writing to the library in `folder`."""
    try:
        named = (folder / LOCK_FILE).read_bytes()[:32].decode("ascii", "replace").strip()
    except OSError as error:
        log.debug("the lock of %s cannot be looked at: %s", folder, error)
        return False
    return named == str(process) and busy(folder)


if os.name == "nt":  # pragma: no cover - exercised on Windows only
    import msvcrt
    import threading

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

    _looking = threading.Lock()

    def _may_lock(file: BinaryIO) -> bool:
        with _looking:  # of two who look at once the second would find the lock held
            free = _try_lock(file)
            if free:
                _unlock(file)
            return free

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)

    def _may_lock(file: BinaryIO) -> bool:
        try:  # shared: any number may look at once
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _unlock(file)
        return True
