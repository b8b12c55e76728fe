"""`pincite ingest`: bring the library up to date with a folder, then publish a snapshot."""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from app.commands.searching import LibraryOption
from app.settings import DEFAULT_CORPUS, Settings, library_folder, load_settings
from ingest.errors import ModelUnavailable, UsageError

if TYPE_CHECKING:
    from index.model import Embedder
    from ingest.library import Library
    from ingest.pipeline import IngestReport

SOME_FILES_UNREADABLE = 3
# getrusage counts in KiB on Linux, in bytes on macOS.
RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024
STAGES = {"read": "Reading", "file": "Reading", "embed": "Embedding"}


class Progress(StrEnum):
    """How progress is shown."""

    auto = "auto"
    json = "json"
    none = "none"


CorpusArgument = Annotated[Path | None, typer.Argument(help="Folder with the documents (default: corpus/).")]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Embedding model: a hub name or a folder (default: the embedded one)."),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Reading processes (default: cores).")
]
ProgressOption = Annotated[
    Progress, typer.Option("--progress", help="A bar, one JSON object a line, or nothing.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(ingest)


def ingest(
    corpus: CorpusArgument = None,
    library: LibraryOption = None,
    progress: ProgressOption = Progress.auto,
    workers: WorkersOption = None,
    model: ModelOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let every document leave the library.")
    ] = False,
) -> None:
    """Read new and changed documents of a folder into the library and make them searchable."""
    settings = load_settings()
    folder = corpus_folder(corpus, settings)
    report = bring_up_to_date(
        folder,
        library_folder(library, folder, settings),
        progress=progress,
        workers=workers or settings.workers,
        model=model or settings.model,
        dry_run=dry_run,
        allow_empty=allow_empty,
    )
    if report.unreadable:
        raise typer.Exit(SOME_FILES_UNREADABLE)


def corpus_folder(flag: Path | None, settings: Settings) -> Path:
    """Return the corpus folder; UsageError if it is not there."""
    folder = flag or settings.corpus or DEFAULT_CORPUS
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; make it and put documents into it, or name another one")
    return folder


def bring_up_to_date(
    corpus: Path,
    library: Path,
    *,
    progress: Progress = Progress.auto,
    workers: int | None = None,
    model: str | None = None,
    dry_run: bool = False,
    allow_empty: bool = False,
) -> "IngestReport":
    """Ingest a folder, embed what is new, publish a snapshot, and say what was done."""
    from ingest.library import Library
    from ingest.pipeline import ingest_folder

    started = time.monotonic()
    reporter = _Reporter(progress)
    # One lock from the first look at the folder to the published snapshot: another ingest stops at once.
    with (
        Library.open(library, create=True) as opened,
        nullcontext() if dry_run else opened.writing(),
        reporter,
    ):
        report = ingest_folder(
            corpus,
            opened,
            workers=workers or os.cpu_count() or 1,
            on_event=reporter.event,
            dry_run=dry_run,
            allow_empty=allow_empty,
        )
        if not dry_run:
            _publish(opened, library, model, reporter)
    reporter.finish(report, time.monotonic() - started)
    return report


MODEL_SETTING = "model"
"""Under this key the library remembers the model it was built with on request, for runs without `--model`."""


def _publish(library: "Library", folder: Path, model: str | None, reporter: "_Reporter") -> None:
    from index.build import needs_no_model, publish

    wanted = model or library.setting(MODEL_SETTING)
    if not needs_no_model(library, folder, wanted):
        publish(library, folder, _load_embedder(wanted, reporter), on_event=reporter.event)
    if model is not None:
        library.set_setting(MODEL_SETTING, model)


def _load_embedder(model: str | None, reporter: "_Reporter") -> "Embedder | None":
    reporter.say("Loading the embedding model …")
    try:
        return _loaded(model, load_settings().cache)
    except ModelUnavailable as error:
        if model is not None:
            raise
        reporter.say(f"Meaning-based search is off; results use words only. ({error})")
        return None


@lru_cache(maxsize=1)
def _loaded(model: str | None, cache: Path | None) -> "Embedder":
    """Load a model once in a process: `watch` ingests again and again."""
    from index.model import load_model

    return load_model(model, cache=cache)


class _Reporter:
    """Shows events as a bar, as JSON lines or not at all; messages go to stderr, JSON to stdout."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.console = Console(stderr=True, highlight=False)
        self.bar: Bar | None = None
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> "_Reporter":
        if self.progress is Progress.auto and self.console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
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
            self.console.print(Text(message, style="dim"))

    def event(self, event: Any) -> None:
        """Show one progress event (a dataclass with stage, done, total) of reading, embedding or publishing."""
        if self.progress is Progress.json:
            self._line(asdict(event))
        elif self.bar is not None:
            self._advance(self.bar, event)

    def _advance(self, bar: Bar, event: Any) -> None:
        label = STAGES.get(event.stage)
        if label is None or not event.total:
            return
        if event.stage not in self.tasks:
            self.tasks[event.stage] = bar.add_task(label, total=event.total)
        name = f" {event.file}, page {event.page} of {event.pages}" if getattr(event, "page", None) else ""
        bar.update(
            self.tasks[event.stage], completed=event.done, total=event.total, description=label + escape(name)
        )

    def _line(self, values: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()

    def finish(self, report: "IngestReport", seconds: float) -> None:
        """Say what was done, which files could not be read, and what it cost."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RUSAGE_UNIT
        if self.progress is Progress.json:
            facts = asdict(report) | {"stage": "report", "seconds": round(seconds, 2), "own_peak_memory": own}
            self._line(facts)
            return
        for line in report_lines(report):
            self.console.print(Text(line), soft_wrap=True)
        if self.progress is Progress.auto and not report.dry_run:
            self.console.print(
                f"{seconds:.1f} s; peak memory {own / 1e6:.0f} MB, largest reading process "
                f"{report.peak_memory / 1e6:.0f} MB.",
                style="dim",
            )


def report_lines(report: "IngestReport") -> Iterator[str]:
    """Yield what an ingest did (or would do) in plain lines, the unreadable files last."""
    would = "would be " if report.dry_run else ""
    yield from report.notices
    groups = (
        ("added", report.added), ("changed", report.changed), ("removed", report.removed),
        ("read again (a newer reader)", report.reread), ("described anew", report.metadata_changed),
    )  # fmt: skip
    for name, files in groups:
        if files:
            yield f"{len(files)} {would}{name}: {_some(files)}"
    if report.renamed:
        yield f"{len(report.renamed)} {would}renamed: " + _some(
            [f"{old} → {new}" for old, new in report.renamed]
        )
    if report.nothing_to_do:
        yield f"Nothing to do: {report.unchanged} files unchanged."
    elif not report.dry_run:
        got = f"{report.pages} pages, {report.passages} passages"
        yield f"{report.read} files read: {got}; {report.unchanged} unchanged."
    for name, reason in sorted(report.waiting.items()):
        yield f"waits for the next run: {name}: {reason}"
    for name, reason in sorted(report.skipped.items()):
        yield f"left out: {name}: {reason}"
    for item in report.without_text:
        yield f"incomplete: {item.file}: {item.reason}"
    for item in report.unreadable:
        yield f"not readable: {item.file}: {item.reason}"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
