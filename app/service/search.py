"""One way to run a search, for the command line, `/api` and the page: what may be asked, and what is told beside it.

Light to import: the index is opened by whoever gives the searcher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from index.notices import Notice, NoticeKind
from index.query import filters as index_filters
from index.query.filters import FILTER_KEYS, GivenFilters, check_filters, normal
from index.query.parser import MAX_CHARACTERS, Query, clean_question, one_line, parse
from ingest.errors import UsageError

if TYPE_CHECKING:
    from index.ranking.cross_encoder import Reranker
    from index.search import Searcher, SearchResult
    from ingest.library.records import Document

MAX_HITS = 100
DEFAULT_HITS = 10
NO_DOCUMENT = "-"
"""In place of an id: no document has it."""

Filters = Mapping[str, Sequence[str]]


class Mode(StrEnum):
    """Which legs of the index answer: both, words only, or meaning only."""

    hybrid = "hybrid"
    lexical = "lexical"
    dense = "dense"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a search and what is worth telling beside its own notices.

    `unknown_values` has a notice for each filter value that no document has. `filters_alone` says that nothing was
    asked but filters, `until_embedded` that a running ingest is about to add the model that the search went without.
    """

    result: SearchResult
    unknown_values: tuple[Notice, ...]
    filters_alone: bool
    until_embedded: bool


def search(
    searcher: Searcher,
    question: str,
    *,
    k: int = DEFAULT_HITS,
    mode: str = Mode.hybrid,
    filters: GivenFilters | None = None,
    explain: bool = False,
    reranker: Reranker | None = None,
    since: datetime | None = None,
) -> Answer:
    """Return the best `k` passages (at most MAX_HITS) for a question, and what is to be told.

    With `since` only of documents that came into the library from then on. A question that is too long is cut. One
    that names nothing, and one of whose words no passage holds any while the ranking is judged not to answer it, has
    no hits. Raises UsageError for an unknown mode or filter key and for a wrong year.
    """
    asked = normal(filters)
    chosen: Filters = asked
    if since is not None:
        chosen = only([one for one in searcher.snapshot.documents if came(one) >= since], asked)
    result = searcher.search(
        question, k=k, mode=str(mode), filters=chosen or None, explain=explain, reranker=reranker
    )
    query = parse(clean_question(question))
    unknown: list[Notice] = []
    for given in (asked, query.filters):
        absent = index_filters.unknown_values(searcher.snapshot.documents, given)
        unknown += [notice for notice in absent if notice not in unknown]
    return Answer(
        result=_without_strangers(searcher, query, result),
        unknown_values=tuple(unknown),
        filters_alone=bool(query.filters) and not query.text,
        until_embedded=_until_embedded(searcher, result),
    )


def _without_strangers(searcher: Searcher, query: Query, result: SearchResult) -> SearchResult:
    """Return a result that answers nothing without passages that share no word with the question.

    Over the 447 questions of both gold sets no question of a library's own lost its passages by this; of those asked
    to five papers on something else, 16 did, none of which these papers answer.
    """
    from index.query.content import has_content
    from index.ranking.term_weights import term_weights

    retriever = searcher.retriever
    if not has_content(query, retriever.analyser):
        return replace(result, answerable=False, confidence=0.0, hits=())
    if result.answerable or result.suggestion is not None or not query.text:
        return result
    weights = term_weights(retriever.analyse(query).terms, searcher.snapshot.lexical)
    return result if any(weights.known) else replace(result, confidence=0.0, hits=())


def only(documents: Iterable[Document], filters: Filters | None) -> Filters:
    """Return filters that let nothing pass but those of some documents that pass the filters given."""
    passed = [one.id for one in documents if index_filters.matches(one, filters or {})]
    return {"document": passed or [NO_DOCUMENT]}


def came(document: Document) -> datetime:
    """Return when a document came into the library."""
    return datetime.fromisoformat(document.added)


def moment(text: str, name: str) -> datetime:
    """Return a date, or a date and a time (UTC where it has no zone). Raises UsageError, beginning with `name`."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{name} {text}: write a date as in 2026-05-31, or 2026-05-31T14:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def checked_question(text: str, name: str) -> str:
    """Return a question in one line, as it is searched for. Raises UsageError when `name` is empty or too long."""
    question = one_line(text)
    if not question:
        raise UsageError(f"{name} is empty")
    if len(question) > MAX_CHARACTERS:
        raise UsageError(f"{name} is longer than {MAX_CHARACTERS} characters")
    return question


def parse_filters(words: Sequence[str], name: str) -> dict[str, list[str]]:
    """Turn repeated `key=value` words into filters. Raises UsageError with `name` and the word that is wrong."""
    filters: dict[str, list[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise UsageError(f"{name} {word}: expected KEY=VALUE with a key of {', '.join(FILTER_KEYS)}")
        check_filter(key, value, f"{name} {word}")
        filters.setdefault(key, []).append(value)
    return filters


def check_filter(key: str, value: str, where: str) -> None:
    """Raise UsageError, beginning with `where`, for an unknown key or a wrong year."""
    try:
        check_filters({key: [value]})
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def _until_embedded(searcher: Searcher, result: SearchResult) -> bool:
    from app.service.ingest_jobs import at_work

    without = any(notice.kind is NoticeKind.WORDS_ONLY for notice in result.notices)
    return without and searcher.snapshot.manifest.model is None and at_work(searcher.folder)
