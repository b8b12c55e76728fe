"""From marked rows to units: paragraphs, items, tables, notes, each with its kind and section."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from ingest.layout.line import Layout, Row, Sheet
from ingest.layout.page_breaks import shape_of
from ingest.readers.source import OutlineEntry
from ingest.structure.blocks import Marks, Unit, flow_units
from ingest.structure.contents import contents_rows, is_contents_title
from ingest.structure.footnotes import footnotes, is_rule
from ingest.structure.headings import Outline
from ingest.structure.paragraphs import group
from ingest.structure.tables import table_regions


def units_of(
    sheets: Sequence[Sheet],
    layout: Layout,
    outline: Sequence[OutlineEntry],
    taken: set[int],
    pages: Mapping[int, str],
) -> list[Unit]:
    """Return the units of a document in reading order. `taken` are running heads, feet and page numbers."""
    contents = contents_rows(sheets, taken)
    closed, claimed = _floats(sheets, layout, taken | contents, closed=True)
    notes = footnotes(sheets, layout, taken | contents | claimed)
    owned = taken | contents | claimed | {row.index for note in notes for row in note.rows}
    tables, floating = _floats(sheets, layout, owned, closed=False)
    tables, floating = closed + tables, claimed | floating
    flow = [
        row
        for sheet in sheets
        for row in sheet.rows
        if row.index not in owned and row.index not in floating and not is_rule(row.text)
    ]
    paragraphs = group(flow, layout, lambda row: pages[row.page][row.start : row.end])
    units, marks = flow_units(paragraphs, layout, Outline(outline))
    units += [Unit("table", rows, _section_at(marks, rows[0]), head) for rows, head in tables]
    units += [Unit("footnote", note.rows, _section_at(marks, note.rows[0])) for note in notes]
    units += _contents_units(sheets, contents, marks)
    named = {title for unit in units for title in unit.section}
    units = [unit for unit in units if unit.kind != "heading" or unit.loose or _text(unit) not in named]
    return sorted(units, key=lambda unit: unit.rows[0].index)


def _text(unit: Unit) -> str:
    return " ".join(row.text for row in unit.rows)


def _section_at(marks: Marks, row: Row) -> tuple[str, ...]:
    at = bisect_right(marks, row.index, key=lambda mark: mark[0])
    return marks[at - 1][1] if at else ()


def _floats(
    sheets: Sequence[Sheet], layout: Layout, owned: set[int], *, closed: bool
) -> tuple[list[tuple[tuple[Row, ...], int]], set[int]]:
    tables: list[tuple[tuple[Row, ...], int]] = []
    floating: set[int] = set()
    for sheet in sheets:
        rows = [row for row in sheet.rows if row.index not in owned and not is_rule(row.text)]
        for region in table_regions(rows, shape_of(rows), layout):
            if closed and not region.closed:
                continue
            members = tuple(rows[region.first : region.last + 1])
            tables.append((members, region.head))
            floating.update(row.index for row in members)
    return tables, floating


def _contents_units(sheets: Sequence[Sheet], contents: set[int], marks: Marks) -> list[Unit]:
    units: list[Unit] = []
    for sheet in sheets:
        rows = tuple(row for row in sheet.rows if row.index in contents)
        if rows:
            titles = [row.text for row in sheet.rows if is_contents_title(row.text)]
            units.append(Unit("contents", rows, (titles[0],) if titles else ()))
    return units
