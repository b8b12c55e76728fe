"""Headings: outline titles, numbered lines, larger or bolder type, and lines that stand alone.

A heading is short, does not end like a sentence and is followed by something that it heads. Its level
comes from its numbering where it has one, else from its type: headings set alike stand on one level.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.layout.line import Layout, LayoutLine
from ingest.layout.line_ends import continues, ends_sentence
from ingest.layout.line_kinds import follows_item, is_enumerated, is_letterhead, is_numbered_paragraph
from ingest.readers.source import OutlineEntry
from ingest.structure.heading_context import (
    closes,
    goes_on_below,
    is_row_of_pieces,
    is_signature,
    names_axis,
)
from ingest.structure.heading_forms import article_title, is_cut_off, is_entry, is_noise, is_statement
from ingest.structure.paragraphs import Paragraph
from ingest.text.folding import fold

# Headings of policy papers run to three printed lines and about 200 characters.
MAX_LINES = 4
MAX_CHARACTERS = 220
# Type larger than the body by this many points is heading type.
LARGER = 0.9
# White space above an unnumbered heading in bold or capitals, in usual leadings.
APART = 1.25

# Capitals shorter than this are acronyms and labels.
MIN_CAPITALS = 5
# Small capitals are set in type of this share of the body's: 0.7 to 0.85 of its capitals.
SMALL_CAPITALS = 0.7
# Words of an unnumbered heading in body type; longer lines without a full stop are parts of sentences.
MAX_WORDS = 22
# Words of a heading that ends with a full stop ("ii) Mitigate discrimination in Peru.").
MAX_ENDED_WORDS = 24
# Words of one in larger or bold type that ends with a full stop.
MAX_STOPPED_WORDS = 16
# Words from which a heading that ends like a sentence is text as well ("Article 5. Purpose." is not).
SENTENCE_WORDS = 6
# UN papers set headings of up to three lines in body type, 18 to 25 points narrower than the text.
LONGEST_WORDS = 45
NARROWER = 14.0

Shape = Literal["decimal", "roman", "letter", "word", "plain"]

_DECIMAL = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})(?:\.?\s+(?=[^\W\d_]|[“\"¿¡(])|\.(?=[A-ZÀ-Þ]))")
_ROMAN = re.compile(r"^([IVXL]{1,6})[.\s–-]+\s*(?=[^\W\d_])")
_LETTER = re.compile(r"^([A-Z])[.)]\s+(?=[^\W\d_])")
_WORD = re.compile(
    r"^(?:chapter|part|section|annex|appendix|capítulo|capitulo|título|titulo|parte|sección|seccion|anexo|apéndice|"
    r"capítulo|seção|chapitre|titre|partie|annexe|article|artículo|articulo|art\.)\s+"
    r"(?:[IVXLC]+|\d+|[A-Z])\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"^(\d{1,2})\s+(?=[^\W\d_])")
_ENUMERATOR = re.compile(r"^\(?(?:[a-zñ]{1,2}|[ivx]{1,5}|\d{1,2})[).]\s+")
_ARTICLE = re.compile(r"^(?:article|artículo|articulo|art\.)\s", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
# "[C − 2025/004080]", the number of an act that a gazette sets between its headings.
_BRACKETED = re.compile(r"^\[[^\[\]]*\d[^\[\]]*\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: its lines, its text, and what its level is told from."""

    lines: tuple[LayoutLine, ...]
    text: str
    shape: Shape = "plain"
    depth: int = 1
    size: float = 0.0
    bold: bool = False
    capitals: bool = False
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


