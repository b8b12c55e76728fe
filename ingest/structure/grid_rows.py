"""The rows of a printed table: which bands of its body are one row, told from figures, rules and white space."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.layout.line_ends import continues
from ingest.structure.bands import Band, pitches
from ingest.structure.columns import Columns, Span

# A label goes on where its lines stand this much nearer than rows do.
NEARER = 0.85
# Lines of one label stand this near (type sizes).
NEXT_LINE = 1.5
# Rows of words: white space between them is this many times that within, and so many have a label; where it is much
# more, several may share one.
CLEARER = 1.2
WITH_LABEL = 0.75
CLEAR = 1.4
SOME = 0.3
# Columns in which a row of words begins on its first line.
BEGUN = 0.55
# Bands of which so many cells are filled are rows each; so many columns tell a row by how many cells begin.
FULL = 0.75
MANY = 4

Row = list[Band]


def rows_of_figures(body: Sequence[Band], columns: Columns, labels: int) -> list[Row] | None:
    """Return the bands of each row: one with figures, and the lines of its label, in the first `labels` columns.

    A label goes on where its lines stand nearer than rows do, or where it begins in lower case; what stands between two
    rows and goes on with neither is a row of its own. None where labels run from one row into the next, or a cell
    other than a label has several lines.
    """
    bearing = [at for at, band in enumerate(body) if not _only_label(band, labels, columns)]
    if any(not body[at].is_anchor and len(body[at].pieces) < 2 for at in bearing):
        return None
    near = _near(body, bearing)
    rows: list[Row] = []
    parts = [-1, *bearing, len(body)]
    for before, after in pairwise(parts):
        groups = _linked(body, before, after, near)
        if groups is None:
            return None
        first, between, last = groups
        if rows:
            rows[-1] += first
        rows += between
        if after < len(body):
            rows.append([*last, body[after]])
    return rows


def _linked(body: Sequence[Band], before: int, after: int, near: float) -> tuple[Row, list[Row], Row] | None:
    """Return what of the bands between two rows goes on with the upper one, with none, and with the lower one."""
    inner = list(range(before + 1, after))
    if not inner:
        return [], [], []
    links = [0 < at < len(body) and _goes_on(body, at, near) for at in range(before + 1, after + 1)]
    if before < 0 and after == len(body):
        return None
    if all(links):
        breaks = [
            at for at, number in enumerate([*inner, after]) if not continues(body[number].pieces[0].text)
        ]
        if len(breaks) != 1:
            return None
        links[breaks[0]] = False
    groups: list[Row] = [[]]
    for link, number in zip(links, inner, strict=False):
        if not link:
            groups.append([])
        groups[-1].append(body[number])
    if not links[-1]:
        groups.append([])
    return groups[0], groups[1:-1], groups[-1]


def _goes_on(body: Sequence[Band], at: int, near: float) -> bool:
    pitch = body[at - 1].bottom - body[at].bottom
    return pitch < near or continues(body[at].pieces[0].text)


def _only_label(band: Band, labels: int, columns: Columns) -> bool:
    spans = [columns.span_of(piece) for piece in band.pieces]
    return all(span is not None and span[0] < labels for span in spans) and not band.is_anchor


def _near(body: Sequence[Band], bearing: Sequence[int]) -> float:
    """Return how near the lines of one label stand, at most."""
    size = max(band.size for band in body)
    adjacent = [body[at].bottom - body[after].bottom for at, after in pairwise(bearing) if after == at + 1]
    return min(NEXT_LINE * size, NEARER * min(adjacent, default=float("inf")))


def rows_between(body: Sequence[Band], borders: Sequence[float]) -> list[Row] | None:
    """Return the rows that rules part; `borders` are their heights. None where rules part few rows only."""
    rows: list[Row] = []
    for at, band in enumerate(body):
        parted = at == 0 or any(band.top - 2 <= border <= body[at - 1].bottom + 2 for border in borders)
        if parted:
            rows.append([band])
        else:
            rows[-1].append(band)
    longest = max(len(row) for row in rows)
    return rows if len(rows) > 1 and longest <= 6 and len(rows) * 2 >= len(body) else None


def rows_of_words(body: Sequence[Band], columns: Columns) -> list[Row] | None:
    """Return the rows of a table of words: one band each, parted by white space, or told by how many cells begin."""
    filled = [len({columns.span_of(piece) for piece in band.pieces}) for band in body]
    if sum(1 for cells in filled if cells >= FULL * len(columns)) >= FULL * len(body):
        return [[band] for band in body]
    rows = _parted(body, columns)
    if rows is not None and not any(
        len(band.pieces) >= FULL * max(filled) for row in rows for band in row[1:]
    ):
        return rows
    return _begun(body, filled)


def _parted(body: Sequence[Band], columns: Columns) -> list[Row] | None:
    """Return the rows that more white space parts than their lines."""
    # Lines of cells side by side may stand at any height.
    away = [max(pitch, band.size) for pitch, band in zip(pitches(body), body[1:], strict=True)]
    ordered = sorted(away)
    steps = [(after / max(before, 1.0), before, after) for before, after in pairwise(ordered)]
    ratio, before, after = max(steps, default=(1.0, 0.0, 0.0))
    if ratio < CLEARER:
        return None
    middle = (before + after) / 2
    rows = _cut(body, [at + 1 for at, pitch in enumerate(away) if pitch > middle])
    if any(pitch > middle for row in rows for pitch in pitches(_of_column(row, 0, columns))):
        return None
    labelled = sum(1 for row in rows if _labelled(row[0], columns))
    enough = WITH_LABEL if ratio < CLEAR else SOME
    begun = all(len(row[0].pieces) >= max(2, BEGUN * len(columns)) for row in rows)
    return rows if begun and len(rows) > 1 and labelled >= enough * len(rows) else None


def _begun(body: Sequence[Band], filled: Sequence[int]) -> list[Row] | None:
    """Return the rows where most columns begin a cell in some bands, few go on in the others, and none lies between."""
    most = max(filled)
    starts = [at for at, cells in enumerate(filled) if cells >= FULL * most]
    others = [cells for cells in filled if cells < FULL * most]
    if (
        most < MANY
        or not starts
        or starts[0]
        or len(starts) < 2
        or any(cells > BEGUN * most for cells in others)
    ):
        return None
    if any(continues(body[at].pieces[0].text) for at in starts):
        return None
    away = pitches(body)
    within = [pitch for at, pitch in enumerate(away, 1) if at not in starts]
    if within and min(away[at - 1] for at in starts[1:]) < median(within):
        return None
    return _cut(body, starts[1:])


def _cut(body: Sequence[Band], starts: Sequence[int]) -> list[Row]:
    return [list(body[first:last]) for first, last in pairwise([0, *starts, len(body)])]


def _of_column(row: Row, column: int, columns: Columns) -> list[Band]:
    """Return what of a row stands in one column."""
    found = []
    for band in row:
        pieces = tuple(piece for piece in band.pieces if columns.span_of(piece) == (column, column))
        if pieces:
            found.append(Band(pieces))
    return found


def _labelled(band: Band, columns: Columns) -> bool:
    span: Span | None = columns.span_of(band.pieces[0])
    return span is not None and span[0] == 0


def holds_single_figures(rows: Sequence[Row], columns: Columns) -> bool:
    """Return whether no cell holds several figures one below the other, or run together: such rows are several."""
    for row in rows:
        seen: set[Span] = set()
        for band in row:
            for piece in band.pieces:
                span = columns.span_of(piece)
                if not piece.is_figure or span is None:
                    continue
                if span in seen or not _is_one(piece.text):
                    return False
                seen.add(span)
    return True


def _is_one(text: str) -> bool:
    """Return whether figures are one: with its signs, a range, or with blanks between its thousands."""
    figures = [word for word in text.split() if any(map(str.isdigit, word))]
    return len(figures) < 2 or all(len(word.strip("()%*")) == 3 for word in figures[1:]) or len(text) <= 12
