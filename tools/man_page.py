"""Write docs/man/pincite.1 from the commands themselves: every command, its arguments and its options."""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "man" / "pincite.1"
CODES = {
    "0": "done",
    "1": "an error, told in one line",
    "2": "wrong usage or a broken input file",
    "3": "done, but some files could not be read or some lines held no question",
    "75": "another ingest is running",
    "130": "stopped",
}


def roff(text: str) -> str:
    """Return text as roff takes it literally."""
    line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + line if line.startswith((".", "'")) else line


def commands(group: Any, name: str) -> list[tuple[str, Any]]:
    """Return (whole name, command) of all commands of a group, those of its groups in their place."""
    found: list[tuple[str, Any]] = []
    for word, command in sorted(group.commands.items()):
        whole = f"{name} {word}"
        found += commands(command, whole) if hasattr(command, "commands") else [(whole, command)]
    return found


def section(name: str, command: Any) -> list[str]:
    """Return what the page says of a command."""
    lines = [".SS " + roff(name), roff(command.help or "")]
    for parameter in command.params:
        if getattr(parameter, "hidden", False):
            continue
        names = [*parameter.opts, *parameter.secondary_opts]
        option = names[0].startswith("-")
        shown = ", ".join(names) if option else (parameter.metavar or parameter.name.upper())
        lines += [".TP", ".B " + roff(shown), roff(parameter.help or "")]
    return lines


def page() -> str:
    """Return the manual page."""
    sys.path.insert(0, str(ROOT))
    import typer.main

    from app.cli import app

    root: Any = typer.main.get_command(app)
    lines = [
        '.TH PINCITE 1 "" "pincite" "User Commands"',
        ".SH NAME",
        "pincite \\- " + roff(root.help or ""),
        ".SH SYNOPSIS",
        ".B pincite",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR]",
        ".SH COMMANDS",
    ]
    for name, command in commands(root, "pincite"):
        lines += section(name, command)
    lines.append(".SH EXIT STATUS")
    for code, meaning in CODES.items():
        lines += [".TP", f".B {code}", roff(meaning)]
    lines += [
        ".SH FILES",
        ".TP",
        ".B pincite.toml",
        roff("settings, in the folder in which pincite is called"),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
