"""`pincite search` and `pincite batch`."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from app.commands.output import json_text
from app.settings import library_folder, load_settings
from ingest.atomic_files import whole_file
from ingest.errors import LibraryDamaged, PinciteError, UsageError

if TYPE_CHECKING:
    from index.notices import Notice
    from index.ranking.cross_encoder import Reranker
    from index.search import Hit, Searcher, SearchResult


def folder_given(written: str) -> Path:
    """Return a folder named on the command line; an empty name, as of an unset variable, is not the current one."""
    if not written.strip():
        raise typer.BadParameter("the name of a folder is empty")
    return Path(written)


LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        parser=folder_given,
        metavar="DIR",
        help="Library folder (default: $PINCITE_LIBRARY, else library/).",
    ),
]
FILTER_KEYS = ("publisher", "type", "year", "country", "language", "document")
_QUESTION_KEYS = ("id", "question", "filters")
# Other keys of a question are somebody's own and left alone, but not one that is nearly a known one.
ALIKE = 0.8
MAX_QUESTION = 1_000
MAX_HITS = 100
FILTER_ALONE = "A filter alone finds nothing: write a question beside it, as in: health country:PER"
UNANSWERED = "These passages are only loosely related. The corpus may not answer this question."
DOUBTFUL = "pincite is not sure that these passages answer the question. Read the first ones."
UNTIL_EMBEDDED = "Searching by words only until the running ingest has embedded the passages."


class Mode(StrEnum):
    """Which legs of the index answer."""

    hybrid = "hybrid"
    lexical = "lexical"
    dense = "dense"


class BatchFormat(StrEnum):
    """What `batch` writes."""

    jsonl = "jsonl"
    trec = "trec"


ModeOption = Annotated[Mode, typer.Option(help="Both legs, words only, or meaning only.")]
HitsOption = Annotated[int, typer.Option("-k", min=1, max=MAX_HITS, help="How many passages.")]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker", help="A cross-encoder (hub name or folder) that re-orders the passages found."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(search)
    app.command()(batch)


def search(
    question: Annotated[
        str, typer.Argument(help='The question; "exact phrase", -term, OR and field:value work.')
    ],
    library: LibraryOption = None,
    k: HitsOption = 10,
    mode: ModeOption = Mode.hybrid,
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="KEY=VALUE", help=f"One of: {', '.join(FILTER_KEYS)}."),
    ] = None,
    reranker: RerankerOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each passage ranks where it does.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the search object as JSON.")] = False,
) -> None:
    """Rank the passages that answer a question, each with its source and page."""
    filters = parse_filters(filter_ or [])
    _check_question(question, "the question")
    searcher, second = _open(library, reranker)
    result = searcher.search(
        question, k=k, mode=mode.value, filters=filters, explain=explain, reranker=second
    )
    remarks = unknown_values(searcher, question, filters)
    if as_json:
        from app.exports.schema import result_dict

        typer.echo(json_text(result_dict(result)))
        for remark in remarks:
            typer.echo(f"pincite: {remark}", err=True)
    else:
        show(result, (*_told(result.notices, searcher), *remarks), explain=explain)


def batch(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="One question a line.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    library: LibraryOption = None,
    k: HitsOption = 10,
    mode: ModeOption = Mode.hybrid,
    format_: Annotated[
        BatchFormat, typer.Option("--format", help="Search objects, or a TREC run.")
    ] = BatchFormat.jsonl,
    reranker: RerankerOption = None,
) -> None:
    """Answer many questions; one search object a line, in the input's order."""
    from app.exports.records import json_line
    from app.exports.schema import result_dict
    from evals.trec import run_text

    trec = format_ is BatchFormat.trec
    asked = list(read_questions(questions, trec=trec))
    if not asked:
        raise UsageError(f'{questions}: no question here; write one object with "id" and "question" a line')
    if questions.is_file() and out.exists() and out.samefile(questions):
        raise UsageError(f"--out {out}: that is the file of the questions; name another")
    with whole_file(out) as file:
        searcher, second = _open(library, reranker)
        for item in asked:
            result = searcher.search(
                item.question, k=k, mode=mode.value, filters=item.filters, reranker=second
            )
            for remark in unknown_values(searcher, item.question, item.filters):
                typer.echo(f"pincite: question {item.id}: {remark}", err=True)
            if trec:
                ranking = [(hit.passage.passage.id, hit.score) for hit in result.hits]
                file.write(run_text({item.id: ranking}, f"pincite-{result.mode}").encode())
            else:
                file.write(json_line({"id": item.id, **result_dict(result)}))
    typer.echo(f"{len(asked)} question{'s' * (len(asked) != 1)} answered in {out}", err=True)


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch file."""

    id: str
    question: str
    filters: Mapping[str, Sequence[str]]


def read_questions(path: Path, *, trec: bool = False) -> Iterator[Question]:
    """Yield the questions of a JSON Lines file; UsageError names the file and line of the first fault.

    In a TREC run blanks stand between the fields, so that `trec` allows none in an id.
    """
    try:
        data = path.read_bytes()
        # Not splitlines(): texts may hold U+2028, which JSON does not escape.
        lines = data.decode("utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except UnicodeDecodeError as error:
        # Where it failed is counted without the byte order mark.
        number = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {number}: not UTF-8 text") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from error
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.strip():
            item = _question(line, f"{path}, line {number}")
            if trec and len(item.id.split()) != 1:
                raise UsageError(
                    f"{path}, line {number}: the id {item.id!r} holds a blank; a TREC run cannot"
                )
            if item.id in seen:
                raise UsageError(f"{path}, line {number}: the id {item.id!r} occurs twice")
            seen.add(item.id)
            yield item


def _question(line: str, where: str) -> Question:
    try:
        raw = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UsageError(f"{where}: not valid JSON ({error})") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str) or "id" not in raw:
        raise UsageError(f'{where}: expected an object with "id" and "question"')
    for key in sorted(raw.keys() - set(_QUESTION_KEYS)):
        if meant := difflib.get_close_matches(key.casefold(), _QUESTION_KEYS, 1, ALIKE):
            raise UsageError(f"{where}: unknown key {key!r}; did you mean {meant[0]!r}?")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in json.dumps(raw, ensure_ascii=False)):
        raise UsageError(f"{where}: half a character (a lone surrogate), which no text file can hold")
    if not isinstance(raw["id"], str | int) or isinstance(raw["id"], bool):
        raise UsageError(f'{where}: "id" must be text or a whole number')
    if not str(raw["id"]).strip():
        raise UsageError(f'{where}: "id" is empty')
    _check_question(raw["question"], where)
    filters = raw.get("filters") or {}
    if not isinstance(filters, dict):
        raise UsageError(f'{where}: "filters" must be an object')
    return Question(
        str(raw["id"]), raw["question"], {key: _values(key, value, where) for key, value in filters.items()}
    )


def _values(key: str, value: Any, where: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in values):
        raise UsageError(f"{where}: filter {key!r} must be a value or a list of values")
    for one in values:
        _check_filter(key, str(one), where)
    return [str(one) for one in values]


def parse_filters(words: Sequence[str]) -> dict[str, list[str]]:
    """Turn repeated `key=value` words into filters; UsageError for an unknown key or a broken year."""
    filters: dict[str, list[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise UsageError(f"--filter {word}: expected KEY=VALUE with a key of {', '.join(FILTER_KEYS)}")
        _check_filter(key, value, f"--filter {word}")
        filters.setdefault(key, []).append(value)
    return filters


def _check_filter(key: str, value: str, where: str) -> None:
    from index.query.filters import check_filters

    try:
        check_filters({key: [value]})
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def unknown_values(
    searcher: "Searcher", question: str, filters: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return a sentence for each filter value that no document has, and for filters without a question."""
    from app.i18n.notices import in_english
    from index.query import filters as known
    from index.query.parser import clean_question, parse

    documents = searcher.snapshot.documents
    both = (filters, parse(clean_question(question)).filters)
    told = dict.fromkeys(
        in_english(notice) for one in both for notice in known.unknown_values(documents, one)
    )
    return (*told, FILTER_ALONE) if _only_filters(question) else tuple(told)


