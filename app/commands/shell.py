"""`pincite help` and `pincite completion`: what a terminal asks of a command itself."""

import os
from enum import StrEnum
from typing import Annotated

import typer

# By this variable the shell asks what could come next.
COMPLETE = "_PINCITE_COMPLETE"


class Shell(StrEnum):
    """What can complete commands."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command(name="help")(show_help)
    app.command()(completion)
    if COMPLETE in os.environ:
        from typer import completion as completing

        completing.completion_init()  # type: ignore[attr-defined]  # not listed, but what Typer itself calls


def show_help(
    context: typer.Context,
    command: Annotated[list[str] | None, typer.Argument(metavar="COMMAND", help="Of which command.")] = None,
) -> None:
    """Show the help of pincite, or of one of its commands."""
    assert context.parent is not None
    whole = context.parent.command
    whole.main([*(command or []), "--help"], prog_name="pincite", standalone_mode=False)


def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh, fish or powershell.")]) -> None:
    """Print what makes a shell complete commands and options."""
    from typer._completion_shared import get_completion_script

    typer.echo(get_completion_script(prog_name="pincite", complete_var=COMPLETE, shell=shell.value))
