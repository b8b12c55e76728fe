"""A note that two windows changed at once, as one note: a merge of three texts by words, as of files by lines.

Texts are parted into words, each with the white space before it. Words that all three texts have in common stand
still. What is between two of them was changed by one side, which then holds, or by both: then both stay, one behind
the other, unless one has all the words of the other in a row. `note_merge.js` does the same in the browser.
Algorithm: S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", FSTTCS 2007.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

MOST_CELLS = 1_000_000
"""Of the table of two texts' words; longer texts that differ throughout have no word in common."""
_PIECE = re.compile(r"([ \t\r\n]*)([^ \t\r\n]*)")


class _Piece(NamedTuple):
    """A word and the white space before it; the last piece of a text has no word."""

    space: str
    word: str


def merged_note(base: str, current: str, mine: str, told: str | None = None) -> str:
    """Return the note after `mine` was typed over `base` while `current` is what is stored now.

    `told` is what the same field sent before `mine`, where it did: it is the base once its words are in `current`.
    No word that either side wrote is lost.
    """
    if current in (base, told):
        return mine
    if mine in (base, current):
        return current
    old, stored, typed = _pieces(base), _pieces(current), _pieces(mine)
    if told is not None and _within(_pieces(told), stored):
        old = _pieces(told)
    # What one side has written may be in the other text already, sent before.
    if _within(typed, stored) and not _within(typed, old):
        return current
    if _within(stored, typed) and not _within(stored, old):
        return mine
    return _joined(_merged(old, stored, typed))


def _pieces(text: str) -> list[_Piece]:
    return [_Piece(*found.groups()) for found in _PIECE.finditer(text)][: _count(text)]


def _count(text: str) -> int:
    """Return how many pieces a text has: its words, and the end."""
    return len(re.findall(r"[^ \t\r\n]+", text)) + 1


def _words(pieces: Sequence[_Piece]) -> list[str]:
    return [piece.word for piece in pieces if piece.word]


def _within(pieces: Sequence[_Piece], others: Sequence[_Piece]) -> bool:
    """Return whether the words of one text stand in the other in this order, maybe with more between them."""
    rest = iter(_words(others))
    return all(word in rest for word in _words(pieces))


def _in_a_row(words: list[str], others: list[str]) -> bool:
    starts = [at for at, word in enumerate(others) if word == words[0]] if words else [0]
    return any(words == others[at : at + len(words)] for at in starts)


def _merged(base: list[_Piece], current: list[_Piece], mine: list[_Piece]) -> list[_Piece]:
    left, right = _matches(base, current), _matches(base, mine)
    still = [(-1, -1, -1)]
    still += [(at, left[at], right[at]) for at in range(len(base)) if at in left and at in right]
    found: list[_Piece] = []
    for before, here in pairwise(still):
        parts = [
            text[start + 1 : end]
            for text, start, end in zip((base, current, mine), before, here, strict=True)
        ]
        found += _between(parts[0], parts[1], parts[2])
        old, one, other = base[here[0]], current[here[1]], mine[here[2]]
        found.append(other if one.space == old.space else one)
    return found


def _between(base: list[_Piece], current: list[_Piece], mine: list[_Piece]) -> list[_Piece]:
    """Return what stands between two words that all have in common."""
    was, one, other = _words(base), _words(current), _words(mine)
    if one == was or (other != was and _in_a_row(one, other)):
        return mine
    if other == was or _in_a_row(other, one):
        return current
    first = mine[0]
    return [*current, first if first.space else _Piece("\n\n", first.word), *mine[1:]]


def _joined(pieces: Sequence[_Piece]) -> str:
    text = ""
    for space, word in pieces:
        text += (space or " " if text and word else space) + word
    return text


def _matches(one: list[_Piece], other: list[_Piece]) -> dict[int, int]:
    """Return where the words of a longest common subsequence stand in one text and in the other; the ends are in it."""
    start, most = 0, min(len(one), len(other)) - 1
    while start < most and one[start].word == other[start].word:
        start += 1
    end = 1
    while end <= most - start and one[-1 - end].word == other[-1 - end].word:
        end += 1
    found = {at: at for at in range(start)}
    found |= {len(one) - back: len(other) - back for back in range(1, end + 1)}
    height, width = len(one) - end - start, len(other) - end - start
    if height * width <= MOST_CELLS:
        words = [piece.word for piece in one[start:]], [piece.word for piece in other[start:]]
        found |= {start + at: start + there for at, there in _longest(*words, height, width)}
    return found


def _longest(one: list[str], other: list[str], height: int, width: int) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence of the first words of both."""
    lengths = [[0] * (width + 1) for _ in range(height + 1)]
    for at in range(height - 1, -1, -1):
        row, below = lengths[at], lengths[at + 1]
        for there in range(width - 1, -1, -1):
            same = one[at] == other[there]
            row[there] = below[there + 1] + 1 if same else max(below[there], row[there + 1])
    found, at, there = [], 0, 0
    while at < height and there < width:
        if one[at] == other[there]:
            found.append((at, there))
            at, there = at + 1, there + 1
        elif lengths[at + 1][there] >= lengths[at][there + 1]:
            at += 1
        else:
            there += 1
    return found
