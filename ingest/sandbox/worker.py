"""The child process that reads hostile files: one order a line on stdin, events on stdout.

Started by `ingest.sandbox.pool`. Order: {"path", "out"}. Events are those of `ingest.sandbox.protocol`: the hash, the
pages as they are read, the end; the result itself lies in the file `out`.
"""

from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from ingest.atomic_files import file_sha256
from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.sandbox import protocol
from ingest.sandbox.own_limits import Watch, claim_stdout, limit_cpu, limit_memory, peak_memory
from ingest.sandbox.protocol import Done, Event, Hashed, Progress

CHANGED = "changed while it was being read: it will be read again"

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Order:
    path: Path
    out: Path
    limits: Limits
    ocr: bool


def main(settings: str) -> None:
    """Serve orders until stdin ends. `settings` is JSON: the fields of Limits, and "ocr"."""
    values = json.loads(settings)
    ocr = bool(values.pop("ocr"))
    limits = Limits(**values)
    # One core a child; must be set before numpy is loaded.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_THREAD_LIMIT"):
        os.environ[name] = "1"
    events = claim_stdout()
    watch = Watch(limits)
    limit_memory(limits)

    def tell(event: Event) -> None:
        events.write(protocol.line_of(event))
        events.flush()

    for line in sys.stdin:
        order = json.loads(line)
        watch.start_file()
        limit_cpu(limits)
        _serve(_Order(Path(order["path"]), Path(order["out"]), limits, ocr), tell)


def _serve(order: _Order, tell: Tell) -> None:
    started = time.process_time()
    try:
        done = _read_and_split(order, tell)
    except UnreadableFile as error:
        done = Done(reason=error.reason, state=error.state, transient=error.transient)
    except MemoryError:
        done = Done(reason="could not be read safely: it needs too much memory", state="failed")
    except Exception as error:
        text = " ".join(str(error).split())[:120]
        reason = f"could not be read ({type(error).__name__}: {text})"
        done = Done(reason=reason, state="failed", transient=_transient(error))
    tell(replace(done, cpu=time.process_time() - started, peak=peak_memory()))


def _transient(error: Exception) -> bool:
    """Return whether the system refused something (a full disk); libraries raise OSError without a number too.

    Memory that is refused is this child's own limit.
    """
    return isinstance(error, OSError) and error.errno not in (None, errno.ENOMEM)


def _read_and_split(order: _Order, tell: Tell) -> Done:
    from ingest.passages.split import split_source
    from ingest.readers.read import load, read_bytes

    data = load(order.path, order.limits)
    digest = hashlib.sha256(data).hexdigest()
    tell(Hashed(sha256=digest))
    source = read_bytes(
        data,
        order.path.name,
        limits=order.limits,
        ocr=order.ocr,
        on_page=lambda done, total: tell(Progress(step="page", done=done, total=total)),
        on_step=lambda step, done, total: tell(Progress(step=step, done=done, total=total)),
    )
    del data
    # What pypdf leaves in circles of references makes room for the passages: up to 15 MB of the peak.
    gc.collect()
    split = split_source(source, digest)
    with order.out.open("wb") as file:
        protocol.write(file, source, split)
    if _hash_now(order.path) != digest:
        return Done(reason=CHANGED, state="failed", changed=True)
    return Done()


def _hash_now(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened ({error.strerror or error})", transient=True) from error
