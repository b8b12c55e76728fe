"""Printed tables whose columns and rows are certain: from rows of figures and where their pieces stand.

A table without doubt has rows with figures whose pieces stand in columns that nothing crosses, each in one of its own,
or rules that are drawn column by column; what stands above and over the columns are the heads. Where anything is in
doubt there is no grid, and the lines stay what they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.layout.line import LayoutLine
from ingest.layout.line_kinds import is_caption, is_source_note, is_table_caption
from ingest.passage import Place
from ingest.readers.source import Box
from ingest.structure.bands import Band, Piece, bands_of, pitches
from ingest.structure.columns import Columns, Span, columns_of, label_columns, of_figures
from ingest.structure.grid_heads import FAR, FARTHEST, HeadCell, Heads, goes_on, heads_above
from ingest.structure.grid_rows import Row, holds_single_figures, rows_of_figures
from ingest.structure.ruled_tables import ruled_tables
from ingest.structure.word_tables import worded_tables

# Rows with figures of a table: this many, or fewer where this many columns hold them.
MIN_ROWS = 3
FEWEST_ROWS = 2
FIGURE_COLUMNS = 2
# Cells of rows with figures that are filled.
FILLED_ROWS = 0.5
# Rows without heads above them that have a label; pieces of two rows that stand one below the other.
LABELLED_ROWS = 0.8
ALIKE = 0.8
# Bands between two rows with figures: labels in several lines, titles within the table.
MOST_BETWEEN = 5
# Bands between a caption's first line and the heads.
CAPTION_LINES = 5
CAPTION_WORDS = 60
# The lines of a last label stand this near (type sizes).
LAST_LABEL = 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A printed table, row by row: its parts in reading order, each with its cell (None for the caption).

    `head` counts the lines of text that caption and heads make.
    """

    parts: tuple[LayoutLine, ...]
    places: tuple[Place | None, ...]
    head: int


def may_hold_grid(lines: Sequence[LayoutLine]) -> bool:
    """Return whether a page has rows of pieces at all: most have none."""
    side_by_side = len(lines) - len({round(line.bottom) for line in lines})
    apart = side_by_side >= FEWEST_ROWS or any(line.pieces or line.same_line for line in lines)
    return apart and all(line.box for line in lines)


def grids_of(lines: Sequence[LayoutLine], rules: Sequence[Box]) -> list[Grid]:
    """Return the tables among the lines of one page whose columns and rows are certain, from top to bottom."""
    if not may_hold_grid(lines):
        return []
    bands = bands_of(lines)
    found: list[Grid] = []
    taken: set[int] = set()
    for tables in (ruled_tables, worded_tables):
        start = 0
        for table in tables(bands, rules):
            caption = _caption(bands, start, table.heads.top)
            found.append(_written(caption, table.heads, table.rows, table.columns))
            taken.update(line.index for line in found[-1].parts)
            start = table.last + 1
        bands = [band for band in bands if not any(line.index in taken for line in band.lines())]
    above = 0
    for first, last in _runs(bands):
        grid = _grid(bands, above, first, last, rules)
        if grid is not None:
            found.append(grid)
        above = last + 1
    return found


def _runs(bands: Sequence[Band]) -> list[Span]:
    """Return the runs of bands, first and last, that rows with figures make with what stands between them."""
    runs: list[Span] = []
    for at, band in enumerate(bands):
        if len(band.pieces) < 2 or not band.is_anchor or _runs_text(band):
            continue
        if runs and at - runs[-1][1] - 1 <= MOST_BETWEEN and _runs_on(bands[runs[-1][1] : at + 1]):
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs


def _runs_text(band: Band) -> bool:
    """Return whether a band with figures is running text: not where a long label stands before several of them."""
    figures = sum(1 for piece in band.pieces[1:] if piece.is_figure)
    return any(piece.is_prose for piece in band.pieces[int(figures > 1) :])


def _runs_on(bands: Sequence[Band]) -> bool:
    """Return whether only labels stand between two rows, none far from the next."""
    size = median(band.size for band in bands)
    far = FARTHEST if _alike(bands[0], bands[-1]) else FAR
    if any(pitch > far * size for pitch in pitches(bands)):
        return False
    return not any(
        len(band.pieces) > 1 or any(piece.is_no_cell for piece in band.pieces) for band in bands[1:-1]
    )


def _alike(band: Band, other: Band) -> bool:
    """Return whether the pieces of two rows stand one below the other."""
    same = sum(
        1
        for piece in band.pieces
        if any(min(piece.right, below.right) > max(piece.left, below.left) for below in other.pieces)
    )
    return same > 1 and same >= ALIKE * max(len(band.pieces), len(other.pieces))


def _grid(bands: Sequence[Band], above: int, first: int, last: int, rules: Sequence[Box]) -> Grid | None:
    last = _with_labels(bands, first, last)
    body = bands[first : last + 1]
    anchors = [band for band in body if band.is_anchor]
    columns = columns_of(anchors)
    if columns is None or not _is_certain(anchors, columns):
        return None
    heads = heads_above(bands, above, first, columns, rules)
    if heads is None or not (_all_headed(heads, columns) if heads.cells else _labelled(anchors, columns)):
        return None
    if _in_figure(bands, above, heads.top) or _continues(bands, heads.top, last, columns):
        return None
    labels = label_columns(anchors, columns)
    rows = rows_of_figures([*heads.sections, *body], columns, labels)
    if (
        rows is None
        or not holds_single_figures(rows, columns)
        or any(columns.span_of(piece) is None for row in rows for band in row for piece in band.pieces)
    ):
        return None
    return _written(_caption(bands, above, heads.top), heads, rows, columns)


