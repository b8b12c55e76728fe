"""Reading order: the order of the text in the file, but for blocks that stand above what they follow.

The order in the file is right on nearly all pages, columns included. What goes wrong is a block drawn late
(a title over two columns, a box) that stands wholly above earlier text; it moves before that text. So does a banner:
a short title in large type drawn last, above all text of its page, which would head the next page otherwise.
"""

from collections.abc import Sequence
from statistics import median

from ingest.readers.source import Box, Line

# A line this many of its own heights above the one before it begins a new block.
JUMP = 1.5
# Only blocks of at least this many characters move, and only past such blocks: table cells, axis labels and
# page numbers stay where the file has them. Of 1,780 pages this moves blocks on 10, all rightly.
TEXT = 150
# A banner is set at least this many times larger than most lines, in this many characters or more.
BANNER = 1.3
MIN_BANNER = 4
# Two blocks stand in one column when they share this part of the narrower one's width.
SHARED_WIDTH = 0.5


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with late blocks moved up; lines without boxes stay as they are."""
    if any(line.box is None for line in lines):
        return list(lines)
    blocks = _blocks(lines)
    if len(blocks) < 2:
        return list(lines)
    ordered: list[tuple[Box, list[Line]]] = []
    for block in blocks:
        _place(ordered, (_hull(block), block))
    return _with_banner([line for _, block in ordered for line in block], len(ordered[-1][1]))


def _with_banner(lines: list[Line], last: int) -> list[Line]:
    """Return `lines` with the banner that the `last` of them are before all text: only a running head stays above."""
    above, banner = lines[:-last], lines[-last:]
    if not above or not MIN_BANNER <= _length(banner) < TEXT:
        return lines
    bottom = _hull(banner)[1]
    first = next((at for at, line in enumerate(above) if line.box and line.box[3] <= bottom), None)
    if first is None or _length(above[:first]) >= TEXT:
        return lines
    if any(line.box and line.box[3] > bottom for line in above[first:]):
        return lines
    usual = median(line.size or 0.0 for line in lines)
    if not usual or any((line.size or 0.0) < BANNER * usual for line in banner):
        return lines
    return [*above[:first], *banner, *above[first:]]


def _place(ordered: list[tuple[Box, list[Line]]], item: tuple[Box, list[Line]]) -> None:
    """Put a block behind the others, or before the first one that it stands above.

    Where a column to its left lies in between, the lower block moves behind both instead.
    """
    box = item[0]
    at = len(ordered)
    if _length(item[1]) >= TEXT:
        above = (
            at
            for at, (other, lines) in enumerate(ordered)
            if _wholly_above(box, other) and _length(lines) >= TEXT
        )
        at = next(above, at)
    if any(_left_of(other, box) for other, _ in ordered[at + 1 :]):
        lower = ordered.pop(at)
        ordered += [item, lower]
    else:
        ordered.insert(at, item)


def _length(lines: Sequence[Line]) -> int:
    return sum(line.end - line.start for line in lines)


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = []
    for line in lines:
        above = blocks[-1][-1].box if blocks else None
        if above is None or line.box is None or line.box[1] > above[1] + JUMP * (above[3] - above[1]) + 1:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _hull(block: Sequence[Line]) -> Box:
    boxes = [line.box for line in block if line.box]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _wholly_above(box: Box, other: Box) -> bool:
    if box[1] < other[3]:
        return False
    shared = min(box[2], other[2]) - max(box[0], other[0])
    return shared >= SHARED_WIDTH * max(min(box[2] - box[0], other[2] - other[0]), 1.0)


def _left_of(other: Box, box: Box) -> bool:
    """Return whether `other` is a column beside `box`, to its left."""
    return other[2] <= box[0] + 1 and min(other[3], box[3]) > max(other[1], box[1])
