"""Questions: one by GET or POST, many as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.exports import schema
from app.service import batch
from app.service.batch import Fault
from app.service.engine import engine
from app.service.questions import Question, question_of
from app.service.search import (
    DEFAULT_HITS,
    MAX_HITS,
    Mode,
    check_filter,
    checked_question,
    moment,
    parse_filters,
)
from app.service.search import search as run_search
from app.web.problems import NO_STORE
from app.web.routes.answers import Hits, get, json_answer, number
from evals.trec import run_text
from index.query.filters import FILTER_KEYS
from index.query.parser import MAX_CHARACTERS
from ingest.errors import UsageError
from ingest.text.jsonl import decoded, json_line

ROUTER = APIRouter(tags=["search"])
LARGEST_BATCH = 5_000_000
MOST_QUESTIONS = 5_000
NDJSON = "application/x-ndjson"
YEARS = r"([0-9]{4}|[0-9]{4}\.\.[0-9]{4}|[0-9]{4}\.\.|\.\.[0-9]{4})"
# Told, not enforced here: `app.service.search` says what is wrong in words.
FilterWord = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^((publisher|type|country|language|document)=.+|year={YEARS})$"}),
]
FilterWords = Annotated[
    tuple[FilterWord, ...],
    Query(alias="filter", description="KEY=VALUE, as on the command line; repeated keys mean or."),
]


Since = Annotated[
    str,
    Query(
        description="A date, or date and time: only documents that came into the library from then on.",
        json_schema_extra={"format": "date"},
    ),
]


def _listed(raw: object) -> object:
    """Return values as a list of texts, a single one and whole numbers too, as the lines of a batch may have them."""
    if not isinstance(raw, str | int | list):
        return raw
    several = raw if isinstance(raw, list) else [raw]
    return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in several]


def _one_or_more(*kinds: dict[str, Any]) -> WithJsonSchema:
    one = kinds[0] if len(kinds) == 1 else {"anyOf": list(kinds)}
    return WithJsonSchema({"anyOf": [*kinds, {"type": "array", "items": one}]}, mode="validation")


OneOrMore = Annotated[list[str], BeforeValidator(_listed), _one_or_more({"type": "string"})]
Years = Annotated[
    list[str],
    BeforeValidator(_listed),
    _one_or_more(
        {"type": "string", "pattern": f"^{YEARS}$"}, {"type": "integer", "minimum": 1000, "maximum": 9999}
    ),
]


class Filters(BaseModel):
    """What documents must have, a value or several a key: values of one key mean or, several keys mean and."""

    model_config = ConfigDict(extra="forbid")

    publisher: OneOrMore = []
    type: OneOrMore = []
    year: Years = []
    country: OneOrMore = []
    language: OneOrMore = []
    document: OneOrMore = []


class Asked(BaseModel):
    """A question with its filters."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
    k: Annotated[int, Field(ge=1, le=MAX_HITS), BeforeValidator(number)] = DEFAULT_HITS
    mode: Mode = Mode.hybrid
    filters: Filters = Filters()
    explain: Annotated[bool, Field(strict=True)] = False


class BatchFormat(StrEnum):
    """What a batch answers with: a search object a line, or a TREC run."""

    jsonl = "jsonl"
    trec = "trec"


@get(ROUTER, "/search", response_model=schema.SearchObject)
def search_passages(
    request: Request,
    q: Annotated[str, Query(json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS})],
    k: Hits = DEFAULT_HITS,
    mode: Mode = Mode.hybrid,
    filters: FilterWords = (),
    *,
    since: Since = "",
) -> Response:
    """Rank the passages that answer a question, each with its source and page."""
    bare = next((key for key in FILTER_KEYS if key in request.query_params), None)
    if bare is not None:
        raise UsageError(f"{bare}: say filter={bare}=VALUE, or no filter would hold")
    chosen = parse_filters(filters, "filter")
    question = checked_question(q, "q")
    earliest = moment(since, "since") if since else None
    with engine().turn() as searcher:
        answer = run_search(searcher, question, k=k, mode=mode, filters=chosen, since=earliest)
    return json_answer(schema.result_dict(answer.result, answer.unknown_values))


