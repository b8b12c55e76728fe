"""Workers: every file is read in a child process, so that no file can harm the parent.

A child has limits on memory, CPU and wall time, and is reused for a few files, because starting one takes
0.3 s. Results come back through temporary files and are loaded one at a time: the parent's memory stays
flat. A child that dies costs the file that it was reading and nothing else.
"""

import dataclasses
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.errors import PinciteError
from ingest.passages.split import SplitResult
from ingest.readers.limits import MIB, Limits
from ingest.readers.source import Source
from ingest.sandbox import protocol
from ingest.sandbox.worker import EXIT_CPU, EXIT_MEMORY

UNSAFE = "could not be read safely"
# A child is replaced after so many files, or when one made it large: pdfium and Python keep memory.
FILES_PER_CHILD = 20
LARGE_CHILD = 300 * MIB
# Finished results wait on disk for their turn; so many a child, then no new files are handed out.
AHEAD = 4
TICK = 0.25
# Signals that come from people and from a system short of memory (Linux kills with 9), not from the file: a child
# that exceeds its own limits exits, one that crashes gets another signal.
KILLED = frozenset({-1, -2, -9, -15})
# A child taken over by a hostile file must not fill the parent's memory: bytes of one event, of a result.
# 20 million characters of text with lines and passages come to some 100 MB.
MAX_EVENT = 65_536
MAX_RESULT = 512 * MIB

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ingest.sandbox.worker import main; main(sys.argv[2])"
)

OnPage = Callable[[Path, str, int, int], None]
"""Called with the path, "page" or "ocr", pages done and pages in all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: `source` (its pages without lines) and `split`, or the `reason` why there are none.

    `state` is "ready" or the state of the failure; `sha256` is None where not even the bytes could be
    read. `passing` says that perhaps only the machine is at fault: another try may go well. `cpu` (seconds)
    and `peak` (bytes, of the child so far) are measurements, not content.
    """

    path: Path
    sha256: str | None
    source: Source | None
    split: SplitResult | None
    state: str = "ready"
    reason: str | None = None
    passing: bool = False
    cpu: float = field(default=0.0, compare=False)
    peak: int = field(default=0, compare=False)


@dataclass(slots=True)
class _Job:
    index: int
    path: Path
    out: Path
    deadline: float
    sha256: str | None = None
    done: dict[str, Any] | None = None


class _Child:
    """One child process and the thread that listens to it."""

    def __init__(
        self, settings: str, events: "queue.SimpleQueue[tuple[_Child, dict[str, Any] | None]]"
    ) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(_ROOT), settings],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
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
        stream = self._process.stdout
        assert stream is not None
        for line in iter(lambda: stream.readline(MAX_EVENT), b""):
            try:
                event = json.loads(line)
            except ValueError:
                break
            if not isinstance(event, dict):
                break
            self._events.put((self, event))
        self._events.put((self, None))

    def give(self, job: _Job) -> None:
        """Hand over a file; a child that is already dead reports itself through its listener."""
        self.job = job
        self.files += 1
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write((json.dumps({"path": str(job.path), "out": str(job.out)}) + "\n").encode())
            stream.flush()
        except OSError:
            self._process.kill()

    def stop(self) -> int:
        """End the process and return its exit code."""
        self._process.kill()
        code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return code

    def exit_code(self) -> int:
        """Return the code with which a process that closed its output ended."""
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return self.stop()


_Events = queue.SimpleQueue[tuple[_Child, dict[str, Any] | None]]


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
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "Workers":
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="pincite-")
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
            child.stop()
        self._children.clear()
        if self._folder is not None:
            self._folder.cleanup()

    def process(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield one Outcome a path, in the order of `paths`, whatever the files do."""
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
                yield self._outcome(finished.pop(following))
                following += 1
            if exhausted and not finished and not self._busy():
                return
            for job in self._listen():
                finished[job.index] = job

    def _busy(self) -> int:
        return sum(child.job is not None for child in self._children)

    def _assign(self, index: int, path: Path) -> None:
        assert self._folder is not None, "use Workers as a context manager"
        out = Path(self._folder.name) / f"{index}.jsonl"
        job = _Job(index, path, out, time.monotonic() + self._limits.wall)
        idle = next((child for child in self._children if child.job is None), None)
        if idle is None:
            idle = _Child(self._settings, self._events)
            self._children.append(idle)
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

    def _next_event(self, seconds: float) -> tuple[_Child, dict[str, Any] | None] | None:
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            return None

    def _take(self, child: _Child, event: dict[str, Any] | None) -> Iterator[_Job]:
        job = child.job
        if event is None:
            if child in self._children:
                code = child.exit_code()
                self._dismiss(child)
                if job is not None:
                    job.done = _death(code)
                    yield job
        elif job is None or child not in self._children:
            return
        elif "sha256" in event:
            job.sha256 = str(event["sha256"])
        elif "done" in event:
            job.done = event["done"] if isinstance(event["done"], dict) else _death(0)
            child.job = None
            if child.files >= FILES_PER_CHILD or _number(job.done.get("peak")) > LARGE_CHILD:
                self._dismiss(child)
            yield job
        else:
            self._progress(job, event)

    def _progress(self, job: _Job, event: dict[str, Any]) -> None:
        for kind in ("page", "check", "ocr"):
            counts = event.get(kind)
            if isinstance(counts, list) and len(counts) == 2:
                # A sound file on a busy machine is slow, but it gets on. What goes round in circles while it
                # says so is stopped for its CPU time, OCR by its own clock.
                job.deadline = time.monotonic() + self._limits.wall
                if self._on_page is not None and kind != "check":
                    self._on_page(job.path, kind, int(_number(counts[0])), int(_number(counts[1])))

    def _late(self) -> Iterator[_Job]:
        now = time.monotonic()
        for child in list(self._children):
            job = child.job
            if job is not None and now > job.deadline:
                self._dismiss(child)
                # What goes round in circles is stopped for its CPU time first: this one had little of that.
                job.done = {"reason": f"{UNSAFE}: it took too long", "state": "failed", "passing": True}
                yield job

    def _dismiss(self, child: _Child) -> None:
        child.stop()
        child.job = None
        self._children.remove(child)

    def _outcome(self, job: _Job) -> Outcome:
        done = job.done or {}
        reason, state = done.get("reason"), str(done.get("state", "failed"))
        passing = done.get("passing") is True
        cost = {"cpu": _number(done.get("cpu")), "peak": int(_number(done.get("peak")))}
        source = split = None
        if reason is None:
            try:
                if job.out.stat().st_size > MAX_RESULT:
                    raise ValueError("too large")
                with job.out.open(encoding="utf-8") as file:
                    source, split = protocol.read(file)
            except (OSError, ValueError) as error:
                reason, state = f"{UNSAFE}: the reader gave no usable result", "failed"
                passing = isinstance(error, OSError)
        job.out.unlink(missing_ok=True)
        text = None if reason is None else str(reason)
        return Outcome(job.path, job.sha256, source, split, state, text, passing, **cost)  # type: ignore[arg-type]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _death(code: int) -> dict[str, Any]:
    """Return the end of a job whose child exited with `code` (negative: killed by that signal)."""
    if code in KILLED:
        return {
            "reason": f"{UNSAFE}: the reader was stopped from outside",
            "state": "failed",
            "passing": True,
        }
    what = {
        EXIT_MEMORY: "it needs too much memory",
        EXIT_CPU: "it took too long",
        -24: "it took too long",  # SIGXCPU
    }.get(code, "the reader crashed")
    return {"reason": f"{UNSAFE}: {what}", "state": "failed"}
