"""Where spans of a page's stored text stand on the page."""

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as c

from ingest.readers.pdf.lines import read_page
from ingest.readers.pdf.pdfium import OpenPage, normalised
from ingest.readers.source import Box

# Rectangles that overlap vertically by this share of the lower one stand in the same line.
SAME_LINE = 0.5
# A gap wider than this many line heights is another column: no rectangle is drawn over it.
MAX_GAP = 3.0
MAX_SPANS = 200


def boxes_of(page: OpenPage, text: str, spans: Sequence[tuple[int, int]]) -> list[Box]:
    """Return the rectangles of the spans, merged line by line, in points as displayed.

    Empty unless `text` is exactly what pdfium reads on this page: better none than the wrong sentence.
    """
    raw = page.raw_text()
    if normalised(raw) != text:
        return []
    offsets = _raw_offsets(raw)
    boxes: list[Box] = []
    for start, end in spans[:MAX_SPANS]:
        if 0 <= start < end <= len(text):
            rects = _rects(page, offsets[start], offsets[end])
            boxes += merge_lines([page.shown(*rect) for rect in rects])
    return boxes


def _raw_offsets(raw: str) -> list[int]:
    """Return, for every offset into the normalised text, the UTF-16 offset into pdfium's."""
    offsets: list[int] = []
    unit = at = 0
    while at < len(raw):
        offsets.append(unit)
        step = 2 if raw.startswith("\r\n", at) else 1
        unit += step if raw[at] <= "\uffff" else 2
        at += step
    offsets.append(unit)
    return offsets


def _rects(page: OpenPage, start: int, end: int) -> list[Box]:
    text = page.text_handle
    first = c.FPDFText_GetCharIndexFromTextIndex(text, start)
    last = c.FPDFText_GetCharIndexFromTextIndex(text, end - 1)
    if first < 0 or last < first:
        return []
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    rects: list[Box] = []
    for index in range(max(0, c.FPDFText_CountRects(text, first, last - first + 1))):
        if c.FPDFText_GetRect(text, index, left, top, right, bottom):
            rects.append((left.value, bottom.value, right.value, top.value))
    return rects


def merge_lines(rects: Sequence[Box]) -> list[Box]:
    """Join rectangles that follow each other in one line."""
    lines: list[Box] = []
    for rect in rects:
        if lines and _continues(lines[-1], rect):
            last = lines[-1]
            lines[-1] = (
                min(last[0], rect[0]),
                min(last[1], rect[1]),
                max(last[2], rect[2]),
                max(last[3], rect[3]),
            )
        else:
            lines.append(rect)
    return lines


def _continues(line: Box, rect: Box) -> bool:
    height = min(line[3] - line[1], rect[3] - rect[1])
    overlap = min(line[3], rect[3]) - max(line[1], rect[1])
    gap = max(rect[0] - line[2], line[0] - rect[2])
    return overlap >= SAME_LINE * height and gap <= MAX_GAP * max(line[3] - line[1], rect[3] - rect[1])


def text_box(page: OpenPage, margin: float = 18.0) -> Box | None:
    """Return the box that holds all visible text with a `margin` in points, None without text."""
    boxes = [line.box for line in read_page(page).lines if line.box and not line.hidden]
    if not boxes:
        return None
    return (
        max(0.0, min(box[0] for box in boxes) - margin),
        max(0.0, min(box[1] for box in boxes) - margin),
        min(page.width, max(box[2] for box in boxes) + margin),
        min(page.height, max(box[3] for box in boxes) + margin),
    )
