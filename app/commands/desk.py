"""`pincite check` and `pincite table`: a draft held against the library, questions answered for many documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.options import Language, LibraryOption
from app.commands.output import tell
from app.commands.question_file import read_questions
from app.desk.table import RowKind
from app.i18n.plurals import counted
from app.service.search import parse_filters
from app.settings import library_folder, load_settings
from ingest.atomic_files import whole_file
from ingest.errors import UsageError
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from index.search import Searcher

CHECK_FORMATS = (".json", ".docx")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(check)
    app.command()(table)


def check(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="A .docx, .md or .txt file.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .json or .docx.")],
    library: LibraryOption = None,
) -> None:
    """Hold each sentence of a draft against the library: quoted, said by a passage, other numbers, or not found."""
    from app import i18n
    from app.desk.check_draft import check_draft
    from app.desk.check_files import draft_dict, word_file
    from app.desk.draft_file import read_draft
    from app.desk.evidence import Evidence

    suffix = ending(out, CHECK_FORMATS)
    if draft.exists() and out.exists() and out.samefile(draft):
        raise UsageError(f"--out {out}: that is the draft itself; name another")
    paragraphs = read_draft(draft)
    with whole_file(out) as file:
        checked = check_draft(Evidence(open_searcher(library)), paragraphs, on_progress=_told)
        if suffix == ".json":
            file.write(json_line(draft_dict(checked)))
        else:
            file.write(word_file(checked, i18n.words(i18n.choose(checked.language, None))))
    counts = ", ".join(f"{count} {verdict}" for verdict, count in checked.counts.items())
    sentences = counted(len(checked.sentences), "sentence")
    tell(f"{sentences} checked in {out}: {counts}")


def table(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="One question a line.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .xlsx, .docx, .csv or .json.")],
    by: Annotated[RowKind, typer.Option("--by", help="What the rows are.")] = RowKind.document,
    library: LibraryOption = None,
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="KEY=VALUE", help="Only documents that have it; as in search."),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Language of headings and citations.")
    ] = Language.en,
) -> None:
    """Lay questions against documents, countries, years or publishers: a verbatim passage with its page a cell."""
    from app import i18n
    from app.desk.table import Question, evidence_table
    from app.desk.table_files import FORMATS, write

    suffix = ending(out, tuple(FORMATS))
    filters = parse_filters(filter_ or [], "--filter")
    asked = [
        Question(id=one.id, question=one.question, filters=one.filters) for one in read_questions(questions)
    ]
    if not asked:
        raise UsageError(f'{questions}: no question here; write one object with "id" and "question" a line')
    if questions.is_file() and out.exists() and out.samefile(questions):
        raise UsageError(f"--out {out}: that is the file of the questions; name another")
    with whole_file(out) as file:
        made = evidence_table(open_searcher(library), asked, by, filters=filters)
        file.write(write(made, suffix, i18n.words(language.value)))
    cells = len(made.rows) * len(asked)
    tell(f"{len(made.rows)} rows in {out}: {made.filled} of {cells} cells have a passage")


def ending(out: Path, allowed: tuple[str, ...]) -> str:
    """Return the ending of a file to be written. Raises UsageError where it names no format that there is."""
    suffix = out.suffix.lower()
    if suffix not in allowed:
        raise UsageError(f"--out {out}: the name must end in {', '.join(allowed[:-1])} or {allowed[-1]}")
    return suffix


def open_searcher(library: Path | None) -> "Searcher":
    """Return the searcher of a library."""
    from index.search import Searcher

    settings = load_settings()
    folder = library_folder(library, settings=settings)
    return Searcher.open(folder, model=settings.model, cache=settings.cache)


def _told(done: int, total: int) -> None:
    if done < total:
        tell(f"{done} of {total} sentences")
