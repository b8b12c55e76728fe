"""`pincite search`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from app.commands.options import (
    HitsOption,
    LibraryOption,
    ModeOption,
    RerankerOption,
)
from app.commands.output import Output, json_text
from app.commands.question_file import check_question
from app.i18n.command_line import spoken_words, worded
from app.service.search import DEFAULT_HITS, Mode, moment, parse_filters
from app.service.search import search as run_search
from app.settings import library_folder, load_settings
from index.query.filters import FILTER_KEYS
from ingest.errors import LibraryDamaged, PinciteError

if TYPE_CHECKING:
    from app.service.search import Answer
    from index.ranking.cross_encoder import Reranker
    from index.search import Hit, Searcher, SearchResult

UNANSWERED = "These passages are only loosely related. The corpus may not answer this question."
DOUBTFUL = "pincite is not sure that these passages answer the question. Read the first ones."
FILTER_ALONE = "A filter alone finds nothing: write a question beside it, as in: health country:PER"
UNTIL_EMBEDDED = "Searching by words only until the running ingest has embedded the passages."

SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Only documents that came into the library from then on."),
]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Say why each passage ranks where it does.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(search)


def search(
    question: Annotated[
        str, typer.Argument(help='The question; "exact phrase", -term, OR and field:value work.')
    ],
    library: LibraryOption = None,
    k: HitsOption = DEFAULT_HITS,
    mode: ModeOption = Mode.hybrid,
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="KEY=VALUE", help=f"One of: {', '.join(FILTER_KEYS)}."),
    ] = None,
    since: SinceOption = None,
    reranker: RerankerOption = None,
    explain: ExplainOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the search object as JSON.")] = False,
) -> None:
    """Rank the passages that answer a question, each with its source and page."""
    filters = parse_filters(filter_ or [], "--filter")
    check_question(question, "the question")
    earliest = moment(since, "--since") if since else None
    searcher, second = opened(library, reranker)
    answer = run_search(
        searcher,
        question,
        k=k,
        mode=mode,
        filters=filters,
        explain=explain,
        reranker=second,
        since=earliest,
    )
    if as_json:
        from app.exports.schema import result_dict

        typer.echo(json_text(result_dict(answer.result)))
        for remark in remarks(answer):
            typer.echo(f"pincite: {remark}", err=True)
    else:
        show(answer.result, _told(answer), explain=explain)


def _told(answer: "Answer") -> list[str]:
    """Return the notices of a search as sentences, what is wrong with the filters last."""
    from app.i18n.notices import sentence
    from index.notices import NoticeKind

    soon = answer.until_embedded
    own = [
        worded(UNTIL_EMBEDDED)
        if soon and notice.kind is NoticeKind.WORDS_ONLY
        else sentence(spoken_words(), notice)
        for notice in answer.result.notices
    ]
    return own + remarks(answer)


def remarks(answer: "Answer") -> list[str]:
    """Return a sentence for each filter value that no document has, and one for filters without a question."""
    from app.i18n.notices import sentence

    absent = [sentence(spoken_words(), notice) for notice in answer.unknown_values]
    return [*absent, worded(FILTER_ALONE)] if answer.filters_alone else absent


def show(result: "SearchResult", notices: Sequence[str] = (), explain: bool = False) -> None:
    """Print a result for people; `notices` in words, and that nothing was found, on standard error."""
    t = spoken_words()
    console, aside = Output(highlight=False), Console(highlight=False, stderr=True)
    for notice in notices:
        aside.print(Text(notice, style="yellow"))
    if result.suggestion:
        aside.print(
            Text(t("Searched also for: {question}").format(question=result.suggestion), style="yellow")
        )
    if not result.hits:
        if worded(FILTER_ALONE) not in notices:
            aside.print(t("No passage matches. Try fewer or different words."))
        return
    if not result.answerable:
        console.print(t(DOUBTFUL if result.doubtful else UNANSWERED), style="yellow")
    for hit in result.hits:
        _show_hit(console, hit, explain)


def _show_hit(console: Console, hit: "Hit", explain: bool) -> None:
    from app.citations.styles import citation, headings_above
    from app.citations.wording import citation_words

    source = citation(hit.document, hit.passage.passage, citation_words(spoken_words()))
    console.print(
        Text(f"\n{hit.rank}. {source}", style="bold"),
        Text(worded("  weak match") if hit.weak else "", style="yellow"),
    )
    if headings := headings_above(hit.passage.passage, hit.document.metadata.title):
        console.print(Text("   " + " › ".join(headings), style="dim"))
    text = Text(hit.passage.passage.display_text)
    console.print(text.wrap(console, max(40, min(console.width, 110) - 3)), soft_wrap=False)
    if explain and hit.explain:
        console.print(Text("   " + json.dumps(hit.explain, ensure_ascii=False), style="dim"))


def opened(library: Path | None, reranker: str | None) -> "tuple[Searcher, Reranker | None]":
    """Open the searcher of a library and the reranker, if one is asked for. Raises PinciteError where there is none."""
    from index.search import Searcher
    from ingest.library.writer import busy

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
