"""Standard output: lines for people, and JSON, whatever characters that can hold."""

import json
import sys
from typing import Any

import typer
from rich.console import Console

from app.i18n.command_line import worded


class Output(Console):
    """Standard output for people; that its reader leaves (`| head`) is no error."""

    def on_broken_pipe(self) -> None:
        """End the command in silence."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise SystemExit(0) from None


def tell(message: str) -> None:
    """Say something beside the results, in the language that is spoken."""
    typer.echo(worded(message), err=True)


def json_text(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON; escaped to ASCII where the encoding of standard output has not all characters."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=str)
    return text
