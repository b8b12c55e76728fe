"""Footnotes: notes at the foot of a page, each tied to a call in the text above.

A note starts with a number. It counts when the number follows the one before it and either a call with
that number stands in the text of the same page or the line is set smaller than the body below a rule or
below all body text. It runs to the next note or to the end of its block.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean.rows import Layout, Row, Sheet

# "12 See …", "12/ See …", "[12] See …", "12. See …" (only in small type), "* See …", "ᵃ See …".
_NOTE_START = re.compile(r"^[\[(]?(\d{1,3})(?:[\])]|/|\.)?\s*(?=[^\s\d.,%)\-–/:])")
_NUMBER_ROW = re.compile(r"^(\d{1,3})$")
_SYMBOL_START = re.compile(r"^([*†‡§]{1,3}|[a-z])\s+(?=[A-ZÀ-Þ“\"¿])")
_RULE = re.compile(r"^[_\-–—]{5,}$")
# Type this much smaller than the body (points) is note type. UN papers: 8.5 against 10; Peru: 10 against 12.
SMALLER = 0.7
# A note number may skip at most this many (notes inside tables and boxes are numbered with the rest).
MAX_STEP = 3


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its number ("" for the rest of one begun on the page before) and its rows in order."""

    number: str
    page: int
    rows: tuple[Row, ...]


def is_rule(text: str) -> bool:
    """Say whether a line is only a drawn rule (underscores or dashes)."""
    return bool(_RULE.match(text.replace(" ", "")))


def footnotes(sheets: Sequence[Sheet], layout: Layout, taken: set[int]) -> tuple[Note, ...]:
    """Return the footnotes of a document in order. `taken` are rows that other steps already own."""
    notes: list[Note] = []
    last = 0
    for sheet in sheets:
        rows = [row for row in sheet.rows if row.index not in taken]
        found = _page_notes(rows, layout, last, bool(notes))
        notes += found
        numbers = [int(note.number) for note in found if note.number.isdigit()]
        last = numbers[-1] if numbers else last
    return tuple(notes)


def _page_notes(rows: list[Row], layout: Layout, last: int, carried: bool) -> list[Note]:
    start = _block_start(rows, layout, last)
    if start is None:
        return []
    notes: list[Note] = []
    current: list[Row] = []
    number = ""
    expected = _number(rows, start)
    for position in range(start, len(rows)):
        row = rows[position]
        if is_rule(row.text):
            continue
        own = _number(rows, position)
        if own is not None and _follows(own, expected) and not _continues(current, row):
            if current:
                notes.append(Note(number, row.page, tuple(current)))
            current, number, expected = [], own, own
        elif _leaves(row, current, layout):
            break
        current.append(row)
    if current and (number or carried):
        notes.append(Note(number, rows[start].page, tuple(current)))
    return notes


def _number(rows: Sequence[Row], position: int) -> str | None:
    text = rows[position].text
    match = _NOTE_START.match(text)
    if match:
        return match.group(1)
    alone = _NUMBER_ROW.match(text)
    if alone and position + 1 < len(rows) and rows[position + 1].same_line:
        return alone.group(1)
    symbol = _SYMBOL_START.match(text)
    return symbol.group(1) if symbol and not symbol.group(1).isalpha() else None


def _follows(number: str, expected: str | None) -> bool:
    if expected is None or not number.isdigit() or not expected.isdigit():
        return True
    return int(expected) <= int(number) <= int(expected) + MAX_STEP


def _continues(current: list[Row], row: Row) -> bool:
    """Say whether a line that starts with a number goes on with the sentence before ("in / 2015 the …")."""
    return bool(current) and row.same_line


def _leaves(row: Row, current: list[Row], layout: Layout) -> bool:
    """Say whether `row` is back in body type, or a paragraph of its own in a text without type sizes."""
    if row.size is not None and layout.body_size:
        sizes = [note.size for note in current if note.size]
        return bool(sizes) and row.size > max(sizes) + SMALLER / 2 and not row.same_line
    return bool(current) and row.blank_above > 0


def _block_start(rows: list[Row], layout: Layout, last: int) -> int | None:
    """Return the position of the first row of the note block at the foot of this page."""
    for position, row in enumerate(rows):
        if is_rule(row.text) and position + 1 < len(rows) and _small_tail(rows[position + 1 :], layout):
            return position + 1
    for position in range(len(rows)):
        number = _number(rows, position)
        if number is None or not _opens(rows, position, number, layout, last):
            continue
        return position
    return None


def _small_tail(rows: Sequence[Row], layout: Layout) -> bool:
    sized = [row for row in rows if row.size is not None]
    return not sized or all(_small(row, layout) for row in sized[:3])


def _small(row: Row, layout: Layout) -> bool:
    return row.size is not None and layout.body_size > 0 and row.size <= layout.body_size - SMALLER


def _opens(rows: list[Row], position: int, number: str, layout: Layout, last: int) -> bool:
    row = rows[position]
    above = rows[:position]
    if not above:
        return False
    if number.isdigit() and not (last < int(number) <= last + MAX_STEP or int(number) == 1):
        return False
    called = _has_call(above, number)
    if row.size is not None and layout.body_size > 0:
        tail = rows[position : position + 3]
        return all(_small(other, layout) for other in tail) and (called or _below_all(row, above))
    return called and (row.blank_above > 0 or position == 0)


def _below_all(row: Row, above: Sequence[Row]) -> bool:
    return row.box is not None and all(other.box and other.bottom > row.bottom for other in above)


def _has_call(rows: Sequence[Row], number: str) -> bool:
    if not number.isdigit():
        return any(number in row.text for row in rows)
    call = re.compile(rf"(?:[^\W\d_]|[.,;:?!)\]”»\"’%])\s?{number}(?!\d|[.,]\d|\s?%)")
    alone = re.compile(rf"^{number}\b")
    return any(call.search(row.text) or (row.same_line and alone.match(row.text)) for row in rows)
