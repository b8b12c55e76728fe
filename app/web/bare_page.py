"""The page that a browser gets in place of Streamlit's: a heading, a sentence, and perhaps a link to follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.responses import HTMLResponse

from app.exports.escape import for_html

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>pincite</title>'
    '<meta name="viewport" content="width=device-width">{again}<style>:root{{color-scheme:light dark}}'
    "body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}}"
    "a{{display:inline-block;padding:.6rem 1.2rem;border:2px solid;border-radius:.4rem;color:inherit}}</style></head>"
    "<body><h1>{head}</h1><p>{text}</p>{link}</body></html>"
)


class Link(NamedTuple):
    """A link: what it says, and where it leads."""

    text: str
    address: str


def bare_page(
    language: str,
    head: str,
    text: str,
    *,
    status: int,
    link: Link | None = None,
    again: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return the page. All texts are plain and escaped here; `again`: seconds after which a browser asks anew."""
    page = _PAGE.format(
        language=for_html(language),
        head=for_html(head),
        text=for_html(text),
        again=f'<meta http-equiv="refresh" content="{again}">' if again else "",
        link=f'<p><a href="{for_html(link.address)}">{for_html(link.text)}</a></p>' if link else "",
    )
    return HTMLResponse(page, status, {"Cache-Control": "no-store", **(headers or {})})
