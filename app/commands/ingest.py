"""`pincite ingest`: bring the library up to date with a folder, then publish a snapshot."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.computing import AskedModel, JobsOption, OnOption, Place, WorkersOption, computing
from app.commands.options import LibraryOption, ModelOption, corpus_given
from app.commands.output import tell
from app.commands.progress import Progress, Reporter
from app.settings import DEFAULT_CORPUS, folder_or_name, library_folder, load_settings
from ingest.errors import ModelUnavailable, NewerFormat, PinciteError, UnreadableFile, UsageError
from ingest.sandbox.own_limits import lower_priority

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.settings import Settings
    from index.embedding.embedder import Embedder
    from index.snapshot.publish import SnapshotWriter
    from ingest.library.library import Library
    from ingest.pipeline import Event, IngestReport

# What typer makes of Ctrl-C as well.
INTERRUPTED = 130


class OwnProcess:
    """Told to a command that the process is its own, to be done with as it likes."""


class Stopped(PinciteError):
    """Somebody pressed Ctrl-C; every file read and every 512 texts embedded are on the disk."""

    exit_code = INTERRUPTED


class Priority(StrEnum):
    """How much an ingest gives way to other programs."""

    low = "low"
    normal = "normal"


CorpusArgument = Annotated[
    Path | None,
    typer.Argument(
        parser=corpus_given,
        metavar="[CORPUS]",
        help="Folder with the documents, or s3://BUCKET/PREFIX (default: corpus/).",
    ),
]
PriorityOption = Annotated[Priority, typer.Option("--priority", help="Whether other programs go first.")]
ProgressOption = Annotated[
    Progress, typer.Option("--progress", help="A bar, one JSON object a line, or nothing.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(ingest)


def ingest(
    context: typer.Context,
    corpus: CorpusArgument = None,
    library: LibraryOption = None,
    progress: ProgressOption = Progress.auto,
    workers: WorkersOption = None,
    jobs: JobsOption = None,
    priority: PriorityOption = Priority.low,
    model: ModelOption = None,
    on: OnOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let all or most documents leave the library.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read all anew; what people typed stays.")
    ] = False,
) -> None:
    """Read new and changed documents of a folder into the library and make them searchable."""
    settings = load_settings()
    folder = corpus_folder(corpus, settings)
    give_way(context, priority)
    target = library_folder(library, folder, settings)
    if rebuild and not dry_run:
        model = model or _set_aside(folder, target)
    with going_on_with("pincite ingest"):
        report = bring_up_to_date(
            folder,
            target,
            settings,
            progress=progress,
            workers=workers,
            jobs=jobs,
            model=model,
            dry_run=dry_run,
            allow_empty=allow_empty,
            on=on,
        )
    if report.unreadable or report.broken:
        raise typer.Exit(UnreadableFile.exit_code)


def _set_aside(corpus: Path, library: Path) -> str | None:
    """Keep the database under another name and return its model, where the folder has documents to read instead.

    Raises: PinciteError for a folder without any; LibraryBusy.
    """
    from ingest.corpus.corpus import corpus_at
    from ingest.library.rebuild import set_aside
    from ingest.library.writer import write_lock

    if not corpus_at(corpus).scan(leave_out=library).stamps:
        raise PinciteError(f"{corpus}: no document to read anew; nothing was changed. Is a drive missing?")
    if not library.is_dir():
        return None
    with write_lock(library):
        aside = set_aside(library, MODEL_SETTING)
    if aside.name is not None:
        tell(f"Reading all anew. The database of before is kept as {aside.name}.")
    return aside.setting


def give_way(context: typer.Context, priority: Priority) -> None:
    """Lower the priority of a process that is the command's own."""
    if priority is Priority.low and isinstance(context.obj, OwnProcess):
        lower_priority()