def _only_filters(question: str) -> bool:
    from index.query.parser import clean_question, parse

    query = parse(clean_question(question))
    return bool(query.filters) and not query.text


def _told(notices: "Sequence[Notice]", searcher: "Searcher") -> list[str]:
    """Return the notices, and in the place of "without a model" that an ingest is about to add it."""
    from app.i18n.notices import in_english
    from index.notices import NoticeKind
    from ingest.library.lock import busy

    soon = searcher.snapshot.manifest.model is None and busy(searcher.folder)
    return [
        UNTIL_EMBEDDED if soon and notice.kind is NoticeKind.WORDS_ONLY else in_english(notice)
        for notice in notices
    ]


def _check_question(question: str, where: str) -> None:
    if not question.strip():
        raise UsageError(f"{where}: the question is empty")
    if not any(char.isalnum() for char in question):
        raise UsageError(f"{where}: there is no letter or digit in {question.strip()!r}; ask in words")
    if len(question) > MAX_QUESTION:
        raise UsageError(f"{where}: the question is longer than {MAX_QUESTION} characters")


def show(result: "SearchResult", notices: Sequence[str] = (), explain: bool = False) -> None:
    """Print a result for people, after `notices` in words."""
    console = Console(highlight=False)
    for notice in notices:
        console.print(Text(notice, style="yellow"))
    if not result.hits:
        if not _only_filters(result.question):
            console.print("No passage matches. Try fewer or different words.")
        return
    if not result.answerable:
        console.print(DOUBTFUL if result.doubtful else UNANSWERED, style="yellow")
    for hit in result.hits:
        _show_hit(console, hit, explain)


def _show_hit(console: Console, hit: "Hit", explain: bool) -> None:
    from app.citations.styles import own_headings
    from app.exports.schema import hit_dict

    card = hit_dict(hit)
    console.print(
        Text(f"\n{hit.rank}. {card['citation']}", style="bold"),
        Text("  weak match" if hit.weak else "", style="yellow"),
    )
    if headings := own_headings(hit.passage.passage, hit.document.metadata.title):
        console.print(Text("   " + " › ".join(headings), style="dim"))
    text = Text(hit.passage.passage.shown)
    console.print(text.wrap(console, max(40, min(console.width, 110) - 3)), soft_wrap=False)
    if explain and hit.explain:
        console.print(Text("   " + json.dumps(hit.explain, ensure_ascii=False), style="dim"))


def _open(library: Path | None, reranker: str | None) -> "tuple[Searcher, Reranker | None]":
    from index.search import Searcher
    from ingest.library.lock import busy

    settings = load_settings()
    name = reranker or settings.reranker
    folder = library_folder(library, settings=settings)
    try:
        searcher = Searcher.open(folder, model=settings.model, cache=settings.cache)
    except LibraryDamaged:
        raise
    except PinciteError as error:
        if not busy(folder):
            raise
        raise PinciteError(
            f"{folder}: nothing to search yet; the running ingest is still reading. Try again in a moment"
        ) from error
    return searcher, _load_reranker(name) if name else None


def _load_reranker(name: str) -> "Reranker":
    from index.ranking.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name)
