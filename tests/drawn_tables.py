"""Pages of tables drawn with letters: where they stand in a picture is where they stand on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import dedent

from ingest.layout.line import LayoutLine
from ingest.readers.source import Box
from ingest.structure.grids import Grid, grids_of

SIZE, PITCH, WIDTH, TOP = 10.0, 12.0, 6.0, 800.0


@dataclass(frozen=True)
class Drawn:
    """Lines and rules of a page."""

    lines: tuple[LayoutLine, ...]
    rules: tuple[Box, ...]


def page(picture: str) -> Drawn:
    """Return a page: a row of letters a printed line, two blanks and more between pieces, `===` a rule.

    A row that begins with "!" is bold, one with "~" in smaller type; a rule takes no room.
    """
    lines: list[LayoutLine] = []
    rules: list[Box] = []
    row = 0
    for text in dedent(picture).strip("\n").split("\n"):
        bottom = TOP - row * PITCH
        if text.strip() and set(text) <= {"=", " "}:
            rules += [
                (WIDTH * run.start(), bottom + SIZE, WIDTH * run.end(), bottom + SIZE + 0.5)
                for run in re.finditer("=+", text)
            ]
            continue
        row += 1
        if text.strip():
            lines.append(_line(text, bottom, len(lines)))
    return Drawn(tuple(lines), tuple(rules))


def _line(text: str, bottom: float, index: int) -> LayoutLine:
    bold, small = text[0] == "!", text[0] == "~"
    text = " " + text[1:] if bold or small else text
    size = 0.8 * SIZE if small else SIZE
    pieces = [
        LayoutLine(
            index=index,
            page=1,
            start=run.start(),
            end=run.end(),
            text=run[0],
            box=(WIDTH * run.start(), bottom, WIDTH * run.end(), bottom + size),
            size=size,
            bold=bold,
        )
        for run in re.finditer(r"\S+(?: \S+)*", text)
    ]
    whole = replace(
        pieces[0],
        end=pieces[-1].end,
        text=" ".join(piece.text for piece in pieces),
        box=(pieces[0].left, bottom, pieces[-1].right, bottom + size),
    )
    return replace(whole, pieces=tuple(pieces)) if len(pieces) > 1 else whole


def tables(picture: str) -> list[list[str]]:
    """Return the tables of a page: each row as its cells, heads before a line "--", the caption first in brackets."""
    drawn = page(picture)
    return [list(_rows(grid)) for grid in grids_of(drawn.lines, drawn.rules)]


def _rows(grid: Grid) -> Iterator[str]:
    caption = [part.text for part, place in zip(grid.parts, grid.places, strict=True) if place is None]
    if caption:
        yield f"[{' '.join(caption)}]"
    rows: dict[int, dict[tuple[int, int], list[str]]] = {}
    for part, place in zip(grid.parts, grid.places, strict=True):
        if place is not None:
            rows.setdefault(place[0], {}).setdefault(place[1:], []).append(part.text)
    width = 1 + max(last for cells in rows.values() for _, last in cells)
    for number, cells in rows.items():
        row = [""] * width
        for (first, last), texts in cells.items():
            row[first : last + 1] = [" ".join(texts)] * (last - first + 1)
        if number == 0 and min(rows) < 0:
            yield "--"
        yield " | ".join(row)
