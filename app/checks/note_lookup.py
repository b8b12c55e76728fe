"""Where in a document a place of a passage stands: the page of an offset, the notes that a part calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ingest.library.library import Library
from ingest.passage import Passage, raised
from ingest.text.folding import fold

_NUMBERS = re.compile(r"(\d+)(?:[–-](\d+))?")
# "12 See …", "12/ See …", "[12] See …", "12. See …".
_NOTE = re.compile(r"[\[(]?(\d{1,3})(?!\d|[.,]\d|\s?%)(?:[\])]|/|\.)?\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class CalledNote:
    """A note that a passage calls: its number, its words without the number, their language."""

    number: str
    text: str
    language: str | None

    @property
    def mark(self) -> str:
        """The number as the page raises it."""
        return raised(self.number)


def texts_of(library: Library, document_id: str) -> Callable[[int], str]:
    """Return what gives the stored text of a page of this document by its number, "" where there is none."""

    def text_of(number: int) -> str:
        page = library.page(document_id, number)
        return page.text if page else ""

    return text_of


def page_at(passage: Passage, offset: int, text_of: Callable[[int], str]) -> int:
    """Return the page on which `passage.text[offset:]` begins; `text_of` gives a page's stored text.

    Exact, because text and spans are equal under `fold`. Raises: IndexError for a source without pages.
    """
    if passage.pages[0] == passage.pages[-1]:
        return passage.pages[0]
    before = len(fold(passage.text[:offset]))
    raw = ""
    for page, start, end in passage.spans:
        raw += text_of(page)[start:end]
        if before < len(fold(raw)):
            return page
    return passage.pages[-1]


def notes_of(library: Library, document_id: str, passage: Passage) -> list[CalledNote]:
    """Return the notes that a passage of the library calls, as `called_notes` finds them."""
    if not passage.calls or not passage.pages:
        return []
    footnotes = library.footnotes(document_id, passage.pages[0], passage.pages[-1])
    return called_notes(passage, footnotes, texts_of(library, document_id))


def called_notes(
    passage: Passage, footnotes: Iterable[Passage], text_of: Callable[[int], str]
) -> list[CalledNote]:
    """Return the notes that a passage calls, in the order of the calls, each once.

    `footnotes` are the passages of notes and of sources that begin on its pages. A note stands on the page of its call;
    where its number stands there twice or not at all, it is left out.
    """
    if passage.kind in ("footnote", "references") or not passage.pages:
        return []
    notes: dict[tuple[int, str], list[CalledNote]] = {}
    for foot in footnotes:
        for note in _notes(foot):
            notes.setdefault((foot.pages[0], note.number), []).append(note)
    found: dict[CalledNote, None] = {}
    for start, end in passage.calls:
        page = page_at(passage, start, text_of)
        for number in _called(passage.text[start:end]):
            same = notes.get((page, number), [])
            if len(same) == 1:
                found[same[0]] = None
    return list(found)


def _called(call: str) -> Iterator[str]:
    """Yield the numbers of a call: "3", "[3]", "1,2", "3-5"."""
    for first, last in _NUMBERS.findall(call):
        yield from map(str, range(int(first), int(last or first) + 1))


def _notes(foot: Passage) -> Iterator[CalledNote]:
    """Yield the notes of a passage: a number at its beginning, at that of a line, or raised at a sentence's."""
    calls = {start for start, _ in foot.calls}
    places = {0, *(match.end() for match in re.finditer(r"\n", foot.text))}
    places |= {start for start, _ in foot.sentences if start in calls}
    opened = [match for at in sorted(places) if (match := _NOTE.match(foot.text, at))]
    ends = [*(match.start() for match in opened[1:]), len(foot.text)]
    for match, end in zip(opened, ends, strict=False):
        yield CalledNote(match[1], foot.display_text[match.end() : end].strip(), foot.language)
