"""The passage: the unit that is retrieved, shown and cited."""

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["body", "footnote", "table", "caption", "heading", "list", "contents", "references"]
LabelSource = Literal["pagelabels", "printed", "inferred"]
GapReason = Literal[
    "running head", "page number", "hidden", "watermark", "line number", "rule or leader", "no passage"
]
_PAIR = re.compile(r"(\d{1,5})–(\d{1,5})")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Span = tuple[int, int, int]
"""Page number, start, end (exclusive): code point offsets into the stored raw text of that page."""


Place = tuple[int, int, int]
"""Row, first and last column of a table's cell, from 0; rows of heads are negative, the lowest is -1."""

Cell = tuple[int, int, int, int, int]
"""Start and end (exclusive) of a table's cell in the text of its passage, then its place."""


@dataclass(frozen=True, slots=True)
class PageLabel:
    """The printed number of a page ("iv", "7") and where it was learned."""

    text: str
    source: LabelSource


def halves_of(label: str) -> tuple[str, str] | None:
    """Return the numbers of the two pages of a spread from its label: "12" and "13" from "12–13"."""
    match = _PAIR.fullmatch(label)
    return (match[1], match[2]) if match and int(match[2]) == int(match[1]) + 1 else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Raw text `[start, end)` of a page that stands in no passage, and why.

    "no passage" is a loss; all other reasons name what is no part of the body: repeated, counting or unseen.
    """

    start: int
    end: int
    reason: GapReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of sentences of one kind within one section, with its exact place.

    `text` is the clean form of `spans`; the two are equal once blanks, hyphens, ligatures and control
    characters are folded (`ingest.text.folding`). `sentences` are (start, end) offsets into `text`, in order and
    disjoint; windows for embedding are built from them. What stands before the first one are the headings of the
    section that the passage opens: text of the page, found through `section`.

    `pages` is (first, last), or () for a source without pages, which has a `locator` instead. `labels` is parallel
    to `pages`, or () where a page of the range has no label; on a sheet with two printed pages, whose label is "12–13",
    they are the numbers of the halves where the passage begins and ends.

    `tokens` counts word pieces (estimated until a model has counted them).
    `cut` marks a passage that begins or ends inside a sentence longer than the budget. `calls` are the
    (start, end) offsets into `text` of numbers that call notes: the page raises them, its raw text glues
    them to the word or the year before ("in 2024" with note 27 is "in 202427"). `cells` are those of a printed table
    whose columns and rows are certain, () where they are not.
    """

    id: str
    text: str
    kind: Kind
    language: str | None
    section: tuple[str, ...]
    spans: tuple[Span, ...]
    pages: tuple[int, ...]
    labels: tuple[str, ...]
    label_source: LabelSource | None
    locator: str | None
    sentences: tuple[tuple[int, int], ...]
    tokens: int
    ocr: bool = False
    readers_agree: bool = True
    cut: bool = False
    calls: tuple[tuple[int, int], ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def display_text(self) -> str:
        """The text for people: calls of notes are raised as on the page ("in 2024²⁷"), lengths unchanged."""
        parts, at = [], 0
        for start, end in self.calls:
            parts += [self.text[at:start], raised(self.text[start:end])]
            at = end
        return "".join([*parts, self.text[at:]])

    @property
    def start(self) -> int:
        """Where in `text` the passage's own words begin, behind the headings that it opens with."""
        return self.sentences[0][0] if self.sentences else 0

    def search_text(self, start: int | None = None, end: int | None = None) -> str:
        """Return `text[start:end]`, by default all but its headings, without the calls of notes: what is searched."""
        start = self.start if start is None else start
        end = len(self.text) if end is None else end
        parts, at = [], start
        for first, last in self.calls:
            if start <= first and last <= end:
                parts.append(self.text[at:first])
                at = last
        return "".join([*parts, self.text[at:end]])


def raised(number: str) -> str:
    """Return a number as the page raises it: "27" as "²⁷"."""
    return number.translate(_RAISED)


def passage_id(document_sha256: str, text: str, occurrence: int) -> str:
    """Return the id of the `occurrence`-th passage (from 0) with this text in this document.

    Independent of order and of the passages around it, so it survives a re-ingest.
    """
    text_hash = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = f"{document_sha256}\n{text_hash}\n{occurrence}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]
