"""Where a passage of a source without printed pages stands: section and paragraph, lines, rows of a sheet, slides."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.passage import Span
from ingest.passages.block_text import Sentence
from ingest.passages.numbers_of_law import Address, addresses, article_of, joined
from ingest.readers.formats import format_named
from ingest.readers.source import Source
from ingest.structure.blocks import Block

_COUNTED = re.compile(r"(section|sheet) (.+), ((?:paragraph|line|row)s? \d+(?:–\d+)?)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """A place in two parts: the `headings` above it, outermost first, and the `place` below them.

    `within` says what the headings are: sections of a text, or the sheet of a workbook. `place` is "paragraph 4",
    "lines 40–52", "rows 4–9", "slide 3" as counted, or what the text numbers itself by: "para. 5", "Artículo 2(a)".
    As text: "section 2. Findings, paragraph 4".
    """

    place: str
    headings: tuple[str, ...] = ()
    within: Literal["section", "sheet"] = "section"

    def __str__(self) -> str:
        return f"{self.within} {' › '.join(self.headings)}, {self.place}" if self.headings else self.place

    @classmethod
    def parse(cls, text: str, section: Sequence[str]) -> Locator:
        """Return the locator that was written as `text` for a passage of a section."""
        for count in range(len(section), 0, -1):
            words: tuple[Literal["section", "sheet"], ...] = ("section", "sheet")
            for within in words:
                start = f"{within} {' › '.join(section[:count])}, "
                if text.startswith(start):
                    return cls(place=text[len(start) :], headings=tuple(section[:count]), within=within)
        other = _COUNTED.fullmatch(text)
        if other is None:
            return cls(place=text)
        named: Literal["section", "sheet"] = "sheet" if other[1] == "sheet" else "section"
        return cls(place=other[3], headings=tuple(other[2].split(" › ")), within=named)


class Locators:
    """Tells the places in one source, by the numbers of the text where it has any, else by counting."""

    def __init__(self, source: Source, blocks: Sequence[Block]) -> None:
        found = format_named(source.format)
        self._unit = found.unit if found is not None else "paragraph"
        self._paged = source.paged
        self._blocks = blocks
        self._paragraph = _counted(blocks)
        self._marked_up = any(line.role for page in source.pages for line in page.lines)
        self._addresses = addresses(blocks) if self._marked_up else [None] * len(blocks)
        self._articles = Counter(article_of(section) for section in {block.section for block in blocks})
        self._times = Counter(at for at in self._addresses if at is not None)
        self._lines = source.pages[0].lines if source.pages else ()
        text = source.pages[0].text if source.pages else ""
        self._starts = [0] + [at + 1 for at, char in enumerate(text) if char == "\n"]

    def of(self, first: Sentence, last: Sentence, spans: Sequence[Span]) -> Locator | None:
        """Return the place of a passage from `first` to `last`, None for one on printed pages.

        A heading is cited as the section that it heads.
        """
        if self._paged:
            slides = self._unit == "page" and self._marked_up
            return Locator(place=_range("slide", spans[0][0], spans[-1][0])) if slides else None
        if not self._marked_up:
            place = _range("line", self._line(spans[0][1]), self._line(max(span[2] for span in spans) - 1))
            return Locator(place=place)
        if self._unit == "row" and (place := self._row_range(spans)):
            return Locator(place=place, headings=self._blocks[first.block].section[-1:], within="sheet")
        return self._of_text(first, last)

    def _of_text(self, first: Sentence, last: Sentence) -> Locator:
        """Return the place in a text with markup: by its own numbers, else by its section and paragraphs."""
        section = self._blocks[first.block].section
        if _is_heading(self._blocks[first.block]):
            title = " ".join(line.text for line in self._blocks[first.block].lines)
            return Locator(place=f"section {' › '.join((*section, title))}")
        start, end = self._addresses[first.block], self._addresses[last.block]
        if start is not None and end is not None:
            return self._numbered(start, end, section)
        if article := article_of(section):
            # Paragraphs that are counted would be taken for those that the article numbers.
            return Locator(place=article, headings=section[:-1] if self._articles[article] > 1 else ())
        place = _range("paragraph", self._paragraph[first.block], self._paragraph[last.block])
        return Locator(place=place, headings=section)

    def _numbered(self, start: Address, end: Address, section: tuple[str, ...]) -> Locator:
        """Return a place by the text's own numbers; an article that is the only one so called needs no section."""
        place = joined(start, end)
        if start.article and self._times[start] == 1:
            return Locator(place=place)
        return Locator(place=place, headings=section[:-1] if article_of(section) else section)

    def _row_range(self, spans: Sequence[Span]) -> str:
        """Return the rows of a sheet that spans cover, but for a header that is repeated above later rows."""
        covered = sorted(
            {
                at
                for _, start, end in spans
                for at in range(self._line_at(start), self._line_at(end - 1) + 1)
                if self._lines[at].row is not None
            }
        )
        gap = next((at for at in range(1, len(covered)) if covered[at] > covered[at - 1] + 1), 0)
        rows = [row for at in covered[gap:] if (row := self._lines[at].row) is not None]
        return _range("row", rows[0], rows[-1]) if rows else ""

    def _line_at(self, offset: int) -> int:
        """Return the index of the line that an offset is in."""
        return max(0, bisect_right(self._lines, offset, key=lambda line: line.start) - 1)

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


def _counted(blocks: Sequence[Block]) -> list[int]:
    """Return which paragraph of its section each block is.

    A note belongs to the paragraph that it stands behind; a heading is none.
    """
    counts: dict[tuple[str, ...], int] = {}
    found = []
    for block in blocks:
        counted = block.kind != "footnote" or block.section not in counts
        if counted and not _is_heading(block):
            counts[block.section] = counts.get(block.section, 0) + 1
        found.append(counts.get(block.section, 0))
    return found


def _is_heading(block: Block) -> bool:
    """Return whether a block heads a section; loose lines of a title page head none."""
    return block.kind == "heading" and not block.loose


def _range(name: str, first: int, last: int) -> str:
    return f"{name} {first}" if first == last else f"{name}s {first}–{last}"
