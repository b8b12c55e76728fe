"""Workers: every file is read in a child process, so that no file can harm the parent.

A child has limits on memory, CPU and wall time, and is reused for a few files, because starting one takes
0.3 s. Results come back through temporary files and are loaded one at a time: the parent's memory stays
flat. A child that dies costs the file that it was reading and nothing else.
"""

import dataclasses
import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from ingest.errors import PinciteError
from ingest.passages.split import SplitResult
from ingest.readers.child_processes import temporary_folder
from ingest.readers.limits import MIB, Limits
from ingest.readers.source import Source
from ingest.sandbox import protocol
from ingest.sandbox.own_limits import EXIT_CPU, EXIT_MEMORY
from ingest.sandbox.process import ChildProcess
from ingest.sandbox.protocol import MAX_EVENT, BadMessage, Done, Event, Hashed, Progress
from ingest.sandbox.reader import OnPage, Outcome

UNSAFE = "could not be read safely"
NOT_USABLE = f"{UNSAFE}: the reader gave no usable result"
STOPPED = f"{UNSAFE}: the reader was stopped from outside"
TOO_LONG = f"{UNSAFE}: it took too long"
# The share of its CPU time after which a file that is still not read has no more to hope for.
MOST_CPU = 0.5
# A silent child that could run and had less than this share of a processor since its file began, or since it last got
# more time, waits for its turn: it gets the time again, so often.
STARVED, MOST_WAITS = 0.25, 10
# The module that runs in a child.
WORKER = "ingest.sandbox.worker"
# A child is replaced after so many files, or when one made it large: pdfium and Python keep memory.
FILES_PER_CHILD = 20
LARGE_CHILD = 300 * MIB
# Finished results wait on disk for their turn; so many a child, then no new files are handed out.
AHEAD = 4
TICK = 0.25
# Signals that come from people and from a system short of memory (Linux kills with 9), not from the file: a child
# that exceeds its own limits exits, one that crashes gets another signal.
KILLED = frozenset({-1, -2, -9, -15})


