"""Where a passage of a source without pages stands: section and paragraph, or lines."""

from bisect import bisect_right
from collections.abc import Sequence

from ingest.passage import Span
from ingest.passages.opening import Sentence
from ingest.readers.source import Source
from ingest.structure.blocks import Block


class Locators:
    """Counts paragraphs in each section (HTML, DOCX) or lines (plain text) of one source."""

    def __init__(self, source: Source, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._paragraph: list[int] = []
        counts: dict[tuple[str, ...], int] = {}
        for block in blocks:
            # A note belongs to the paragraph that it stands behind; a heading is none.
            counted = block.kind != "footnote" or block.section not in counts
            if counted and not _is_heading(block):
                counts[block.section] = counts.get(block.section, 0) + 1
            self._paragraph.append(counts.get(block.section, 0))
        self._marked_up = any(line.role for page in source.pages for line in page.lines)
        text = source.pages[0].text if source.pages else ""
        self._starts = [0] + [at + 1 for at, char in enumerate(text) if char == "\n"]

    def of(self, first: Sentence, last: Sentence, spans: Sequence[Span]) -> str:
        """Return "section …, paragraph 4" or "lines 40–52" for a passage from `first` to `last`.

        A heading is cited as the section that it heads.
        """
        if not self._marked_up:
            return _range("line", self._line(spans[0][1]), self._line(max(span[2] for span in spans) - 1))
        section = self._blocks[first.block].section
        if _is_heading(self._blocks[first.block]):
            title = " ".join(line.text for line in self._blocks[first.block].lines)
            return f"section {' › '.join((*section, title))}"
        numbers = _range("paragraph", self._paragraph[first.block], self._paragraph[last.block])
        return f"section {' › '.join(section)}, {numbers}" if section else numbers

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


def _is_heading(block: Block) -> bool:
    """Return whether a block heads a section; loose lines of a title page head none."""
    return block.kind == "heading" and not block.loose


def _range(name: str, first: int, last: int) -> str:
    return f"{name} {first}" if first == last else f"{name}s {first}–{last}"
