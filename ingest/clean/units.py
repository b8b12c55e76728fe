"""From marked rows to units: paragraphs, items, tables, notes, each with its kind and section."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ingest.clean.captions import is_caption, is_source_note
from ingest.clean.contents import contents_rows, is_contents_title
from ingest.clean.footnotes import footnotes, is_rule
from ingest.clean.headings import Heading, Outline, Sections, heading_of
from ingest.clean.lists import is_item, is_numbered_paragraph
from ingest.clean.paragraphs import group, shape_of
from ingest.clean.references import is_reference_title
from ingest.clean.rows import Layout, Row, Sheet
from ingest.clean.tables import table_regions
from ingest.passage import Kind
from ingest.source import OutlineEntry


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that are read as one: joined with blanks, or row by row for tables, contents and captions.

    `head` counts the leading rows of a table that are caption and header line.
    """

    kind: Kind
    rows: tuple[Row, ...]
    section: tuple[str, ...]
    head: int = 0

    @property
    def by_row(self) -> bool:
        """Say whether each printed line stays a line of its own."""
        return self.kind in ("table", "contents")


def units_of(
    sheets: Sequence[Sheet],
    layout: Layout,
    outline: Sequence[OutlineEntry],
    taken: set[int],
    pages: Mapping[int, str],
) -> list[Unit]:
    """Return the units of a document in reading order. `taken` are running heads, feet and page numbers."""
    contents = contents_rows(sheets, taken)
    notes = footnotes(sheets, layout, taken | contents)
    owned = taken | contents | {row.index for note in notes for row in note.rows}
    tables, floating = _floats(sheets, layout, owned)
    flow = [
        row
        for sheet in sheets
        for row in sheet.rows
        if row.index not in owned and row.index not in floating and not is_rule(row.text)
    ]
    units, marks = _flow_units(
        flow, layout, Outline(outline), lambda row: pages[row.page][row.start : row.end]
    )
    units += [Unit("table", rows, _section_at(marks, rows[0]), head) for rows, head in tables]
    units += [Unit("footnote", note.rows, _section_at(marks, note.rows[0])) for note in notes]
    units += _contents_units(sheets, contents, marks)
    return sorted(units, key=lambda unit: unit.rows[0].index)


Marks = list[tuple[int, tuple[str, ...]]]


def _section_at(marks: Marks, row: Row) -> tuple[str, ...]:
    at = bisect_right(marks, row.index, key=lambda mark: mark[0])
    return marks[at - 1][1] if at else ()


def _floats(
    sheets: Sequence[Sheet], layout: Layout, owned: set[int]
) -> tuple[list[tuple[tuple[Row, ...], int]], set[int]]:
    tables: list[tuple[tuple[Row, ...], int]] = []
    floating: set[int] = set()
    for sheet in sheets:
        rows = [row for row in sheet.rows if row.index not in owned and not is_rule(row.text)]
        for region in table_regions(rows, shape_of(rows), layout):
            members = tuple(rows[region.first : region.last + 1])
            tables.append((members, region.head))
            floating.update(row.index for row in members)
    return tables, floating


def _flow_units(
    flow: Sequence[Row], layout: Layout, outline: Outline, raw: Callable[[Row], str]
) -> tuple[list[Unit], Marks]:
    sections, marks = Sections(), Marks()
    units: list[Unit] = []
    pending: list[Heading] = []
    listing = False
    paragraphs = group(flow, layout, raw)
    for number, rows in enumerate(paragraphs):
        following = paragraphs[number + 1][0] if number + 1 < len(paragraphs) else None
        text = " ".join(row.text for row in rows)
        if rows[0].role == "caption" or is_caption(text) or is_source_note(text):
            units.append(Unit("caption", tuple(rows), sections.path()))
            continue
        heading = heading_of(rows, following, layout, outline)
        if heading is not None:
            lost = _push(sections, heading, pending)
            units += [Unit("heading", item.rows, sections.path()[:-1]) for item in lost]
            marks.append((rows[0].index, sections.path()))
            listing = is_reference_title(text)
            continue
        pending.clear()
        units.append(Unit(_kind(rows, raw, listing), tuple(rows), sections.path()))
    units += [Unit("heading", item.rows, ()) for item in pending]
    return units, marks


def _push(sections: Sections, heading: Heading, pending: list[Heading]) -> list[Heading]:
    """Push `heading`; return headings that leave the path without ever having headed anything."""
    sections.push(heading)
    path = set(map(id, sections.headings()))
    lost = [item for item in pending if id(item) not in path]
    pending[:] = [item for item in pending if id(item) in path] + [heading]
    return lost


def _kind(rows: Sequence[Row], raw: Callable[[Row], str], listing: bool) -> Kind:
    if listing:
        return "references"
    if rows[0].role == "li":
        return "list"
    if rows[0].role is None and is_item(raw(rows[0])):
        return "body" if is_numbered_paragraph(" ".join(row.text for row in rows)) else "list"
    return "body"


def _contents_units(sheets: Sequence[Sheet], contents: set[int], marks: Marks) -> list[Unit]:
    units: list[Unit] = []
    for sheet in sheets:
        rows = tuple(row for row in sheet.rows if row.index in contents)
        if rows:
            titles = [row.text for row in sheet.rows if is_contents_title(row.text)]
            units.append(Unit("contents", rows, (titles[0],) if titles else ()))
    return units
