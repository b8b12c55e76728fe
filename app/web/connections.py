"""How many connections are open at a time, and how long one may take to ask.

A connection that asks nothing costs a file descriptor, and nothing in HTTP ends it. Here one has `ASK_SECONDS` for the
head of each request. Where all places are taken, the one that has asked nothing for longest gives way; where all are at
work, the new one is told 503.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, cast

from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as Http
else:
    Http = AutoHTTPProtocol

ASK_SECONDS = 10.0
REFUSED_SECONDS = 2.0
"""How long a connection that is told 503 is waited for: an answer before its question would be lost."""
MOST_REFUSED = 100
SPARE_FILES = 200
"""File descriptors kept for the library, the readers and all else."""
WANTED_FILES = 4_096
_TOLD = b"too many connections at once; try again in a moment\n"
_HEAD = b"HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n"
BUSY = _HEAD % (b"503 Service Unavailable", len(_TOLD), b"Retry-After: 5\r\n") + _TOLD
LATE = _HEAD % (b"408 Request Timeout", 0, b"")


class Places:
    """The places of one server: `most` connections, oldest first, and those that are told to come back."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused: set[asyncio.Transport] = set()
        self._open: dict[asyncio.Transport, Bounded] = {}

    def take(self, transport: asyncio.Transport, protocol: Bounded) -> bool:
        """Give a new connection a place, if need be that of one that asks nothing; return whether there was one."""
        if len(self._open) >= self.most:
            self._open = {one: by for one, by in self._open.items() if not one.is_closing()}
        if len(self._open) >= self.most:
            idle = next((one for one, by in self._open.items() if by.is_idle()), None)
            if idle is None:
                return False
            del self._open[idle]
            idle.close()
        self._open[transport] = protocol
        return True

    def leave(self, transport: asyncio.Transport) -> None:
        """Give a connection's place back."""
        self._open.pop(transport, None)
        self.refused.discard(transport)

    def __len__(self) -> int:
        return len(self._open)


class Bounded(Http):
    """uvicorn's protocol of one connection, with a place among `places` and a time in which to ask."""

    places = Places(1_000)
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, or refuse the connection once it has said something."""
        super().connection_made(transport)
        places, seconds = self.places, ASK_SECONDS
        if not places.take(transport, self):
            places.refused.add(transport)
            seconds = REFUSED_SECONDS
            if len(places.refused) > MOST_REFUSED:
                transport.abort()
                return
        self._late = self.loop.call_later(seconds, self._end)

    def data_received(self, data: bytes) -> None:
        """Read on; as long as that makes no whole head of a request, its time runs."""
        if self.transport in self.places.refused:
            self.transport.write(BUSY)
            self.transport.close()
            return
        super().data_received(data)
        if not self.is_idle():
            self._wait_no_longer()
        elif self._late is None:
            self._late = self.loop.call_later(ASK_SECONDS, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._wait_no_longer()
        self.places.leave(self.transport)
        super().connection_lost(exc)

    def is_idle(self) -> bool:
        """Return whether no request is at work here, and no WebSocket has taken the connection over."""
        if self.transport.get_protocol() is not self:
            return False
        return self.cycle is None or self.cycle.response_complete

    def _wait_no_longer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        self._late = None
        if self.is_idle() and not self.transport.is_closing():
            self.transport.write(LATE)
            self.transport.close()


def limit(most: int) -> None:
    """Let every server that is started from now on in this process have `most` connections, or as many as it can."""
    Bounded.places = Places(min(most, files() - SPARE_FILES))
    # Streamlit starts uvicorn itself, with the protocol that uvicorn calls "auto".
    cast(dict[str, Any], HTTP_PROTOCOLS)["auto"] = Bounded


def files() -> int:
    """Return how many files this process may have open, after it asked the system for more."""
    if sys.platform == "win32":
        return WANTED_FILES
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return max(WANTED_FILES if soft == resource.RLIM_INFINITY else soft, SPARE_FILES + 20)
