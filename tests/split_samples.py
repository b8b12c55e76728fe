"""Small real sources for the tests of cleaning and splitting: lines with boxes, sizes and weights."""

from dataclasses import dataclass

from ingest.layout.line import Layout, LayoutLine, PageLines, layout_of, lines_of_pages
from ingest.readers.source import Line, Page, Source

HEIGHT = 842.0
WIDTH = 595.0


@dataclass(frozen=True)
class Printed:
    """One printed line: text, base line (points from below), left and right edge, size, weight."""

    text: str
    y: float
    left: float = 85.0
    right: float = 510.0
    size: float = 10.0
    bold: bool = False
    hidden: bool = False


def pdf_page(number: int, *printed: Printed, label: str | None = None) -> Page:
    """Return a page whose text is its lines joined by CRLF, as pdfium gives it."""
    text, lines = "", []
    for item in printed:
        start = len(text)
        text += item.text
        box = (item.left, item.y, item.right, item.y + 0.9 * item.size)
        lines.append(Line(start, len(text), box, item.size, item.bold, None, item.hidden))
        text += "\r\n"
    return Page(number, text, tuple(lines), WIDTH, HEIGHT, label)


def pdf(*pages: Page) -> Source:
    return Source("pdf", True, pages)


def text_page(number: int, text: str) -> Page:
    """Return a page of plain text: lines without boxes, as text dumped from a PDF has them."""
    lines, at = [], 0
    for part in text.split("\n"):
        lines.append(Line(at, at + len(part)))
        at += len(part) + 1
    return Page(number, text, tuple(lines))


def paragraph(
    text: str, y: float, *, width: int = 80, left: float = 85.0, size: float = 10.0
) -> list[Printed]:
    """Break `text` into printed lines 12 points apart; the last one ends where its words end."""
    words, rows, row = text.split(), [], ""
    for word in words:
        if row and len(row) + 1 + len(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    rows.append(row)
    printed = []
    for at, line in enumerate(rows):
        right = 510.0 if at < len(rows) - 1 else left + 425.0 * len(line) / width
        printed.append(Printed(line, y - 12.0 * at, left, right, size))
    return printed


PROSE = (
    "The number of people who asked for help grew in every month of the year, and most of them came to the "
    "offices in the north. The ministry opened three new offices there and sent staff from the capital. "
)


def prose(seed: int) -> str:
    """Return PROSE with other words in front, so that no two pages have a line in common."""
    first = f"{chr(65 + seed % 26)}{chr(97 + seed * 7 % 26)}ra "
    words = PROSE.split()
    turn = seed * 5 % len(words)
    return first + " ".join(words[turn:] + words[:turn]).lower().replace(".", "") + "."


def laid_out(*pages: Page) -> tuple[tuple[PageLines, ...], Layout]:
    """Return the lines of these pages, as the steps of layout and structure see them, and what is usual."""
    lines = lines_of_pages(pdf(*pages))
    return lines, layout_of(lines)


def lines_of(*pages: Page) -> list[LayoutLine]:
    """Return the lines of all these pages in reading order."""
    return [line for page in laid_out(*pages)[0] for line in page.lines]
