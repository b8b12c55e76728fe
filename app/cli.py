"""The command `pincite`. Words, options and exit codes are described in the README and stay stable."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from app.commands import evaluate, ingesting, keeping, searching, serving
from ingest.errors import PinciteError

app = typer.Typer(
    name="pincite",
    help="Ask policy papers a question; get ranked, verbatim excerpts with the exact page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (ingesting, searching, serving, keeping):
    group.register(app)
app.add_typer(evaluate.app, name="eval")


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        typer.echo(f"pincite {version('pincite')}")
        raise typer.Exit


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Read the options that every command shares (`--debug` is taken off in `main`)."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; expected errors become one line on stderr and their exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    own = words[: words.index("--")] if "--" in words else words
    debug = "--debug" in own
    if debug:
        words.remove("--debug")
    try:
        app(args=words, prog_name="pincite")
    except PinciteError as error:
        if debug:
            raise
        _complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain("stopped; what was done so far is kept")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe left (`pincite search … | head`): not an error of ours.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if debug:
            raise
        _complain(f"{error.filename or 'the system'}: {error.strerror or error}")
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        _complain(f"internal error: {type(error).__name__}: {error} (run again with --debug for the details)")
        sys.exit(1)


def _complain(message: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(
        f"pincite: {message}", markup=False, style="red"
    )


if __name__ == "__main__":
    main()
