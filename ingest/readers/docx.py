"""DOCX to Source: paragraphs, headings, lists, table rows and notes as lines with roles."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.docx_numbering import Numbering
from ingest.readers.docx_text import BOX, NOTE_CALLS, ParagraphText, W, seen
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter
from ingest.readers.office_package import check_archive, core_info, short_reason, transitional
from ingest.readers.source import LEFT_OUT, Source
from ingest.text.numerals import to_roman

# What only wraps blocks, rows or cells.
_WRAPPERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml"})
_HEADING = re.compile(r"(?:heading|título|titulo|titre|überschrift)\s*([1-9])", re.IGNORECASE)
_CAPTIONS = ("caption", "descripción", "legenda", "légende")
# Styles are based on one another; a hostile file may let them go round.
STYLE_DEPTH = 12


def read_docx(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a Word document as one unpaged Source (a DOCX has no pages of its own).

    Automatic numbers are written out; foot- and endnotes follow the paragraph or table row that calls them, with
    the role "footnote". Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    try:
        import docx

        document = docx.Document(io.BytesIO(transitional(data)))
        reader = _Reader(document)
        reader.blocks(document.element.body, reader.writer)
        reader.finish()
        info = core_info(document.core_properties, data)
    except Exception as error:
        raise UnreadableFile(f"damaged Word document ({short_reason(error)})") from error
    if not reader.writer.parts:
        raise UnreadableFile("holds no text", "empty")
    if reader.writer.length > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if on_page:
        on_page(1, 1)
    notes = (f"{LEFT_OUT}{reader.entities} references to entities of its own",) if reader.entities else ()
    return Source("docx", False, (reader.writer.page(frozenset(reader.text.flags)),), info=info, notes=notes)


class _Reader:
    """One document on its way into lines."""

    def __init__(self, document: Any) -> None:
        self.writer = LineWriter()
        self.entities = _drop_entities(document.element)
        self._notes = _notes(document)
        self.entities += sum({id(root): _drop_entities(root) for root in _roots(self._notes)}.values())
        self.text = ParagraphText({ident: number for ident, (number, _) in self._notes.items()})
        self._styles = _Styles(_part(document, "styles"))
        self._numbering = Numbering(_part(document, "numbering"), _part(document, "styles"))
        self._shown_notes: set[tuple[str, str]] = set()

    def blocks(self, body: Any, writer: LineWriter) -> None:
        """Write paragraphs and tables in document order; text boxes and notes follow what holds or calls them."""
        for block in _inside(body):
            if block.tag == f"{W}p":
                self._paragraph(block, writer)
            elif block.tag == f"{W}tbl":
                self._table(block, writer)

    def finish(self) -> None:
        """Write the notes that no paragraph called, so that nothing is lost."""
        self.writer.end_line()
        self.text.calls += [ident for ident in self._notes if ident not in self._shown_notes]
        self._call_notes(self.writer)

    def _paragraph(self, paragraph: Any, writer: LineWriter) -> None:
        style = _style_of(paragraph)
        number = self._numbering.next(paragraph, style)
        if number:
            writer.say(f"{number} ")
        self.text.say(paragraph, writer)
        if paragraph.find(f"{W}pPr/{W}framePr[@{W}dropCap]") is not None:
            return  # the large first letter of the paragraph that follows
        writer.end_line(self._styles.role(paragraph, style))
        for node in seen(paragraph):
            if node.tag == BOX:
                self.blocks(node, writer)
        if writer is self.writer:
            self._call_notes(writer)

    def _call_notes(self, writer: LineWriter) -> None:
        """Write the notes that were called since, each once, with their numbers."""
        while self.text.calls:
            ident = self.text.calls.pop(0)
            if ident in self._shown_notes or ident not in self._notes:
                continue
            self._shown_notes.add(ident)
            number, note = self._notes[ident]
            own = LineWriter()
            self.blocks(note, own)
            if own.parts:
                writer.say(f"{number} ")
                writer.take(own)
                writer.end_line("footnote")

    def _table(self, table: Any, writer: LineWriter) -> None:
        """Write one line a row; a row that holds a table again is read as blocks, as on web pages."""
        above: list[LineWriter] = []
        for row in _inside(table):
            cells = [cell for cell in _inside(row) if cell.tag == f"{W}tc"] if row.tag == f"{W}tr" else []
            if any(block.tag == f"{W}tbl" for cell in cells for block in _inside(cell)):
                for cell in cells:
                    self.blocks(cell, writer)
                continue
            above = self._row(cells, above)
            if any(cell.parts for cell in above):
                for place, cell in enumerate(above if len(cells) > 1 else above[:1]):
                    writer.say(CELL_GAP if place else "")
                    writer.take(cell)
                header = row.find(f"{W}trPr/{W}tblHeader") is not None
                writer.end_line("th" if header else "td")
            if writer is self.writer:
                self._call_notes(writer)

    def _row(self, cells: list[Any], above: list[LineWriter]) -> list[LineWriter]:
        """Return the cells of a row, one a column: what spans columns or rows stands in each of them."""
        found: list[LineWriter] = []
        for cell in cells:
            own = LineWriter()
            self.blocks(cell, own)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            if goes_on and not own.parts and len(found) < len(above):
                own = above[len(found)]
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = span.get(f"{W}val", "1") if span is not None else "1"
            found += [own] * (int(width) if width.isdigit() and 0 < int(width) <= 63 else 1)
        return found


class _Styles:
    """Role of a paragraph by its style, the styles that one is based on, and its outline level."""

    def __init__(self, styles: Any | None) -> None:
        self._names: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._levels: dict[str, str] = {}
        for style in styles.iterchildren(f"{W}style") if styles is not None else ():
            ident = style.get(f"{W}styleId", "")
            for name, found in (
                ("name", self._names),
                ("basedOn", self._bases),
                ("pPr/outlineLvl", self._levels),
            ):
                node = style.find("/".join(f"{W}{part}" for part in name.split("/")))
                if node is not None:
                    found[ident] = node.get(f"{W}val", "")

    def role(self, paragraph: Any, style: str) -> str:
        """Return h1 … h6, li, caption or p, from the style name, the outline level and the numbering."""
        names = [self._names.get(ident, ident) for ident in self._chain(style)]
        for name in names:
            if name.lower() == "title":
                return "h1"
            if heading := _HEADING.match(name):
                return f"h{min(int(heading[1]), 6)}"
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        levels = [own.get(f"{W}val", "")] if own is not None else []
        levels += [self._levels[ident] for ident in self._chain(style) if ident in self._levels]
        if levels and levels[0].isdigit() and int(levels[0]) < 6:
            return f"h{int(levels[0]) + 1}"
        if any(name.lower().startswith(_CAPTIONS) for name in names):
            return "caption"
        listed = any(name.lower().startswith("list") for name in names[:1])
        return "li" if listed or paragraph.find(f"{W}pPr/{W}numPr") is not None else "p"

    def _chain(self, style: str) -> list[str]:
        chain = [style]
        while (base := self._bases.get(chain[-1])) and len(chain) < STYLE_DEPTH:
            chain.append(base)
        return chain


def _inside(node: Any) -> Iterator[Any]:
    """Yield the children of a node, those in content controls as if they stood there by themselves."""
    for child in node.iterchildren():
        if child.tag in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _style_of(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return str(style.get(f"{W}val", "")) if style is not None else ""


def _part(document: Any, name: str) -> Any | None:
    """Return the root of a part of the document ("styles", "footnotes"), None where it has none."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{name}"):
            return parse_xml(relation.target_part.blob)
    return None


