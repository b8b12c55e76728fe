"""How a running ingest is shown: a bar, a plain line now and then, JSON lines, or nothing."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from app.commands.output import json_text
from app.i18n.command_line import worded
from app.i18n.plurals import counted
from ingest.sandbox.own_limits import peak_memory

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport

STAGES = {"read": "Reading", "file": "Reading", "embed": "Embedding"}
UNITS = {"Reading": "files", "Embedding": "pieces of text"}
SPEEDS = {"Reading": "pages a second", "Embedding": "pieces a second"}
# A log of an hour then has 360 lines, and nobody waits longer for a sign of life.
PLAIN_SECONDS = 10.0


class Progress(StrEnum):
    """How progress is shown."""

    auto = "auto"
    json = "json"
    none = "none"


class PlainLines:
    """Progress for where there is no terminal: a line when a stage begins, then one every `PLAIN_SECONDS`."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._stage: str | None = None
        self._began = self._written = 0.0
        self._done_before = 0

    def event(self, event: Any) -> None:
        """Take one event with stage, done and total; write a line if it is time for one."""
        if event.stage == "published":
            self._write(searchable(event))
            return
        stage = STAGES.get(event.stage)
        if stage is None or not event.total:
            return
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._done_before = stage, now, event.done
        elif now - self._written < PLAIN_SECONDS:
            return
        self._written = now
        self._write(self._line(stage, event, now))

    def _line(self, stage: str, event: Any, now: float) -> str:
        left = getattr(event, "seconds_left", None)
        done = event.done - self._done_before
        if left is None and stage == "Embedding" and done > 0:
            left = (now - self._began) / done * (event.total - event.done)
        line = f"{stage}: {event.done} of {event.total} {UNITS[stage]}"
        if getattr(event, "page", None):
            line += f"; {event.file}, page {event.page} of {event.pages}"
        line += f"; {_duration(left)} left" if left is not None and event.done < event.total else ""
        return line + _speed(stage, event)


def searchable(event: Any) -> str:
    """Return what can be searched from now on, of an event that tells of a generation."""
    words = f"Searchable now: {counted(event.total, 'document')} by words"
    return f"{words}, {event.done} of them by meaning as well" if event.done else words


def _speed(stage: str, event: Any) -> str:
    speed = getattr(event, "per_second", None)
    return f"; {speed:.{0 if speed >= 10 else 1}f} {SPEEDS[stage]}" if speed else ""


class Reporter:
    """Shows events as `progress` says; messages for people go to stderr, JSON to stdout."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.out = sys.stdout  # what a library prints meanwhile may be led elsewhere
        self.console = Console(stderr=True, highlight=False)
        self.bar: Bar | None = None
        self.tasks: dict[str, Any] = {}
        self.plain = PlainLines(lambda line: self.console.print(Text(worded(line)), soft_wrap=True))

    def __enter__(self) -> "Reporter":
        if self.progress is Progress.auto and self.console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[told]}"),
            )
            self.bar = Bar(*columns, console=self.console, transient=True)
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def say(self, message: str) -> None:
        """Tell a person something that is not an event."""
        if self.progress is Progress.auto:
            self.console.print(Text(worded(message), style="dim"), soft_wrap=True)

    def loading_model(self) -> None:
        """Tell that the embedding model is being loaded, which takes seconds and can be counted by nobody."""
        self.say("Loading the embedding model …")
        if self.progress is Progress.json:
            self._json({"stage": "model", "done": 0, "total": 0})

    def event(self, event: Any) -> None:
        """Show one progress event (a dataclass with stage, done, total) of reading, embedding or publishing."""
        if self.progress is Progress.json:
            self._json(asdict(event))
        elif self.bar is not None:
            self._advance(self.bar, event)
        elif self.progress is Progress.auto:
            self.plain.event(event)

    def _advance(self, bar: Bar, event: Any) -> None:
        if event.stage == "published":
            bar.console.print(Text(worded(searchable(event)), style="dim"), soft_wrap=True)
            return
        label = STAGES.get(event.stage)
        if label is None or not event.total:
            return
        if event.stage not in self.tasks:
            self.tasks[event.stage] = bar.add_task(worded(label), total=event.total, told="")
        name = f" {event.file}, page {event.page} of {event.pages}" if getattr(event, "page", None) else ""
        left = getattr(event, "seconds_left", None)
        told = (f"{_duration(left)} left" if left is not None else "") + _speed(label, event)
        bar.update(
            self.tasks[event.stage],
            completed=event.done,
            total=event.total,
            description=worded(label) + escape(worded(name)),
            told=told.removeprefix("; "),
        )

    def _json(self, values: dict[str, Any]) -> None:
        self.out.write(json_text(values) + "\n")
        self.out.flush()

    def finish(
        self, report: "IngestReport", seconds: float, other_model: tuple[str, str] | None = None
    ) -> None:
        """Say what was done, which files could not be read, and what it cost, as far as the system tells.

        `other_model` are the models (now, then) of a dry run after which all passages would be embedded anew.
        """
        own = peak_memory()
        if self.progress is Progress.json:
            told = {"stage": "report", "seconds": round(seconds, 2), "own_peak_memory": own}
            if other_model is not None:
                told["embedded_anew_with"] = other_model[1]
            self._json(asdict(report) | told)
            return
        for line in report_lines(report, other_model):
            self.console.print(Text(worded(line)), soft_wrap=True)
        if self.progress is Progress.auto and not report.dry_run:
            line = f"{seconds:.1f} s"
            if own:
                line += f"; peak memory {own / 1e6:.0f} MB, largest reading process {report.peak_memory / 1e6:.0f} MB"
            self.console.print(worded(f"{line}."), style="dim", soft_wrap=True)


def report_lines(report: "IngestReport", other_model: tuple[str, str] | None = None) -> Iterator[str]:
    """Yield what an ingest did (or would do) in plain lines, the unreadable files last; `other_model` as `finish`."""
    would = "would be " if report.dry_run else ""
    yield from report.notices
    groups = (
        ("added", report.added), ("changed", report.changed), ("removed", report.removed),
        ("read again (a newer reader, or another try)", report.reread), ("described anew", report.metadata_changed),
    )  # fmt: skip
    for name, files in groups:
        if files:
            yield f"{len(files)} {would}{name}: {_some(files)}"
    if report.renamed:
        yield f"{len(report.renamed)} {would}renamed: " + _some(
            [f"{old} → {new}" for old, new in report.renamed]
        )
    if other_model:
        yield f"All passages would be embedded anew with {other_model[1]} (now: {other_model[0]})."
    if report.nothing_to_do and not other_model:
        yield f"Nothing to do: {counted(report.unchanged, 'file')} unchanged."
    elif not report.dry_run:
        got = f"{counted(report.pages, 'page')}, {counted(report.passages, 'passage')}"
        failed = f"; {report.failed} could not be read" if report.failed else ""
        read = counted(report.read - report.failed, "file")
        yield f"{read} read: {got}{failed}; {report.unchanged} unchanged."
    for name, reason in sorted(report.waiting.items()):
        yield f"waits for the next run: {name}: {reason}"
    for name, reason in sorted(report.skipped.items()):
        yield f"left out: {name}: {reason}"
    for item in report.without_text:
        yield f"incomplete: {item.file}: {item.reason}"
    for line in report.broken:
        yield f"not used: {line}"
    for item in report.unreadable:
        yield f"not readable: {item.file}: {item.reason}"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _duration(seconds: float) -> str:
    """Return a rough time for people: seconds below a minute and a half, then minutes."""
    return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"
