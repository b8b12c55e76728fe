"""The brief: passages a person collects, in their order, each with the question asked and a note."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.checks.note_lookup import CalledNote
from app.citations.styles import apa
from app.citations.wording import citation_words
from app.exports.escape import visible
from app.i18n import Words
from ingest.library.records import Document
from ingest.passage import Passage

MAX_ITEMS = 200
"""A brief longer than this is no brief; the cap bounds what a session holds (about 2 kB an item)."""
MAX_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Item:
    """One collected passage with its document and the notes it calls."""

    document: Document
    passage: Passage
    question: str
    note: str = ""
    called: tuple[CalledNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Items in reading order; a passage is in it at most once. Every change gives a new brief."""

    items: tuple[Item, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, passage_id: object) -> bool:
        return any(item.passage.id == passage_id for item in self.items)

    def add(self, item: Item) -> Brief:
        """Return the brief with the item at its end; unchanged if it is in it or the brief is full."""
        if item.passage.id in self or len(self) >= MAX_ITEMS:
            return self
        return Brief((*self.items, item))

    def remove(self, passage_id: str) -> Brief:
        """Return the brief without this passage."""
        return Brief(tuple(item for item in self.items if item.passage.id != passage_id))

    def insert(self, place: int, item: Item) -> Brief:
        """Return the brief with the item at `place` (from 0): what undoes a removal."""
        if item.passage.id in self:
            return self
        return Brief((*self.items[:place], item, *self.items[place:]))

    def index_of(self, passage_id: str) -> int:
        """Return where a passage stands, counted from 0. Raises KeyError when it is not in the brief."""
        for place, item in enumerate(self.items):
            if item.passage.id == passage_id:
                return place
        raise KeyError(passage_id)

    def move(self, passage_id: str, steps: int) -> Brief:
        """Return the brief with the passage moved up (negative) or down, at most to an end."""
        here = self.index_of(passage_id)
        there = min(max(here + steps, 0), len(self) - 1)
        items = list(self.items)
        items.insert(there, items.pop(here))
        return Brief(tuple(items))

    def note(self, passage_id: str, text: str) -> Brief:
        """Return the brief with this note (cut at MAX_NOTE characters) on the passage."""
        return Brief(
            tuple(
                replace(item, note=text[:MAX_NOTE]) if item.passage.id == passage_id else item
                for item in self.items
            )
        )


def sources(brief: Brief, t: Words) -> list[str]:
    """Return the references of the documents quoted, once each, in alphabetical order."""
    documents = {item.document.id: item.document for item in brief.items}
    words = citation_words(t)
    lines = (visible(apa(document, words=words)) for document in documents.values())
    return sorted(lines, key=str.casefold)


def heading(item: Item) -> str:
    """Return the heading of an item: its document's title."""
    return item.document.metadata.title or item.document.file
