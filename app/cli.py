"""The command `pincite`. Words, options and exit codes are described in the README and stay stable."""

import os
import signal
import sys
import threading
from io import TextIOWrapper
from typing import Annotated, Any

import typer
import typer.main
from rich.console import Console

from app.commands import archive, batch, catalogue, desk, evaluate, ingest, library, search, serve, shell
from app.i18n import LANGUAGES, command_help
from app.i18n.command_line import asked_language, speak, spoken_words, worded
from ingest.errors import PinciteError, UsageError

app = typer.Typer(
    name="pincite",
    help="Ask policy papers a question; get ranked, verbatim excerpts with the exact page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (ingest, search, batch, desk, serve, library, archive, shell):
    group.register(app)
app.add_typer(evaluate.app, name="eval")
app.add_typer(catalogue.app, name="catalogue")

# What its validation says, as people say it.
_PLAIN = {
    "Value error, ": "",
    "Input should be ": "must be ",
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        typer.echo(f"pincite {version('pincite')}")
        raise typer.Exit


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    lang: Annotated[
        str, typer.Option("--lang", metavar="en|es|pt", help="Language of messages (default: that of $LANG).")
    ] = "",
) -> None:
    """Read the options that every command shares (`main` takes off `--debug` and `--lang`, wherever they stand)."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; expected errors become one line on stderr and their exit code."""
    _prepare_process()
    words = list(sys.argv[1:] if arguments is None else arguments)
    own = ingest.OwnProcess() if arguments is None else None
    debug = "--debug" in (words[: words.index("--")] if "--" in words else words)
    if debug:
        words.remove("--debug")
    _speak(words)
    try:
        code = _called(words, own)
        if code == ingest.INTERRUPTED:
            _complain("stopped")
        sys.exit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        _explain(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        _complain("stopped")
        sys.exit(1)
    except PinciteError as error:
        if debug:
            raise
        _complain(str(error))
        sys.exit(error.exit_code)
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


def _called(words: list[str], own: ingest.OwnProcess | None) -> object:
    command: Any = typer.main.get_command(app)
    if command_help.may_be_shown(words):
        command_help.put(command, spoken_words().language)
    try:
        return command(args=words, prog_name="pincite", standalone_mode=False, obj=own)
    except SystemExit as ended:
        # The framework makes 1 of a broken pipe.
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise


def _speak(arguments: list[str]) -> None:
    """Speak the language asked for from now on; taken out of the arguments where they name it."""
    language = asked_language(arguments, os.environ)
    if language is None:
        _complain(f"--lang: choose one of {', '.join(LANGUAGES)}")
        sys.exit(UsageError.exit_code)
    speak(language)


def _prepare_process() -> None:
    """Let output never fail for a character, and SIGTERM stop a command as Ctrl-C does."""
    # A character that the terminal's encoding does not have is shown as "?"; stderr escapes it as it is.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)


def _explain(error: typer.TyperException) -> None:
    """Print one line that names what was wrong and where to look. A bare `pincite` has shown its help already."""
    message = " ".join(error.format_message().split())
    if message:
        for theirs, plain in _PLAIN.items():
            message = message.replace(theirs, plain)
        context: typer.Context | None = getattr(error, "ctx", None)
        command = context.command_path if context else "pincite"
        end = "" if message.endswith(("?", ".")) else "."
        typer.echo(f"pincite: {worded(message)}{end} {worded('See: ' + command + ' --help')}", err=True)


def _complain(message: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(
        f"pincite: {worded(message)}", markup=False, style="red"
    )


if __name__ == "__main__":
    main()
