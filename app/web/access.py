"""Who may call `/api`: programs of this machine or with the token, and no browser on behalf of another site."""

from __future__ import annotations

import base64
import hmac
import ipaddress
from collections.abc import Callable, Coroutine

from starlette.requests import Request

from app.service import log_in
from app.service.site import Person, Site, is_loopback, may_edit
from app.web.people import person
from app.web.security import refusal
from ingest.errors import PinciteError

Check = Callable[[Request], Coroutine[None, None, None]]


class Refused(PinciteError):
    """A request that is not answered; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def same_site(site: Site) -> Check:
    """Return what refuses requests of a browser on another site's behalf, and names that only pretend to be this host.

    It raises Refused (403).
    """

    async def check(request: Request) -> None:
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise Refused(403, "not from another site")
        if refused := refusal(request, site):
            raise Refused(403, refused)

    return check


def api_callers(site: Site) -> Check:
    """Return what looks for the token, or else that the caller sits on this machine.

    It raises Refused (401 or 403).
    """

    async def check(request: Request) -> None:
        who = person(request, site)
        if isinstance(who, Person) and not who.reader:
            raise Refused(403, f"{who} may not read here")
        if who is not None:
            return
        if site.settings.api_token:
            if not (_sends(request, site.settings.api_token) or _sends(request, site.settings.edit_token)):
                raise Refused(401, "send the header Authorization: Bearer TOKEN")
            return
        if log_in.needed(site):
            raise Refused(401, "log in first, or set api_token in pincite.toml to let programs in")
        peer = request.client.host if request.client else ""
        if not is_loopback(site.host) or not is_loopback_address(peer):
            raise Refused(403, "set api_token in pincite.toml to open /api to other machines")

    return check


def api_editors(site: Site) -> Check:
    """Return what asks for the right to change the library, of a caller whom `api_callers` lets in.

    With a token that is the edit token; without one, whoever may change things on the page. It raises Refused (403).
    """

    async def check(request: Request) -> None:
        who = person(request, site)
        if who is not None:
            if not may_edit(site, who):
                raise Refused(403, f"{who} may read, and change nothing here")
            return
        if site.settings.api_token:
            if not site.settings.edit_token:
                raise Refused(403, "set edit_token in pincite.toml to open this to other programs")
            if not _sends(request, site.settings.edit_token):
                raise Refused(403, "this token reads only")
        elif not may_edit(site):
            raise Refused(403, "changing the library is not allowed here; set edit in pincite.toml")

    return check


def _sends(request: Request, token: str | None) -> bool:
    """Return whether a request has a token: as a bearer's, or as a password, all that readers of feeds can send."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode("utf-8").partition(":")[2]
        except ValueError:
            return False
    elif scheme != "Bearer":
        return False
    return bool(token) and hmac.compare_digest(given.encode("utf-8", "replace"), str(token).encode("utf-8"))


def is_loopback_address(host: str) -> bool:
    """Return whether a caller's address is one of this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
