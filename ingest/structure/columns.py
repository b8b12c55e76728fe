"""The columns of a printed table, told from where its pieces stand, and the heads above them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.source import Box
from ingest.structure.bands import Band, Piece

# Columns whose pieces come nearer than this (points) are one.
NEAREST = 1.0
# Cells of a column of figures that are some.
FIGURE_SHARE = 0.6
# One in so many rows may hold words that reach over two columns.
FEW = 12
# Cells of a column of counters that are some.
COUNTED = 0.6
# A head that stands over no column belongs to the nearest one, this far away at most (points).
BESIDE = 14.0
BEYOND = 60.0
# A rule under a head of several columns lies this far below it at most (type sizes).
UNDERLINE = 1.2
# The middle of a head over several columns lies this near (points) to theirs.
CENTRED = 3.5

_COUNTER = re.compile(r"^(?:\(?(?:[A-Za-z]|\d{1,4}|[ivxIVX]{1,5})[.)]|•)$")

Span = tuple[int, int]
"""First and last column."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Left and right edges of the columns of a table, in points, from left to right."""

    edges: tuple[tuple[float, float], ...]

    def __len__(self) -> int:
        return len(self.edges)

    @property
    def left(self) -> float:
        """Left edge of the table."""
        return self.edges[0][0]

    @property
    def right(self) -> float:
        """Right edge of the table."""
        return self.edges[-1][1]

    def edge(self, column: int) -> tuple[float, float]:
        """Return the edges of a column; one beyond the last has none."""
        return self.edges[column] if column < len(self.edges) else (self.right, float("inf"))

    def under(self, left: float, right: float) -> list[int]:
        """Return the columns that `[left, right]` stands over."""
        if left >= right:
            return []
        return [
            at for at, (start, end) in enumerate(self.edges) if start < right and left < end and start < end
        ]

    def span_of(self, piece: Piece) -> Span | None:
        """Return the columns that a piece of the body stands in, None where it stands in none."""
        found = self.under(piece.left, piece.right)
        return (found[0], found[-1]) if found else None

    def cells(self, rows: Iterable[Band]) -> list[list[Piece]]:
        """Return, column by column, the pieces of rows that stand in it alone."""
        cells: list[list[Piece]] = [[] for _ in self.edges]
        for row in rows:
            for piece in row.pieces:
                found = self.under(piece.left, piece.right)
                if len(found) == 1:
                    cells[found[0]].append(piece)
        return cells


