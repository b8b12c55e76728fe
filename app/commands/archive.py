"""`pincite backup`, `restore` and `library copy`: the library as one file, back, and elsewhere."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.ingest import publish_snapshot
from app.commands.options import LibraryOption, library_given
from app.commands.output import tell
from app.commands.progress import Progress, Reporter
from app.settings import library_folder, load_settings
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from ingest.library.archive import Contents

FileArgument = Annotated[Path, typer.Argument(help="The archive, for example library.pincite.zip.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(backup)
    app.command()(restore)
    group = typer.Typer(name="library", help="Libraries as a whole.", no_args_is_help=True)
    group.callback()(_libraries)
    group.command("copy")(copy)
    app.add_typer(group)


def _libraries() -> None:
    """Libraries as a whole."""


def backup(
    file: FileArgument,
    library: LibraryOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a file of that name.")
    ] = False,
) -> None:
    """Write all that people typed and all that was read into one file, while others search and ingest."""
    from ingest.library.archive import back_up

    if file.exists() and not replace:
        raise PinciteError(f"{file}: is there already. Name another file, or add --replace.")
    contents = back_up(library_folder(library), file)
    tell(f"{file}: {_told(contents)}. The documents themselves are not in it.")


def restore(
    file: FileArgument,
    library: LibraryOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is a library, keep it under another name.")
    ] = False,
) -> None:
    """Make a library of a backup, checked file by file, and make it searchable."""
    from ingest.library.archive import restore as unpack
    from ingest.library.library import Library

    settings = load_settings()
    folder = library_folder(library, settings=settings)
    contents, aside = unpack(file, folder, replace=replace)
    if aside is not None:
        tell(f"What was there is kept as {aside}.")
    with Library.open(folder) as opened, opened.writing():
        publish_snapshot(opened, folder, settings.model, settings.cache, Reporter(Progress.none))
    tell(f"{folder}: restored, {_told(contents)}, as of {contents.made}.")


def copy(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FROM", parser=library_given, help="The folder or the database URL of a library."
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TO",
            parser=library_given,
            help="A folder or a database URL where there is no library yet.",
        ),
    ],
) -> None:
    """Copy a library, also into PostgreSQL and back; the next ingest makes its snapshot without reading anything."""
    from ingest.library.archive import copy_library

    contents = copy_library(source, target)
    after = f"Make it searchable: pincite ingest CORPUS --library {quote(str(target))}"
    tell(f"{target}: {_told(contents)}. {after}")


def _told(contents: "Contents") -> str:
    typed = f", {contents.typed} with values that people typed" if contents.typed else ""
    return f"{contents.documents} documents{typed}, {contents.size / 1e6:.1f} MB unpacked"
