"""Paragraphs of the running text into blocks: headings, prose, items, references, captions, loose lines."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

from ingest.layout.line import Layout, LayoutLine
from ingest.layout.line_kinds import (
    follows_item,
    is_bare_caption,
    is_caption,
    is_letterhead,
    is_numbered_paragraph,
    is_organisation,
    is_reference_title,
    is_row,
    is_source_note,
)
from ingest.layout.page_breaks import COLUMN, SHORT_LAST
from ingest.passage import Kind, Place
from ingest.structure.heading_context import fields, labelled_lists, lists_of_alike, names_over_offices
from ingest.structure.headings import (
    Heading,
    Outline,
    Sections,
    heading_of,
    is_sentence,
    is_titled,
    lone_counts,
    plain_heading,
)
from ingest.structure.paragraphs import Paragraph
from ingest.structure.tables import is_figures

# A paragraph without a full stop and with at most this many words is a loose line (label, address, cell).
# Longer ones are sentences that lack their stop and stay body.
LOOSE_WORDS = 24
# A line between a heading and its text with at most this many words may be a heading itself.
SUBTITLE_WORDS = 12
# The title of a figure runs to three printed lines.
TITLE_LINES = 3
# A run of loose lines is a table from this many printed lines and this share of lines with figures or cells.
TABLE_LINES = 3
TABLE_SHARE = 0.34
# Cells begin at this many places across the page (24 points apart), or the lines are a list.
MIN_COLUMNS = 3
# A register (participants, abbreviations): this many lines of at least three words, mostly names.
REGISTER_LINES = 8
NAME_SHARE = 0.75

# An item counts on from one of the list this many paragraphs above it.
ITEM_REACH = 5

_INNER_STOP = re.compile(r"[a-zà-ÿ)\d][.!?]\s+[A-ZÀ-Þ“«¿]")

SectionStarts = list[tuple[int, tuple[str, ...]]]
"""Index of a line and the section path that holds from there on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that are read as one: joined with blanks, or line by line for tables and contents.

    `head` counts the printed rows at the top of a table that are caption and heads. `loose` lines share no passage with
    prose. `places` are the cells of a table whose columns and rows are certain, one a line, None for its caption and
    notes; its lines are then parts of rows, in the order of reading.
    """

    kind: Kind
    lines: tuple[LayoutLine, ...]
    section: tuple[str, ...]
    head: int = 0
    loose: bool = False
    places: tuple[Place | None, ...] = ()

    @property
    def by_line(self) -> bool:
        """Return whether each printed line stays a line of its own."""
        return self.kind in ("table", "contents")


def flow_blocks(
    paragraphs: Sequence[Paragraph],
    layout: Layout,
    outline: Outline,
    inside: AbstractSet[int] = frozenset(),
) -> tuple[list[Block], SectionStarts]:
    """Return the blocks of the running text and where each section begins.

    `inside` are the indices of lines that stand in the box of a table, and head nothing.
    """
    labelled = labelled_lists(paragraphs)
    listed = (
        lists_of_alike(paragraphs) | labelled.entries | names_over_offices(paragraphs) | fields(paragraphs)
    )
    walk = _Walk(layout, outline, lone_counts(paragraphs) | listed | inside, labelled.labels)
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

    def __init__(
        self, layout: Layout, outline: Outline, counts: frozenset[int], labels: frozenset[int]
    ) -> None:
        self._layout = layout
        self._labels = labels
        self._counts = counts
        self._outline = outline
        self._sections = Sections()
        self._starts: SectionStarts = []
        self._blocks: list[Block] = []
        self._loose: list[Paragraph] = []
        self._above: Paragraph | None = None
        self._listing = False
        self._titling = False
        self._prose_seen = False
        self._item: Paragraph | None = None
        self._since_item = 0

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
        if heading is None and paragraph.first.index in self._labels:
            heading = plain_heading(paragraph)
        if heading is not None and not self._misled(heading):
            self._head(heading)
            said = is_sentence(paragraph.text) and heading.shape != "plain"
            self._add("body" if said else "heading", paragraph)
            self._above = None
            self._item = self._item if heading.shape == "plain" else None
            self._since_item += 1
            return
        self._above = paragraph
        self._since_item += 1
        if paragraph.item:
            self._item, self._since_item = paragraph, 0
        elif self._since_item > ITEM_REACH:
            self._item = None
        if self._listing:
            self._add("references", paragraph)
        elif paragraph.item:
            numbered = is_numbered_paragraph(paragraph.text)
            self._add("body" if numbered else "list", paragraph)
        elif paragraph.first.role is None and not paragraph.ends and _short(paragraph):
            self._loose.append(paragraph)
        else:
            self._add("body", paragraph)

    def finish(self) -> tuple[list[Block], SectionStarts]:
        """Return everything."""
        self._flush()
        return self._blocks, self._starts

    def _misled(self, heading: Heading) -> bool:
        """Return whether what looks like a heading is letterhead, a line of a reference list, or a count or date."""
        if is_letterhead(heading.text):
            return True
        if heading.level is not None:
            return False
        opening = self._in_body_type(heading) and not heading.capitals
        if is_organisation(heading.text) and (heading.lines[0].page == 1 or opening):
            return True
        if self._item is not None and follows_item(self._item.text, heading.text):
            return True
        if self._sections.repeats(heading):
            return True
        return heading.lines[0].index in self._counts or (self._listing and self._in_body_type(heading))

    def _in_body_type(self, heading: Heading) -> bool:
        return not heading.bold and heading.size < self._layout.body_size + 0.9

    def _head(self, heading: Heading) -> None:
        self._flush()
        self._sections.push(heading)
        self._starts.append((heading.lines[0].index, self._sections.path()))
        self._listing = is_reference_title(heading.text)

    def _add(self, kind: Kind, paragraph: Paragraph) -> None:
        """Add a paragraph as a block; a heading stands in the section above its own."""
        self._flush()
        path = self._sections.path()
        if kind == "heading":
            path = path[:-1]
        else:
            self._prose_seen = self._prose_seen or paragraph.prose
        self._blocks.append(Block(kind=kind, lines=paragraph.lines, section=path))

    def _flush(self) -> None:
        """Give the run of loose lines its kind."""
        run, self._loose = self._loose, []
        if not run:
            return
        lines = tuple(line for paragraph in run for line in paragraph.lines)
        kind = _loose_kind(run, lines, self._prose_seen)
        if kind == "table":
            in_order = sorted(lines, key=lambda line: line.index)
            for _, part in groupby(in_order, key=lambda line: line.page):
                self._blocks.append(Block(kind="table", lines=tuple(part), section=self._sections.path()))
            return
        self._blocks += [
            Block(kind=kind, lines=item.lines, section=self._sections.path(), loose=True) for item in run
        ]


def _titles(paragraph: Paragraph) -> bool:
    """Return whether a paragraph under a bare caption is its title: a short or a bold one, and no sentence."""
    if paragraph.ends or paragraph.item:
        return False
    bold = all(line.bold for line in paragraph.lines) and len(paragraph.lines) <= TITLE_LINES
    return bold or _short(paragraph)


def _short(paragraph: Paragraph) -> bool:
    """Return whether a paragraph without a full stop is a loose line: few words, or one phrase set to its end."""
    if len(paragraph.text.split()) <= LOOSE_WORDS or not paragraph.prose:
        return True
    last = paragraph.lines[-1]
    finished = last.box is not None and last.right < max(line.right for line in paragraph.lines) - SHORT_LAST
    return finished and not _INNER_STOP.search(paragraph.text)


def _loose_kind(run: Sequence[Paragraph], lines: Sequence[LayoutLine], prose_seen: bool) -> Kind:
    tabular = sum(1 for line in lines if line.same_line or is_figures(line.text) or is_row(line.text))
    columns = len({round(line.left / COLUMN) for line in lines if line.box})
    if len(lines) >= TABLE_LINES and (
        tabular >= TABLE_SHARE * len(lines) or (tabular and columns >= MIN_COLUMNS)
    ):
        return "table"
    words = [word for line in lines for word in line.text.split() if word[:1].isalpha()]
    names = sum(1 for word in words if not word[0].islower())
    if len(lines) >= REGISTER_LINES and len(words) >= 3 * len(lines) and names >= NAME_SHARE * len(words):
        return "table"
    return "list" if prose_seen else "heading"
