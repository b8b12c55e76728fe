"""A passage as the views of the desk show it: verbatim, with its title and page, and a link that opens it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from app.citations import wording
from app.exports.escape import for_html, for_label
from app.i18n import Words
from app.ui.ask.table_html import passage_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.search import Hit
    from ingest.library.records import Document


def titles(documents: Iterable[Document]) -> dict[str, str]:
    """Return what a list of documents calls each, by id: its title, with the file where others have the same."""
    found = {one.id: (for_label(one.metadata.title or one.file), for_label(one.file)) for one in documents}
    many = Counter(title for title, _ in found.values())
    return {
        ident: title if many[title] == 1 else f"{title} ({file})" for ident, (title, file) in found.items()
    }


def quotation(hit: Hit, place: tuple[int, int] | None = None) -> str:
    """Return the words of a passage, those at `place` marked."""
    passage = hit.passage.passage
    body = passage_html(passage, [place] if place else [])
    return f'<blockquote lang="{for_html(passage.language or "")}">{body}</blockquote>'


def source_line(t: Words, hit: Hit, question: str = "") -> str:
    """Return title and page of a passage, the page as a link that opens it on the Ask page."""
    title = for_html(hit.document.metadata.title or hit.document.file)
    return f'<p class="where"><span class="title">{title}</span> {passage_link(t, hit, question)}</p>'


def passage_link(t: Words, hit: Hit, question: str = "") -> str:
    """Return the place of a passage as a link to it, among the results of a question where there is one."""
    passage = hit.passage.passage
    place = for_html(wording.pages_text(t, passage, hit.document.metadata.title, hit.document.format))
    words = {**({"q": question} if question else {}), "passage": passage.id, "lang": t.language}
    address = for_html("./?" + urlencode(words))
    return f'<a class="page" href="{address}" target="_self">{place}</a>'
