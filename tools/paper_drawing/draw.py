"""Draw the pages of a planned paper with reportlab, and keep what is text and what is head, foot or number."""

import io
from dataclasses import dataclass, field
from random import Random

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from paper_drawing.plan import Plan, decoy_line
from paper_drawing.words import CITIES, PLACES, note, paragraph, sentence

FONT, BOLD = "Helvetica", "Helvetica-Bold"
MARGIN = 72.0


@dataclass(slots=True)
class Drawn:
    """The file of a paper and, for each page, the lines that are running heads, feet or page numbers."""

    data: bytes
    running_heads: tuple[frozenset[str], ...]


@dataclass(slots=True)
class _Page:
    """A page being drawn."""

    canvas: Canvas
    paper: Plan
    at: int
    draw: Random
    running_heads: set[str] = field(default_factory=set)

    @property
    def size(self) -> float:
        """Type size of the text."""
        return self.paper.type_size

    def put(
        self,
        x: float,
        y: float,
        text: str,
        *,
        font: str = FONT,
        size: float | None = None,
        align: str = "left",
    ) -> None:
        """Write one line at a place."""
        self.canvas.setFont(font, size or self.size)
        {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "centre": self.canvas.drawCentredString,
        }[align](x, y, text)

    def keep(self, *words: str) -> None:
        """Note that a line is a head, a foot or a number."""
        self.running_heads.update(words)


