"""Write the pages of docs/reference/ from the commands, the OpenAPI description and the formats of the code."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
for place in (ROOT, ROOT / "tools"):
    sys.path.insert(0, str(place))

from formats_reference import formats_page  # noqa: E402  the tools come first on the path
from man_page import CODES, commands  # noqa: E402

MADE = "<!-- Made by tools/reference_pages.py: change the code's own words, then run it. -->\n"


TOKEN = (
    "Where `api_token` or `edit_token` is set, everything but `/api/health` asks for it, as the header",
    "`Authorization: Bearer TOKEN` or as the password of HTTP Basic (`curl -u any:TOKEN`). Answers to GET carry an",
    "`ETag`; sent back in `If-None-Match`, it gives 304 where nothing has changed.",
)


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    """Return a table of Markdown, nothing for no row."""
    if not rows:
        return []
    lines = [heads, ["---"] * len(heads), *rows]
    return ["", *("| " + " | ".join(row) + " |" for row in lines)]


def default(parameter: Any) -> str:
    """Return the default of an option where it says something."""
    value = parameter.default
    if value is None or callable(value) or isinstance(value, bool | tuple | list) or value == "":
        return ""
    return f"`{getattr(value, 'value', value)}`"


def command_section(name: str, command: Any) -> list[str]:
    """Return what the page says of a command."""
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [one for one in shown if not one.opts[0].startswith("-")]
    options = [one for one in shown if one.opts[0].startswith("-")]
    words = [one.metavar or one.name.upper() for one in arguments]
    lines = ["", f"## {name}", "", " ".join((command.help or "").split())]
    lines += ["", "```", " ".join([name, *words, *(["[OPTIONS]"] if options else [])]), "```"]
    rows = [[f"`{word}`", cell(one.help or "")] for word, one in zip(words, arguments, strict=True)]
    lines += table(["argument", "meaning"], rows)
    rows = []
    for option in options:
        names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
        choices = getattr(option.type_descriptor.annotation, "__members__", {}).values()
        values = ", ".join(f"`{choice.value}`" for choice in choices)
        named = f" `{option.metavar}`" if option.metavar else ""
        meaning = cell(option.help or "") + (f" One of: {values}." if values else "")
        rows.append([names + named, meaning, default(option)])
    return [*lines, *table(["option", "meaning", "default"], rows)]


def commands_page() -> str:
    """Return the page of all commands."""
    import typer.main

    from app.cli import app

    root: Any = typer.main.get_command(app)
    lines = [
        MADE,
        "# Commands",
        "",
        "What each `pincite COMMAND --help` says. Results go to standard output,",
    ]
    lines += [
        "messages to standard error. `pincite --version` (`-V`) names the version; `--debug` before the"
    ]
    lines += ["command shows the whole traceback of an error."]
    for name, command in commands(root, "pincite"):
        lines += command_section(name, command)
    lines += ["", "## Exit codes"]
    lines += table(["code", "meaning"], [[code, meaning] for code, meaning in CODES.items()])
    return "\n".join(lines) + "\n"


def type_of(schema: dict[str, Any]) -> str:
    """Return a schema in a word or two."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = str(schema.get("type", "anything"))
    return f"list of {type_of(schema.get('items', {}))}" if kind == "array" else kind


def operation_section(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    """Return what the page says of an operation."""
    lines = ["", f"## {method.upper()} {path}", "", " ".join(operation.get("description", "").split())]
    rows = []
    for one in operation.get("parameters", []):
        needed = "" if one.get("required") else f"`{one['schema'].get('default', '')}`".replace("``", "")
        meaning = cell(one.get("description", ""))
        rows.append([f"`{one['name']}`", one["in"], cell(type_of(one["schema"])), needed, meaning])
    lines += table(["parameter", "in", "type", "default", "meaning"], rows)
    body = operation.get("requestBody", {}).get("content", {})
    answers = {
        code: answer.get("content", {})
        for code, answer in operation["responses"].items()
        if code.startswith("2")
    }
    if body:
        lines += ["", "Takes " + contents(body) + "."]
    for code, content in answers.items():
        lines += ["", f"Gives {code}" + (f": {contents(content)}." if content else ".")]
        headers = operation["responses"][code].get("headers", {})
        lines += table(["header", "says"], [[f"`{n}`", cell(h["description"])] for n, h in headers.items()])
    return lines


def contents(content: dict[str, Any]) -> str:
    """Return media types, each with the name of what it holds."""
    named = {kind: type_of(one.get("schema", {})) for kind, one in content.items()}
    return "; ".join(f"`{kind}`" + (f", {name}" if "[" in name else "") for kind, name in named.items())


def api_page() -> str:
    """Return the page of all operations of the API and of the objects that they take and give."""
    from app.service.site import Site
    from app.web.api import application

    found: dict[str, Any] = application(Site(Path("library"))).state.description()
    lines = [MADE, "# API", "", found["info"]["description"], ""]
    lines += [
        "A fault is a problem object ([Problem](#problem)), `application/problem+json`, with one line for"
    ]
    lines += ["people under `detail`: 4xx says what to change, 503 to try again later."]
    lines += ["", *TOKEN]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            lines += operation_section(method, path, operation)
    lines += ["", "## Objects"]
    for name, schema in sorted(found["components"]["schemas"].items()):
        lines += ["", f"### {name}", "", " ".join(schema.get("description", "").split())]
        if "enum" in schema:
            lines += ["", type_of(schema) + "."]
        rows = [
            [f"`{key}`", cell(type_of(one)), cell(one.get("description", ""))]
            for key, one in schema.get("properties", {}).items()
        ]
        lines += table(["key", "type", "meaning"], rows)
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


PAGES: dict[Path, Callable[[], str]] = {
    FOLDER / "commands.md": commands_page,
    FOLDER / "api.md": api_page,
    FOLDER / "formats.md": lambda: formats_page(MADE),
}

if __name__ == "__main__":
    for page, made in PAGES.items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(made(), encoding="utf-8")
