"""Tables whose rules are drawn column by column, as word processors draw the borders of cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.source import Box
from ingest.structure.bands import Band
from ingest.structure.columns import Columns, label_columns
from ingest.structure.grid_heads import FAR, Heads, goes_on, heads_above, is_other
from ingest.structure.grid_rows import Row, holds_single_figures, rows_between, rows_of_figures, rows_of_words

# Rules of one height, and of one edge (points).
LEVEL = 1.5
SAME_EDGE = 4.0
# Columns of which this many begin at the same place are the same: a rule may be missing.
ALIKE = 0.8
# Neighbours leave this much room between them, and overlap by this much (points).
ROOM = 7.0
# Text reaches into the next column by this much at most (points).
MARGIN = 2.0
# Cells that are filled; columns of a table of one row; columns with heads of their own.
FILLED = 0.4
MANY_COLUMNS = 3
HEADED = 0.6


@dataclass(frozen=True, slots=True)
class Ruled:
    """Rules side by side: their height and the edges that they have in common with columns."""

    height: float
    edges: tuple[tuple[float, float], ...]

    def same(self, other: "Ruled") -> bool:
        """Return whether both part the same columns."""
        alike = sum(
            1 for left, _ in self.edges if any(abs(left - start) <= SAME_EDGE for start, _ in other.edges)
        )
        return alike >= ALIKE * max(len(self.edges), len(other.edges))


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table that was found: its last band, heads, rows and columns."""

    last: int
    heads: Heads
    rows: tuple[Row, ...]
    columns: Columns


def ruled_tables(bands: Sequence[Band], rules: Sequence[Box]) -> Iterator[RuledTable]:
    """Yield the tables whose columns rules name, from top to bottom."""
    above = 0
    for levels in _areas(rules):
        table = _table(bands, above, levels, rules)
        if table is not None:
            yield table
            above = table.last + 1


def levels_of(rules: Sequence[Box]) -> list[Ruled]:
    """Return the rules side by side, from top to bottom."""
    heights: list[list[Box]] = []
    for rule in sorted(rules, key=lambda rule: (-(rule[1] + rule[3]), rule[0])):
        if heights and abs(heights[-1][0][1] + heights[-1][0][3] - rule[1] - rule[3]) <= 2 * LEVEL:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    return [found for group in heights for found in _chains(group)]


def _chains(group: Sequence[Box]) -> Iterator[Ruled]:
    """Yield runs of at least two rules of one height whose ends meet."""
    chain: list[tuple[float, float]] = []
    height = (group[0][1] + group[0][3]) / 2
    for left, _, right, _ in sorted(group):
        if chain and left < chain[-1][1] - ROOM / 2:
            chain[-1] = (chain[-1][0], max(chain[-1][1], right)) if left - chain[-1][0] < ROOM else chain[-1]
            continue
        if chain and left - chain[-1][1] > ROOM:
            if len(chain) > 1:
                yield Ruled(height, tuple(chain))
            chain = []
        chain.append((left, right))
    if len(chain) > 1:
        yield Ruled(height, tuple(chain))


def _areas(rules: Sequence[Box]) -> Iterator[list[Ruled]]:
    """Yield the levels of each table: those that part the same columns, none with more columns between them."""
    open_area: list[Ruled] = []
    for level in levels_of(rules):
        if open_area and level.same(open_area[0]):
            open_area.append(level)
        elif not open_area or len(level.edges) > len(open_area[0].edges):
            if len(open_area) > 1:
                yield open_area
            open_area = [level]
    if len(open_area) > 1:
        yield open_area


def _table(
    bands: Sequence[Band], above: int, levels: Sequence[Ruled], rules: Sequence[Box]
) -> RuledTable | None:
    edges = levels[0].edges
    columns = Columns(tuple((left + MARGIN, right - MARGIN) for left, right in edges))
    first = _below(bands, levels[0].height, above)
    if first >= len(bands):
        return None
    heads = heads_above(bands, above, first, columns, rules)
    if heads is None or not _covers(heads, columns):
        border = _below(bands, levels[1].height, above)
        if border >= len(bands) or border == first:
            return None
        heads = heads_above(bands, first, border, columns, rules, all_heads=True)
        if heads is None or heads.top != first or not _covers(heads, columns):
            return None
        first, levels = border, levels[1:]
    last = _last(bands, first, above, levels, columns)
    body = bands[first : last + 1]
    if not body or not _fits(body, columns):
        return None
    rows = _rows(body, columns, [level.height for level in levels[1:-1]])
    if rows is None or not is_filled(rows, columns) or not holds_single_figures(rows, columns):
        return None
    return RuledTable(last, heads, tuple(rows), columns)


def _last(bands: Sequence[Band], first: int, above: int, levels: Sequence[Ruled], columns: Columns) -> int:
    """Return the last band of a table: above its last rule, or while rows keep to columns (none if it goes on)."""
    if len(levels) == 1:
        last = _fitting(bands, first, columns)
        return first - 1 if goes_on(bands, last, 1, columns) else last
    last = _below(bands, levels[-1].height, above) - 1
    while last > first and not _fits(bands[last : last + 1], columns):
        last -= 1
    return last


def _below(bands: Sequence[Band], height: float, above: int) -> int:
    """Return the first band below a height."""
    return next(
        (at for at in range(above, len(bands)) if (bands[at].top + bands[at].bottom) / 2 < height), len(bands)
    )


def _covers(heads: Heads, columns: Columns) -> bool:
    own = {span[0] for band in heads.cells for _, span in band if span[0] == span[1]}
    return len(own) >= HEADED * len(columns)


def _fitting(bands: Sequence[Band], first: int, columns: Columns) -> int:
    """Return the last band of a table without a rule at its end: rows whose pieces keep to their columns."""
    last = first - 1
    for at in range(first, len(bands)):
        band = bands[at]
        if not _fits([band], columns) or is_other(band, columns, rows=True):
            break
        if at > first and bands[at - 1].bottom - band.bottom > FAR * band.size:
            break
        last = at
    return last


def _fits(body: Sequence[Band], columns: Columns) -> bool:
    """Return whether no text crosses a column."""
    for band in body:
        spans = [columns.span_of(piece) for piece in band.pieces]
        if any(span is None or span[0] != span[1] for span in spans):
            return False
    return True


def _rows(body: Sequence[Band], columns: Columns, borders: Sequence[float]) -> list[Row] | None:
    between = rows_between(body, borders) if borders else None
    if between is not None:
        return between
    labels = label_columns(body, columns)
    if labels < len(columns):
        of_figures = rows_of_figures(body, columns, labels)
        if of_figures is not None:
            return of_figures
    return rows_of_words(body, columns)


def is_filled(rows: Sequence[Row], columns: Columns) -> bool:
    """Return whether enough cells hold something, and rows or columns are several."""
    filled = sum(len({columns.span_of(piece) for band in row for piece in band.pieces}) for row in rows)
    return filled >= FILLED * len(rows) * len(columns) and (len(rows) > 1 or len(columns) >= MANY_COLUMNS)
