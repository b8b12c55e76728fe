"""For whoever runs the service: does it live, may it be sent questions, and its figures for Prometheus.

`/healthz` and `/readyz` ask for no token, as a supervisor or a proxy has none; `/metrics` asks for what `/api` asks.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from app.service.engine import engine
from app.service.metrics import CONTENT_TYPE, metrics
from app.web.problems import NO_STORE
from app.web.routes.answers import get

PROBES = APIRouter(include_in_schema=False)
METRICS = APIRouter(include_in_schema=False)
RETRY_SECONDS = "5"


@get(PROBES, "/healthz")
def get_health() -> Response:
    """Tell that the process answers."""
    return PlainTextResponse("ok\n", headers=NO_STORE)


@get(PROBES, "/readyz")
def get_readiness() -> Response:
    """Tell whether an index is open: 200, or 503 while questions had better go to another server."""
    machine = engine()
    if machine.opened is not None:
        return PlainTextResponse("ready\n", headers=NO_STORE)
    waiting = (
        "nothing has been indexed yet" if machine.snapshot() is None else "the index is not open; see the log"
    )
    return PlainTextResponse(
        f"{waiting}\n", status_code=503, headers={**NO_STORE, "Retry-After": RETRY_SECONDS}
    )


@get(METRICS, "/metrics")
def get_metrics() -> Response:
    """Return the figures of this process."""
    return Response(metrics().text(), media_type=CONTENT_TYPE, headers=NO_STORE)
