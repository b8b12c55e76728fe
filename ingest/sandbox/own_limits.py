"""What a child process forbids itself before it opens a file: memory, CPU time, stdout for anything but answers."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from ingest.readers.limits import Limits

EXIT_MEMORY = 77
EXIT_CPU = 78
# As `nice` does without a number, and its neighbour on Windows.
NICE = 10
BELOW_NORMAL = 0x4000
WATCH_SECONDS = 0.1
# The watch thread stops a file first and can say why; the kernel's limit stands behind it.
CPU_GRACE = 5


def claim_stdout() -> BinaryIO:
    """Keep stdout for answers alone: whatever a library prints goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "wb")


def peak_memory() -> int:
    """Return the peak resident size of this process in bytes, 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where getrusage counts the parent's size before exec as this peak
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def lower_priority() -> None:
    """Let other programs go first: what takes long shall not make the machine slow for who works at it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), BELOW_NORMAL)
    else:
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))


def limit_memory(limits: Limits) -> None:
    """Cap the address space (Linux); elsewhere the watch thread alone looks at memory."""
    if sys.platform == "win32":
        return
    import resource

    # A crash must not write a core file of a gigabyte beside the user's documents.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))


def limit_cpu(limits: Limits) -> None:
    """Let this process use `limits.cpu` more seconds of CPU time; the kernel ends it after that."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limits.cpu) + CPU_GRACE, hard))


class Watch:
    """A thread that ends this process, with a telling exit code, when a file costs too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._start = time.process_time()
        threading.Thread(target=self._run, daemon=True).start()

    def start_file(self) -> None:
        """Begin to count the CPU time of the next file."""
        self._start = time.process_time()

    def _run(self) -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            if peak_memory() > self._limits.memory:
                os._exit(EXIT_MEMORY)
            if time.process_time() - self._start > self._limits.cpu:
                os._exit(EXIT_CPU)
