"""Headings: outline titles, numbered lines, larger or bolder type, and lines that stand alone.

A heading is short, does not end like a sentence and is followed by something that it heads. Its level
comes from its numbering where it has one, else from its type: headings set alike stand on one level.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.clean.paragraphs import continues, ends_sentence
from ingest.clean.rows import Layout, Row
from ingest.fold import fold
from ingest.source import OutlineEntry

# Headings of policy papers run to three printed lines and about 200 characters.
MAX_ROWS = 4
MAX_CHARACTERS = 220
# Type larger than the body by this many points is heading type.
LARGER = 0.9
# White space above an unnumbered heading in bold or capitals, in usual leadings.
APART = 1.25

Shape = Literal["decimal", "roman", "letter", "word", "plain"]

_DECIMAL = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=[^\W\d_]|[“\"¿¡(])")
_ROMAN = re.compile(r"^([IVXL]{1,6})[.\s–-]+\s*(?=[^\W\d_])")
_LETTER = re.compile(r"^([A-Z])[.)]\s+(?=[^\W\d_])")
_WORD = re.compile(
    r"^(?:chapter|part|section|annex|appendix|capítulo|capitulo|título|titulo|parte|sección|seccion|anexo|apéndice|"
    r"capítulo|seção|chapitre|titre|partie|annexe|article|artículo|articulo|art\.)\s+"
    r"(?:[IVXLC]+|\d+|[A-Z])\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:article|artículo|articulo|art\.)\s", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its rows, its text, and what its level is told from."""

    rows: tuple[Row, ...]
    text: str
    shape: Shape
    depth: int
    size: float
    bold: bool
    capitals: bool
    level: int | None = None


def numbering(text: str) -> tuple[Shape, int]:
    """Return the shape of the numbering a line starts with and its depth ("2.3" has depth 2)."""
    match = _DECIMAL.match(text)
    if match:
        return "decimal", match.group(1).count(".") + 1
    if _WORD.match(text):
        return "word", 2 if _ARTICLE.match(text) else 1
    if _ROMAN.match(text):
        return "roman", 1
    if _LETTER.match(text):
        return "letter", 1
    return "plain", 1


class Outline:
    """The bookmarks of the file, looked up by page and folded title."""

    def __init__(self, entries: Sequence[OutlineEntry]) -> None:
        self._levels: dict[tuple[int | None, str], int] = {}
        for entry in entries:
            key = fold(entry.title).lower()
            if len(key) >= 3:
                self._levels.setdefault((entry.page, key), entry.level)

    def level(self, page: int, text: str) -> int | None:
        """Return the bookmark level of a title standing on `page`, or None."""
        return self._levels.get((page, fold(text).lower()))


def heading_of(
    paragraph: Sequence[Row], following: Row | None, layout: Layout, outline: Outline
) -> Heading | None:
    """Return the heading that `paragraph` is, or None. `following` is the next text row, if any."""
    text = " ".join(row.text for row in paragraph)
    first = paragraph[0]
    level = outline.level(first.page, text)
    if first.role is not None:
        return _by_role(paragraph, text)
    if not _may_be(paragraph, text):
        return None
    size = max((row.size or 0.0) for row in paragraph)
    bold = all(row.bold for row in paragraph)
    shape, depth = numbering(text)
    capitals = text.isupper()
    heading = Heading(tuple(paragraph), text, shape, depth, size, bold, capitals, level)
    if level is not None or _looks(heading, first, following, layout):
        return heading
    return None


def _by_role(paragraph: Sequence[Row], text: str) -> Heading | None:
    role = paragraph[0].role or ""
    if len(role) == 2 and role[0] == "h" and role[1].isdigit():
        return Heading(tuple(paragraph), text, "plain", 1, 0.0, False, False, int(role[1]))
    return None


def _may_be(paragraph: Sequence[Row], text: str) -> bool:
    if len(paragraph) > MAX_ROWS or len(text) > MAX_CHARACTERS or len(_LETTERS.findall(text)) < 3:
        return False
    if continues(text) or (text.rstrip("\"'”’»)")[-1:] in ".;,:" and not text.isupper() and len(text) > 60):
        return False
    return not (text[-1:] in ",;" or (text[-1:] == "." and numbering(text)[0] == "plain"))


def _looks(heading: Heading, first: Row, following: Row | None, layout: Layout) -> bool:  # noqa: PLR0911  one rule a line reads best
    if following is None and first.box is None:
        return False
    larger = layout.body_size > 0 and heading.size >= layout.body_size + LARGER
    if larger:
        return True
    small = layout.body_size > 0 and heading.size < layout.body_size - LARGER
    apart = _apart(first, layout)
    if first.box is None:
        return _looks_in_text(heading, first, following)
    if small:
        return False
    if heading.bold and not layout.bold_body:
        return apart or heading.shape != "plain"
    if heading.capitals and apart:
        return True
    return (
        heading.shape in ("decimal", "roman", "letter", "word")
        and apart
        and not ends_sentence(heading.text)
        and (heading.shape != "decimal" or heading.depth > 1)
    )


def _apart(row: Row, layout: Layout) -> bool:
    if row.gap is None:
        return True
    height = row.size or layout.body_size
    return row.gap >= (APART - 1) * layout.leading + (layout.leading - height) * 0.5


def _looks_in_text(heading: Heading, first: Row, following: Row | None) -> bool:
    """Decide for text without type sizes: short, alone between empty lines, and text follows."""
    alone = following is None or following.blank_above > 0
    if (
        not alone
        or len(heading.rows) > 2
        or (first.blank_above == 0 and first.index > 0 and not _first(first))
    ):
        return False
    if heading.shape != "plain":
        return not ends_sentence(heading.text) or heading.text.endswith("?")
    if ends_sentence(heading.text):
        return heading.text.endswith("?") and len(heading.text) < 100
    return len(heading.text) <= 110 and len(heading.text.split()) <= 16


def _first(row: Row) -> bool:
    """Say whether a row opens its page (nothing can be above it)."""
    return row.blank_above == 0


class Sections:
    """The path of headings above the current line."""

    def __init__(self) -> None:
        self._stack: list[Heading] = []

    def push(self, heading: Heading) -> None:
        """Put `heading` where it belongs: headings of its rank and below leave."""
        while self._stack and not _above(self._stack[-1], heading):
            self._stack.pop()
        self._stack.append(heading)

    def headings(self) -> tuple[Heading, ...]:
        """Return the headings of the path themselves."""
        return tuple(self._stack)

    def path(self) -> tuple[str, ...]:
        """Return the headings from the outermost in."""
        return tuple(heading.text for heading in self._stack)


def _above(upper: Heading, lower: Heading) -> bool:  # noqa: PLR0911  one rule a line reads best
    """Say whether `upper` can stand above `lower` in the path."""
    if upper.level is not None and lower.level is not None:
        return upper.level < lower.level
    if upper.shape == lower.shape == "decimal":
        return upper.depth < lower.depth
    if abs(upper.size - lower.size) > LARGER / 2:
        return upper.size > lower.size
    if upper.bold != lower.bold:
        return upper.bold
    if upper.capitals != lower.capitals:
        return upper.capitals
    order = ("word", "roman", "letter", "decimal")
    if upper.shape in order and lower.shape in order and upper.shape != lower.shape:
        return order.index(upper.shape) < order.index(lower.shape)
    if upper.shape != lower.shape:
        return lower.shape == "plain"
    return upper.depth < lower.depth