def _drop_entities(root: Any) -> int:
    """Take references to entities, which no Word file may have, out of a part; return how many there were.

    They are not resolved: an entity may name a file of this machine, or grow to gigabytes. What stands behind one in
    the same run would be lost with it.
    """
    from lxml import etree

    found = sum(1 for _ in root.iter(etree.Entity))
    if found:
        etree.strip_tags(root, etree.Entity)
    return found


_Notes = dict[tuple[str, str], tuple[str, Any]]
"""(kind, id) of a note -> its number and its node, in the order of the calls."""


def _roots(notes: _Notes) -> list[Any]:
    return [node.getroottree().getroot() for _, node in notes.values()]


def _notes(document: Any) -> _Notes:
    """Return the notes of a document: foot- and endnotes count by themselves, endnotes in roman numerals."""
    nodes: dict[tuple[str, str], Any] = {}
    for kind in ("footnote", "endnote"):
        root = _part(document, f"{kind}s")
        for note in root.iter(f"{W}{kind}") if root is not None else ():
            if note.get(f"{W}type") in (None, "normal"):
                nodes[kind, note.get(f"{W}id", "")] = note
    called = (
        (NOTE_CALLS[node.tag], node.get(f"{W}id", ""))
        for node in seen(document.element.body)
        if node.tag in NOTE_CALLS and node.get(f"{W}customMarkFollows") is None
    )
    counts = {"footnote": 0, "endnote": 0}
    found: _Notes = {}
    for ident in dict.fromkeys(called):
        if ident in nodes:
            counts[ident[0]] += 1
            count = counts[ident[0]]
            found[ident] = (str(count) if ident[0] == "footnote" else to_roman(count), nodes[ident])
    return found | {ident: ("", node) for ident, node in nodes.items() if ident not in found}
