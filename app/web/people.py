"""Who asks: the machine at the other end, and the person whom a proxy that we trust has let in.

A proxy tells both in headers, and so can anybody. The address behind a proxy is believed of this machine and of
`trusted_proxies`; a person's name of `trusted_proxies` alone, and from everybody else the header is taken away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.requests import HTTPConnection

from app.service import log_in
from app.service.site import Site, is_loopback, is_name

Scope = MutableMapping[str, Any]


def as_told(scope: Scope, site: Site) -> Scope:
    """Return the scope of a request with the address behind a proxy, and a name only from a trusted one."""
    peer = scope["client"][0] if scope.get("client") else ""
    headers = scope.get("headers", [])
    trusted = _among(peer, site.settings.trusted_proxies)
    name = (site.settings.user_header or "").lower().encode("latin-1", "replace")
    if name and not trusted:
        headers = [(key, value) for key, value in headers if key.lower() != name]
    client = scope.get("client")
    if trusted or _is_this_machine(peer):
        client = _behind(scope, site) or client
    return {**scope, "headers": headers, "client": client}


def person(connection: HTTPConnection, site: Site) -> str | None:
    """Return who asks, where a log-in or a proxy says so (see `as_told`, through which every request has come)."""
    if log_in.needed(site):
        return log_in.logged_in(connection.cookies, site)
    if not site.settings.user_header:
        return None
    return named(connection.headers.get(site.settings.user_header))


def named(written: str | None) -> str | None:
    """Return the name of a person as a header gives it, None for none."""
    name = (written or "").strip()
    return name if is_name(name) else None


def _behind(scope: Scope, site: Site) -> tuple[str, int] | None:
    """Return the last address of X-Forwarded-For that is no proxy of ours: what the proxy itself has seen."""
    written = HTTPConnection({**scope, "type": "http"}).headers.getlist("x-forwarded-for")
    for address in reversed([part.strip() for line in written for part in line.split(",") if part.strip()]):
        if not _among(address, site.settings.trusted_proxies) and not _is_this_machine(address):
            return address, 0
    return None


def _is_this_machine(address: str) -> bool:
    mapped = address.removeprefix("::ffff:")
    return is_loopback(mapped) and mapped != "localhost"


def _among(address: str, networks: Iterable[str]) -> bool:
    """Return whether an address is one of these, each an address or a network (10.0.0.0/8)."""
    try:
        found = ipaddress.ip_address(address.removeprefix("::ffff:"))
    except ValueError:
        return False
    return any(
        found in network
        for network in map(ipaddress.ip_network, networks)
        if network.version == found.version
    )
