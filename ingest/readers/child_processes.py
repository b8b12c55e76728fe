"""Processes that end with the one that started them, and temporary folders of those that were killed.

Linux sends a signal to a process whose parent has ended. It means the parent's *thread*, so everything is started from
one thread that lives as long as the process. Elsewhere a thread of the child looks at who its parent is.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.2
TEMPORARY = "pincite-"
_ALIVE = ".alive"

_lock = threading.Lock()
_asked: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
_starter: list[threading.Thread] = []


def started(start: Callable[[], T]) -> T:
    """Call `start`, which starts a process, in the one thread whose end the processes are told of."""
    with _lock:
        if not any(thread.is_alive() for thread in _starter):
            # No pool: a program that is interrupted while a pool begins its thread waits for that thread without end.
            _starter[:] = [threading.Thread(target=_start_each, name="starts-processes", daemon=True)]
            _starter[0].start()
    told: Future[T] = Future()
    _asked.put((start, told))
    return told.result()


def _start_each() -> None:
    while True:
        start, told = _asked.get()
        try:
            told.set_result(start())
        except BaseException as error:  # whoever asked gets it
            told.set_exception(error)
        del start, told  # or what was started is held until the next one


def end_with_parent(parent: int, sent: int = signal.SIGTERM) -> None:
    """Let this process end when the process `parent`, which started it, does: by the signal `sent`, or at once.

    Call it first thing: whoever is already alone ends here.
    """
    if not _told_by_the_kernel(sent):
        threading.Thread(target=_look_at_parent, args=(parent,), daemon=True).start()
    if os.name != "nt" and os.getppid() != parent:
        os._exit(1)


def _told_by_the_kernel(sent: int) -> bool:
    if _libc is None:
        return False
    return bool(_libc.prctl(_PR_SET_PDEATHSIG, sent, 0, 0, 0) == 0)


def _c_library() -> Any:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True)
    except OSError as error:
        log.info("the end of a parent cannot be told: %s", error)
        return None


_libc = _c_library()


def _end_with_us() -> None:
    _told_by_the_kernel(signal.SIGKILL)


END_WITH_US = _end_with_us if _libc is not None else None
"""For `preexec_fn`: a program that is not ours ends with the process that starts it (Linux)."""


def _look_at_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is removed at the end, by this process or, where it was killed, by the next that needs one.

    Raises: OSError when it cannot be made.
    """
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, ignore_cleanup_errors=True) as name:
        held = _hold(Path(name))
        try:
            yield Path(name)
        finally:
            if held is not None:
                os.close(held)


def sweep(place: Path) -> int:
    """Remove the temporary folders in `place` whose processes have ended; return how many."""
    removed = 0
    for folder in place.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            if _abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


if os.name == "nt":  # pragma: no cover - exercised on Windows only

    def _hold(folder: Path) -> int | None:
        return None

    def _abandoned(folder: Path) -> bool:
        return False

else:
    import fcntl

    def _hold(folder: Path) -> int | None:
        """Lock a file of the folder for as long as this process lives; it gets its name when it is locked."""
        draft = folder / f"{_ALIVE}.new"
        held = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        draft.rename(folder / _ALIVE)
        return held

    def _abandoned(folder: Path) -> bool:
        """Return whether the folder is ours, was held by a process, and is held by none."""
        facts = folder.lstat()
        if facts.st_uid != os.getuid() or folder.is_symlink():
            return False
        looked = os.open(folder / _ALIVE, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(looked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(looked)
        return True


def start_process(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
    """Start a process from the lasting thread. Raises: OSError when it cannot be started."""
    return started(lambda: subprocess.Popen(command, **how))
