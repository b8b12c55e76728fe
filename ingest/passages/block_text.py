"""Blocks with their clean text and sentences, and headings put into the passage that they open.

All text of a page stands in a passage, and a heading says nothing alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.passage import Cell, Kind
from ingest.passages.offset_map import MappedText
from ingest.structure.blocks import Block

# Headings that a passage opens with at most: as many are searched with it (`index.indexed_text`). A passage of headings
# holds the ones above them.
MOST_HEADINGS = 2
# Word tokens of a passage with its headings (`ingest.passages.invariants`).
LONGEST = 256
# What a heading does not head: it may stand between it and its text.
BESIDE = frozenset[Kind]({"footnote", "heading"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Sentence `[start, end)` of the text of a block; `cut` if it is a part of a longer one."""

    block: int
    start: int
    end: int
    tokens: int
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockText:
    """A block with its clean text and sentences."""

    block: Block
    mapped: MappedText
    sentences: tuple[Sentence, ...]

    def cells(self, sentence: Sentence) -> Iterator[Cell]:
        """Yield the cells of a table's row, with their places in the text of the block."""
        if not self.block.places:
            return
        open_cell: Cell | None = None
        for (start, end), place in zip(self.mapped.parts, self.block.places, strict=False):
            if place is None or start < sentence.start or end > sentence.end:
                continue
            if open_cell is not None and open_cell[2:] == place:
                open_cell = (open_cell[0], end, *place)
                continue
            if open_cell is not None:
                yield open_cell
            open_cell = (start, end, *place)
        if open_cell is not None:
            yield open_cell

    @property
    def heads(self) -> bool:
        """Whether it is a heading over something, and no loose line of a title page."""
        return self.block.kind == "heading" and not self.block.loose


Packed = tuple[Kind, list[Sentence]]
"""The kind of a passage and its sentences."""


def with_headings(passages: Sequence[Packed], texts: Sequence[BlockText]) -> list[Packed]:
    """Return the passages, in reading order, with headings put before the text that follows them on their page."""
    found: list[Packed] = []
    for kind, sentences in passages:
        at = next((at for at in range(len(found) - 1, -1, -1) if found[at][0] != "footnote"), None)
        if kind in BESIDE or at is None or not _is_headings(found[at], texts):
            found.append((kind, sentences))
            continue
        above = found[at][1]
        cut = _opens_with(above, sentences, texts)
        found[at : at + 1] = [("heading", above[:cut])] if cut else []
        found.append((kind, above[cut:] + sentences))
    return found


def _is_headings(passage: Packed, texts: Sequence[BlockText]) -> bool:
    return passage[0] == "heading" and texts[passage[1][0].block].heads


def _opens_with(above: Sequence[Sentence], sentences: Sequence[Sentence], texts: Sequence[BlockText]) -> int:
    """Return from which sentence on the headings `above` open a passage: whole ones, on its page, that fit."""
    first = texts[sentences[0].block].block
    room = LONGEST - sum(sentence.tokens for sentence in sentences)
    cut, blocks = len(above), list(dict.fromkeys(sentence.block for sentence in above))
    for number in reversed(blocks[-MOST_HEADINGS:]):
        block = texts[number].block
        own = [sentence for sentence in above if sentence.block == number]
        room -= sum(sentence.tokens for sentence in own)
        if (
            room < 0
            or block.lines[-1].page != first.lines[0].page
            or block.lines[0].page != block.lines[-1].page
        ):
            break
        if len(block.section) >= len(first.section):
            break
        cut -= len(own)
    return cut
