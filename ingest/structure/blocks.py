"""Paragraphs of the running text into units: headings, prose, items, references, captions, loose lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.layout.line import Layout, Row
from ingest.layout.line_kinds import (
    is_bare_caption,
    is_caption,
    is_letterhead,
    is_numbered_paragraph,
    is_organisation,
    is_reference_title,
    is_source_note,
)
from ingest.layout.page_breaks import COLUMN, SHORT_LAST
from ingest.passage import Kind
from ingest.structure.headings import (
    Heading,
    Outline,
    Sections,
    heading_of,
    is_sentence,
    is_titled,
    lone_counts,
)
from ingest.structure.paragraphs import Paragraph
from ingest.structure.tables import is_figures

# A paragraph without a full stop and with at most this many words is a loose line (label, address, cell).
# Longer ones are sentences that lack their stop and stay body.
LOOSE_WORDS = 24
# A line between a heading and its text with at most this many words may be a heading itself.
SUBTITLE_WORDS = 12
# The title of a figure runs to three printed lines.
TITLE_ROWS = 3
# A run of loose lines is a table from this many printed lines and this share of lines with figures or cells.
TABLE_LINES = 3
TABLE_SHARE = 0.34
# Cells begin at this many places across the page (24 points apart), or the lines are a list.
MIN_COLUMNS = 3
# A register (participants, abbreviations): this many lines of at least three words, mostly names.
REGISTER_LINES = 8
NAME_SHARE = 0.75

_INNER_STOP = re.compile(r"[a-zà-ÿ)\d][.!?]\s+[A-ZÀ-Þ“«¿]")

Marks = list[tuple[int, tuple[str, ...]]]
"""Row index and the section path that holds from there on."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that are read as one: joined with blanks, or row by row for tables and contents.

    `head` counts the leading rows of a table that are caption and header line. `loose` lines share no
    passage with prose.
    """

    kind: Kind
    rows: tuple[Row, ...]
    section: tuple[str, ...]
    head: int = 0
    loose: bool = False

    @property
    def by_row(self) -> bool:
        """Return whether each printed line stays a line of its own."""
        return self.kind in ("table", "contents")


def flow_units(paragraphs: Sequence[Paragraph], layout: Layout, outline: Outline) -> tuple[list[Unit], Marks]:
    """Return the units of the running text and where each section begins."""
    walk = _Walk(layout, outline, lone_counts(paragraphs))
    for number, paragraph in enumerate(paragraphs):
        walk.step(paragraph, _below(paragraphs, number))
    return walk.finish()


def _below(paragraphs: Sequence[Paragraph], number: int) -> Paragraph | None:
    """Return what a heading at `number` would head: the next paragraph, or the one after a subtitle."""
    following = paragraphs[number + 1 : number + 3]
    if len(following) == 2 and not (following[0].prose or following[0].item):
        subtitle = len(following[0].text.split()) <= SUBTITLE_WORDS and is_titled(following[0].text)
        if subtitle and not following[0].cells and not is_figures(following[0].text):
            return following[1]
    return following[0] if following else None


class _Walk:
    """One pass over the paragraphs; keeps the section path and the run of loose lines."""

    def __init__(self, layout: Layout, outline: Outline, counts: frozenset[int]) -> None:
        self._layout = layout
        self._counts = counts
        self._outline = outline
        self._sections = Sections()
        self._marks: Marks = []
        self._units: list[Unit] = []
        self._pending: list[Heading] = []
        self._loose: list[Paragraph] = []
        self._above: Paragraph | None = None
        self._listing = False
        self._titling = False
        self._prose_seen = False

    def step(self, paragraph: Paragraph, below: Paragraph | None) -> None:
        """Take one paragraph."""
        if paragraph.first.role == "caption" or is_caption(paragraph.text) or is_source_note(paragraph.text):
            self._add("caption", paragraph)
            self._titling = is_bare_caption(paragraph.text)
            return
        if self._titling and _titles(paragraph):
            self._titling = False
            self._add("caption", paragraph)
            return
        self._titling = False
        heading = heading_of(paragraph, self._above, below, self._layout, self._outline)
        if heading is not None and not self._misled(heading):
            self._head(heading)
            if is_sentence(heading.text):
                self._add("body", paragraph)
            self._above = None
            return
        self._above = paragraph
        if self._listing:
            self._add("references", paragraph)
        elif paragraph.item:
            numbered = is_numbered_paragraph(paragraph.text)
            self._add("body" if numbered else "list", paragraph)
        elif paragraph.first.role is None and not paragraph.ends and _short(paragraph):
            self._loose.append(paragraph)
        else:
            self._add("body", paragraph)

    def finish(self) -> tuple[list[Unit], Marks]:
        """Return everything; headings that never headed anything become units of their own."""
        self._flush()
        self._units += [Unit("heading", item.rows, ()) for item in self._pending]
        return self._units, self._marks

    def _misled(self, heading: Heading) -> bool:
        """Return whether what looks like a heading is letterhead, a line of a reference list, or a count or date."""
        if heading.level is not None:
            return False
        if heading.rows[0].page == 1 and (is_letterhead(heading.text) or is_organisation(heading.text)):
            return True
        return heading.rows[0].index in self._counts or (self._listing and self._in_body_type(heading))

    def _in_body_type(self, heading: Heading) -> bool:
        return not heading.bold and heading.size < self._layout.body_size + 0.9

    def _head(self, heading: Heading) -> None:
        self._flush()
        self._sections.push(heading)
        path = set(map(id, self._sections.headings()))
        lost = [item for item in self._pending if id(item) not in path]
        self._pending = [item for item in self._pending if id(item) in path] + [heading]
        self._units += [Unit("heading", item.rows, self._sections.path()[:-1]) for item in lost]
        self._marks.append((heading.rows[0].index, self._sections.path()))
        self._listing = is_reference_title(heading.text)

    def _add(self, kind: Kind, paragraph: Paragraph) -> None:
        self._flush()
        self._pending.clear()
        self._prose_seen = self._prose_seen or paragraph.prose
        self._units.append(Unit(kind, paragraph.rows, self._sections.path()))

    def _flush(self) -> None:
        """Give the run of loose lines its kind."""
        run, self._loose = self._loose, []
        if not run:
            return
        rows = tuple(row for paragraph in run for row in paragraph.rows)
        kind = _loose_kind(run, rows, self._prose_seen)
        self._pending.clear()
        if kind == "table":
            in_order = sorted(rows, key=lambda row: row.index)
            for _, part in groupby(in_order, key=lambda row: row.page):
                self._units.append(Unit("table", tuple(part), self._sections.path()))
            return
        self._units += [Unit(kind, item.rows, self._sections.path(), loose=True) for item in run]


def _titles(paragraph: Paragraph) -> bool:
    """Return whether a paragraph under a bare caption is its title: a short or a bold one, and no sentence."""
    if paragraph.ends or paragraph.item:
        return False
    bold = all(row.bold for row in paragraph.rows) and len(paragraph.rows) <= TITLE_ROWS
    return bold or _short(paragraph)


def _short(paragraph: Paragraph) -> bool:
    """Return whether a paragraph without a full stop is a loose line: few words, or one phrase set to its end."""
    if len(paragraph.text.split()) <= LOOSE_WORDS or not paragraph.prose:
        return True
    last = paragraph.rows[-1]
    finished = last.box is not None and last.right < max(row.right for row in paragraph.rows) - SHORT_LAST
    return finished and not _INNER_STOP.search(paragraph.text)


def _loose_kind(run: Sequence[Paragraph], rows: Sequence[Row], prose_seen: bool) -> Kind:
    tabular = sum(1 for row in rows if row.same_line or is_figures(row.text))
    columns = len({round(row.left / COLUMN) for row in rows if row.box})
    if len(rows) >= TABLE_LINES and (
        tabular >= TABLE_SHARE * len(rows) or (tabular and columns >= MIN_COLUMNS)
    ):
        return "table"
    words = [word for row in rows for word in row.text.split() if word[:1].isalpha()]
    names = sum(1 for word in words if not word[0].islower())
    if len(rows) >= REGISTER_LINES and len(words) >= 3 * len(rows) and names >= NAME_SHARE * len(words):
        return "table"
    return "list" if prose_seen else "heading"
