"""One Milvus server as pincite uses it: each request ends in time, and one that is away is not asked all the time.

A question waits `ASK_SECONDS` for an answer, and `CONNECT_SECONDS` before for a connection: 3 s at most for both. After
a failure questions go without for `REST_SECONDS`. Who writes tries again for `WRITE_SECONDS`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.retrieval.milvus.address import Address
from ingest.errors import PinciteError, SearchAway

log = logging.getLogger(__name__)

Ids = NDArray[np.int64]
T = TypeVar("T")

CONNECT_SECONDS, ASK_SECONDS = 0.9, 1.9
REST_SECONDS = 5.0
CALL_SECONDS = 60.0
"""How long one request of a writer may take."""
PATIENT_SECONDS = 10.0
"""How long a writer waits for a connection."""
WRITE_SECONDS, PAUSE_SECONDS = 20.0, 0.5
MOST_FOUND = 16_384
"""The most entities that Milvus returns for one request."""
AT_ONCE, COMPLETE = "Eventually", "Strong"
"""How complete an answer is to be. A complete one waits for the server's clock, 0.2 s; who published has waited for it,
so only a copy of the server that lags behind lacks anything."""
INSTALL = 'pip install "pincite[milvus]"'


class MilvusServer:
    """The server at an address. Safe for several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._client: Any = None
        self._rests_until = 0.0

    def ask(self, wanted: Callable[[Any, float], T]) -> T:
        """Return what `wanted` gets from the client within some seconds, which it passes on as `timeout`.

        Raises: SearchAway where the server does not answer, did not a moment ago, or reports a fault.
        """
        if time.monotonic() < self._rests_until:
            raise self._away("does not answer")
        try:
            found = self._once(wanted, ASK_SECONDS)
        except _Lost as error:
            if not self._rests_until:
                log.warning(
                    "%s %s. Questions are answered by words, from this machine.", self.address.shown, error
                )
            self._rests_until = time.monotonic() + REST_SECONDS
            raise self._away(str(error)) from error
        if self._rests_until:
            log.warning("%s answers again", self.address.shown)
            self._rests_until = 0.0
        return found

    def _of(self, collection: str, wanted: Callable[[Any, float], T]) -> T:
        """Ask a collection; one that the server did not load since it was started is loaded first."""

        def loaded(client: Any, seconds: float) -> T:
            client.load_collection(collection, timeout=seconds)
            return wanted(client, seconds)

        try:
            return self.ask(wanted)
        except _Fault as error:
            log.info("%s", error)
            return self.ask(loaded)

    def write(self, wanted: Callable[[Any, float], T]) -> T:
        """As `ask` for one who writes: tries again for a while, so `wanted` must do no harm when done twice."""
        end = time.monotonic() + WRITE_SECONDS
        while True:
            try:
                found = self._once(wanted, CALL_SECONDS)
            except _Lost as error:
                if time.monotonic() >= end:
                    message = f"{error}. What was read is stored: start it, and run pincite ingest again"
                    raise self._away(message) from error
                time.sleep(PAUSE_SECONDS)
            else:
                self._rests_until = 0.0
                return found

    def _once(self, wanted: Callable[[Any, float], T], seconds: float) -> T:
        exceptions = _exceptions()
        client = self._connected(CONNECT_SECONDS if seconds == ASK_SECONDS else PATIENT_SECONDS)
        try:
            return wanted(client, seconds)
        except exceptions as error:
            if _is_answer(error):
                raise _Fault(f"{self.address.shown}: {getattr(error, 'message', error)}.") from error
            with self._lock:
                self._client = None
            raise _Lost("does not answer") from error

    def _connected(self, seconds: float) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect(seconds)
            return self._client

    def _connect(self, seconds: float) -> Any:
        exceptions = _exceptions()
        from pymilvus import MilvusClient

        address = self.address
        try:
            return MilvusClient(
                uri=address.uri, user=address.user, password=address.password, timeout=seconds
            )
        except exceptions as error:
            raise _Lost("cannot be reached") from error

    def _away(self, what: str) -> SearchAway:
        return SearchAway(f"{self.address.shown}: {what}.")

    def search(  # noqa: PLR0917  # what Milvus asks for
        self, collection: str, field: str, wanted: Any, limit: int, chosen: str, params: Mapping[str, Any]
    ) -> Ids:
        """Return the ids of the about `limit` best entities by inner product, best first; `chosen` is a filter."""

        def found(client: Any, seconds: float) -> Any:
            return client.search(
                collection,
                data=[wanted],
                anns_field=field,
                limit=limit,
                filter=chosen,
                output_fields=["id"],
                search_params={"metric_type": "IP", "params": dict(params)},
                consistency_level=AT_ONCE,
                timeout=seconds,
            )

        return np.array([hit["id"] for hit in self._of(collection, found)[0]], np.int64)

    def values(
        self, collection: str, chosen: str, field: str, level: str = AT_ONCE
    ) -> Sequence[tuple[int, Any]]:
        """Return id and value of a field of all entities that pass a filter, at most `MOST_FOUND`, by their id."""

        def found(client: Any, seconds: float) -> Any:
            return client.query(
                collection,
                filter=chosen,
                output_fields=["id", field],
                limit=MOST_FOUND,
                consistency_level=level,
                timeout=seconds,
            )

        return sorted(
            ((int(one["id"]), one[field]) for one in self._of(collection, found)), key=lambda pair: pair[0]
        )


class _Fault(SearchAway):
    """What the server says is wrong."""


class _Lost(Exception):
    """A request did not come through."""


NO_CONNECTION = 2
"""The code of pymilvus for a server that it cannot connect to."""


def _is_answer(error: BaseException) -> bool:
    """Return whether a fault is one that the server told of itself."""
    return getattr(error, "code", None) not in (NO_CONNECTION, None) and isinstance(error.code, int)  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def _exceptions() -> tuple[type[Exception], ...]:
    """Return what pymilvus raises. Raises PinciteError with the command that installs it, where it is not there."""
    try:
        import grpc
        from pymilvus import MilvusException
    except ImportError as error:
        raise PinciteError(f"a search on Milvus needs pymilvus. Install it with: {INSTALL}") from error
    # It writes each fault with its traceback to the standard error; what people need stands in the exception.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    return (MilvusException, grpc.RpcError)


@lru_cache(maxsize=8)
def server_at(address: Address) -> MilvusServer:
    """Return the server at an address; one connection serves a whole process."""
    return MilvusServer(address)
