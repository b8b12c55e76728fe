"""`RayWorkers`: files are read on the nodes of a Ray cluster, a task a document.

This machine alone opens the corpus and writes the library. The bytes of a file go to a node, what its child wrote
comes back and is checked here. At most `AHEAD` documents a core are under way, or `MOST_BYTES` of files; Ray keeps
both in its object store. A task whose worker or node ends is done again elsewhere, `RETRIES` times.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from msgspec.structs import replace

from ingest.atomic_files import file_sha256
from ingest.errors import PinciteError, UnreadableFile
from ingest.readers.limits import MIB, Limits
from ingest.readers.read import load
from ingest.readers.version import ReaderVersion
from ingest.sandbox import protocol
from ingest.sandbox.pool import AHEAD, STOPPED, TICK, outcome_of
from ingest.sandbox.protocol import Done
from ingest.sandbox.ray_cluster import GO_ON, Cluster
from ingest.sandbox.ray_task import Board, Order, Page, Read, read_document, reads_alike
from ingest.sandbox.reader import OnPage, OpenReader, Outcome
from ingest.sandbox.worker import CHANGED

RETRIES = 3
# A document waits at each core while another is read, so that none has to wait for its bytes.
SENT = 2
MOST_BYTES = 512 * MIB
# A board that is gone, or does not come to be, costs progress and not the run.
PATIENCE = 10.0
START_SECONDS = 60.0


@dataclass(slots=True)
class _Job:
    """One document under way: `answer` is Ray's promise of a `Read`; `end` is there where it could not be opened."""

    path: Path
    size: int = 0
    answer: Any = None
    end: Done | None = None


def reader_on(cluster: Cluster) -> OpenReader:
    """Return what reads files on a cluster, as `ingest.sandbox.pool.Workers` reads them on this machine."""
    return partial(RayWorkers, cluster)


class RayWorkers:
    """Reads up to `count` files at a time on a cluster; a context manager that leaves no task behind."""

    def __init__(
        self,
        cluster: Cluster,
        count: int = 1,
        limits: Limits | None = None,
        *,
        ocr: bool = True,
        on_page: OnPage | None = None,
    ) -> None:
        self._cluster, self._ray = cluster, cluster.ray
        self._count = max(1, count)
        self._limits = limits or Limits()
        self._ocr = ocr
        self._on_page = on_page
        self._version = str(ReaderVersion.current())
        self._board: Any = None
        self._paths: dict[int, Path] = {}
        self._jobs: dict[int, _Job] = {}
        self._under_way: dict[Any, int] = {}

    def __enter__(self) -> RayWorkers:
        if self._on_page is not None:
            self._board = self._ray.remote(num_cpus=0)(Board).remote()
            # Pages of the first documents would be lost while its process starts.
            with suppress(self._ray.exceptions.RayError):
                self._ray.get(self._board.taken.remote(), timeout=START_SECONDS)
        self._read = self._ray.remote(
            num_cpus=1,
            max_retries=RETRIES,
            retry_exceptions=[OSError, PinciteError],
            scheduling_strategy="SPREAD",
        )(read_document)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(self._ray.exceptions.RayError, ConnectionError):
            for answer in self._under_way:
                self._ray.cancel(answer, force=True)
            if self._board is not None:
                self._ray.kill(self._board)
        self._jobs.clear()
        self._under_way.clear()

    def process(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield one Outcome a path, in the order of `paths`, whatever the files do.

        Raises: PinciteError where the cluster is gone, or reads otherwise than this machine would.
        """
        waiting = enumerate(paths)
        following = 0
        exhausted = False
        while True:
            while not exhausted and self._has_room():
                item = next(waiting, None)
                exhausted = item is None
                if item is not None:
                    self._send(*item)
            while following in self._jobs and self._jobs[following].answer not in self._under_way:
                yield self._outcome(self._jobs.pop(following))
                self._paths.pop(following, None)
                following += 1
            if exhausted and not self._jobs:
                return
            if self._under_way:
                self._wait()

    def _has_room(self) -> bool:
        size = sum(self._jobs[number].size for number in self._under_way.values())
        return (
            len(self._jobs) < self._count * AHEAD
            and len(self._under_way) < self._count * SENT
            and size < MOST_BYTES
        )

    def _send(self, number: int, path: Path) -> None:
        job = self._jobs[number] = _Job(path)
        try:
            data = load(path, self._limits)
        except UnreadableFile as error:
            job.end = Done(reason=error.reason, state=error.state, transient=error.transient)
            return
        job.size = len(data)
        order = Order(number, path.name, self._limits, self._ocr, self._version)
        with self._cluster.telling_of_loss():
            job.answer = self._read.remote(order, np.frombuffer(data, np.uint8), self._board)
        self._paths[number] = path
        self._under_way[job.answer] = number

    def _wait(self) -> None:
        """Wait a moment for documents, and tell of the pages read meanwhile."""
        with self._cluster.telling_of_loss():
            done, _ = self._ray.wait(list(self._under_way), num_returns=1, timeout=TICK)
        self._tell_pages()
        for answer in done:
            del self._under_way[answer]

    def _tell_pages(self) -> None:
        if self._on_page is None:
            return
        pages: list[Page] = []
        with suppress(self._ray.exceptions.RayError):
            pages = self._ray.get(self._board.taken.remote(), timeout=PATIENCE)
        for number, step, done, total in pages:
            if number in self._paths:  # not of a task that was lost and told late
                self._on_page(self._paths[number], step, done, total)

    def _outcome(self, job: _Job) -> Outcome:
        """Return what became of a document, which is looked at once more: it may be another one by now."""
        if job.end is not None:
            return outcome_of(job.path, None, job.end, _nothing)
        read = self._answered(job)
        done = read.done or Done(reason=STOPPED, state="failed", transient=True)
        outcome = outcome_of(job.path, read.sha256, done, lambda: protocol.read(io.BytesIO(read.result)))
        if outcome.reason is not None or outcome.sha256 is None:
            return outcome
        try:
            now = file_sha256(job.path)
        except OSError as error:
            end = Done(reason=f"cannot be opened ({error.strerror or error})", state="failed", transient=True)
            return outcome_of(job.path, read.sha256, end, _nothing)
        if now != read.sha256:
            end = replace(done, reason=CHANGED, state="failed", changed=True)
            return outcome_of(job.path, read.sha256, end, _nothing)
        return outcome

    def _answered(self, job: _Job) -> Read:
        """Return what a node answered; where workers and nodes ended under a document each time, no `done`."""
        try:
            read: Read = self._ray.get(job.answer)
        except self._ray.exceptions.RayTaskError as error:
            reason = f"could not be read on a node of the cluster ({error.cause})"
            return Read("", None, Done(reason=" ".join(reason.split()), state="failed", transient=True))
        except self._ray.exceptions.RayError:
            return Read("")
        if not reads_alike(read.version, self._version):
            raise PinciteError(
                f"a node of the Ray cluster reads otherwise (reader {read.version}, here {self._version}): install "
                f"the same pincite and the same languages of tesseract on each. {GO_ON}"
            )
        return read


def _nothing() -> Any:
    raise AssertionError("there is no result of what was not read")