@contextmanager
def going_on_with(command: str) -> Iterator[None]:
    """Turn Ctrl-C into Stopped, which tells that nothing is lost and which command goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise Stopped(f"stopped; what was read and embedded is kept: run {command} again to go on") from stop


def corpus_folder(flag: Path | None, settings: "Settings") -> Path:
    """Return the corpus folder; UsageError if it is not there."""
    folder = flag or settings.corpus or DEFAULT_CORPUS
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; make it and put documents into it, or name another one")
    return folder


def bring_up_to_date(
    corpus: Path,
    library: Path,
    settings: "Settings",
    *,
    progress: Progress = Progress.auto,
    workers: int | None = None,
    jobs: int | None = None,
    model: str | None = None,
    dry_run: bool = False,
    allow_empty: bool = False,
    on: str | None = None,
) -> "IngestReport":
    """Ingest a folder, embed what is new, publish a snapshot, and say what was done.

    `workers`, `jobs`, `model` and `on` are options of a command; the settings say what goes without them.
    """
    started = time.monotonic()
    wanted = (folder_or_name(model, Path()) if model else None) or settings.model
    _check_model(wanted, fetch=not dry_run)
    reporter = Reporter(progress)
    with (
        computing(None if dry_run else on or settings.ray, workers or jobs) as place,
        _held(library, dry_run=dry_run) as opened,
        reporter,
    ):
        _check_model(None if wanted else opened.setting(MODEL_SETTING), fetch=not dry_run)
        _check_snapshot(library)
        place.tell(reporter.say)
        at_once = place.workers or settings.workers or os.cpu_count() or 1
        asked = AskedModel(wanted, settings.cache, jobs, place)
        report = _ingested(corpus, opened, asked, at_once, reporter, dry_run=dry_run, allow_empty=allow_empty)
        other_model = _other_model(opened, wanted) if dry_run else None
    reporter.finish(report, time.monotonic() - started, other_model)
    return report


def _ingested(
    corpus: Path,
    library: "Library",
    model: AskedModel,
    at_once: int,
    reporter: Reporter,
    *,
    dry_run: bool,
    allow_empty: bool,
) -> "IngestReport":
    from index.snapshot.publish import SnapshotWriter
    from ingest.pipeline import ingest_folder

    writer = SnapshotWriter(folder=library.folder)
    report = ingest_folder(
        corpus,
        library,
        workers=at_once,
        open_reader=model.place.open_reader,
        on_event=_publishing_words(writer, library, reporter),
        dry_run=dry_run,
        allow_empty=allow_empty,
    )
    if not dry_run:
        _publish(library, writer, model, reporter)
    return report


def _other_model(library: "Library", wanted: str | None) -> tuple[str, str] | None:
    """Return the models (now, then) where all passages would be embedded anew, None where they would not."""
    from index.embedding.embedder import DEFAULT_MODEL

    now = library.setting(MODEL_SETTING) or DEFAULT_MODEL
    return (now, wanted) if wanted not in (None, now) and library.documents() else None


@contextmanager
def _held(folder: Path, *, dry_run: bool) -> Iterator["Library"]:
    """Open the library and hold its lock, but for a dry run.

    One lock from the first look at the folder to the published snapshot: another ingest stops at once.
    """
    from ingest.library.full_disk import telling_of_a_full_disk

    with (
        telling_of_a_full_disk(folder),
        _opened(folder, dry_run=dry_run) as library,
        nullcontext() if dry_run else library.writing(),
    ):
        yield library


@contextmanager
def _opened(folder: Path, *, dry_run: bool) -> Iterator["Library"]:
    """Open the library, made where there is none; for a dry run an empty one in its stead, elsewhere."""
    from ingest.library.backend import exists
    from ingest.library.library import Library

    if dry_run and not exists(folder):
        with (
            TemporaryDirectory(prefix="pincite-") as nowhere,
            Library.open(Path(nowhere), create=True) as empty,
        ):
            yield empty
    else:
        with Library.open(folder, create=True) as library:
            yield library


def _check_model(model: str | None, *, fetch: bool) -> None:
    """Raise UsageError for a folder that is no model, and what fetching a model raises: now and not after hours.

    The model is not loaded; without `fetch` a name of the hub is not looked at.
    """
    from index.embedding.embedder import DEFAULT_MODEL
    from index.embedding.model_folder import named_folder, resolve

    if model is None or model == DEFAULT_MODEL:
        return
    try:
        folder = named_folder(model)
    except ModelUnavailable as error:
        raise UsageError(f"{error}. Nothing was read; name another model, or leave --model out.") from error
    if folder is None and fetch:
        resolve(model)


def _check_snapshot(library: Path) -> None:
    """Raise NewerFormat for a snapshot of a newer version: now, and not after all was read."""
    from index.snapshot.paths import snapshot_folder
    from index.snapshot.snapshot import Snapshot

    try:
        Snapshot.open(snapshot_folder(library))
    except NewerFormat:
        raise
    except PinciteError:
        return  # none yet, or to be built anew


MODEL_SETTING = "model"
"""Under this key the library remembers the model it was built with on request, for runs without `--model`."""


def _publishing_words(
    writer: "SnapshotWriter", library: "Library", reporter: Reporter
) -> "Callable[[Event], None]":
    """Return what hears of the reading: it shows it, and now and then publishes the words of what was read."""

    def heard(event: "Event") -> None:
        reporter.event(event)
        if event.stage == "file":
            writer.publish_words_if_due(library, reporter.event)

    return heard


def publish_snapshot(
    library: "Library", folder: Path, model: str | None, cache: Path | None, reporter: Reporter
) -> None:
    """Make what the library holds searchable, with the model named or the one it was built with.

    The caller holds the writer lock.
    """
    from index.snapshot.publish import SnapshotWriter

    _publish(library, SnapshotWriter(folder=folder), AskedModel(model, cache, None, Place()), reporter)


def _publish(library: "Library", writer: "SnapshotWriter", wanted: AskedModel, reporter: Reporter) -> None:
    asked = wanted.name
    if asked is None:
        wanted = replace(wanted, name=library.setting(MODEL_SETTING))
    if not writer.needs_no_model(library, wanted.name):
        writer.publish(library, _load_embedder(wanted, reporter), on_event=reporter.event)
    if asked is not None:
        library.set_setting(MODEL_SETTING, asked)


def _load_embedder(wanted: AskedModel, reporter: Reporter) -> "Embedder | None":
    reporter.loading_model()
    try:
        return wanted.load()
    except ModelUnavailable as error:
        if wanted.name is not None:
            raise
        reporter.say(f"Meaning-based search is off; results use words only. ({error})")
        return None
