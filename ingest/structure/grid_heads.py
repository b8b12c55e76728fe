"""The heads of a printed table's columns: bands above its rows, and what of them stands over which columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.source import Box
from ingest.structure.bands import Band, Piece
from ingest.structure.columns import BEYOND, Columns, Span, head_spans

# Bands of heads; how far one may stand above the next, and the lowest above the first row (type sizes).
MOST_HEADS = 12
FAR = 3.2
FARTHEST = 6.0
# Heads stand within the table, give or take this (points).
OVERHANG = 30.0
# A title stands this near (points) to the middle of its table.
CENTRED = 6.0
# Type that is larger than the heads' by this much (points) is a title's.
LARGER = 0.8

HeadCell = tuple[Piece, Span]


@dataclass(frozen=True, slots=True)
class Heads:
    """`cells` by band from top to bottom, `sections` the labels between them and the first row, `top` the first one."""

    cells: tuple[tuple[HeadCell, ...], ...]
    sections: tuple[Band, ...]
    top: int


def heads_above(
    bands: Sequence[Band], above: int, first: int, columns: Columns, rules: Sequence[Box], *, all_heads: bool = False
) -> Heads | None:  # fmt: skip
    """Return the heads over the row `first` among `bands[above:first]`; None where they cannot be told for certain.

    `all_heads` says that they are all heads, as between two rules.
    """
    cells: list[tuple[HeadCell, ...]] = []
    waiting: list[Band] = []
    sections: list[Band] = []
    top = first
    for at in range(first - 1, max(above, first - MOST_HEADS) - 1, -1):
        band, lower = bands[at], bands[at + 1]
        far = FAR if cells else FARTHEST
        if lower.bottom < band.bottom - far * max(band.size, lower.size) or is_other(
            band, columns, rows=all_heads
        ):
            break
        if all(columns.under(piece.left, piece.right) == [0] for piece in band.pieces):
            waiting.append(band)
            continue
        if cells and band.size > max(piece.size for piece, _ in cells[-1]) + LARGER:
            break
        spans = head_spans(band, lower.top, columns, rules)
        if spans is None:
            if not cells:
                return None
            break
        sections = sections if cells else waiting[::-1]
        cells += [*(_stubs(waiting) if cells else ()), tuple(spans)]
        waiting, top = [], at
    if cells and waiting and (all_heads or _same_stub(waiting, cells)):
        cells += _stubs(waiting)
        top -= len(waiting)
    return Heads(tuple(_over_years(cells[::-1])), tuple(sections), top)


def _stubs(bands: Sequence[Band]) -> list[tuple[HeadCell, ...]]:
    """Return lines over the labels as heads."""
    return [((piece, (0, 0)),) for band in bands for piece in band.pieces]


def _same_stub(waiting: Sequence[Band], cells: Sequence[tuple[HeadCell, ...]]) -> bool:
    """Return whether lines above the heads are the first ones of the head over the labels: as near, in its type."""
    stub = next((piece for piece, span in cells[-1] if span == (0, 0)), None)
    if stub is None:
        return False
    lower = stub.parts[0]
    for band in waiting:
        line = band.pieces[0].parts[0]
        if (
            abs(stub.size - band.size) > 0.5
            or line.bottom - lower.bottom > 1.5 * stub.size
            or line.bold != lower.bold
        ):
            return False
        lower = line
    return True


def _over_years(cells: Sequence[tuple[HeadCell, ...]]) -> list[tuple[HeadCell, ...]]:
    """Return the heads; the only one of its band over a run of years ("2022 2021") stands over all of them."""
    years = next((band for band in reversed(cells) if sum(piece.is_year for piece, _ in band) > 1), ())
    runs: list[list[tuple[str, int]]] = []
    for piece, span in sorted(years, key=lambda cell: cell[1]):
        if not piece.is_year or span[0] != span[1]:
            continue
        if runs and runs[-1][-1][1] == span[0] - 1 and piece.text not in {text for text, _ in runs[-1]}:
            runs[-1].append((piece.text, span[0]))
        else:
            runs.append([(piece.text, span[0])])
    found: list[tuple[HeadCell, ...]] = []
    for band in cells:
        wider = list(band)
        for run in runs if band is not years and len(runs) > 1 else ():
            first, last = run[0][1], run[-1][1]
            own = [at for at, (_, span) in enumerate(band) if span[0] <= last and span[1] >= first]
            if len(own) == 1 and first <= band[own[0]][1][0] and band[own[0]][1][1] <= last:
                wider[own[0]] = (band[own[0]][0], (first, last))
        found.append(tuple(wider))
    return found


def is_other(band: Band, columns: Columns, *, rows: bool = False) -> bool:
    """Return whether a band is no head: a row (unless `rows`), a caption, a note, running text, a title, or wider."""
    if (band.is_anchor and not rows) or any(piece.is_no_cell for piece in band.pieces):
        return True
    left, right = band.pieces[0].left, band.pieces[-1].right
    if left < columns.left - OVERHANG or right > columns.right + BEYOND + OVERHANG:
        return True
    if len(band.pieces) > 1:
        return False
    over = columns.under(left, right)
    if 0 in over and len(over) > 1:
        return True
    centred = abs((left + right) / 2 - (columns.left + columns.right) / 2) < CENTRED
    return centred and len(columns) > 2 and left < columns.edges[1][0]


def goes_on(bands: Sequence[Band], at: int, step: int, columns: Columns) -> bool:
    """Return whether a table goes on above (`step` -1) or below (1) band `at`, its last one on that side."""
    if not 0 <= at + step < len(bands):
        return False
    band = bands[at + step]
    over = sum(bool(columns.under(piece.left, piece.right)) for piece in band.pieces)
    return over > 1 and abs(band.bottom - bands[at].bottom) <= FARTHEST * band.size