@ROUTER.post("/search", response_model=schema.SearchObject)
def search_by_object(asked: Asked) -> Response:
    """Rank the passages that answer a question, given as an object: for long questions and many filters."""
    filters = {key: values for key, values in asked.filters.model_dump().items() if values}
    for key, values in filters.items():
        for value in values:
            check_filter(key, value, f"filters.{key}")
    question = checked_question(asked.question, "question")
    with engine().turn() as searcher:
        answer = run_search(
            searcher, question, k=asked.k, mode=asked.mode, filters=filters, explain=asked.explain
        )
    return json_answer(schema.result_dict(answer.result, answer.unknown_values))


@ROUTER.post(
    "/batch",
    response_class=StreamingResponse,
    max_body_size=LARGEST_BATCH,
    responses={
        200: {
            "description": "One line a question, in the order asked; streamed as they are answered.",
            "content": {NDJSON: {"schema": {"type": "string"}}, "text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def answer_batch(
    lines: Annotated[bytes, Body(media_type=NDJSON)] = b"",
    k: Hits = DEFAULT_HITS,
    mode: Mode = Mode.hybrid,
    form: Annotated[BatchFormat, Query(alias="format")] = BatchFormat.jsonl,
) -> Response:
    """Answer many questions. A line that holds none gets `{"id", "line", "error"}` in its place (jsonl only)."""
    asked = questions_of(lines, trec=form is BatchFormat.trec)
    if not asked:
        raise UsageError('no question here; send one object with "id" and "question" a line')
    if len(asked) > MOST_QUESTIONS:
        raise UsageError(f"{len(asked)} questions; send at most {MOST_QUESTIONS} at once")
    engine().searcher()  # what is missing is told before the first line
    mime = "text/plain" if form is BatchFormat.trec else NDJSON
    written = _run(asked, k, mode) if form is BatchFormat.trec else _lines(asked, k, mode)
    return StreamingResponse(written, media_type=mime, headers=NO_STORE)


def questions_of(body: bytes, *, trec: bool) -> list[Question | Fault]:
    """Return the questions of a JSON Lines body; of a line that holds none its fault, which `trec` raises."""
    found: list[Question | Fault] = []
    for at, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        item = _question(line, at)
        if trec and isinstance(item, Fault):
            raise UsageError(item.error)
        if trec and isinstance(item, Question) and len(item.id.split()) != 1:
            raise UsageError(f"line {at}: the id {item.id!r} holds a blank; a TREC run cannot")
        found.append(item)
    return found


def _question(line: bytes, at: int) -> Question | Fault:
    where, ident = f"line {at}", None
    try:
        record = decoded(line.decode("utf-8-sig"))
        if not isinstance(record, dict):
            raise UsageError(f"{where}: is not a JSON object")
        given = record.get("id")
        ident = given if isinstance(given, str | int) and not isinstance(given, bool) else None
        return question_of(record, where)
    except UsageError as error:
        return Fault(at, str(error), ident)
    except ValueError as error:
        return Fault(at, f"{where}: is not JSON ({error})", ident)


def _lines(asked: list[Question | Fault], k: int, mode: Mode) -> Iterator[bytes]:
    # A turn for each few: whoever asks a single question need not wait for the whole batch.
    for group in batch.groups(asked, 16):
        with engine().turn() as searcher:
            done = list(batch.answers(searcher, group, k=k, mode=mode))
        for item in done:
            if isinstance(item, Fault):
                yield json_line(item.as_dict())
            else:
                yield json_line({"id": item[0].id, **schema.result_dict(item[1].result)})


def _run(asked: list[Question | Fault], k: int, mode: Mode) -> Iterator[bytes]:
    for group in batch.groups(asked, 16):
        with engine().turn() as searcher:
            done = list(batch.answers(searcher, group, k=k, mode=mode))
        for item in done:
            if not isinstance(item, Fault):
                result = item[1].result
                ranking = [(hit.passage.passage.id, hit.score) for hit in result.hits]
                yield run_text({item[0].id: ranking}, f"pincite-{result.mode}").encode()
