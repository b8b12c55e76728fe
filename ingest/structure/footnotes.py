"""Footnotes: notes at the foot of a page, each tied to a call in the text above.

A note starts with a number. It counts when the number follows the one before it and either a call with
that number stands in the text of the same page or the line is set smaller than the body below a rule or
below all body text. It runs to the next note or to the end of its block.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.layout.line import Layout, Row, Sheet

# "12 See …", "12/ See …", "[12] See …", "12. See …" (only in small type), "* See …", "ᵃ See …".
_NOTE_START = re.compile(r"^[\[(]?(\d{1,3})(?:[\])]|/|\.)?\s*(?=[^\s\d.,%)\-–/:])")
_NUMBER_ROW = re.compile(r"^(\d{1,3}|[a-z])$")
_SYMBOL_START = re.compile(r"^([*†‡§]{1,3}|[a-z])\s+(?=[A-ZÀ-Þ“‘\"¿])")
_RULE = re.compile(r"^[_\-–—]{5,}$")
# Type this much smaller than the body (points) is note type. UN papers: 8.5 against 10; Peru: 10 against 12.
SMALLER = 0.7
# A note number may skip at most this many (notes inside tables and boxes are numbered with the rest).
MAX_STEP = 3


Call = tuple[int, int, int]
"""Page number, start, end (exclusive) of a number that calls a note, in the raw text of the page."""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its number ("" for the rest of one begun on the page before) and its rows in order."""

    number: str
    page: int
    rows: tuple[Row, ...]


def is_rule(text: str) -> bool:
    """Return whether a line is only a drawn rule (underscores or dashes)."""
    return bool(_RULE.match(text.replace(" ", "")))


def footnotes(sheets: Sequence[Sheet], layout: Layout, taken: set[int]) -> tuple[Note, ...]:
    """Return the footnotes of a document in order. `taken` are rows that other steps already own."""
    notes: list[Note] = []
    last = 0
    for sheet in sheets:
        rows = [row for row in sheet.rows if row.index not in taken]
        for note in _page_notes(rows, layout, last):
            if not note.number and notes:
                notes[-1] = Note(notes[-1].number, notes[-1].page, notes[-1].rows + note.rows)
            elif note.number:
                notes.append(note)
            if note.number.isdigit():
                last = int(note.number)
    return tuple(notes)


def called_in_text(units: Iterable[Sequence[Row]], pages: Mapping[int, str]) -> Iterator[Call]:
    """Yield where notes are called in text without type, whose marks are glued to words ("crime24").

    `units` are the rows of the notes. A number that could be the call in more than one place is left alone.
    """
    for rows in units:
        first = rows[0]
        number = _NOTE_START.match(first.text)
        if first.box is not None or not number:
            continue
        call = rf"(?<=[^\W\d_]|[.,;:?!)\]”»\"’%])(?<!\d[.,]){number.group(1)}(?![^\W_]|[.,]\d|\s?%)"
        found = list(re.finditer(call, pages[first.page][: first.start]))
        if len(found) == 1:
            yield first.page, found[0].start(), found[0].end()


def _page_notes(rows: list[Row], layout: Layout, last: int) -> list[Note]:
    """Return the notes of one page; number "" is the rest of one from the page before."""
    notes: list[Note] = []
    position = 0
    while position < len(rows):
        ruled = position > 0 and is_rule(rows[position - 1].text) and _small_tail(rows[position:], layout)
        number = _number(rows, position)
        if ruled or (number is not None and _opens(rows, position, number, layout, last)):
            block, position = _block(rows, position, layout)
            notes += block
            numbers = [int(note.number) for note in block if note.number.isdigit()]
            last = max([last, *numbers]) if numbers else last
        else:
            position += 1
    return notes