def draw_paper(paper: Plan) -> Drawn:
    """Return the PDF of a paper; the same seed gives the same bytes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=paper.size, invariant=True)
    draw = Random(paper.seed + 1)
    kept = []
    for at in range(len(paper.labels)):
        page = _Page(canvas, paper, at, draw)
        if at < paper.covers:
            _cover(page)
        else:
            _heads(page)
            _number(page)
            _text(page)
        kept.append(frozenset(page.running_heads))
        canvas.showPage()
    canvas.save()
    return Drawn(buffer.getvalue(), tuple(kept))


def _cover(page: _Page) -> None:
    width, height = page.paper.size
    page.put(
        width / 2, height * 0.6, "National report on migration and health", font=BOLD, size=22, align="centre"
    )
    page.put(width / 2, height * 0.5, "A study of the regional offices", size=14, align="centre")


def _head_words(paper: Plan, at: int) -> str | None:
    if paper.head and paper.changing_head and at % 2:
        return paper.chapter(at)
    return paper.head


def _heads(page: _Page) -> None:
    paper = page.paper
    width, height = paper.size
    head, label = _head_words(paper, page.at), paper.texts[page.at]
    if head and paper.in_head and label:
        words = f"{head} {label}" if page.at % 2 == 0 else f"{label} {head}"
        page.put(width / 2, height - 40, words, size=8, align="centre")
        page.keep(words)
    elif head:
        page.put(width / 2, height - 40, head, size=8, align="centre")
        page.keep(head)
    if paper.foot:
        page.put(MARGIN, 24, paper.foot, size=7)
        page.keep(paper.foot)


def _number(page: _Page) -> None:
    paper = page.paper
    label, (width, height) = paper.texts[page.at], paper.size
    if label is None or paper.in_head:
        return
    y = height - 54 if paper.at_head else 38
    if paper.spread:
        left, right = label.split("–")
        page.put(width * 0.25, y, left, size=9, align="centre")
        page.put(width * 0.75, y, right, size=9, align="centre")
        page.keep(left, right, f"{left} {right}")
        return
    side = paper.place if paper.place != "outer" else ("left" if page.at % 2 else "right")
    x = {"left": MARGIN, "right": width - MARGIN, "centre": width / 2}[side]
    page.put(x, y, label, size=9, align=side)
    page.keep(label)


def _text(page: _Page) -> None:
    """Draw what opens the page, columns of text, and the notes."""
    paper = page.paper
    width, height = paper.size
    y = _opening(page, height - 92)
    notes = _notes(page)
    bottom = 86.0 + 14 * len(notes)
    gutter = 24.0 if paper.columns == 2 else 0.0
    if paper.spread:
        gutter = 2 * MARGIN
    column = (width - 2 * MARGIN - gutter) / paper.columns
    called = False
    for number in range(paper.columns):
        called = _column(
            page, MARGIN + number * (column + gutter), y, column, bottom, called=called or not notes
        )
    _draw_notes(page, notes)


def _opening(page: _Page, y: float) -> float:
    """Draw what opens a page, and return where the columns begin."""
    paper = page.paper
    line, label = decoy_line(paper, page.at), paper.texts[page.at]
    if paper.decoy == "second number" and label and not (paper.at_head or paper.in_head or paper.spread):
        page.put(paper.size[0] / 2, 56, str(paper.decoy_first + page.at), size=9, align="centre")
        page.keep(str(paper.decoy_first + page.at))
    if line and paper.decoy.endswith("at foot"):
        page.put(MARGIN, 52, line)
        page.keep(line)
        return y
    if paper.decoy in ("year", "p. year"):
        page.put(MARGIN, y, line or "", font=BOLD, size=page.size + 5)
        return y - 34
    if line:
        page.put(MARGIN, y, line)
        return y - 38
    return _numbered_opening(page, y)


def _numbered_opening(page: _Page, y: float) -> float:
    """Draw a measure, a paragraph or rows of a table that a number opens."""
    paper = page.paper
    number = paper.decoy_first + page.at
    if "measure" in paper.decoy:
        large = paper.decoy == "measure"
        title = f"Open the {page.draw.choice(PLACES)} of {page.draw.choice(CITIES)}"
        beside = paper.decoy == "measure beside"
        page.put(
            MARGIN, y - (10 if large else 0), str(number), font=BOLD, size=30 if large else page.size + 2
        )
        below = 0 if beside else (34 if large else 22)
        page.put(MARGIN + (26 if beside else 0), y - below, title, font=BOLD, size=page.size + 2)
        y -= 62 if large else 50
    elif paper.decoy in ("numbered paragraphs", "no full stop", "hanging"):
        hanging = 30.0 if paper.decoy == "hanging" else 0.0
        start = f"{number} " if paper.decoy == "no full stop" else f"{number}. "
        if hanging:
            page.put(MARGIN, y, start.strip())
        text = paragraph(page.draw) if hanging else start + paragraph(page.draw)
        y = _lines(page, text, MARGIN + hanging, y, paper.size[0] - 2 * MARGIN - hanging) - 10
    elif paper.decoy == "rows":
        y = _rows(page, number + 6 * page.at, y)
    return y


def _rows(page: _Page, first: int, y: float) -> float:
    for row in range(6):
        place, city = page.draw.choice(PLACES), page.draw.choice(CITIES)
        page.put(MARGIN, y, str(first + row))
        page.put(MARGIN + 40, y, f"{city} {place}")
        page.put(MARGIN + 280, y, f"{page.draw.randint(300, 9900):,}", align="right")
        y -= 20
    return y - 14


def _lines(page: _Page, text: str, x: float, y: float, width: float) -> float:
    for line in simpleSplit(text, FONT, page.size, width):
        page.put(x, y, line)
        y -= page.size * 1.3
    return y


def _column(page: _Page, x: float, y: float, width: float, bottom: float, *, called: bool) -> bool:
    """Fill a column with paragraphs; the first one calls the notes of the page."""
    lowest = max(bottom, bottom + page.draw.choice((0, 0, 0, 200)))
    while True:
        text = paragraph(page.draw)
        lines = simpleSplit(text, FONT, page.size, width)
        if y - len(lines) * page.size * 1.3 < lowest:
            text = sentence(page.draw)
            lines = simpleSplit(text, FONT, page.size, width)
        if y - len(lines) * page.size * 1.3 < lowest:
            return called
        y = _lines(page, text, x, y, width)
        if not called:
            _call(page, x + page.canvas.stringWidth(lines[-1], FONT, page.size), y + page.size * 1.3)
            called = True
        y -= page.size * 0.7


def _call(page: _Page, x: float, y: float) -> None:
    numbers = [number for number, _ in _notes(page)]
    page.put(x + 0.3, y + page.size * 0.4, ",".join(numbers), size=page.size * 0.6)


def _notes(page: _Page) -> list[tuple[str, str]]:
    """Return number and text of the notes of a page: one, as their numbers then rise with the pages."""
    paper = page.paper
    if paper.notes == "none":
        return []
    draw = Random(paper.seed * 1000 + page.at)
    return [(str(paper.first_note + page.at), note(draw, paper.note_form))]


def _draw_notes(page: _Page, notes: list[tuple[str, str]]) -> None:
    if not notes:
        return
    y = 60.0 + 14 * len(notes)
    page.canvas.line(MARGIN, y + 14, MARGIN + 120, y + 14)
    for number, text in notes:
        first, *rest = simpleSplit(text, FONT, page.size - 2, page.paper.size[0] - 2 * MARGIN - 20)
        if page.paper.notes == "plain":
            page.put(MARGIN, y, f"{number} {first}", size=page.size - 2)
        else:
            raised = 3.0 if page.paper.notes == "raised" else 0.0
            page.put(MARGIN, y + raised, number, size=(page.size - 2) * (0.65 if raised else 1))
            page.put(MARGIN + 12, y, first, size=page.size - 2)
        for line in rest:
            y -= page.size
            page.put(MARGIN, y, line, size=page.size - 2)
        y -= 14
