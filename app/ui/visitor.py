"""Whose briefs a session works on: a person who logged in, else the browser with its key, else this session alone."""

from __future__ import annotations

import secrets
from typing import cast

import streamlit as st

from app.service import log_in
from app.service.owner_folder import owner_of
from app.service.site import Site, current

COOKIE = "pincite_key"
_ALONE = "visitor_key"


def owner() -> str:
    """Return under what the briefs of this visitor are kept."""
    known = _person()
    if known is not None:
        return owner_of(f"user:{known}")
    return owner_of(_cookie() or _session_key())


def lasting() -> bool:
    """Return whether this visitor's briefs can be found again after the page was closed."""
    return _person() is not None or _cookie() is not None


def person(site: Site) -> str | None:
    """Return who has logged in, here or at the proxy of the site, None where nobody is known.

    The server takes the header away from everybody but a trusted proxy (`app.web.people`).
    """
    if log_in.needed(site):
        return log_in.logged_in(st.context.cookies, site)
    if not site.settings.user_header:
        return None
    written: object = st.context.headers.get(site.settings.user_header)
    name = written.strip() if isinstance(written, str) else ""
    return name or None


def _cookie() -> str | None:
    value: object = st.context.cookies.get(COOKIE)
    return value if isinstance(value, str) and value else None


def _person() -> str | None:
    """Return the name under which somebody logged in, through the proxy or Streamlit, None where nobody has to."""
    return person(current())


def _session_key() -> str:
    if _ALONE not in st.session_state:
        st.session_state[_ALONE] = secrets.token_urlsafe(32)
    return cast(str, st.session_state[_ALONE])