def _block(rows: list[Row], position: int, layout: Layout) -> tuple[list[Note], int]:
    """Return the notes of the block that begins at `position`, and where it ends."""
    notes: list[Note] = []
    current: list[Row] = []
    number = ""
    expected: str | None = None
    while position < len(rows):
        row = rows[position]
        own = _number(rows, position)
        if is_rule(row.text) or (current and _leaves(row, current, layout)):
            break
        if own is not None and _follows(own, expected) and not (current and row.same_line):
            if current:
                notes.append(Note(number, row.page, tuple(current)))
            current, number, expected = [], own, own
        current.append(row)
        position += 1
    if current:
        notes.append(Note(number, current[0].page, tuple(current)))
    return notes, position


def _number(rows: Sequence[Row], position: int) -> str | None:
    text = rows[position].text
    match = _NOTE_START.match(text)
    if match:
        return match.group(1)
    alone = _NUMBER_ROW.match(text)
    if alone and position + 1 < len(rows) and _raised(rows[position], rows[position + 1]):
        return alone.group(1)
    symbol = _SYMBOL_START.match(text)
    return symbol.group(1) if symbol else None


def _raised(row: Row, following: Row) -> bool:
    """Return whether a lone number is the raised mark of the text that stands to its right."""
    if following.same_line:
        return True
    if not row.box or not following.box or row.page != following.page:
        return False
    near = abs(row.bottom - following.bottom) < (following.size or 10.0)
    return near and following.left >= row.right - 1


def _follows(number: str, expected: str | None) -> bool:
    """Return whether note `number` may come after note `expected`: the next ones, or letters in order."""
    if expected is None or not expected:
        return True
    if number.isdigit() and expected.isdigit():
        return int(expected) < int(number) <= int(expected) + MAX_STEP
    if number.isalpha() and expected.isalpha():
        return 0 < ord(number) - ord(expected) <= MAX_STEP
    return number.isdigit() or not number.isalnum()


def _leaves(row: Row, current: list[Row], layout: Layout) -> bool:
    """Return whether `row` is back in body type, or a paragraph of its own in a text without type sizes."""
    if row.size is not None and layout.body_size:
        sizes = [note.size for note in current if note.size]
        return bool(sizes) and row.size > max(sizes) + SMALLER / 2 and not row.same_line
    return bool(current) and row.blank_above > 0


def _small_tail(rows: Sequence[Row], layout: Layout) -> bool:
    sized = [row for row in rows if row.size is not None]
    return not sized or all(_small(row, layout) for row in sized[:3])


def _small(row: Row, layout: Layout) -> bool:
    return row.size is not None and layout.body_size > 0 and row.size <= layout.body_size - SMALLER


def _opens(rows: list[Row], position: int, number: str, layout: Layout, last: int) -> bool:
    """Return whether a note block begins here: the number is due, and type, place or a call bear it out."""
    row = rows[position]
    above = rows[:position]
    if not above:
        return False
    sized = row.size is not None and layout.body_size > 0
    if number.isdigit() and not _due(int(number), last, sized):
        return False
    if number.isalpha() and number != "a":
        return False
    if not sized:
        return (
            row.blank_above > 0
            and row.text[len(number) : len(number) + 1] == " "
            and _has_call(above, number, "")
        )
    if not all(_small(other, layout) for other in rows[position : position + 3]):
        return False
    return _has_call(above, number, r"\s?") or _below_all(row, above)


def _due(number: int, last: int, sized: bool) -> bool:
    """Return whether this number may come now. A text without sizes may be a part that begins anywhere."""
    return last < number <= last + MAX_STEP or number == 1 or (not sized and not last)


def _below_all(row: Row, above: Sequence[Row]) -> bool:
    return row.box is not None and all(other.box and other.bottom > row.bottom for other in above)


def _has_call(rows: Sequence[Row], number: str, blank: str) -> bool:
    """Return whether a call with this number stands in `rows`; `blank` is a pattern allowed before it."""
    if not number.isdigit():
        return any(number in row.text for row in rows)
    call = re.compile(rf"(?:[^\W\d_]|[.,;:?!)\]”»\"’%]){blank}{number}(?!\d|[.,]\d|\s?%)")
    alone = re.compile(rf"^{number}\b")
    return any(call.search(row.text) or (row.same_line and alone.match(row.text)) for row in rows)
