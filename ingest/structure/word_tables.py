"""Tables of words: heads in a type of their own or over a rule, rows parted by white space, columns by nothing else."""

from collections.abc import Iterator, Sequence
from statistics import median

from ingest.readers.source import Box
from ingest.structure.bands import Band
from ingest.structure.columns import FIGURE_SHARE, Columns, columns_of, with_heads
from ingest.structure.grid_heads import FARTHEST, MOST_HEADS, Heads, heads_above
from ingest.structure.grid_rows import Row, rows_between, rows_of_words
from ingest.structure.ruled_tables import LEVEL, RuledTable, is_filled

# Columns and rows with several pieces from which it is a table: running text is set in two columns, not in three.
MIN_COLUMNS = 3
MIN_BANDS = 4
# Columns that have a head.
MOST_HEADED = 0.75
DASHES = frozenset("-–—")
# Type of another size than the heads' (points).
OTHER_TYPE = 0.7
# A rule under the heads is drawn under this share of the table.
UNDERLINED = 0.6


def worded_tables(bands: Sequence[Band], rules: Sequence[Box]) -> Iterator[RuledTable]:
    """Yield the tables of words whose heads, columns and rows are certain, from top to bottom."""
    for first, last in _runs(bands):
        table = _table(bands, first, last, rules)
        if table is not None:
            yield table


def _runs(bands: Sequence[Band]) -> Iterator[tuple[int, int]]:
    """Yield the runs of bands, first and last, that are near one another, no running text, some of many pieces."""
    if sum(1 for band in bands if len(band.pieces) >= MIN_COLUMNS) < MIN_BANDS:
        return
    start = 0
    for at in range(len(bands) + 1):
        apart = at == len(bands) or _parts(bands[at])
        far = (
            at < len(bands)
            and at > start
            and bands[at - 1].bottom - bands[at].bottom > FARTHEST * bands[at].size
        )
        if not (apart or far):
            continue
        while start < at and len(bands[start].pieces) == 1 and not _headed_below(bands, start, at):
            start += 1
        if sum(1 for band in bands[start:at] if len(band.pieces) >= MIN_COLUMNS) >= MIN_BANDS:
            yield start, at - 1
        start = at + apart


def _parts(band: Band) -> bool:
    return any(piece.is_no_cell for piece in band.pieces)


def _headed_below(bands: Sequence[Band], start: int, end: int) -> bool:
    """Return whether a lone piece is the first line of a head: in the type of heads of many pieces right below."""
    size, lowest = bands[start].size, bands[start]
    for band in bands[start + 1 : min(end, start + MOST_HEADS)]:
        if abs(band.size - size) >= OTHER_TYPE or lowest.bottom - band.bottom > 2 * size:
            return False
        if len(band.pieces) >= MIN_COLUMNS:
            return True
        lowest = band
    return False


def _table(bands: Sequence[Band], first: int, last: int, rules: Sequence[Box]) -> RuledTable | None:
    border = _border(bands, first, last, rules)
    if border is None:
        return None
    while last > border and _is_remark(bands[last], bands[border : last + 1]):
        last -= 1
    body = bands[border : last + 1]
    columns = columns_of(body)
    if columns is None or len(columns) < MIN_COLUMNS or _of_figures(body, columns):
        return None
    columns = with_heads(columns, bands[first:border])
    heads = heads_above(bands, first, border, columns, rules, all_heads=True)
    if heads is None or heads.sections or not _all_headed(heads, columns) or _is_form(heads):
        return None
    rows = _rows(body, columns, rules)
    if rows is None or len(rows) < 2 or not is_filled(rows, columns) or _stacks_dashes(rows, columns):
        return None
    return RuledTable(last, heads, tuple(rows), columns)


def _is_remark(band: Band, body: Sequence[Band]) -> bool:
    """Return whether the last band is a note to the table: a lone piece wider than a column, or in other type."""
    if len(band.pieces) > 1:
        return False
    piece = band.pieces[0]
    crossed = any(
        other.left < piece.right and other.left > piece.left + 1 for row in body for other in row.pieces
    )
    return crossed or abs(band.size - median(row.size for row in body)) >= OTHER_TYPE


def _of_figures(body: Sequence[Band], columns: Columns) -> bool:
    """Return whether a column holds figures that are no years or dashes: such tables are told by their figures."""
    for cells in columns.cells(body)[1:]:
        figures = sum(
            piece.is_figure and not piece.is_year and any(map(str.isdigit, piece.text)) for piece in cells
        )
        if figures >= FIGURE_SHARE * len(cells) > 0:
            return True
    return False


def _stacks_dashes(rows: Sequence[Row], columns: Columns) -> bool:
    """Return whether a cell holds the sign for none twice: it is two rows."""
    for row in rows:
        dashes = [columns.span_of(piece) for band in row for piece in band.pieces if piece.text in DASHES]
        if len(dashes) > len(set(dashes)):
            return True
    return False


def _is_form(heads: Heads) -> bool:
    """Return whether heads are the labels of fields."""
    return sum(piece.text.endswith(":") for band in heads.cells for piece, _ in band) > 1


def _all_headed(heads: Heads, columns: Columns) -> bool:
    """Return whether the columns have heads, all but a few."""
    headed = {column for band in heads.cells for _, span in band for column in range(span[0], span[1] + 1)}
    return len(headed) >= MOST_HEADED * len(columns)


def _border(bands: Sequence[Band], first: int, last: int, rules: Sequence[Box]) -> int | None:
    """Return the first band below the heads: under a rule across the table, or where the type changes."""
    many = False
    for at in range(first, min(first + MOST_HEADS, last)):
        many = many or len(bands[at].pieces) >= MIN_COLUMNS
        if not many:
            continue
        if _ruled(bands[at], bands[at + 1], bands[first : last + 1], rules):
            return at + 1
        if abs(bands[at].size - bands[at + 1].size) >= OTHER_TYPE or (
            _bold(bands[at]) and not _bold(bands[at + 1])
        ):
            return at + 1
    return None


def _bold(band: Band) -> bool:
    return all(part.bold for part in band.lines())


def _ruled(band: Band, below: Band, table: Sequence[Band], rules: Sequence[Box]) -> bool:
    left = min(other.pieces[0].left for other in table)
    right = max(other.pieces[-1].right for other in table)
    between = [
        min(rule[2], right) - max(rule[0], left)
        for rule in rules
        if below.top - LEVEL <= (rule[1] + rule[3]) / 2 <= band.bottom + LEVEL
    ]
    return sum(length for length in between if length > 0) >= UNDERLINED * (right - left)


def _rows(body: Sequence[Band], columns: Columns, rules: Sequence[Box]) -> list[Row] | None:
    borders = [
        (rule[1] + rule[3]) / 2
        for rule in rules
        if rule[2] - rule[0] >= UNDERLINED * (columns.right - columns.left)
    ]
    return rows_between(body, borders) or rows_of_words(body, columns)
