"""Answers filled into a form, put behind the printed questions that they stand beside."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.document_parts import FormField
from ingest.readers.pdf.pdfium import OpenPage
from ingest.readers.source import Box, Line, Page

# Points: the type of an answer where the field is larger than a line of text, and its share of a smaller field.
ANSWER_SIZE = 10.0
TYPE_SHARE = 0.7


def with_fields(read: Page, page: OpenPage, fields: Sequence[FormField]) -> Page:
    """Return the page with the values of its form: at the end of its text, in the place of the field in its lines.

    A value that the page's own text shows already at that place (a form made flat) is not added again.
    """
    text, lines = read.text, list(read.lines)
    for field in fields:
        box = page.shown(*field.box)
        if _shows(read, box, field.value):
            continue
        at = _place(lines, box)
        added = _lines_of(field.value, box, len(text) + 1 if text else 0)
        text = f"{text}\n{field.value}" if text else field.value
        lines[at:at] = added
    return replace(read, text=text, lines=tuple(lines))


def _lines_of(value: str, box: Box, start: int) -> list[Line]:
    """Return one line for each of a value, from the upper edge of its field down."""
    parts = value.split("\n")
    height = (box[3] - box[1]) / len(parts)
    size = min(ANSWER_SIZE, TYPE_SHARE * height)
    found: list[Line] = []
    for number, part in enumerate(parts):
        top = box[3] - number * height
        found.append(Line(start, start + len(part), (box[0], top - height, box[2], top), round(size, 2)))
        start += len(part) + 1
    return found


def _shows(read: Page, box: Box, value: str) -> bool:
    first = value.split("\n", 1)[0]
    return any(
        first in read.text[line.start : line.end]
        for line in read.lines
        if line.box and _overlap(line.box, box)
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _place(lines: Sequence[Line], box: Box) -> int:
    """Return where in the lines a field belongs: behind what stands left of it, else behind what is above it."""
    beside = [
        at
        for at, line in enumerate(lines)
        if line.box and line.box[0] < box[0] and min(line.box[3], box[3]) - max(line.box[1], box[1]) > 0
    ]
    if beside:
        return beside[-1] + 1
    above = [at for at, line in enumerate(lines) if line.box and line.box[1] >= box[3] - 1]
    return above[-1] + 1 if above else len(lines)