def _with_labels(bands: Sequence[Band], first: int, last: int) -> int:
    """Return the last band of a table, the last lines of its last label among them."""
    right = min(
        (band.pieces[1].left for band in bands[first : last + 1] if len(band.pieces) > 1), default=0.0
    )
    left = min(band.pieces[0].left for band in bands[first : last + 1])
    while last + 1 < len(bands):
        band, above = bands[last + 1], bands[last]
        piece = band.pieces[0]
        near = above.bottom - band.bottom <= LAST_LABEL * piece.size
        inside = left - 1 <= piece.left and piece.right < right
        if (
            len(band.pieces) > 1
            or not (near and inside)
            or is_source_note(piece.text)
            or is_caption(piece.text)
        ):
            break
        last += 1
    return last


def _is_certain(anchors: Sequence[Band], columns: Columns) -> bool:
    """Return whether rows are enough of a table: how many, how full, and columns of figures."""
    cells = columns.cells(anchors)
    filled = sum(map(len, cells))
    figures = sum(map(of_figures, cells[1:]))
    enough = len(anchors) >= MIN_ROWS or figures >= FIGURE_COLUMNS + (len(anchors) < FEWEST_ROWS)
    return enough and figures > 0 and filled >= FILLED_ROWS * len(anchors) * len(columns)


def _all_headed(heads: Heads, columns: Columns) -> bool:
    """Return whether each column but the first has a head, and no two of them the same."""
    above: list[list[int]] = [[] for _ in range(len(columns) + 1)]
    for number, (_, span) in enumerate(cell for band in heads.cells for cell in band):
        for column in range(span[0], span[1] + 1):
            above[column].append(number)
    own = above[1 : len(columns)]
    return all(own) and len({tuple(numbers) for numbers in own}) == len(own)


def _continues(bands: Sequence[Band], top: int, last: int, columns: Columns) -> bool:
    """Return whether the table goes on above or below, in bands that are none of its rows or heads."""
    return goes_on(bands, top, -1, columns) or goes_on(bands, last, 1, columns)


def _labelled(anchors: Sequence[Band], columns: Columns) -> bool:
    """Return whether rows without heads are several, and most have a label."""
    labels = sum(
        1 for band in anchors if columns.span_of(band.pieces[0]) == (0, 0) and not band.pieces[0].is_figure
    )
    return len(anchors) >= MIN_ROWS and labels >= LABELLED_ROWS * len(anchors)


def _in_figure(bands: Sequence[Band], above: int, top: int) -> bool:
    """Return whether the caption above is that of a figure: its axes and values are no table."""
    for at in range(top - 1, max(above, top - CAPTION_LINES) - 1, -1):
        text = bands[at].pieces[0].text
        if is_caption(text):
            return not is_table_caption(text)
    return False


def _caption(bands: Sequence[Band], above: int, top: int) -> list[LayoutLine]:
    """Return the lines of the table's caption, from its number to the heads."""
    for at in range(top - 1, max(above, top - CAPTION_LINES) - 1, -1):
        if is_table_caption(bands[at].pieces[0].text):
            lines = [line for band in bands[at:top] for line in band.lines()]
            return lines if sum(len(line.text.split()) for line in lines) <= CAPTION_WORDS else []
    return []


def _written(caption: Sequence[LayoutLine], heads: Heads, rows: Sequence[Row], columns: Columns) -> Grid:
    parts: list[LayoutLine] = []
    places: list[Place | None] = []
    for line in caption:
        parts.append(line)
        places.append(None)
    cells = head_rows(heads.cells)
    for level, level_cells in cells:
        _row(
            parts,
            places,
            level,
            [(piece.parts, span) for piece_group, span in level_cells for piece in piece_group],
        )
    head = len(caption) + len(cells)
    for number, row in enumerate(rows):
        _row(parts, places, number, list(_body_cells(row, columns)))
    return Grid(parts=tuple(parts), places=tuple(places), head=head)


def head_rows(bands: Sequence[Sequence[HeadCell]]) -> list[tuple[int, list[tuple[list[Piece], Span]]]]:
    """Return the heads by rows, the lowest numbered -1; what stands in several lines over the same columns is one.

    A head stands in the row of its last line.
    """
    pieces: dict[Span, list[Piece]] = {}
    level: dict[Span, int] = {}
    for at, band in enumerate(bands):
        for piece, span in band:
            pieces.setdefault(span, []).append(piece)
            level[span] = at
    levels = sorted(set(level.values()))
    return [
        (at - len(levels), [(pieces[span], span) for span in sorted(pieces) if level[span] == found])
        for at, found in enumerate(levels)
    ]


def _body_cells(row: Row, columns: Columns) -> Iterator[tuple[tuple[LayoutLine, ...], Span]]:
    """Yield the parts of each cell of a row, the lines of a cell one after the other."""
    cells: dict[Span, list[LayoutLine]] = {}
    for band in row:
        for piece in band.pieces:
            span = columns.span_of(piece)
            if span is not None:
                cells.setdefault(span, []).extend(piece.parts)
    for span in sorted(cells):
        yield tuple(cells[span]), span


def _row(
    parts: list[LayoutLine],
    places: list[Place | None],
    number: int,
    cells: Sequence[tuple[tuple[LayoutLine, ...], Span]],
) -> None:
    """Add a row: its first part begins a line of text, the others go on with it."""
    first = True
    for lines, (left, right) in cells:
        for line in lines:
            parts.append(replace(line, same_line=not first, pieces=()))
            places.append((number, left, right))
            first = False
