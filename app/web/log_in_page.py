"""What a browser gets before somebody has logged in: a page of our own with one link, and none of Streamlit's."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from app import i18n
from app.exports.escape import for_html
from app.service import log_in
from app.service.site import Person

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>pincite</title>'
    '<meta name="viewport" content="width=device-width"><style>:root{{color-scheme:light dark}}'
    "body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}}"
    "a{{display:inline-block;padding:.6rem 1.2rem;border:2px solid;border-radius:.4rem;color:inherit}}</style></head>"
    '<body><h1>pincite</h1><p>{text}</p><p><a href="{address}">{link}</a></p></body></html>'
)


def refused(connection: HTTPConnection, person: Person | None) -> Response:
    """Return the answer to a request of nobody, or of a person who may not read: a page for browsers, else JSON."""
    t = i18n.words(i18n.choose(*connection.headers.get("accept-language", "").split(",")))
    if "text/html" not in connection.headers.get("accept", ""):
        told = "log in first" if person is None else f"{person} may not read here"
        return JSONResponse({"error": told}, 401 if person is None else 403)
    if person is None:
        text, link = t("Log in to search and read the documents of this library."), t("Log in")
        address, status = log_in.log_in_address(), 401
    else:
        text = t("You are logged in as {name}, who may not read here. Ask whoever runs this site.")
        text, link = text.format(name=for_html(person)), t("Log out")
        address, status = log_in.LOG_OUT, 403
    page = _PAGE.format(language=t.language, text=text, address=address, link=link)
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})
