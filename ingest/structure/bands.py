"""The printed lines of a page as bands: what stands side by side, and the pieces of each that stand apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ingest.layout.line import LayoutLine
from ingest.layout.line_kinds import is_caption, is_source_note
from ingest.readers.source import Box
from ingest.structure.tables import FIGURE

_YEAR = re.compile(r"^(?:FY|AF)?(?:19|20)\d\d(?:[-–/](?:\d\d){1,2})?[.*]?$")
# Pieces of one band share this part of the lower one's height.
SHARED = 0.55
# Pieces nearer than a wide blank, or set into one another by no more than a raised letter is, run on (type sizes).
BLANK = 0.45
RAISED = 0.4
# Characters from which a line is wider than high unless it is turned.
UPRIGHT = 2
# Letters and signs that hang below the line, by this much (type sizes).
_HANGING = re.compile(r"[gjpqyçQ,;()\[\]/|$]")
HANGING = 0.2
# Signs that belong to the figure behind or before them.
CURRENCY = frozenset(("$", "€", "£", "S/", "S/.", "US$", "R$", "CHF", "EUR", "USD"))
PERCENT = frozenset(("%", ")", ")%"))
# A line of running text: so many words, this share of them in lower case, wider than so many type sizes.
PROSE_WORDS = 9
PROSE_LOWER = 0.5
PROSE_WIDTH = 28
NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Piece:
    """What stands apart on a printed line: `parts` from left to right, and its place in points."""

    parts: tuple[LayoutLine, ...]
    left: float
    right: float

    @cached_property
    def text(self) -> str:
        """Its words."""
        return " ".join([part.text for part in self.parts])

    @property
    def size(self) -> float:
        """Its type size in points, 10 where it is unknown."""
        return self.parts[0].size or 10.0

    @cached_property
    def is_figure(self) -> bool:
        """Whether it holds figures, or the sign for none, and nothing else."""
        tokens = [token for token in self.text.split() if token not in CURRENCY and token not in PERCENT]
        return bool(tokens) and all(FIGURE.match(token) for token in tokens)

    @property
    def is_year(self) -> bool:
        """Whether it is a year or two, as the heads of columns often are."""
        return all(_YEAR.match(token) for token in self.text.split())

    @property
    def is_prose(self) -> bool:
        """Whether it is a line of running text: many words, most in lower case, set wide."""
        if self.right - self.left <= PROSE_WIDTH * self.size:
            return False
        words = self.text.split()
        if len(words) < PROSE_WORDS:
            return False
        return sum(1 for word in words if word[:1].islower()) >= PROSE_LOWER * len(words)

    @cached_property
    def is_no_cell(self) -> bool:
        """Whether it stands in no table: running text, a caption, the note on a source."""
        return self.is_prose or is_caption(self.text) or is_source_note(self.text)


@dataclass(frozen=True)
class Band:
    """Pieces side by side, from left to right."""

    pieces: tuple[Piece, ...]

    @property
    def top(self) -> float:
        """Upper edge in points."""
        return max(part.top for piece in self.pieces for part in piece.parts)

    @cached_property
    def bottom(self) -> float:
        """Where its type stands in points, letters that hang lower left aside: the highest of its lines counts."""
        hanging: dict[int, float] = {}
        for part in self.lines():
            below = HANGING * (part.size or 10.0) if _HANGING.search(part.text) else 0.0
            hanging[part.index] = max(hanging.get(part.index, 0.0), part.bottom + below)
        return max(hanging.values())

    @cached_property
    def size(self) -> float:
        """Its type size in points."""
        return max(piece.size for piece in self.pieces)

    @cached_property
    def is_anchor(self) -> bool:
        """Whether it is a row with figures: behind its first piece stands one that is no year."""
        if len(self.pieces) < 2:
            return False
        own = self.pieces[1:] if not self.pieces[0].is_figure else self.pieces
        figures = [piece for piece in own if piece.is_figure]
        return any(not piece.is_year for piece in figures)

    def lines(self) -> Iterator[LayoutLine]:
        """Yield the parts of its pieces."""
        for piece in self.pieces:
            yield from piece.parts


def bands_of(lines: Iterable[LayoutLine]) -> list[Band]:
    """Return the lines of a page, all with boxes, as bands from top to bottom."""
    pieces = [piece for line in lines if not _is_turned(line) for piece in line.pieces or (line,)]
    pieces.sort(key=_place)
    groups: list[list[LayoutLine]] = []
    for piece in pieces:
        if groups and _beside(groups[-1][0], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_band(group) for group in groups]


def _place(line: LayoutLine) -> tuple[float, float]:
    """Return by what lines are put in order: how far down their middle stands, then from left to right."""
    left, bottom, _, top = line.box or NOWHERE
    return -(top + bottom), left


def _is_turned(line: LayoutLine) -> bool:
    """Return whether a line stands upright, as in the margin of a turned page."""
    left, bottom, right, top = line.box or NOWHERE
    height = top - bottom
    return height > 2 * (right - left) and len(line.text) > UPRIGHT and height > 2 * (line.size or height)


def _beside(first: LayoutLine, piece: LayoutLine) -> bool:
    _, low, _, high = first.box or NOWHERE
    _, bottom, _, top = piece.box or NOWHERE
    return min(high, top) - max(low, bottom) >= SHARED * min(high - low, top - bottom)


def _band(group: Sequence[LayoutLine]) -> Band:
    """Return a band, signs put to their figures and what runs on put together."""
    if len(group) == 1:
        return Band((Piece((group[0],), group[0].left, group[0].right),))
    found: list[Piece] = []
    for part in sorted(group, key=lambda part: part.left):
        if found and _together(found[-1], part):
            above = found.pop()
            found.append(Piece((*above.parts, part), above.left, max(above.right, part.right)))
        else:
            found.append(Piece((part,), part.left, part.right))
    return Band(tuple(found))


def _together(before: Piece, part: LayoutLine) -> bool:
    last = before.parts[-1]
    if last.text in CURRENCY:
        return bool(FIGURE.match(part.text.split()[0]))
    if part.text in PERCENT and before.is_figure:
        return True
    size = part.size or 10.0
    return -RAISED * size < part.left - before.right < BLANK * size


def pitches(bands: Sequence[Band]) -> list[float]:
    """Return how far each band but the first stands below the one above it, in points."""
    return [above.bottom - band.bottom for above, band in pairwise(bands)]
