"""Who has logged in with OpenID Connect: Streamlit's log-in (authlib) makes a signed cookie, which is read here.

The provider is asked once, when a person logs in. What its ID token said of the person then stands in the cookie, and
holds for `oidc_hours`; after that the person is sent to the provider again.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from app.service.site import Person, Site, is_name
from app.settings import Settings

CALLBACK = "/oauth2callback"
LOG_IN, LOG_OUT = "/auth/login", "/auth/logout"
_SECRET = secrets.token_hex(32)


def needed(site: Site) -> bool:
    """Return whether people log in with OpenID Connect here."""
    return site.settings.oidc_issuer is not None


def public_address(site: Site) -> str:
    """Return the address of the site as a browser knows it, without a slash at its end."""
    return (site.settings.public_url or f"http://{site.host}:{site.port}").rstrip("/")


def streamlit_secrets(site: Site) -> dict[str, Any] | None:
    """Return what Streamlit's log-in has to know, None where nobody logs in so."""
    settings = site.settings
    if settings.oidc_issuer is None:
        return None
    auth = {
        "redirect_uri": public_address(site) + CALLBACK,
        "cookie_secret": cookie_secret(settings),
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
        "server_metadata_url": f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
    }
    return {"auth": auth}


def cookie_secret(settings: Settings) -> str:
    """Return what cookies are signed with: the configured one, else one that lasts as long as this process."""
    return settings.oidc_cookie_secret or _SECRET


def log_in_address() -> str:
    """Return where a browser begins to log in; it holds for some minutes."""
    from streamlit.auth_util import encode_provider_token

    return f"{LOG_IN}?provider={encode_provider_token('default')}"


def logged_in(cookies: Mapping[str, str], site: Site, now: float | None = None) -> Person | None:
    """Return whom the cookies of a request name, None for nobody, a forged cookie and one that is too old."""
    claims = _claims(cookies, site)
    begun = claims.get("iat")
    if not claims.get("is_logged_in") or claims.get("origin") != public_address(site):
        return None
    if not isinstance(begun, int | float):
        return None
    if (now or time.time()) - begun > site.settings.oidc_hours * 3600:
        return None
    return person_of(claims, site.settings)


def person_of(claims: Mapping[str, Any], settings: Settings) -> Person | None:
    """Return the person of an ID token's claims, with the roles that its role claim gives; None without a name."""
    name = next((claims[key] for key in (settings.oidc_name_claim, "sub") if claims.get(key)), None)
    if not is_name(name):
        return None
    roles = _values(claims, settings.oidc_role_claim)
    editor = name in settings.editors or not roles.isdisjoint(settings.oidc_editors)
    reader = editor or not settings.oidc_readers or not roles.isdisjoint(settings.oidc_readers)
    return Person(name, editor=editor, reader=reader)


def _values(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """Return the values of a claim, as a list or as one text; a point leads into an object (`realm.roles`)."""
    found: Any = claims
    for part in [claim] if claim in claims else claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset([found])
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()


def _claims(cookies: Mapping[str, str], site: Site) -> dict[str, Any]:
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        if value is None:
            return None
        return decode_signed_value(cookie_secret(site.settings), name, value.encode("latin-1", "replace"))

    try:
        value = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
        found = json.loads(value) if value else {}
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
