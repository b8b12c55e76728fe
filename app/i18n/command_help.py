"""The help of commands in another language: `help.po` has each text as the commands have it."""

from functools import cache
from typing import Any

from app.i18n import catalogue_path

# What the framework itself puts around the texts of a command.
FRAME = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "REQUIRED_LONG_STRING": "[required]",
    "DEFAULT_STRING": "[default: {}]",
}
USAGE, SHOW_HELP = "Usage: ", "Show this message and exit."


@cache
def texts(language: str) -> dict[str, str]:
    """Return the help texts of a language by the English ones, {} for English."""
    import polib

    if language == "en":
        return {}
    path = catalogue_path(language).with_name("help.po")
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path), encoding="utf-8")}


def may_be_shown(arguments: list[str]) -> bool:
    """Return whether a command line may ask for help: by its name, by an option, or by saying nothing else."""
    return len(arguments) <= 1 or not {"-h", "--help", "help"}.isdisjoint(arguments)


def put(command: Any, language: str) -> None:
    """Let a command, with all commands of its group, show its help in a language; unknown texts stay as they are."""
    from typer import rich_utils

    known = texts(language)
    for name, english in FRAME.items():
        setattr(rich_utils, name, known.get(english, english))
    if known:
        _put(command, known, None)


def _put(command: Any, known: dict[str, str], outer: Any) -> None:
    # The framework makes the option for help once a command, with the names that the outer commands give it.
    context = command.make_context(command.name, [], parent=outer, resilient_parsing=True)
    for one in (command, command.get_help_option(context), *command.params):
        if one is not None and getattr(one, "help", None):
            one.help = known.get(one.help, one.help)
    in_english = command.get_usage
    command.get_usage = lambda asked: in_english(asked).replace(USAGE, known[USAGE], 1)
    for inner in getattr(command, "commands", {}).values():
        _put(inner, known, context)
