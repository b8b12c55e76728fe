"""What changed between two editions of a document: sentences paired, put in and taken out, each with its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from ingest.text.folding import fold

if TYPE_CHECKING:
    from ingest.library.records import StoredPassage
    from ingest.passage import Passage

PAIRED = 0.5
"""Share of words in common (difflib's ratio) from which a sentence is another one's new wording."""
MOST_PAIRS = 400
"""Sentences of a changed stretch, old times new, that are all held against each other; beyond it by their order."""
_WORD = re.compile(r"\s+|[^\s]+")
Part = tuple[Literal["same", "out", "in"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an edition, without calls of notes, with the passage that holds it and its place in that one's."""

    text: str
    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sentence taken out (`new` is None), put in (`old` is None), worded anew or moved; `parts` give it by words."""

    old: Sentence | None
    new: Sentence | None
    parts: tuple[Part, ...]

    @property
    def kind(self) -> Literal["out", "in", "changed", "moved"]:
        """What happened to the sentence; one that is moved has no other words."""
        if self.old is None or self.new is None:
            return "in" if self.old is None else "out"
        return "moved" if fold(self.old.text) == fold(self.new.text) else "changed"


def sentences_of(passages: Iterable[StoredPassage]) -> list[Sentence]:
    """Return the sentences of a document in order, headings that a passage opens with among them.

    Calls of notes are left out: a number between two sentences may be cut off with either, and is no other wording.
    """
    found = []
    for stored in passages:
        passage = stored.passage
        lines = [] if not passage.start else _lines(passage.text, passage.start)
        for start, end in (*lines, *passage.sentences):
            text = passage.search_text(start, end).strip()
            if text:
                found.append(Sentence(text=text, passage=passage, start=start, end=end))
    return found


def changes(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Change]:
    """Return what changed from the old edition to the new one, in the order of the text.

    Sentences are the same where their folds are (`ingest.text.folding`): blanks and hyphens at line ends do not count.
    """
    own, theirs = [fold(one.text) for one in old], [fold(one.text) for one in new]
    matcher = SequenceMatcher(None, own, theirs, autojunk=False)
    stretches = [op[1:] for op in matcher.get_opcodes() if op[0] != "equal"]
    moved = _moved(
        [(own[i], i) for i1, i2, _, _ in stretches for i in range(i1, i2)],
        [(theirs[j], j) for _, _, j1, j2 in stretches for j in range(j1, j2)],
    )
    arrived = set(moved.values())
    found: list[Change] = []
    for i1, i2, j1, j2 in stretches:
        left = [old[i] for i in range(i1, i2) if i not in moved]
        came = [new[j] for j in range(j1, j2) if j not in arrived]
        found += _stretch(left, came)
        found += [
            Change(old=old[i], new=new[moved[i]], parts=(("same", new[moved[i]].text),))
            for i in range(i1, i2)
            if i in moved
        ]
    return found


def _moved(gone: Iterable[tuple[str, int]], put: Iterable[tuple[str, int]]) -> dict[int, int]:
    """Return which sentence put in is one taken out elsewhere, as a note on another page; the first with the first."""
    places: dict[str, list[int]] = {}
    for text, at in put:
        places.setdefault(text, []).append(at)
    return {at: places[text].pop(0) for text, at in gone if places.get(text)}


def _stretch(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[Change]:
    """Yield the changes of a stretch: most alike sentences paired in order, the others taken out or put in."""
    partner = _partners(old, new)
    done = 0
    for at, sentence in enumerate(old):
        to = partner.get(at)
        if to is None:
            yield Change(old=sentence, new=None, parts=(("out", sentence.text),))
            continue
        yield from (Change(old=None, new=one, parts=(("in", one.text),)) for one in new[done:to])
        yield Change(old=sentence, new=new[to], parts=words(sentence.text, new[to].text))
        done = to + 1
    yield from (Change(old=None, new=one, parts=(("in", one.text),)) for one in new[done:])


def _partners(old: Sequence[Sentence], new: Sequence[Sentence]) -> dict[int, int]:
    """Return which new sentence is the new wording of which old one; the pairs do not cross."""
    if len(old) * len(new) > MOST_PAIRS:
        near = [(at, at) for at in range(min(len(old), len(new)))]
    else:
        near = [(i, j) for i in range(len(old)) for j in range(len(new))]
    rated = sorted(
        ((_alike(old[i].text, new[j].text), i, j) for i, j in near), key=lambda one: (-one[0], *one[1:])
    )
    chosen: dict[int, int] = {}
    for ratio, i, j in rated:
        crosses = any((i - a) * (j - b) <= 0 for a, b in chosen.items())
        if ratio >= PAIRED and not crosses:
            chosen[i] = j
    return chosen


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def words(old: str, new: str) -> tuple[Part, ...]:
    """Return a sentence word by word: what stays, what is taken out, what is put in.

    "same" and "out" parts together are the old sentence, "same" and "in" parts the new one.
    """
    own, theirs = _WORD.findall(old), _WORD.findall(new)
    parts: list[Part] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, own, theirs, autojunk=False).get_opcodes():
        if op == "equal":
            parts.append(("same", "".join(own[i1:i2])))
            continue
        if i2 > i1:
            parts.append(("out", "".join(own[i1:i2])))
        if j2 > j1:
            parts.append(("in", "".join(theirs[j1:j2])))
    return tuple(parts)


def _lines(text: str, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\n]+", text[:end]) if match[0].strip()]
