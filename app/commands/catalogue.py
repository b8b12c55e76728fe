"""`pincite catalogue suggest`: metadata for people to look through."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.options import LibraryOption
from app.commands.output import tell
from app.settings import library_folder, load_settings
from ingest.corpus.corpus import corpus_at
from ingest.corpus.place import corpus_path, store_url
from ingest.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    help="What is known of the documents: title, publisher, year and the rest.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def catalogue() -> None:
    """Keep `suggest` a command of its own, for there will be others."""


@app.command()
def suggest(
    library: LibraryOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: standard output).")
    ] = None,
) -> None:
    """Write a catalogue with proposals of metadata, each with where it was read, to look through."""
    from app.service.catalogue_proposals import catalogue_text
    from ingest.atomic_files import whole_file
    from ingest.library.library import Library

    if out is not None and out.exists() and out.name == "catalogue.toml":
        raise UsageError(
            f"{out}: there is a catalogue already. Name another file, look it through, then replace it"
        )
    settings = load_settings()
    with Library.open(library_folder(library, settings=settings)) as opened:
        known = opened.setting("corpus")
        corpus = settings.corpus or (corpus_path(known) if known else None)
        if corpus is not None and store_url(corpus) is not None:
            corpus_at(corpus).scan()  # brings the catalogue that is there already
        text, count = catalogue_text(corpus, opened)
    if out is None:
        typer.echo(text, nl=False)
    else:
        with whole_file(out) as file:
            file.write(text.encode())
    where = f" in {out}" if out is not None else ""
    tell(f"{count} proposal{'s' * (count != 1)}{where}; look them through before you use them")
