"""`pincite ingest`: bring the library up to date with a folder, then publish a snapshot."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.options import LibraryOption, ModelOption, folder_given
from app.commands.progress import Progress, Reporter
from app.settings import DEFAULT_CORPUS, Settings, folder_or_name, library_folder, load_settings
from ingest.errors import ModelUnavailable, PinciteError, UnreadableFile, UsageError

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from ingest.library.library import Library
    from ingest.pipeline import IngestReport

# What typer makes of Ctrl-C as well.
INTERRUPTED = 130


class Stopped(PinciteError):
    """Somebody pressed Ctrl-C; every file read and every 512 texts embedded are on the disk."""

    exit_code = INTERRUPTED


CorpusArgument = Annotated[
    Path | None,
    typer.Argument(
        parser=folder_given, metavar="[CORPUS]", help="Folder with the documents (default: corpus/)."
    ),
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
        bool, typer.Option("--allow-empty", help="Let all or most documents leave the library.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read all anew; what people typed stays.")
    ] = False,
) -> None:
    """Read new and changed documents of a folder into the library and make them searchable."""
    settings = load_settings()
    folder = corpus_folder(corpus, settings)
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
            model=model,
            dry_run=dry_run,
            allow_empty=allow_empty,
        )
    if report.unreadable or report.broken:
        raise typer.Exit(UnreadableFile.exit_code)


def _set_aside(corpus: Path, library: Path) -> str | None:
    """Keep the database under another name and return its model, where the folder has documents to read instead.

    Raises: PinciteError for a folder without any; LibraryBusy.
    """
    from ingest.corpus_folder import scan
    from ingest.library.lock import WriterLock
    from ingest.library.rebuild import set_aside

    if not scan(corpus, leave_out=library).stamps:
        raise PinciteError(f"{corpus}: no document to read anew; nothing was changed. Is a drive missing?")
    if not library.is_dir():
        return None
    with WriterLock(library):
        aside = set_aside(library, MODEL_SETTING)
    if aside.path is not None:
        typer.echo(f"Reading all anew. The database of before is kept as {aside.path}.", err=True)
    return aside.setting


@contextmanager
def going_on_with(command: str) -> Iterator[None]:
    """Turn Ctrl-C into Stopped, which tells that nothing is lost and which command goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise Stopped(f"stopped; what was read and embedded is kept: run {command} again to go on") from stop


def corpus_folder(flag: Path | None, settings: Settings) -> Path:
    """Return the corpus folder; UsageError if it is not there."""
    folder = flag or settings.corpus or DEFAULT_CORPUS
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; make it and put documents into it, or name another one")
    return folder


def bring_up_to_date(
    corpus: Path,
    library: Path,
    settings: Settings,
    *,
    progress: Progress = Progress.auto,
    workers: int | None = None,
    model: str | None = None,
    dry_run: bool = False,
    allow_empty: bool = False,
) -> "IngestReport":
    """Ingest a folder, embed what is new, publish a snapshot, and say what was done.

    `workers` and `model` are options of a command; the settings say what goes without them.
    """
    from ingest.pipeline import ingest_folder

    started = time.monotonic()
    wanted = (folder_or_name(model, Path()) if model else None) or settings.model
    _check_model(wanted, fetch=not dry_run)
    reporter = Reporter(progress)
    with _held(library, dry_run=dry_run) as opened, reporter:
        if wanted is None:
            _check_model(opened.setting(MODEL_SETTING), fetch=not dry_run)
        report = ingest_folder(
            corpus,
            opened,
            workers=workers or settings.workers or os.cpu_count() or 1,
            on_event=reporter.event,
            dry_run=dry_run,
            allow_empty=allow_empty,
        )
        if not dry_run:
            publish_snapshot(opened, library, wanted, settings.cache, reporter)
    reporter.finish(report, time.monotonic() - started)
    return report


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
    from ingest.library.library import Library
    from ingest.library.sqlite import DATABASE_FILE

    if dry_run and not (folder / DATABASE_FILE).exists():
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


MODEL_SETTING = "model"
"""Under this key the library remembers the model it was built with on request, for runs without `--model`."""


def publish_snapshot(
    library: "Library", folder: Path, model: str | None, cache: Path | None, reporter: Reporter
) -> None:
    """Make what the library holds searchable, with the model named or the one it was built with.

    The caller holds the writer lock.
    """
    from index.snapshot.publish import needs_no_model, publish

    wanted = model or library.setting(MODEL_SETTING)
    if not needs_no_model(library, folder, wanted):
        publish(library, folder, _load_embedder(wanted, cache, reporter), on_event=reporter.event)
    if model is not None:
        library.set_setting(MODEL_SETTING, model)


def _load_embedder(model: str | None, cache: Path | None, reporter: Reporter) -> "Embedder | None":
    reporter.loading_model()
    try:
        return _loaded(model, cache)
    except ModelUnavailable as error:
        if model is not None:
            raise
        reporter.say(f"Meaning-based search is off; results use words only. ({error})")
        return None


@lru_cache(maxsize=1)
def _loaded(model: str | None, cache: Path | None) -> "Embedder":
    """Load a model once in a process: `watch` ingests again and again."""
    from index.embedding.loading import load_model

    return load_model(model, cache=cache)
