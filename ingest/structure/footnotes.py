"""Footnotes: notes at the foot of a page, each tied to a call in the text above.

A note starts with a number. It counts when the number follows the one before it and either a call with
that number stands in the text of the same page or the line is set smaller than the body below a rule or
below all body text. It runs to the next note or to the end of its block.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from ingest.layout.line import Layout, LayoutLine, PageLines

# "12 See …", "12/ See …", "[12] See …", "12. See …" (only in small type), "* See …", "ᵃ See …".
_NOTE_START = re.compile(r"^[\[(]?(\d{1,3})(?:[\])]|/|\.)?\s*(?=[^\s\d.,%)\-–/:])")
_NUMBER_LINE = re.compile(r"^(\d{1,3}|[a-z])$")
_SYMBOL_START = re.compile(r"^([*†‡§]{1,3}|[a-z])\s+(?=[A-ZÀ-Þ“‘\"¿])")
# The figures of a chart that is drawn behind the notes: "76.3 77.9 77.1", "100% 80%".
_LABELS = re.compile(r"^(?=.*[.,%\s])(?:\d{1,3}(?:[.,]\d+|%)+\s?)+$|^(?:\d{1,4}%?\s){3,}\d{1,4}%?$")
_RULE_SIGNS = frozenset("_-–— ")
_RULE = re.compile(r"^[_\-–—]{5,}$")
# Type this much smaller than the body (points) is note type. UN papers: 8.5 against 10; Peru: 10 against 12.
SMALLER = 0.7
# A drawn rule above notes is at most this share of the text's width and begins so near (points) to its left edge;
# longer ones part running feet or rows of a table.
RULE_SHARE = 0.6
RULE_LEFT = 12.0
# A note number may skip at most this many (notes inside tables and boxes are numbered with the rest).
MAX_STEP = 3


Call = tuple[int, int, int]
"""Page number, start, end (exclusive) of a number that calls a note, in the raw text of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote: its number ("" for the rest of one begun on the page before) and its lines in order."""

    number: str
    page: int
    lines: tuple[LayoutLine, ...]


def is_rule(text: str) -> bool:
    """Return whether a line is only a drawn rule (underscores or dashes)."""
    return text[:1] in _RULE_SIGNS and bool(_RULE.match(text.replace(" ", "")))


def footnotes(pages: Sequence[PageLines], layout: Layout, taken: AbstractSet[int]) -> tuple[Note, ...]:
    """Return the footnotes of a document in order. `taken` are lines that other steps already own."""
    notes: list[Note] = []
    last = 0
    for page in pages:
        lines = [line for line in page.lines if line.index not in taken]
        for note in _page_notes(lines, layout, last, _note_rules(page, layout)):
            if not note.number and notes:
                notes[-1] = replace(notes[-1], lines=notes[-1].lines + note.lines)
            elif note.number:
                notes.append(note)
            if note.number.isdigit():
                last = int(note.number)
    return tuple(notes)


def marked_notes(pages: Sequence[PageLines]) -> tuple[Note, ...]:
    """Return the notes that the markup of a source calls so, each a line of the role "footnote"."""
    found = []
    for page in pages:
        for line in page.lines:
            if line.role == "footnote":
                number = _NOTE_START.match(line.text)
                found.append(Note(number=number.group(1) if number else "", page=page.number, lines=(line,)))
    return tuple(found)


def called_in_text(notes: Iterable[Sequence[LayoutLine]], raw: Mapping[int, str]) -> Iterator[Call]:
    """Yield where notes are called in text without type, whose marks are glued to words ("crime24").

    `notes` are the lines of each note, `raw` the texts of the pages by number. A number that could be the
    call in more than one place is left alone.
    """
    for lines in notes:
        first = lines[0]
        number = _NOTE_START.match(first.text)
        if first.box is not None or not number:
            continue
        call = rf"(?<=[^\W\d_]|[.,;:?!)\]”»\"’%])(?<!\d[.,]){number.group(1)}(?![^\W_]|[.,]\d|\s?%)"
        found = list(re.finditer(call, raw[first.page][: first.start]))
        if len(found) == 1:
            yield first.page, found[0].start(), found[0].end()


def _note_rules(page: PageLines, layout: Layout) -> list[float]:
    """Return the heights of drawn rules that may part notes from the text: short ones, from the left of the text."""
    lefts = [line.left for line in page.lines if line.box]
    if not lefts or not layout.right:
        return []
    left, width = min(lefts), layout.right - min(lefts)
    return [
        rule[1]
        for rule in page.rules
        if abs(rule[0] - left) <= RULE_LEFT and rule[2] - rule[0] <= RULE_SHARE * width
    ]


def _under_rule(lines: Sequence[LayoutLine], position: int, rules: Sequence[float]) -> bool:
    """Return whether a drawn rule stands between a line and the one before it, and all lines above it."""
    line, above = lines[position], lines[:position]
    if line.box is None or not above:
        return False
    return any(
        line.top - 1 <= rule and all(other.box and other.bottom + 1 >= rule for other in above)
        for rule in rules
    )


def _page_notes(lines: list[LayoutLine], layout: Layout, last: int, rules: Sequence[float]) -> list[Note]:
    """Return the notes of one page; number "" is the rest of one from the page before.

    `rules` are the heights of drawn rules that may part them from the text.
    """
    notes: list[Note] = []
    position = 0
    while position < len(lines):
        ruled = position > 0 and is_rule(lines[position - 1].text) and _small_tail(lines[position:], layout)
        number = _number(lines, position)
        ruled = ruled or (number is not None and _under_rule(lines, position, rules))
        if ruled or (number is not None and _opens(lines, position, number, layout, last)):
            block, position = _notes_from(lines, position, layout)
            notes += block
            numbers = [int(note.number) for note in block if note.number.isdigit()]
            last = max([last, *numbers]) if numbers else last
        else:
            position += 1
    return notes


def _notes_from(lines: list[LayoutLine], position: int, layout: Layout) -> tuple[list[Note], int]:
    """Return the notes of the block that begins at `position`, and where it ends."""
    notes: list[Note] = []
    current: list[LayoutLine] = []
    number = ""
    expected: str | None = None
    while position < len(lines):
        line = lines[position]
        own = _number(lines, position)
        if is_rule(line.text) or (current and (_leaves(line, current, layout) or _LABELS.match(line.text))):
            break
        if own is not None and _follows(own, expected) and not (current and line.same_line):
            if current:
                notes.append(Note(number=number, page=line.page, lines=tuple(current)))
            current, number, expected = [], own, own
        current.append(line)
        position += 1
    if current:
        notes.append(Note(number=number, page=current[0].page, lines=tuple(current)))
    return notes, position


def _number(lines: Sequence[LayoutLine], position: int) -> str | None:
    text = lines[position].text
    match = _NOTE_START.match(text)
    if match:
        return match.group(1)
    alone = _NUMBER_LINE.match(text)
    if alone and position + 1 < len(lines) and _raised(lines[position], lines[position + 1]):
        return alone.group(1)
    symbol = _SYMBOL_START.match(text)
    return symbol.group(1) if symbol else None


def _raised(line: LayoutLine, following: LayoutLine) -> bool:
    """Return whether a lone number is the raised mark of the text that stands to its right."""
    if following.same_line:
        return True
    if not line.box or not following.box or line.page != following.page:
        return False
    near = abs(line.bottom - following.bottom) < (following.size or 10.0)
    return near and following.left >= line.right - 1


def _follows(number: str, expected: str | None) -> bool:
    """Return whether note `number` may come after note `expected`: the next ones, or letters in order."""
    if expected is None or not expected:
        return True
    if number.isdigit() and expected.isdigit():
        return int(expected) < int(number) <= int(expected) + MAX_STEP
    if number.isalpha() and expected.isalpha():
        return 0 < ord(number) - ord(expected) <= MAX_STEP
    return number.isdigit() or not number.isalnum()


def _leaves(line: LayoutLine, current: list[LayoutLine], layout: Layout) -> bool:
    """Return whether `line` is back in body type, or a paragraph of its own in a text without type sizes."""
    if line.size is not None and layout.body_size:
        sizes = [note.size for note in current if note.size]
        return bool(sizes) and line.size > max(sizes) + SMALLER / 2 and not line.same_line
    return bool(current) and line.blank_above > 0


def _small_tail(lines: Sequence[LayoutLine], layout: Layout) -> bool:
    sized = [line for line in lines if line.size is not None]
    return not sized or all(_small(line, layout) for line in sized[:3])


def _small(line: LayoutLine, layout: Layout) -> bool:
    return line.size is not None and layout.body_size > 0 and line.size <= layout.body_size - SMALLER


def _opens(lines: list[LayoutLine], position: int, number: str, layout: Layout, last: int) -> bool:
    """Return whether a note block begins here: the number is due, and type, place or a call bear it out."""
    line = lines[position]
    above = lines[:position]
    if not above:
        return False
    sized = line.size is not None and layout.body_size > 0
    if number.isdigit() and not _due(int(number), last, sized):
        return False
    if number.isalpha() and number != "a":
        return False
    if not sized:
        return (
            line.blank_above > 0
            and line.text[len(number) : len(number) + 1] == " "
            and _has_call(above, number, "")
        )
    if not all(_small(other, layout) for other in lines[position : position + 3]):
        return False
    return _has_call(above, number, r"\s?") or _below_all(line, above)


def _due(number: int, last: int, sized: bool) -> bool:
    """Return whether this number may come now. A text without sizes may be a part that begins anywhere."""
    return last < number <= last + MAX_STEP or number == 1 or (not sized and not last)


def _below_all(line: LayoutLine, above: Sequence[LayoutLine]) -> bool:
    return line.box is not None and all(other.box and other.bottom > line.bottom for other in above)


def _has_call(lines: Sequence[LayoutLine], number: str, blank: str) -> bool:
    """Return whether a call with this number stands in `lines`; `blank` is a pattern allowed before it."""
    if not number.isdigit():
        return any(number in line.text for line in lines)
    call = re.compile(rf"(?:[^\W\d_]|[.,;:?!)\]”»\"’%]){blank}{number}(?!\d|[.,]\d|\s?%)")
    alone = re.compile(rf"^{number}\b")
    return any(call.search(line.text) or (line.same_line and alone.match(line.text)) for line in lines)
