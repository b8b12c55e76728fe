"""`pincite status`, `doctor`, `verify` and `export`: what the library holds, and whether it is sound."""

from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from app.commands.options import LibraryOption
from app.commands.output import Output, json_text
from app.i18n.command_line import worded
from app.settings import library_folder, load_settings

SOMETHING_WRONG = 1
# Least covered pages named in the summary; `--json` has more, `export uncovered` all.
WORST_SHOWN = 3


class Holding(StrEnum):
    """What can be exported."""

    passages = "passages"
    pages = "pages"
    uncovered = "uncovered"
    documents = "documents"


class ExportFormat(StrEnum):
    """How it is written; the bibliographic formats are for documents."""

    jsonl = "jsonl"
    csv = "csv"
    bibtex = "bibtex"
    ris = "ris"
    csl_json = "csl-json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(status)
    app.command()(doctor)
    app.command()(verify)
    app.command()(export)


def status(
    library: LibraryOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Tell what the library holds, what could not be read and why, and what is not yet searchable."""
    from app.checks.status import library_status

    facts = library_status(library_folder(library), load_settings().cache)
    if as_json:
        typer.echo(json_text(facts, indent=2))
    else:
        _show_status(facts)


def _not_searchable(waiting: dict[str, Any]) -> list[str]:
    late = [
        f"  {name}: {what}, not searchable as it stands"
        for what in ("new", "changed", "removed")
        for name in waiting[what]
    ]
    if "away" in waiting:
        late.append(f"  Not compared with the documents: {waiting['away']}")
    return late


def _show_status(facts: dict[str, Any]) -> None:
    console = Output(highlight=False, soft_wrap=True)
    documents, snapshot, waiting = facts["documents"], facts["snapshot"], facts["not_searchable"]
    states = ", ".join(
        f"{count} {worded(state.replace('_', ' '))}" for state, count in sorted(documents["by_state"].items())
    )
    running = facts["ingest_running"]
    database = f"\nDatabase  {facts['database']}" if "database" in facts else ""
    console.print(_line(f"Library   {facts['library']}{database}"))
    console.print(_line(f"Corpus    {facts['corpus'] or 'not known yet'}"))
    console.print(_line(f"Documents {documents['total']}" + (f": {states}" if states else "")))
    console.print(
        _line(f"Pages     {documents['pages']}, {documents['pages_without_text']} of them without text")
    )
    console.print(_line(f"Passages  {facts['passages']}"))
    _show_coverage(console, facts["coverage"])
    ingest = f"pincite ingest {quote(facts['corpus'] or 'CORPUS')} --library {quote(facts['library'])}"
    none_yet = "none yet: " + ("the ingest is at it" if running else f"run {ingest}")
    console.print(_line(f"Snapshot  {snapshot['generation'] if snapshot else none_yet}"))
    model = snapshot["model"] if snapshot else None
    words_only = "words only until the passages are embedded" if running and snapshot else "none: words only"
    served = f"{model}, served by {facts['runtime']}" if model else words_only
    console.print(_line(f"Model     {served}"))
    _show_meaning(console, snapshot)
    if running:
        console.print(_line("Ingest    running"))
    for kind, reading in (("unreadable", "not readable"), ("incomplete", "incomplete")):
        for item in documents[kind]:
            console.print(_line(f"  {reading}: {item['file']}: {item['reason']}", style="yellow"))
    late = _not_searchable(waiting)
    if waiting["stale"] and snapshot:
        late.append("  The index is older than the library")
    if late:
        late.append("The running ingest takes it up" if running else f"Run: {ingest}")
    for line in late:
        console.print(_line(line, style="yellow"))


def _line(text: str, style: str = "") -> Text:
    """Return a line in the language that is spoken."""
    return Text(worded(text), style=style)


def _show_meaning(console: Console, snapshot: dict[str, Any] | None) -> None:
    if snapshot and snapshot.get("search"):
        console.print(_line(f"Search    {snapshot['search']}"))
    if not snapshot or not snapshot["model"]:
        return
    ready, documents = snapshot.get("documents_with_meaning", 0), snapshot.get("documents", 0)
    if ready < documents:
        told = f"ready for {ready} of {documents} documents; the others are found by their words"
        console.print(_line(f"Meaning   {told}"))


def _show_coverage(console: Console, coverage: dict[str, Any]) -> None:
    if coverage["share"] is None:
        return
    worst = ", ".join(
        f"{page['file']} page {page['page']} ({page['coverage']:.0%})"
        for page in coverage["worst"][:WORST_SHOWN]
    )
    found = f"{coverage['share']:.1%} of the text stands in passages"
    console.print(_line(f"Coverage  {found}{f'; least on {worst}' if worst else ''}"))


def doctor(library: LibraryOption = None) -> None:
    """Check library and index; name what is wrong and the command that repairs it."""
    from app.checks.doctor import examine

    console = Output(highlight=False, soft_wrap=True)
    findings = examine(library_folder(library), tell=lambda line: console.print(_line(line)))
    for finding in findings:
        console.print(_line(str(finding)))
    if findings:
        raise typer.Exit(SOMETHING_WRONG)
    console.print(_line("All sound."))


def verify(
    file: Annotated[Path, typer.Argument(help="A search, batch or export file.")],
    library: LibraryOption = None,
) -> None:
    """Look for every excerpt of a file in the stored page text; exit 1 unless all are found."""
    from app.checks.verify import verify_file
    from ingest.library.library import Library

    with Library.open(library_folder(library)) as opened:
        report = verify_file(file, opened)
    console = Output(highlight=False, soft_wrap=True)
    for finding in report.findings:
        console.print(Text(str(finding)))
    counts = report.counts
    typer.echo(", ".join(f"{name}: {counts[name]}" for name in ("found", "not_found", "misattributed")))
    if not report.all_found:
        raise typer.Exit(SOMETHING_WRONG)


def export(
    what: Annotated[
        Holding, typer.Argument(help="passages, pages, uncovered (page text in no passage) or documents.")
    ],
    library: LibraryOption = None,
    format_: Annotated[ExportFormat, typer.Option("--format", help="How to write it.")] = ExportFormat.jsonl,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: standard output).")
    ] = None,
) -> None:
    """Write out what the library holds."""
    from app.exports.records import export as write
    from ingest.library.library import Library

    with Library.open(library_folder(library)) as opened:
        write(opened, what.value, format_.value, out)
