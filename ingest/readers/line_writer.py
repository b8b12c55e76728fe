"""Lines of a marked-up source (HTML, DOCX) as they are said, piece by piece, with roles and raised numbers."""

import re
from dataclasses import dataclass, field, replace

from ingest.readers.note_marks import CALL, RAISED_FIGURES, is_exponent
from ingest.readers.source import Line, Page
from ingest.text.safe import storable

CELL_GAP = " | "
# Pieces of text that can hold the unit before an exponent.
UNIT_PIECES = 4

_BLANKS = re.compile(r"[\s\u200b]+")
_EXPONENT = re.compile(r"[+\-−–]?\d{1,3}")
_LOWERED = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋")

# A line of its own that only numbers a part of a law heads what follows, however the page sets it.
_PARTS_OF_LAW = {
    "h2": r"(?:title|título|titulo|titre|part|parte|partie|book|libro|livro|livre)\s+[\dIVXLC]+\.?",
    "h3": r"(?:chapter|capítulo|capitulo|chapitre|annex|anexo|annexe)\s+[\dIVXLC]+\.?",
    "h4": r"(?:section|sección|seccion|seção|secção)\s+[\dIVXLC]+\.?",
    "h5": r"(?:article|artículo|articulo|artigo|art\.)\s+\d{1,4}(?:\.?\s?[º°]|[.-]?[a-z])?(?:\s?(?:bis|ter))?[.–-]*",
}
_PART_OF_LAW = {role: re.compile(pattern, re.IGNORECASE) for role, pattern in _PARTS_OF_LAW.items()}


def role_of_part(text: str) -> str | None:
    """Return h2 … h5 for a line that is only the number of a part of a law ("Article 22"), None for others."""
    return next((role for role, pattern in _PART_OF_LAW.items() if pattern.fullmatch(text)), None)


def folded(text: str) -> str:
    """Return text with its blanks collapsed, as a browser shows it."""
    return storable(_BLANKS.sub(" ", text).strip())


@dataclass(slots=True)
class LineWriter:
    """Collects the text of a source line by line. `role` and `calls` are those of `Line`.

    `prefix`, the number of a list item, is said before the next text, in whatever block that stands.
    """

    parts: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    length: int = 0
    role: str | None = None
    prefix: str = ""
    _waiting: list[str] = field(default_factory=list)
    _calls: list[int] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add text to the line."""
        if self.prefix and text.strip():
            self._waiting.append(self.prefix)
            self.prefix = ""
        self._waiting.append(text)

    def raised(self, text: str) -> None:
        """Add raised text: an exponent in Unicode's raised figures, a call of a note, or letters as they are."""
        text = text.strip()
        before = "".join(self._waiting[-UNIT_PIECES:]).rstrip()
        if _EXPONENT.fullmatch(text) and is_exponent(before, 0, len(before)):
            self.say(text.translate(RAISED_FIGURES))
        elif CALL.fullmatch(text):
            self.call(text)
        else:
            self.say(text)

    def lowered(self, text: str) -> None:
        """Add lowered text; figures in Unicode's lowered ones, so that CO₂ is not read as CO2 or CO 2."""
        self.say(text.translate(_LOWERED) if _EXPONENT.fullmatch(text.strip()) else text)

    def call(self, number: str) -> None:
        """Add the number of a note where it is called."""
        if self.prefix:
            self._waiting.append(self.prefix)
            self.prefix = ""
        self._calls.append(len(self._waiting))
        self._waiting.append(number)

    @property
    def waiting(self) -> bool:
        """Whether the line holds anything yet."""
        return any(not piece.isspace() for piece in self._waiting if piece)

    def ends_with_stop(self) -> bool:
        """Return whether the line so far ends with a full stop, as "N." does before a raised "o"."""
        return "".join(self._waiting[-UNIT_PIECES:]).endswith(".")

    def end_line(self, role: str | None = None, *, row: int | None = None) -> None:
        """Close the line, with `role` or the writer's own; a blank one is dropped."""
        text, calls = self._joined()
        if not text:
            return
        named = role or self.role or "p"
        if named == "p":
            named = role_of_part(text) or named
        self.lines.append(Line(self.length, self.length + len(text), role=named, calls=calls, row=row))
        self.parts.append(text)
        self.length += len(text) + 1

    def _joined(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        pieces: list[str] = []
        calls: list[tuple[int, int]] = []
        at, blank, called = self.length, True, set(self._calls)
        for number, waiting in enumerate(self._waiting):
            piece = storable(_BLANKS.sub(" ", waiting))
            piece = piece[1:] if blank and piece[:1] == " " else piece
            if number in called:
                calls.append((at, at + len(piece)))
            pieces.append(piece)
            at += len(piece)
            blank = piece[-1:] == " " if piece else blank
        self._waiting.clear()
        self._calls.clear()
        return "".join(pieces).rstrip(), tuple(calls)

    def take(self, other: "LineWriter") -> None:
        """Add the lines of another writer to this line, joined by blanks, with their calls."""
        for number, (part, line) in enumerate(zip(other.parts, other.lines, strict=True)):
            if number:
                self.say(" ")
            at = 0
            for start, end in line.calls:
                self.say(part[at : start - line.start])
                self.call(part[start - line.start : end - line.start])
                at = end - line.start
            self.say(part[at:])

    def append(self, other: "LineWriter") -> None:
        """Add the lines of another writer below those that are there."""
        for part, line in zip(other.parts, other.lines, strict=True):
            shift = self.length - line.start
            calls = tuple((start + shift, end + shift) for start, end in line.calls)
            self.lines.append(replace(line, start=self.length, end=line.end + shift, calls=calls))
            self.parts.append(part)
            self.length += len(part) + 1

    def drop_last(self) -> None:
        """Take the last line back."""
        self.lines.pop()
        self.length -= len(self.parts.pop()) + 1

    def page(self, flags: frozenset[str] = frozenset()) -> Page:
        """Return everything as the one page of a source without pages."""
        return Page(1, "\n".join(self.parts), tuple(self.lines), flags=flags)