def lone_counts(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """Return the lines of text without type that start with a number, no stop, and stand in no series.

    "1 citation" and "20 March 2024" number no section; "1 Introduction" does where "2 Methods" follows.
    """
    counts = {
        paragraph.first.index: int(match.group(1))
        for paragraph in paragraphs
        if paragraph.first.box is None and (match := _COUNT.match(paragraph.text))
    }
    numbers = set(counts.values())
    return frozenset(line for line, number in counts.items() if not numbers & {number - 1, number + 1})


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
        if not self._levels or len(text) > MAX_CHARACTERS:
            return None
        return self._levels.get((page, fold(text).lower()))


def heading_of(
    paragraph: Paragraph, above: Paragraph | None, below: Paragraph | None, layout: Layout, outline: Outline
) -> Heading | None:
    """Return the heading that `paragraph` is, or None.

    `above` is the paragraph before, None after another heading or at the start; `below` the one after.
    """
    if paragraph.first.role is not None:
        return _by_role(paragraph)
    level = outline.level(paragraph.first.page, paragraph.text)
    if not _may_be(paragraph, layout):
        return None
    if level is None and below is not None:
        goes_on = paragraph.prose and below.ends and continues(below.text)
        if goes_on or goes_on_below(paragraph, below) or names_axis(paragraph, below):
            return None
    heading = plain_heading(paragraph, level)
    if level is None and _in_body_type(heading, layout) and closes(paragraph, above, below):
        return None
    if level is not None or _by_type(heading, layout) or _alone(heading, paragraph, above, below, layout):
        return heading
    return None


def plain_heading(paragraph: Paragraph, level: int | None = None) -> Heading:
    """Return a paragraph as a heading, with what its level is told from."""
    shape, depth = numbering(paragraph.text)
    return Heading(
        lines=paragraph.lines,
        text=article_title(heading_text(paragraph)),
        shape=shape,
        depth=depth,
        size=max((line.size or 0.0) for line in paragraph.lines),
        bold=all(line.bold for line in paragraph.lines),
        capitals=paragraph.text.isupper(),
        level=level,
    )


def heading_text(paragraph: Paragraph) -> str:
    """Return what a heading says: without the numbers that call notes, and without a number of the act in brackets."""
    lines = [line for line in paragraph.lines if not _is_beside(line.text)] or paragraph.lines
    return " ".join(line.text[: len(line.text) - line.call].rstrip() for line in lines)


def _is_beside(text: str) -> bool:
    """Return whether a line among those of a heading is the number of an act or the symbol of the paper."""
    return _BRACKETED.match(text) is not None or ("/" in text and is_letterhead(text))


def _by_role(paragraph: Paragraph) -> Heading | None:
    role = paragraph.first.role or ""
    if len(role) == 2 and role[0] == "h" and role[1].isdigit():
        return Heading(lines=paragraph.lines, text=paragraph.text, level=int(role[1]))
    return None


def _may_be(paragraph: Paragraph, layout: Layout) -> bool:
    text = paragraph.text
    if len(paragraph.lines) > MAX_LINES or len(text) > MAX_CHARACTERS or len(_LETTERS.findall(text)) < 3:
        return False
    if (continues(text) and not paragraph.item) or paragraph.cells or text[-1:] in ",;":
        return False
    if is_row_of_pieces(paragraph) or is_cut_off(text) or is_noise(text):
        return False
    if paragraph.item and not is_enumerated(text) and numbering(text)[0] == "plain":
        return False
    if text[-1:] in ".:" and numbering(text)[0] == "plain" and not (text.isupper() or paragraph.item):
        return _is_set_apart(paragraph, layout) and not is_entry(text)
    return not is_entry(text)


def _is_set_apart(paragraph: Paragraph, layout: Layout) -> bool:
    """Return whether a line that ends with a full stop is set as a heading: larger or bold, short, and no statement."""
    text = paragraph.text
    if text[-1] != "." or layout.bold_body or is_statement(text) or not is_titled(text):
        return False
    larger = all((line.size or 0.0) >= layout.body_size + LARGER for line in paragraph.lines)
    bold = all(line.bold for line in paragraph.lines)
    return (larger or bold) and len(text.split()) <= MAX_STOPPED_WORDS


def _by_type(heading: Heading, layout: Layout) -> bool:
    """Decide by larger type, or by bold type and capitals set apart from what stands above."""
    if not layout.body_size:
        return False
    if heading.size >= layout.body_size + LARGER:
        return True
    if heading.size < layout.body_size - LARGER or (ends_sentence(heading.text) and not heading.bold):
        return False
    apart = _apart(heading.lines[0], layout)
    if heading.bold and not layout.bold_body:
        return apart or heading.shape != "plain"
    return heading.capitals and apart and len(heading.text) > MIN_CAPITALS


def _in_body_type(heading: Heading, layout: Layout) -> bool:
    return not heading.bold and heading.size < layout.body_size + LARGER


def _apart(line: LayoutLine, layout: Layout) -> bool:
    if line.gap is None:
        return True
    height = line.size or layout.body_size
    return line.gap >= (APART - 1) * layout.leading + (layout.leading - height) * 0.5


def _alone(  # noqa: PLR0911  one rule a line reads best
    heading: Heading, paragraph: Paragraph, above: Paragraph | None, below: Paragraph | None, layout: Layout
) -> bool:
    """Decide about a short line in body type: text ends above it, and prose or items begin below it."""
    if not is_titled(heading.text) or not _brief(heading, layout) or is_statement(heading.text):
        return False
    if is_signature(paragraph, above, layout):
        return False
    if below is None or not (below.item or (below.prose and not continues(below.text))):
        return False
    if above is not None and above.prose and not (above.ends or above.item):
        return False
    if above is not None and not above.ends and heading.shape == "plain" and not above.item:
        return False
    if above is not None and follows_item(above.text, heading.text):
        return False
    if paragraph.item and below.item and (heading.text[0].isdigit() or not is_numbered_paragraph(below.text)):
        return False
    if paragraph.ends:
        single = paragraph.item and not below.item and (above is None or not above.item)
        title = heading.text.endswith("?") or heading.shape != "plain" or single
        return title and len(heading.text.split()) <= MAX_ENDED_WORDS
    if heading.lines[0].box is None:
        return _alone_in_text(heading, below)
    small_capitals = heading.capitals and heading.size >= SMALL_CAPITALS * layout.body_size
    large = small_capitals or heading.size >= layout.body_size - LARGER
    return large and _apart(below.first, layout)


def _brief(heading: Heading, layout: Layout) -> bool:
    """Return whether a heading in body type is short: few words, or lines broken well before the margin."""
    words = len(heading.text.split())
    if words <= MAX_WORDS and len(heading.lines) <= 2:
        return True
    narrow = layout.right > 0 and heading.lines[0].right < layout.right - NARROWER
    return narrow and words <= LONGEST_WORDS


def is_sentence(text: str) -> bool:
    """Return whether a heading says something of its own: "Article 36. Paragraph 12 of article 131 is repealed."."""
    return ends_sentence(text) and text[-1] != "?" and len(text.split()) >= SENTENCE_WORDS


def is_titled(text: str) -> bool:
    """Return whether a line starts like a title: with a capital, after an enumerator if there is one."""
    bare = _ENUMERATOR.sub("", text)
    letters = _LETTERS.search(bare)
    return letters is not None and (letters.group().isupper() or numbering(text)[0] != "plain")


def _alone_in_text(heading: Heading, below: Paragraph) -> bool:
    if len(heading.lines) > 2 or len(heading.text) > 120:
        return False
    return below.first.blank_above > 0 or below.first.page != heading.lines[0].page


class Sections:
    """The path of headings above the current line."""

    def __init__(self) -> None:
        self._stack: list[Heading] = []

    def push(self, heading: Heading) -> None:
        """Put `heading` where it belongs: headings of its rank and below leave."""
        while self._stack and not _above(self._stack[-1], heading):
            self._stack.pop()
        self._stack.append(heading)

    def repeats(self, heading: Heading) -> bool:
        """Return whether a line in plainer type says again what a heading above it on its page says."""
        if heading.capitals:
            return False
        said, page = folded_text(heading), heading.lines[0].page
        same = [other for other in self._stack if other.lines[0].page == page and folded_text(other) == said]
        return any(other.bold > heading.bold or other.size > heading.size + LARGER / 2 for other in same)

    def path(self) -> tuple[str, ...]:
        """Return the headings from the outermost in."""
        return tuple(heading.text for heading in self._stack)


def folded_text(heading: Heading) -> str:
    """Return what a heading says, without blanks, case and a full stop at its end: to tell it said again."""
    return fold(heading.text).rstrip(".").casefold()


def _above(upper: Heading, lower: Heading) -> bool:  # noqa: PLR0911  one rule a line reads best
    """Return whether `upper` can stand above `lower` in the path. Outlines are often flat, so numbering leads."""
    if upper.shape == lower.shape == "decimal" and upper.depth != lower.depth:
        return upper.depth < lower.depth
    if upper.level is not None and lower.level is not None and upper.level != lower.level:
        return upper.level < lower.level
    if abs(upper.size - lower.size) > LARGER / 2:
        return upper.size > lower.size
    if upper.level is not None and lower.level is not None:
        return False
    if upper.bold != lower.bold:
        return upper.bold
    if upper.capitals != lower.capitals:
        return upper.capitals
    if upper.shape in _ORDER and lower.shape in _ORDER and upper.shape != lower.shape:
        return _ORDER.index(upper.shape) < _ORDER.index(lower.shape)
    if upper.shape != lower.shape:
        return lower.shape == "plain" and not upper.size
    return upper.depth < lower.depth


# Numbering from the outermost in, where type says nothing.
_ORDER: tuple[Shape, ...] = ("word", "roman", "letter", "decimal")
