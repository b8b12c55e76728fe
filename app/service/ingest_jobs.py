"""Ingest in the background: a child process does what `pincite ingest` does; the page looks at its progress.

One job a library at a time: the library's own lock holds that across processes, this module within one.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cachetools import TTLCache

from app.service.site import Site
from ingest.errors import LibraryBusy, PinciteError
from ingest.library.place import database_url
from ingest.readers.child_processes import start_process

log = logging.getLogger(__name__)

_PACKAGE_ROOT = Path(__file__).parents[2]
KEPT_EVENTS = 500
# Seconds between two looks at an ingest that somebody else began.
_LOOK_EVERY = 0.5
# With the page ends what it began; the next ingest goes on where it was.
_START = (
    "import sys; from ingest.readers.child_processes import end_with_parent; end_with_parent(int(sys.argv[1])); "
    "from app.cli import main; main(sys.argv[2:])"
)


@dataclass(slots=True)
class Job:
    """A running or finished ingest; `events` are the newest progress events of the command line.

    While `following`, more of them may come, also when the process has ended. `again` says that somebody asked for
    an ingest while this one ran.
    """

    process: subprocess.Popen[bytes]
    errors: Any
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    following: bool = True
    again: bool = False

    @property
    def code(self) -> int | None:
        """Exit code, None while it runs. A code of `pincite ingest`: 0, 3, 75, else an error."""
        return self.process.poll()

    def message(self) -> str:
        """Return the last line the child wrote to its error stream, "" without one or after another job began."""
        if self.errors.closed:
            return ""
        self.errors.seek(0)
        lines = self.errors.read()[-4_000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1].removeprefix("pincite: ") if lines else ""


_JOBS: dict[Path, Job] = {}
_LOCK = threading.Lock()
ANSWER_SECONDS = 1.0
"""So long what a database server said of its writer holds: every open page asks every few seconds."""
_ANSWERS: TTLCache[Path, bool] = TTLCache(64, ANSWER_SECONDS)
_ASKING = threading.Lock()


def start(corpus: Path, site: Site) -> Job:
    """Begin to bring the library up to date, or return the job that is at it already.

    Files that come while a job runs, here or by `pincite ingest`, are read once it has ended.
    """
    with _LOCK:
        job = _JOBS.get(site.library)
        if job is not None and job.code is None:
            job.again = True
            return job
        if job is not None:
            job.errors.close()
        command = [sys.executable, "-P", "-c", _START, str(os.getpid()), "ingest", str(corpus)]
        command += ["--library", str(site.library), "--progress", "json", "--lang", "en"]
        # On this machine the page goes before the reading; on a cluster there is a core for each document.
        command += ["--on", site.settings.ray] if site.settings.ray else ["--workers", "1"]
        if site.settings.model:
            command += ["--model", site.settings.model]
        where = os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the job
        process = start_process(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": where},
        )
        job = _JOBS[site.library] = Job(process, errors)
    threading.Thread(target=_follow_on, args=(job, corpus, site), name="ingest-progress", daemon=True).start()
    return job


def _follow_on(job: Job, corpus: Path, site: Site) -> None:
    """Follow a job to its end, and begin another one where files wait that it could not take up."""
    from ingest.library.writer import busy

    _follow(job)
    refused = job.code == LibraryBusy.exit_code
    while refused and busy(site.library):
        time.sleep(_LOOK_EVERY)
    if (refused or job.again) and unsearchable(site.library, corpus):
        start(corpus, site)


def running(library: Path) -> Job | None:
    """Return the job at work on this library, None if there is none."""
    job = _JOBS.get(library)
    return job if job is not None and job.code is None else None


def at_work(library: Path) -> bool:
    """Return whether an ingest of this library runs, begun here or by `pincite ingest`.

    Pages and `/api` ask this. A library on a server is asked by one of them at a time, and not again for
    `ANSWER_SECONDS`.
    """
    return running(library) is not None or _written_to(library)


def _written_to(library: Path) -> bool:
    from ingest.library.writer import busy

    if database_url(library) is None:
        return busy(library)
    with _ASKING:
        answer = _ANSWERS.get(library)
        if answer is None:
            answer = _ANSWERS[library] = busy(library)
    return answer


def whose(library: Path) -> Literal["ours", "another"] | None:
    """Return whose ingest of this library runs: one begun here, at work or about to be, or that of another process.

    One begun here while another process writes is refused by it, and begun again afterwards.
    """
    from ingest.library import lock

    job = running(library)
    if job is None:
        return "another" if at_work(library) else None
    if job.events or not _written_to(library) or lock.held_by(library, job.process.pid):
        return "ours"
    return "another"


def last(library: Path) -> Job | None:
    """Return the newest job of this process on this library, finished or not."""
    return _JOBS.get(library)


@dataclass(frozen=True, slots=True)
class Unread:
    """What an ingest would take up, by names as shown: `new` content, files to be read `better`, and those gone."""

    new: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def listed(library: Path, corpus: Path | None) -> object:
    """Return what is another value where the corpus folder lists other files, or this machine reads them otherwise.

    None where it cannot be listed. Light: no file is opened.
    """
    from ingest.corpus.corpus import corpus_at
    from ingest.readers.version import ReaderVersion

    if corpus is None or not corpus.is_dir():
        return None
    try:
        return corpus_at(corpus).scan(leave_out=library, quick=True), ReaderVersion.current()
    except PinciteError as error:
        log.warning("the corpus folder could not be listed: %s", error)
        return None


def unread(library: Path, corpus: Path | None) -> Unread:
    """Return what an ingest of the corpus would change in the library.

    The ingest itself decides, by content, in a dry run. A catalogue it cannot read gives nothing and a warning.
    """
    from ingest.corpus.corpus import corpus_at
    from ingest.library.backend import exists
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder
    from ingest.text.safe import printable

    if corpus is None or not corpus.is_dir():
        return Unread()
    try:
        if not exists(library):
            found = corpus_at(corpus).scan(leave_out=library, quick=True)
            return Unread(tuple(printable(stamp.path) for stamp in found.stamps))
        with Library.open(library) as opened:
            report = ingest_folder(corpus, opened, dry_run=True, settle=0.0)
    except PinciteError as error:
        log.warning("the documents could not be looked at: %s", error)
        return Unread()
    return Unread(tuple(sorted({*report.added, *report.changed})), report.reread, report.removed)


def unsearchable(library: Path, corpus: Path | None) -> list[str]:
    """Return the names, as shown, of the corpus files whose content the library does not hold as it would be read."""
    found = unread(library, corpus)
    return sorted({*found.new, *found.better})


def _follow(job: Job) -> None:
    assert job.process.stdout is not None
    with job.process.stdout as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                log.warning("the ingest wrote a line that is no event")
                continue
            if isinstance(event, dict):
                job.events.append(event)
    job.process.wait()
    job.following = False
