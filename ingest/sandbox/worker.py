"""The child process that reads hostile files: one request a line on stdin, events on stdout.

Started by `ingest.sandbox.pool`. Request: {"path", "out"}. Events: {"sha256"}, {"page": [done, total]},
the same as "check" and "ocr", then {"done": {...}}; the result itself lies in the file `out`.
"""

import errno
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits

EXIT_MEMORY = 77
EXIT_CPU = 78
WATCH_SECONDS = 0.1
# The watch thread stops a file first and can say why; the kernel's limit stands behind it.
CPU_GRACE = 5
CHANGED = "changed while it was being read: it will be read again"

Tell = Callable[[dict[str, Any]], None]


def main(settings: str) -> None:
    """Serve requests until stdin ends. `settings` is JSON: the fields of Limits, and "ocr"."""
    values = json.loads(settings)
    ocr = bool(values.pop("ocr"))
    limits = Limits(**values)
    # One core a child; must be set before numpy is loaded.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_THREAD_LIMIT"):
        os.environ[name] = "1"
    events = _claim_stdout()
    watch = Watch(limits)
    limit_memory(limits)

    def tell(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    for request in sys.stdin:
        order = json.loads(request)
        watch.start_file()
        limit_cpu(limits)
        _serve(Path(order["path"]), Path(order["out"]), limits, ocr=ocr, tell=tell)


def _claim_stdout() -> TextIO:
    """Keep stdout for events alone: whatever a library prints goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "w", encoding="utf-8")


def _serve(path: Path, out: Path, limits: Limits, *, ocr: bool, tell: Tell) -> None:
    started = time.process_time()
    done: dict[str, Any] = {"reason": None, "state": "ready"}
    try:
        digest = _read_and_split(path, out, limits, ocr=ocr, tell=tell)
        if _hash_file(path, limits) != digest:
            raise UnreadableFile(CHANGED)
    except UnreadableFile as error:
        done = {"reason": error.reason, "state": error.state, "passing": error.passing}
    except MemoryError:
        done = {"reason": "could not be read safely: it needs too much memory", "state": "failed"}
    except Exception as error:
        text = " ".join(str(error).split())[:120]
        reason = f"could not be read ({type(error).__name__}: {text})"
        done = {"reason": reason, "state": "failed", "passing": _passing(error)}
    tell({"done": {**done, "cpu": time.process_time() - started, "peak": peak_memory()}})


def _passing(error: Exception) -> bool:
    """Return whether the system refused something (a full disk); libraries raise OSError without a number too.

    Memory that is refused is this child's own limit.
    """
    return isinstance(error, OSError) and error.errno not in (None, errno.ENOMEM)


def _read_and_split(path: Path, out: Path, limits: Limits, *, ocr: bool, tell: Tell) -> str:
    from ingest.passages.split import split_source
    from ingest.readers.read import load, read_bytes
    from ingest.sandbox import protocol

    data = load(path, limits)
    digest = hashlib.sha256(data).hexdigest()
    tell({"sha256": digest})
    source = read_bytes(
        data,
        path.name,
        limits=limits,
        ocr=ocr,
        on_page=lambda done, total: tell({"page": [done, total]}),
        on_step=lambda step, done, total: tell({step: [done, total]}),
    )
    del data
    split = split_source(source, digest)
    with out.open("w", encoding="utf-8") as file:
        protocol.write(file, source, split)
    return digest


def _hash_file(path: Path, limits: Limits) -> str:
    from ingest.readers.read import load

    return hashlib.sha256(load(path, limits)).hexdigest()


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