def columns_of(rows: Sequence[Band]) -> Columns | None:
    """Return the columns of rows, None where two pieces of a row would stand in one, or a figure in two.

    A label in two pieces ("1." and its words) is one column. Of many rows a few may reach over two.
    """
    pieces = [piece for row in rows for piece in row.pieces]
    edges = list(_edges(pieces, len(rows) // FEW))
    if edges:
        edges[0] = (min(piece.left for piece in pieces), edges[0][1])
        edges[-1] = (edges[-1][0], max(piece.right for piece in pieces))
    columns, joined = _with_counters(pieces, edges)
    if any(columns.span_of(piece) is None for piece in pieces):
        columns, joined = _with_counters(pieces, list(_edges(pieces, 0)))
    for row in rows:
        spans = [columns.span_of(piece) for piece in row.pieces]
        if None in spans or any(
            one and other and one[1] >= other[0] and not (one == other and one[0] in joined)
            for one, other in pairwise(spans)
        ):
            return None
        if any(
            span and span[0] != span[1] and piece.is_figure
            for piece, span in zip(row.pieces, spans, strict=True)
        ):
            return None
    return columns if len(columns) > 1 else None


def with_heads(columns: Columns, heads: Sequence[Band]) -> Columns:
    """Return the columns and those that hold nothing but a head, far from all others."""
    edges = list(columns.edges)
    for piece in sorted((piece for band in heads for piece in band.pieces), key=lambda piece: piece.left):
        away = min(max(start - piece.right, piece.left - end) for start, end in edges)
        if away > BESIDE / 2:
            edges.append((piece.left, piece.right))
    return Columns(tuple(sorted(edges)))


def _with_counters(pieces: Sequence[Piece], edges: list[tuple[float, float]]) -> tuple[Columns, set[int]]:
    """Return the columns, those of counters put to what they count, and which ones may hold two pieces of a row."""
    joined = {0}
    at = 0
    while at + 1 < len(edges):
        cells = [piece for piece in pieces if edges[at][0] <= piece.left and piece.right <= edges[at][1]]
        if cells and sum(bool(_COUNTER.match(piece.text)) for piece in cells) >= COUNTED * len(cells):
            edges[at : at + 2] = [(edges[at][0], edges[at + 1][1])]
            joined.add(at)
        else:
            at += 1
    return Columns(tuple(edges)), joined


def _edges(pieces: Sequence[Piece], few: int) -> Iterator[tuple[float, float]]:
    """Yield where more than `few` pieces stand, from left to right."""
    turns = sorted([(piece.left, 1) for piece in pieces] + [(piece.right + NEAREST, -1) for piece in pieces])
    standing, start = 0, 0.0
    for place, step in turns:
        if standing == few and step > 0:
            start = place
        standing += step
        if standing == few and step < 0:
            yield start, place - NEAREST


def label_columns(rows: Sequence[Band], columns: Columns) -> int:
    """Return how many columns stand before the first one of figures: those of labels, at least one."""
    cells = columns.cells(rows)
    return next((column for column in range(1, len(columns)) if of_figures(cells[column])), len(columns))


def of_figures(cells: Sequence[Piece]) -> bool:
    """Return whether cells are those of a column of figures: most hold figures, and some of these are no dashes."""
    figures = [piece for piece in cells if piece.is_figure]
    digits = sum(1 for piece in figures if any(map(str.isdigit, piece.text)))
    return len(figures) >= FIGURE_SHARE * len(cells) > 0 and digits > 0


def head_spans(
    band: Band, below: float, columns: Columns, rules: Iterable[Box]
) -> list[tuple[Piece, Span]] | None:
    """Return the columns that each piece of a band of heads stands over, None where that is not certain.

    `below` is the upper edge of what stands under the band. A rule under a head says how far it reaches; one that
    stands over several reaches as far as its middle is theirs. No column has two heads in one band.
    """
    found: list[tuple[Piece, list[int]]] = []
    for piece in band.pieces:
        over = columns.under(piece.left, piece.right) or _nearest(piece, columns)
        if not over and 0 < piece.left - columns.right < BEYOND:
            # A column of pictures.
            over = [len(columns)]
        if not over:
            return None
        found.append((piece, over))
    taken = _each_once(found, columns)
    if taken is None:
        return None
    spans: list[tuple[Piece, Span]] = []
    for at, (piece, over) in enumerate(taken):
        free = {column for other, (_, own) in enumerate(taken) if other != at for column in own}
        wider = _underlined(piece, below, columns, rules) or _centred(piece, over, columns, free)
        if (
            wider
            and not free.intersection(range(wider[0], wider[1] + 1))
            and set(over) <= set(range(wider[0], wider[1] + 1))
        ):
            spans.append((piece, wider))
        else:
            spans.append((piece, (over[0], over[-1])))
    return spans


def _nearest(piece: Piece, columns: Columns) -> list[int]:
    away = [max(start - piece.right, piece.left - end) for start, end in columns.edges]
    nearest = min(range(len(away)), key=away.__getitem__)
    return [nearest] if away[nearest] <= BESIDE else []


def _each_once(
    found: Sequence[tuple[Piece, list[int]]], columns: Columns
) -> list[tuple[Piece, list[int]]] | None:
    """Return the heads with each column given to the one that stands over most of it; None where one gets none."""
    owner: dict[int, int] = {}
    for at, (piece, over) in enumerate(found):
        for column in over:
            other = owner.get(column)
            if other is None or _shared(piece, columns.edge(column)) > _shared(
                found[other][0], columns.edge(column)
            ):
                owner[column] = at
    kept = [
        (piece, [column for column in over if owner[column] == at]) for at, (piece, over) in enumerate(found)
    ]
    return kept if all(over for _, over in kept) else None


def _shared(piece: Piece, edge: tuple[float, float]) -> float:
    return min(piece.right, edge[1]) - max(piece.left, edge[0])


def _underlined(piece: Piece, below: float, columns: Columns, rules: Iterable[Box]) -> Span | None:
    """Return the columns over a rule that is drawn right under a head, and not under the whole table."""
    bottom = min(part.bottom for part in piece.parts)
    for left, low, right, high in rules:
        near = max(below - 1.0, bottom - UNDERLINE * piece.size) <= (low + high) / 2 <= bottom + 1.0
        if not near or left > piece.left + 1.0 or right < piece.right - 1.0:
            continue
        over = [at for at, (start, end) in enumerate(columns.edges) if left <= (start + end) / 2 <= right]
        if over and len(over) < len(columns):
            return over[0], over[-1]
    return None


def _centred(piece: Piece, over: Sequence[int], columns: Columns, free: set[int]) -> Span | None:
    if len(over) < 2:
        return None
    middle = (piece.left + piece.right) / 2
    best: Span | None = None
    for first in range(over[0] + 1):
        for last in range(over[-1], len(columns)):
            between = (columns.edges[first][0] + columns.edges[last][1]) / 2
            if free.intersection(range(first, last + 1)) or abs(between - middle) > CENTRED:
                continue
            if best is None or last - first > best[1] - best[0]:
                best = first, last
    return best
