"""One document read through: its contents, the passages of each page in order, words of a page made a passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ingest.errors import UsageError
from ingest.passage import Passage, Span, passage_id
from ingest.text.folding import fold
from ingest.text.language import language_of
from ingest.text.sentences import split_sentences

if TYPE_CHECKING:
    from ingest.library.library import Library
    from ingest.library.records import Document, StoredPage, StoredPassage

LEAST_CHARACTERS = 3
"""Fewer letters and figures are no words of a page."""
_TYPESET_HYPHEN = re.compile("[\x02\ufffe\u00ad]\\s*")
_HYPHEN_AT_END = re.compile(r"(?<=[-‐‑])\s*\n\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a document's contents: a heading with its level (from 1), or a table, with where it stands.

    `page` is physical, None for a source without pages; `passage_id` is the passage that it opens or is.
    """

    kind: Literal["heading", "table"]
    level: int
    title: str
    page: int | None
    passage_id: str


def contents(passages: Iterable[StoredPassage]) -> tuple[Entry, ...]:
    """Return headings and tables of a document in order, by the sections of its passages."""
    found: list[Entry] = []
    before: tuple[str, ...] = ()
    for stored in passages:
        passage = stored.passage
        page = passage.pages[0] if passage.pages else None
        same = 0
        while same < min(len(before), len(passage.section)) and before[same] == passage.section[same]:
            same += 1
        for level, title in enumerate(passage.section[same:], same + 1):
            found.append(Entry(kind="heading", level=level, title=title, page=page, passage_id=passage.id))
        if passage.kind == "table":
            title = passage.text.split("\n", 1)[0]
            level = len(passage.section) + 1
            found.append(Entry(kind="table", level=level, title=title, page=page, passage_id=passage.id))
        before = passage.section
    return tuple(found)


def on_page(passages: Iterable[StoredPassage], page: int) -> tuple[StoredPassage, ...]:
    """Return the passages that stand on a page, wholly or in part, in order."""
    return tuple(
        one for one in passages if one.passage.pages and one.passage.pages[0] <= page <= one.passage.pages[-1]
    )


def quoted_from_page(document: Document, page: StoredPage, selected: str) -> Passage:
    """Return words of a page as a passage with its exact place, "verbatim" as `pincite verify` has it.

    `selected` is found under the fold of `ingest.text.folding`, so blanks, line breaks and hyphens do not count.
    Raises: UsageError where the page does not show these words.
    """
    wanted = "".join(fold(char) for char in selected)
    if len(wanted) < LEAST_CHARACTERS:
        raise UsageError("Select at least a word of the page.")
    place = _place(page.text, wanted)
    if place is None:
        raise UsageError("These words do not stand on this page.")
    start, end = place
    if any(gap.reason == "hidden" and start < gap.end and gap.start < end for gap in page.gaps):
        raise UsageError("The page does not show these words.")
    text = _plain(page.text[start:end])
    number = page.number
    return Passage(
        id=passage_id(document.sha256, text, 0),
        text=text,
        kind="body",
        language=language_of(text, document.language),
        section=(),
        spans=((number, start, end),),
        pages=(number, number) if document.paged else (),
        labels=(page.label, page.label) if document.paged and page.label else (),
        label_source=page.label_source if document.paged and page.label else None,
        locator=None,
        sentences=split_sentences(text),
        tokens=len(text.split()),
        ocr="ocr" in page.flags,
    )


def still_stands(library: Library, document_id: str, passage: Passage) -> bool:
    """Return whether the spans of a passage still give its text in the pages that the library has now."""
    return bool(passage.spans) and fold(_raw(library, document_id, passage.spans)) == fold(passage.text)


def _raw(library: Library, document_id: str, spans: Sequence[Span]) -> str:
    pages = {number: library.page(document_id, number) for number, _, _ in spans}
    return "".join(
        page.text[start:end] for number, start, end in spans if (page := pages[number]) is not None
    )


def _place(raw: str, wanted: str) -> tuple[int, int] | None:
    """Return where folded text stands in a raw page."""
    folded: list[str] = []
    places: list[int] = []
    for at, char in enumerate(raw):
        kept = fold(char)
        folded.append(kept)
        places.extend([at] * len(kept))
    at = "".join(folded).find(wanted)
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


def _plain(raw: str) -> str:
    """Return raw text in one line; a hyphen that the typesetter put in is gone, another one stays."""
    return " ".join(_HYPHEN_AT_END.sub("", _TYPESET_HYPHEN.sub("", raw)).split())