@dataclass(slots=True)
class _Job:
    index: int
    path: Path
    out: Path
    deadline: float
    cpu_before: float = 0.0
    cpu_then: float = 0.0
    waits: int = 0
    sha256: str | None = None
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a file: the hash of its bytes, where they were read, its end, and the file with the result."""

    path: Path
    sha256: str | None
    done: Done
    out: Path


class _Child:
    """One child process and the thread that listens to it; its last event is None when it ended."""

    def __init__(self, settings: str, events: "_Events") -> None:
        try:
            self.process = ChildProcess(WORKER, settings)
        except OSError as error:
            raise PinciteError(
                f"a reading process cannot be started ({error.strerror or error}). Nothing stored so far is lost; "
                "close other programs or use fewer --workers, and run the same command again."
            ) from error
        self.job: _Job | None = None
        self.files = 0
        self._events = events
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in iter(lambda: self.process.line(MAX_EVENT), b""):
            try:
                self._events.put((self, protocol.event_of(line)))
            except BadMessage as error:
                self._events.put((self, error))
                return
        self._events.put((self, None))

    def give(self, job: _Job) -> None:
        """Hand over a file; a child that is already dead reports itself through its listener."""
        self.job = job
        self.files += 1
        try:
            self.process.send({"path": str(job.path), "out": str(job.out)})
        except OSError:
            self.process.kill()


_Heard = Event | BadMessage | None
_Events = queue.SimpleQueue[tuple[_Child, _Heard]]


class Workers:
    """Reads files in up to `count` children; a context manager that leaves no process and no file behind."""

    def __init__(
        self,
        count: int = 1,
        limits: Limits | None = None,
        *,
        ocr: bool = True,
        on_page: OnPage | None = None,
    ) -> None:
        self._count = max(1, count)
        self._limits = limits or Limits()
        self._settings = json.dumps({**dataclasses.asdict(self._limits), "ocr": ocr})
        self._on_page = on_page
        self._events: _Events = queue.SimpleQueue()
        self._children: list[_Child] = []
        self._folder: Path | None = None
        self._held = ExitStack()

    def __enter__(self) -> "Workers":
        try:
            self._folder = self._held.enter_context(temporary_folder())
        except OSError as error:
            raise PinciteError(
                f"no folder for temporary files can be made ({error.strerror or error}). Nothing stored so far is "
                "lost; set TMPDIR to a folder with some room and run the same command again."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.process.stop()
        self._children.clear()
        self._held.close()

    def process(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield one Outcome a path, in the order of `paths`, whatever the files do."""
        for ended in self.ended(paths):
            yield outcome_of(ended.path, ended.sha256, ended.done, partial(protocol.load, ended.out))

    def ended(self, paths: Iterable[Path]) -> Iterator["Ended"]:
        """Yield what became of each path, in their order; its result is removed when the next is asked for."""
        waiting = enumerate(paths)
        finished: dict[int, _Job] = {}
        following = 0
        exhausted = False
        while True:
            while (
                not exhausted
                and self._busy() < self._count
                and (self._busy() + len(finished) < self._count * AHEAD)
            ):
                item = next(waiting, None)
                if item is None:
                    exhausted = True
                else:
                    self._assign(*item)
            while following in finished:
                job = finished.pop(following)
                yield Ended(
                    job.path, job.sha256, job.done or Done(reason=NOT_USABLE, state="failed"), job.out
                )
                job.out.unlink(missing_ok=True)
                following += 1
            if exhausted and not finished and not self._busy():
                return
            finished.update((job.index, job) for job in self._listen())

    def _busy(self) -> int:
        return sum(child.job is not None for child in self._children)

    def _assign(self, index: int, path: Path) -> None:
        assert self._folder is not None, "use Workers as a context manager"
        out = self._folder / f"{index}.jsonl"
        job = _Job(index, path, out, time.monotonic() + self._limits.wall)
        idle = next((child for child in self._children if child.job is None), None)
        if idle is None:
            idle = _Child(self._settings, self._events)
            self._children.append(idle)
        job.cpu_before = job.cpu_then = idle.process.cpu_seconds() or 0.0
        idle.give(job)

    def _listen(self) -> Iterator[_Job]:
        """Take in the events that have come, and yield the jobs that came to an end.

        All of them before any clock is looked at: a caller who was away for long must not find a
        finished file to be late.
        """
        event = self._next_event(TICK)
        while event is not None:
            yield from self._take(*event)
            event = self._next_event(0)
        yield from self._late()

    def _next_event(self, seconds: float) -> tuple[_Child, _Heard] | None:
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            return None

    def _take(self, child: _Child, heard: _Heard) -> Iterator[_Job]:
        job = child.job
        if child not in self._children:
            return
        if heard is None or isinstance(heard, BadMessage):
            end = Done(reason=NOT_USABLE, state="failed") if heard else _death(child.process.exit_code())
            self._dismiss(child)
            if job is not None:
                job.done = end
                yield job
        elif job is None:
            return
        elif isinstance(heard, Hashed):
            job.sha256 = heard.sha256
        elif isinstance(heard, Progress):
            self._progress(job, heard)
        else:
            job.done = heard
            child.job = None
            if child.files >= FILES_PER_CHILD or heard.peak > LARGE_CHILD:
                self._dismiss(child)
            yield job

    def _progress(self, job: _Job, heard: Progress) -> None:
        # A sound file on a busy machine is slow, but it gets on. What goes round in circles while it
        # says so is stopped for its CPU time, OCR by its own clock.
        job.deadline = time.monotonic() + self._limits.wall
        if self._on_page is not None and heard.step != "check":
            self._on_page(job.path, heard.step, heard.done, heard.total)

    def _late(self) -> Iterator[_Job]:
        now = time.monotonic()
        for child in list(self._children):
            job = child.job
            if job is not None and now > job.deadline:
                # What goes round in circles is stopped for its CPU time, unless others leave it little of that: what
                # has used most of it would do so again.
                used = child.process.cpu_seconds() or 0.0
                spent = used - job.cpu_before
                if self._starves(child, job, used):
                    job.deadline, job.cpu_then, job.waits = now + self._limits.wall, used, job.waits + 1
                    continue
                self._dismiss(child)
                transient = spent < MOST_CPU * self._limits.cpu
                job.done = Done(reason=TOO_LONG, state="failed", transient=transient)
                yield job

    def _starves(self, child: _Child, job: _Job, used: float) -> bool:
        """Return whether a silent child only waits for a processor that others use, and may wait longer."""
        little = used - job.cpu_then < STARVED * self._limits.wall
        return little and job.waits < MOST_WAITS and child.process.waits_for_processor()

    def _dismiss(self, child: _Child) -> None:
        child.process.stop()
        child.job = None
        self._children.remove(child)


def outcome_of(
    path: Path, sha256: str | None, done: Done, result: Callable[[], tuple[Source, SplitResult]]
) -> Outcome:
    """Return the outcome of a file that came to its end; `result` loads what its child gave, where it gave something.

    It may raise OSError and BadMessage.
    """
    source = split = None
    if done.reason is None:
        try:
            source, split = result()
        except (OSError, BadMessage) as error:
            transient = isinstance(error, OSError)
            done = replace(done, reason=NOT_USABLE, state="failed", transient=transient)
    return Outcome(
        path=path,
        sha256=sha256,
        source=source,
        split=split,
        state=done.state,
        reason=done.reason,
        transient=done.transient,
        changed=done.changed,
        cpu=done.cpu,
        peak=done.peak,
    )


def _death(code: int) -> Done:
    """Return the end of a job whose child exited with `code` (negative: killed by that signal)."""
    if code in KILLED:
        return Done(reason=STOPPED, state="failed", transient=True)
    what = {
        EXIT_MEMORY: "it needs too much memory",
        EXIT_CPU: "it took too long",
        -24: "it took too long",  # SIGXCPU
    }.get(code, "the reader crashed")
    return Done(reason=f"{UNSAFE}: {what}", state="failed")
