"""Pieces of a page: tables, tinted boxes, lines of a contents list; and which notes a piece calls."""

from collections.abc import Iterator
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from starter_build.inline import to_reportlab
from starter_build.source import Block
from starter_build.styles import GREY, INK, NAVY, RULE, SANS, TINT, Styles

# Letters of a column's longest cell that its width answers to: narrower or wider than this is ugly.
SHORTEST, LONGEST = 12, 44


def call_numbers(flowable: Flowable) -> list[int]:
    """Numbers of the notes that a flowable calls, in order. Only raised figures count as calls."""
    if isinstance(flowable, Table):
        return [number for paragraph in getattr(flowable, "parts", ()) for number in call_numbers(paragraph)]
    if not isinstance(flowable, Paragraph):
        return []
    return [
        int(text)
        for fragment, text in _fragments(flowable)
        if getattr(fragment, "rise", 0) and text.strip().isdigit()
    ]


def _fragments(paragraph: Paragraph) -> Iterator[tuple[Any, str]]:
    """Pairs of style and text: reportlab keeps runs before it breaks lines and lists of words after."""
    for item in paragraph.frags:
        if isinstance(item, list):
            yield from item[1:]
        else:
            yield item, getattr(item, "text", "")


def make_table(block: Block, styles: Styles, width: float) -> Table:
    """A ruled table, columns as wide as their longest cell asks; the first row is the head."""
    rows = [row.split("\t") for row in block.items]
    longest = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    weights = [max(SHORTEST, min(LONGEST, letters)) for letters in longest]
    widths = [width * weight / sum(weights) for weight in weights]
    cells = [
        [Paragraph(to_reportlab(cell), styles.head if number == 0 else styles.cell) for cell in row]
        for number, row in enumerate(rows)
    ]
    table = Table(cells, colWidths=widths)
    table.parts = [paragraph for row in cells for paragraph in row]
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 0.9, NAVY),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, NAVY),
                ("LINEBELOW", (0, 1), (-1, -2), 0.3, RULE),
                ("LINEBELOW", (0, -1), (-1, -1), 0.9, NAVY),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2.2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    table.spaceAfter = 4
    return table


def make_box(paragraphs: list[str], styles: Styles, width: float) -> Table:
    """A tinted box with a rule at its left; kept in one piece."""
    parts = [Paragraph(text, styles.box) for text in paragraphs]
    table = Table([[parts]], colWidths=[width])
    table.parts = parts
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT),
                ("LINEBEFORE", (0, 0), (0, -1), 2.5, NAVY),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    table.spaceBefore, table.spaceAfter = 6, 10
    return table


class ContentsLine(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A line of a contents list: title, dot leaders, page label at the right."""

    SIZE, HEIGHT = 10.5, 19.0

    def __init__(self, title: str, label: str, width: float) -> None:
        super().__init__()
        self.title, self.label, self.width = title, label, width

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Width and height taken."""
        return self.width, self.HEIGHT

    def draw(self) -> None:
        """Draw at the origin of the flowable."""
        canvas = self.canv
        canvas.setFont(SANS, self.SIZE)
        canvas.setFillColor(INK)
        canvas.drawString(0, 4, self.title)
        canvas.drawRightString(self.width, 4, self.label)
        start = stringWidth(self.title, SANS, self.SIZE) + 6
        room = self.width - stringWidth(self.label, SANS, self.SIZE) - 6 - start
        canvas.setFillColor(GREY)
        canvas.drawString(start, 4, "." * max(3, int(room / stringWidth(".", SANS, self.SIZE))))
