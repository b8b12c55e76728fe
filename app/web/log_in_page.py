"""What a browser gets before somebody has logged in: a page of our own with one link, and none of Streamlit's."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from app import i18n
from app.service import log_in
from app.service.site import Person
from app.web.bare_page import Link, bare_page


def refused(connection: HTTPConnection, person: Person | None) -> Response:
    """Return the answer to a request of nobody, or of a person who may not read: a page for browsers, else JSON."""
    t = i18n.words(i18n.choose(*connection.headers.get("accept-language", "").split(",")))
    if "text/html" not in connection.headers.get("accept", ""):
        told = "log in first" if person is None else f"{person} may not read here"
        return JSONResponse({"error": told}, 401 if person is None else 403)
    if person is None:
        text, status = t("Log in to search and read the documents of this library."), 401
        link = Link(t("Log in"), log_in.log_in_address())
    else:
        text, status = (
            t("You are logged in as {name}, who may not read here. Ask whoever runs this site."),
            403,
        )
        text, link = text.format(name=person), Link(t("Log out"), log_in.LOG_OUT)
    return bare_page(t.language, "pincite", text, status=status, link=link)
