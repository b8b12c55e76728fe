"""What reading a file gives: pages of raw text with their lines, and the file's own structure.

One `Source` a file, whatever the format. Offsets count Unicode code points of `Page.text`, which is
stored unchanged and never edited afterwards: every excerpt is a set of spans into it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

OnPage = Callable[[int, int], None]
"""Called after a page is read, with pages done and pages in all."""
OnStep = Callable[[Literal["check", "ocr"], int, int], None]
"""Called after a page is compared with the other reader or recognised, with pages done and pages in all."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in PDF points from the lower left corner of the page."""


Piece = tuple[int, int, float, float]
"""Start and end in the text of the page, left and right in points: a part of a line that stands apart."""


LEFT_OUT = "text left out: "
"""A note that begins so says what the file shows and its text lacks, with the number: the document is partial."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, `Page.text[start:end]`, without its line break.

    `box`, `size` (points) and `bold` are known for PDF only. `role` is what the markup of an HTML or
    DOCX source says: "h1" … "h6", "li", "caption", "th", "td" (one table row a line) or "p".
    `hidden` marks text a reader of the page cannot see (invisible mode, off the page, under 2 pt).
    `slant` is by how many degrees the type is turned off the next right angle.
    `calls` are the raised numbers on it that call notes, as (start, end) in `Page.text`. `row` is the number of a
    row of a sheet. `pieces` are the parts of a line that stand apart, as cells do; none where it is all one.
    """

    start: int
    end: int
    box: Box | None = None
    size: float | None = None
    bold: bool = False
    role: str | None = None
    hidden: bool = False
    calls: tuple[tuple[int, int], ...] = ()
    slant: float = 0.0
    row: int | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A physical page, `number` counted from 1. A source without pages has exactly one.

    `pagelabel` is the label the file itself gives (`/PageLabels`, "Page 2 of 6" in a text), None without one.
    `rules` are the horizontal lines drawn on it, as boxes.
    `flags`: "no_text" (shows text that it does not hold), "blank" (nothing on it to read), "ocr",
    "readers_differ", "one_reader" (the other could not read it), "failed", "hidden_text".
    """

    number: int
    text: str
    lines: tuple[Line, ...]
    width: float = 0.0
    height: float = 0.0
    pagelabel: str | None = None
    flags: frozenset[str] = frozenset()
    rules: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark of the file: `level` 1 is the outermost, `page` is physical or None."""

    title: str
    level: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read. `paged` is False for formats without pages (HTML, DOCX, plain text).

    `info` holds what the file says of itself under the keys title, author, subject, keywords, date,
    language, recipient; absent keys are unknown. `notes` are remarks for people ("contains JavaScript; not run").
    """

    format: str
    paged: bool
    pages: tuple[Page, ...]
    outline: tuple[OutlineEntry, ...] = ()
    info: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_printed(self) -> bool:
        """Whether the pages are paper, with running heads and printed numbers, and no slides told by their markup."""
        marked_up = any(line.role and line.box is None for page in self.pages for line in page.lines)
        return self.paged and not marked_up
