"""A passage as others quote it: verbatim, with its citation line, a link to it, and what lies around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from app.citations.styles import citation
from app.exports.schema import PassageObject, passage_dict
from ingest.library.records import Document, StoredPassage
from ingest.passage import Passage


class PassageAnswer(PassageObject):
    """A passage by itself; `previous` and `next` are the ids of its neighbours in the document."""

    citation: str
    permalink: str
    previous: str | None
    next: str | None


def passage_answer(stored: StoredPassage, document: Document, link: str) -> PassageAnswer:
    """Return a passage with its citation, its link and its neighbours."""
    content: Any = {
        **passage_dict(stored, document),
        "citation": citation(document, stored.passage),
        "permalink": link,
        "previous": stored.previous,
        "next": stored.next,
    }
    return cast(PassageAnswer, content)


def headings_before(passage: Passage, start: int = 0) -> tuple[str, ...]:
    """Return the lines of headings between `start` and a passage's own words; those of a table are its caption."""
    lines = () if passage.kind == "table" else passage.text[start : passage.start].split("\n")
    return tuple(line for line in lines if line.strip())


def quoted_words(passage: Passage) -> str:
    """Return a passage as it is quoted in prose: without the headings above it, each item of a list on its line."""
    lines = [" ".join(line.split()) for line in passage.display_text.split("\n")]
    return "\n".join([line for line in lines if line][len(headings_before(passage)) :])


def permalink(base: str, passage_id: str, question: str = "", *, page: bool = True) -> str:
    """Return the address at which a passage is seen: on the page of the site, without one in its `/api`.

    A passage keeps its id for as long as its words stand in the file, so the address stays good.
    """
    if not page:
        return f"{base.rstrip('/')}/api/passages/{passage_id}"
    words = ([("q", question)] if question else []) + [("passage", passage_id)]
    return f"{base.rstrip('/')}/?{urlencode(words)}"


def api_words(question: str, filters: Mapping[str, Sequence[str]], mode: str = "hybrid") -> str:
    """Return a search as the query of an address of `/api`."""
    words = [("q", question), *([("mode", mode)] if mode != "hybrid" else [])]
    words += [("filter", f"{key}={value}") for key, values in filters.items() for value in values]
    return urlencode(words)


def search_link(
    base: str,
    question: str,
    filters: Mapping[str, Sequence[str]],
    mode: str = "hybrid",
    *,
    page: bool = True,
) -> str:
    """Return the address at which a search is seen: on the page of the site, without one in its `/api`."""
    if not page:
        return f"{base.rstrip('/')}/api/search?{api_words(question, filters, mode)}"
    words = [("q", question), *([("match", "words")] if mode == "lexical" else [])]
    for key, values in filters.items():
        words += [("doclang" if key == "language" else key, value) for value in values]
    return f"{base.rstrip('/')}/?{urlencode(words)}"
