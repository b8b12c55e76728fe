"""From the lines of a document to its blocks: paragraphs, items, tables, notes, each with kind and section."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.layout.line import Layout, LayoutLine, PageLines
from ingest.layout.line_kinds import is_source_note
from ingest.layout.page_breaks import shape_of
from ingest.passage import Place
from ingest.readers.source import OutlineEntry
from ingest.structure.blocks import Block, SectionStarts, flow_blocks
from ingest.structure.contents import contents_lines, is_contents_title
from ingest.structure.footnotes import Note, footnotes, is_rule, marked_notes
from ingest.structure.grids import grids_of
from ingest.structure.headings import Outline
from ingest.structure.paragraphs import group
from ingest.structure.reference_forms import is_source_entry
from ingest.structure.tables import PROSE_WORDS, is_figures, note_end, table_regions

# So many entries one below the other are a list of sources.
FEWEST_SOURCES = 2
# Lines of a table that are figures, as a share, from which nothing inside its box is a heading. What is taken for a
# table of words by its caption may be a list of people at tables, with headings between.
FIGURE_LINES = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of a table; the first `head` are caption and heads, `closed` says that a source note ends it.

    `places` are those of its cells where they are certain (`ingest.structure.blocks.Block`).
    """

    lines: tuple[LayoutLine, ...]
    head: int
    closed: bool
    places: tuple[Place | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which lines of a document are taken before its running text is read, and by what.

    `margins` (running heads, feet and page numbers) and `contents` are indices of lines.
    """

    margins: frozenset[int]
    contents: frozenset[int] = frozenset()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()

    def floats(self) -> Iterator[LayoutLine]:
        """Yield the lines of tables and notes."""
        for table in self.tables:
            yield from table.lines
        for note in self.notes:
            yield from note.lines

    def taken(self) -> frozenset[int]:
        """Return the indices of all lines that are taken."""
        return self.margins.union(self.contents, (line.index for line in self.floats()))


def claims_of(pages: Sequence[PageLines], layout: Layout, margins: AbstractSet[int]) -> Claims:
    """Return what stands outside the running text. `margins` are running heads, feet and page numbers.

    Tables whose columns and rows are certain come first. One that its source note closes holds no footnote either. Any
    other runs on until prose begins: it is looked for among what the notes leave.
    """
    marked = marked_notes(pages)
    claims = Claims(margins=frozenset(margins), contents=contents_lines(pages, margins), notes=marked)
    taken = claims.taken()
    certain = tuple(grid for page in pages for grid in _grids(page, taken))
    claims = replace(claims, tables=certain)
    found = {page.number: _tables(page, layout, claims.taken()) for page in pages}
    closed = (*certain, *(table for tables in found.values() for table in tables if table.closed))
    claims = replace(claims, tables=closed)
    claims = replace(claims, notes=(*marked, *footnotes(pages, layout, claims.taken())))
    taken = claims.taken()
    changed = {line.page for line in claims.floats()}
    for page in pages:
        if page.number in changed:
            found[page.number] = _tables(page, layout, taken)
    others = (table for page in pages for table in found[page.number])
    return replace(claims, tables=(*closed, *others))


def assemble_blocks(
    pages: Sequence[PageLines],
    layout: Layout,
    outline: Sequence[OutlineEntry],
    margins: AbstractSet[int],
    raw: Mapping[int, str],
) -> list[Block]:
    """Return the blocks of a document in reading order; `raw` maps a page number to its text.

    `margins` are the indices of lines that are running heads, feet and page numbers.
    """
    claims = claims_of(pages, layout, margins)
    taken = claims.taken()
    flow = [line for page in pages for line in _free(page, taken)]
    paragraphs = group(flow, layout, lambda line: raw[line.page][line.start : line.end])
    blocks, starts = flow_blocks(paragraphs, layout, Outline(outline), inside_tables(flow, claims.tables))
    blocks += [
        Block(
            kind="table",
            lines=table.lines,
            section=_section_at(starts, table.lines[0]),
            head=table.head,
            places=table.places,
        )
        for table in claims.tables
    ]
    blocks += [
        Block(kind="footnote", lines=note.lines, section=_section_at(starts, note.lines[0]))
        for note in claims.notes
    ]
    blocks += _contents_blocks(pages, claims.contents)
    return source_lists(sorted(blocks, key=lambda block: block.lines[0].index))


def inside_tables(lines: Sequence[LayoutLine], tables: Iterable[Table]) -> frozenset[int]:
    """Return the indices of lines that stand in the box of a table of figures: legends of charts, labels of cells.

    Of a table that runs over pages the part on its first page counts. Where running text stands in the box as well,
    the figures are no table, or one in a column of its own.
    """
    by_page: dict[int, list[LayoutLine]] = {}
    for line in lines:
        if line.box:
            by_page.setdefault(line.page, []).append(line)
    found: set[int] = set()
    for table in tables:
        parts = [line for line in table.lines if line.page == table.lines[0].page and line.box]
        if sum(is_figures(line.text) for line in parts) < max(1, FIGURE_LINES * len(parts)):
            continue
        left, bottom = min(line.left for line in parts), min(line.bottom for line in parts)
        right, top = max(line.right for line in parts), max(line.top for line in parts)
        inside = [
            line
            for line in by_page.get(table.lines[0].page, ())
            if left <= line.left and line.right <= right and bottom <= line.bottom and line.top <= top
        ]
        if all(len(line.text.split()) < PROSE_WORDS for line in inside):
            found.update(line.index for line in inside)
    return frozenset(found)


def source_lists(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with those typed `references` that follow on one another and each only name a source."""
    entries = _source_entries(blocks)
    found: list[Block] = []
    for entry, run in groupby(range(len(blocks)), key=entries.__contains__):
        members = [blocks[at] for at in run]
        if entry and len(members) >= FEWEST_SOURCES:
            members = [replace(block, kind="references", loose=False) for block in members]
        found += members
    return found


def _source_entries(blocks: Sequence[Block]) -> set[int]:
    """Return the places of blocks that only name a source; of those without one beside them some may lack.

    Of two blocks side by side one stands at an odd place, so the others are looked at beside one that was found only.
    """
    odd = {at for at in range(1, len(blocks), 2) if _is_source_entry(blocks[at])}
    beside = {at + step for at in odd for step in (-1, 1)}
    return odd | {at for at in beside if at < len(blocks) and _is_source_entry(blocks[at])}


def _is_source_entry(block: Block) -> bool:
    return block.kind in ("body", "list") and is_source_entry(" ".join(line.text for line in block.lines))


def _section_at(starts: SectionStarts, line: LayoutLine) -> tuple[str, ...]:
    at = bisect_right(starts, line.index, key=lambda start: start[0])
    return starts[at - 1][1] if at else ()


def _free(page: PageLines, taken: AbstractSet[int]) -> list[LayoutLine]:
    return [line for line in page.lines if line.index not in taken and not is_rule(line.text)]


def _grids(page: PageLines, taken: AbstractSet[int]) -> Iterator[Table]:
    """Yield the tables of a page whose columns and rows are certain, with the notes on their sources.

    Where figures were recognised from a scan, letters among them pass for words: nothing is certain.
    """
    if page.ocr:
        return
    lines = _free(page, taken)
    for grid in grids_of(lines, page.rules):
        lowest = max(part.index for part in grid.parts)
        at = next(place for place, line in enumerate(lines) if line.index == lowest) + 1
        noted = at < len(lines) and is_source_note(lines[at].text)
        notes = tuple(lines[at : note_end(lines, at) + 1]) if noted else ()
        yield Table(
            lines=(*grid.parts, *notes),
            head=grid.head,
            closed=True,
            places=(*grid.places, *(None for _ in notes)),
        )


def _tables(page: PageLines, layout: Layout, taken: AbstractSet[int]) -> list[Table]:
    lines = _free(page, taken)
    return [
        Table(lines=tuple(lines[region.first : region.last + 1]), head=region.head, closed=region.closed)
        for region in table_regions(lines, shape_of(lines), layout)
    ]


def _contents_blocks(pages: Sequence[PageLines], contents: AbstractSet[int]) -> list[Block]:
    blocks: list[Block] = []
    for page in pages:
        lines = tuple(line for line in page.lines if line.index in contents)
        if lines:
            titles = [line.text for line in page.lines if is_contents_title(line.text)]
            blocks.append(Block(kind="contents", lines=lines, section=(titles[0],) if titles else ()))
    return blocks
