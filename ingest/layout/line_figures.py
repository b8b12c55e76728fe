"""Lines of one wording over several pages: whether their figures make each of them a line of its own."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.layout.line import LayoutLine
from ingest.layout.number_words import counts_something_else, is_sentence
from ingest.text.numerals import roman_value

_FIGURE = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a line and where it stands."""

    value: int
    start: int
    end: int


def same_words(rows: Sequence[LayoutLine]) -> set[int]:
    """Return the indices of the rows, alike but for their figures, whose figures do not tell them apart.

    Figures that differ as the pages do may count them and are left out; the others must be the same on another
    page. Where that is so for half of the lines, all are heads: a chapter of one page has its number once. Lines
    whose figures say something else on each page are text: forms, notes, numbered paragraphs, captions.
    """
    figures = {row.index: _figures(row) for row in rows}
    counting: dict[tuple[int, int], set[int]] = defaultdict(set)
    same: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in rows:
        for slot, figure in enumerate(figures[row.index]):
            same[slot, figure.value].add(row.page)
            counting[slot, figure.value - row.page].add(row.page)
    pages: dict[tuple[int, ...], set[int]] = defaultdict(set)
    rests: dict[int, tuple[int, ...]] = {}
    for row in rows:
        own = figures[row.index]
        counted = [
            len(same[slot, figure.value]) < 2
            and len(counting[slot, figure.value - row.page]) > 1
            and not counts_something_else(row.text[: figure.start], row.text[figure.end :])
            for slot, figure in enumerate(own)
        ]
        if any(counted) and is_sentence(row.text):
            continue
        rest = tuple(-1 if left_out else figure.value for figure, left_out in zip(own, counted, strict=True))
        rests[row.index] = rest
        pages[rest].add(row.page)
    explained = {index for index, rest in rests.items() if len(pages[rest]) > 1}
    return {row.index for row in rows} if 2 * len(explained) >= len(rows) else explained


def _figures(row: LayoutLine) -> list[_Figure]:
    """Return the figures of a line, roman ones among them."""
    return [
        _Figure(int(match[:9]) if match.isdigit() else roman_value(match) or 0, found.start(), found.end())
        for found in _FIGURE.finditer(row.text.lower())
        for match in (found.group(),)
    ]
