"""The library as a whole: is it well, what does it hold, bring it up to date."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any, Literal

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from typing_extensions import TypedDict

from app.checks.status import library_status
from app.service import ingest_jobs
from app.service.engine import engine
from app.service.ingest_jobs import Job
from app.service.site import current, told
from app.web.access import Refused
from app.web.problems import NO_STORE
from app.web.routes.answers import get, json_answer

HEALTH = APIRouter(tags=["library"])
ROUTER = APIRouter(tags=["library"])
EDITING = APIRouter(tags=["library"])
# How often a running ingest is looked at, and after how many looks without news a sign of life is sent.
ROUND_SECONDS = 0.25
SILENT_ROUNDS = 60
# Codes of `pincite ingest` after which the library is up to date: 3 says that some files could not be read.
DONE = (0, 3)
_EVENT = {
    "type": "object",
    "properties": {"event": {"enum": ["progress", "end"]}, "data": {"type": "string"}},
}
EVENTS = {
    200: {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": _EVENT}}},
}


class Health(TypedDict):
    """That the service runs; `ready` when the index is open, so that a search need not wait for it."""

    status: Literal["ok"]
    version: str
    ready: bool


class JobState(TypedDict):
    """An ingest begun here: `code` and `message` are those of `pincite ingest`, `event` its newest event."""

    state: Literal["none", "running", "done", "failed"]
    code: int | None
    message: str
    event: dict[str, Any] | None


@get(HEALTH, "/health", response_model=Health)
def get_health() -> Response:
    """Tell that the service runs. Asks for no token."""
    return json_answer({"status": "ok", "version": version("pincite"), "ready": engine().ready})


@get(ROUTER, "/status", response_model=dict[str, Any])
def get_status() -> Response:
    """Tell what the library holds and what is not yet searchable: the object of `pincite status --json`."""
    site = current()
    engine().library()  # NoIndex where there is none yet
    return json_answer(json.loads(json.dumps(library_status(site.library, site.settings.cache), default=str)))


@get(ROUTER, "/ingest", response_model=JobState)
def get_ingest() -> Response:
    """Tell how the ingest that was begun here stands."""
    return json_answer(state_of(ingest_jobs.last(current().library)))


@EDITING.post("/ingest", response_model=JobState, status_code=202)
def begin_ingest() -> Response:
    """Begin to bring the library up to date with its folder, or tell of the ingest that is at it already."""
    site, corpus = current(), engine().corpus()
    if corpus is None or not corpus.is_dir():
        raise Refused(409, "the folder of the documents is not known; run pincite ingest CORPUS once")
    return json_answer(state_of(ingest_jobs.start(corpus, site)), 202)


@get(ROUTER, "/ingest/events", response_class=StreamingResponse, responses=EVENTS)
def follow_ingest(request: Request) -> Response:
    """Follow the ingest that was begun here as server-sent events; the last one, `end`, is its state."""
    job = ingest_jobs.last(current().library)
    return StreamingResponse(_events(request, job), media_type="text/event-stream", headers=NO_STORE)


def state_of(job: Job | None) -> JobState:
    """Return how a job stands."""
    if job is None:
        return {"state": "none", "code": None, "message": "", "event": None}
    code = job.code
    events = list(job.events)
    return {
        "state": "running" if code is None else "done" if code in DONE else "failed",
        "code": code,
        "message": "" if code is None else told(job.message()),
        "event": events[-1] if events else None,
    }


async def _events(request: Request, job: Job | None) -> AsyncIterator[bytes]:
    last: dict[str, Any] | None = None
    quiet = 0
    while job is not None:
        ended = job.code is not None and not job.following
        events = list(job.events)
        for event in events[_after(events, last) :]:
            yield _sent("progress", event)
            last, quiet = event, 0
        if ended or await request.is_disconnected():
            break
        quiet += 1
        if quiet % SILENT_ROUNDS == 0:
            yield b": still at it\n\n"
        await anyio.sleep(ROUND_SECONDS)
    yield _sent("end", state_of(job))


def _after(events: list[dict[str, Any]], last: dict[str, Any] | None) -> int:
    """Return the place behind `last`, 0 where it is no longer (or not yet) among the events kept."""
    return next((at + 1 for at in range(len(events) - 1, -1, -1) if events[at] is last), 0)


def _sent(name: str, content: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
