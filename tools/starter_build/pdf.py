"""Markdown blocks into a PDF: columns, footnotes at the foot of their column, running heads, labels.

Platypus has no footnotes, so the pages are filled here: a flowable is placed only where it fits
together with the notes it calls, and a paragraph is split so that its notes follow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from starter_build.dress import draw_cover, draw_running_heads, draw_title_block
from starter_build.flowables import ContentsLine, call_numbers, make_box, make_table
from starter_build.inline import to_plain, to_reportlab
from starter_build.source import Block, Document
from starter_build.styles import RULE, Styles, make_styles, register_fonts

WIDTH, HEIGHT = A4
TOP, BOTTOM = 84.0, 76.0
# Side margins by the number of columns: one column at 407 pt sets about 75 characters a line.
MARGINS = {1: 94.0, 2: 62.0}
GUTTER = 20.0
SOURCE_WORD = {"en": "Source", "es": "Fuente", "pt": "Fonte"}
# Shortest piece of a paragraph worth leaving at a column's foot, in lines.
MIN_LINES = 2
# A leaflet of two pages carries no running head.
MIN_PAGES_FOR_HEAD = 3
ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"]


@dataclass(slots=True)
class Column:
    """A column being filled: the cursor `y` moves down from the top, notes grow up from the bottom."""

    x: float
    y: float
    bottom: float
    width: float
    fresh: bool = True
    gap: float = 0.0
    notes: list[Paragraph] = field(default_factory=list)
    notes_height: float = 0.0

    @property
    def left(self) -> float:
        """Points still free between the cursor and the notes."""
        return self.y - self.bottom - self.notes_height


class Composer:
    """Fills the pages of one document. `targets` and `pages` (how many) are known from an earlier pass."""

    def __init__(self, document: Document, canvas: Canvas, targets: dict[str, str], pages: int) -> None:
        self.document, self.canvas, self.targets, self.pages = document, canvas, targets, pages
        self.meta = document.meta
        self.columns_wanted = int(self.meta.get("columns", 1))
        self.margin = MARGINS[self.columns_wanted]
        self.styles: Styles = make_styles(document.language, self.columns_wanted)
        self.front = bool(self.meta.get("roman"))
        self.found: dict[str, str] = {}
        self.drawn: list[int] = []
        self.page = 0
        self.number = 0 if self.front else int(self.meta.get("first_number", 1)) - 1
        self.columns: list[Column] = []
        self.at = 0

    def run(self) -> dict[str, str]:
        """Draw everything; return the printed label of the page of each heading."""
        if self.meta.get("cover"):
            self._count_page()
            draw_cover(self.canvas, self.meta, self.styles, self.margin)
            self.canvas.showPage()
        self._open_page(title=not self.meta.get("cover"))
        blocks = list(self.document.blocks)
        index = 0
        while index < len(blocks):
            index += self._block(blocks, index)
        self._close_page()
        if sorted(self.drawn) != sorted(self.document.notes):
            raise ValueError(
                f"{self.document.path.name}: notes drawn {self.drawn}, of {sorted(self.document.notes)}"
            )
        return self.found

    @property
    def label(self) -> str:
        """What this page prints as its number."""
        return ROMAN[self.number - 1] if self.front else str(self.number)

    def _block(self, blocks: list[Block], index: int) -> int:
        block = blocks[index]
        if block.kind == "page":
            self._close_page()
            self._open_page()
        elif block.kind == "main":
            self._close_page()
            self.front, self.number = False, int(self.meta.get("first_number", 1)) - 1
            self._open_page()
        elif block.kind == "scan":
            self._scan()
        elif block.kind == "table":
            return self._table(blocks, index)
        elif block.kind == "heading":
            self._heading(block)
        else:
            for flowable in self._flowables(block):
                self._place([flowable])
        return 1

    def _flowables(self, block: Block) -> Iterator[Flowable]:
        if block.kind == "contents":
            for title, label in self.targets.items():
                yield ContentsLine(title, label, self.columns[0].width)
        elif block.kind == "box":
            yield make_box([to_reportlab(item) for item in block.items if item], self.styles, self._width)
        elif block.kind in ("bullets", "numbers"):
            for count, item in enumerate(block.items, 1):
                mark = "•" if block.kind == "bullets" else f"{count}."
                last = count == len(block.items)
                style = self.styles.last if last else self.styles.item
                yield Paragraph(to_reportlab(item), style, bulletText=mark)
        else:
            yield self._source(block) if block.kind == "source" else self._body(block)

    def _body(self, block: Block) -> Paragraph:
        return Paragraph(to_reportlab(block.text), self.styles.body)

    def _source(self, block: Block) -> Paragraph:
        word = SOURCE_WORD[self.document.language]
        return Paragraph(f"{word}: {to_reportlab(block.text)}", self.styles.source)

    def _heading(self, block: Block) -> None:
        style = (self.styles.h1, self.styles.h2, self.styles.h3)[block.level - 1]
        flowable = Paragraph(to_reportlab(block.text), style)
        self._place([flowable], keep=3 * self.styles.body.leading)
        title = to_plain(block.text)
        if block.level <= 2 and (not self.front or block.level == 1):
            self.found[title] = self.label
        if self.meta.get("outline") and block.level <= 2:
            key = f"h{len(self.found)}-{self.page}"
            self.canvas.bookmarkPage(key)
            self.canvas.addOutlineEntry(title, key, level=0, closed=False)

    def _table(self, blocks: list[Block], index: int) -> int:
        block = blocks[index]
        group: list[Flowable] = [Paragraph(to_reportlab(block.text), self.styles.caption)]
        group.append(make_table(block, self.styles, self._width))
        used = 1
        if index + 1 < len(blocks) and blocks[index + 1].kind == "source":
            group.append(self._source(blocks[index + 1]))
            used = 2
        self._place(group)
        return used

    @property
    def _width(self) -> float:
        return self.columns[self.at].width

    def _place(self, group: list[Flowable], keep: float = 0.0) -> None:
        """Place flowables that belong together, in this column or, if they do not fit, in the next."""
        column = self.columns[self.at]
        if self._needed(group, column) + keep <= column.left:
            for flowable in group:
                self._draw(flowable, column)
            return
        if len(group) == 1 and isinstance(group[0], Paragraph) and not keep:
            head, tail = self._split(group[0], column)
            if head is not None:
                self._draw(head, column)
                self._next_column()
                self._place([tail])
                return
        if column.fresh:
            raise ValueError(
                f"{self.document.path.name}: a block is taller than a column on page {self.page}"
            )
        self._next_column()
        self._place(group, keep)

    def _needed(self, group: list[Flowable], column: Column) -> float:
        total, gap, fresh = 0.0, column.gap, column.fresh
        for flowable in group:
            height = flowable.wrap(column.width, 10_000)[1]
            total += height + (0.0 if fresh else max(gap, flowable.getSpaceBefore()))
            gap, fresh = flowable.getSpaceAfter(), False
            total += sum(self._note_height(number, column) for number in call_numbers(flowable))
        return total + (self._rule_space(column) if any(call_numbers(f) for f in group) else 0.0)

    def _split(self, paragraph: Paragraph, column: Column) -> tuple[Paragraph | None, Paragraph]:
        """Split so that the first part fits with its own notes; (None, whole) where no split is worth it."""
        lead = paragraph.style.leading
        room = column.left - (0.0 if column.fresh else max(column.gap, paragraph.getSpaceBefore()))
        while room >= MIN_LINES * lead:
            parts = paragraph.split(column.width, room)
            if len(parts) == 2 and self._needed([parts[0]], column) <= column.left:
                return parts[0], parts[1]
            room -= lead
        return None, paragraph

    def _draw(self, flowable: Flowable, column: Column) -> None:
        height = flowable.wrap(column.width, 10_000)[1]
        if not column.fresh:
            column.y -= max(column.gap, flowable.getSpaceBefore())
        column.y -= height
        flowable.drawOn(self.canvas, column.x, column.y)
        column.gap, column.fresh = flowable.getSpaceAfter(), False
        for number in call_numbers(flowable):
            if not column.notes:
                column.notes_height += self._rule_space(column)
            self.drawn.append(number)
            note = self._note(number)
            column.notes_height += note.wrap(column.width, 10_000)[1] + note.getSpaceAfter()
            column.notes.append(note)

    def _note(self, number: int) -> Paragraph:
        return Paragraph(f"{number} {to_reportlab(self.document.notes[number])}", self.styles.note)

    def _note_height(self, number: int, column: Column) -> float:
        note = self._note(number)
        return float(note.wrap(column.width, 10_000)[1] + note.getSpaceAfter())

    def _rule_space(self, column: Column) -> float:
        return 0.0 if column.notes else 12.0

    def _count_page(self) -> None:
        self.page += 1
        self.number += 1
        if self.meta.get("page_labels"):
            style = "ROMAN_LOWER" if self.front else "ARABIC"
            self.canvas.addPageLabel(self.page - 1, style, self.number)

    def _open_page(self, title: bool = False) -> None:
        self._count_page()
        top = HEIGHT - TOP
        if title:
            top = draw_title_block(self.canvas, self.document, self.styles, self.margin, top - 2)
        width = WIDTH - 2 * self.margin
        count = self.columns_wanted
        each = (width - GUTTER * (count - 1)) / count
        self.columns = [Column(self.margin + n * (each + GUTTER), top, BOTTOM, each) for n in range(count)]
        self.at = 0

    def _next_column(self) -> None:
        if self.at + 1 < len(self.columns):
            self.at += 1
        else:
            self._close_page()
            self._open_page()

    def _close_page(self) -> None:
        for column in self.columns:
            self._draw_notes(column)
        number = str(self.meta.get("number_form", "{}")).format(self.label)
        with_head = self.page > 1 and self.pages >= MIN_PAGES_FOR_HEAD
        draw_running_heads(self.canvas, self.meta, self.margin, number, with_head)
        self.canvas.showPage()

    def _draw_notes(self, column: Column) -> None:
        if not column.notes:
            return
        y = column.bottom + column.notes_height - 8
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(column.x, y, column.x + 70, y)
        y -= 4
        for note in column.notes:
            height = note.wrap(column.width, 10_000)[1]
            note.drawOn(self.canvas, column.x, y - height)
            y -= height + note.getSpaceAfter()

    def _scan(self) -> None:
        """A page that is only a picture; the picture is kept beside the sources."""
        self._close_page()
        self._count_page()
        picture = self.document.path.with_name("scan") / f"{self.document.path.stem}.png"
        self.canvas.drawImage(str(picture), 0, 0, WIDTH, HEIGHT)
        self.canvas.showPage()
        self._open_page()


def build_pdf(document: Document, target: Path) -> None:
    """Write the document to `target`, byte for byte the same each time with the same libraries.

    Two passes: the first learns on which page each heading stands, for the table of contents.
    """
    register_fonts()
    targets: dict[str, str] = {}
    pages = 0
    for _ in range(2):
        canvas = Canvas(str(target), pagesize=A4, invariant=1, pageCompression=1, lang=document.language)
        canvas.setTitle(str(document.meta["title"]))
        canvas.setAuthor(str(document.meta["publisher"]))
        canvas.setSubject(str(document.meta["subtitle"]))
        canvas.setCreator("pincite starter corpus")
        composer = Composer(document, canvas, targets, pages)
        targets, pages = composer.run(), composer.page
    canvas.save()
