"""How much of what a page shows stands in passages, and what stands in none, with the reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ingest.layout.line import PageLines
from ingest.passage import Gap, GapReason, Passage
from ingest.readers.pdf.line_numbers import ROLE as LINE_NUMBER
from ingest.readers.pdf.watermarks import SLANTED
from ingest.readers.source import Line, Page, Source
from ingest.structure.footnotes import is_rule
from ingest.text.folding import shown


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of a page's body characters that stand in passages (None without any), and what stands in none.

    Blanks, hyphens and control characters do not count, as they do not when excerpts are compared.
    """

    share: float | None
    gaps: tuple[Gap, ...]


def coverages(
    source: Source,
    sheets: Sequence[PageLines],
    passages: Iterable[Passage],
    *,
    heads: AbstractSet[int],
    numbers: AbstractSet[int],
) -> dict[int, Coverage]:
    """Return page number -> its coverage. `heads` and `numbers` are indices of running heads and page numbers."""
    excused: dict[int, list[Gap]] = {
        page.number: [Gap(line.start, line.end, _unseen(line)) for line in page.lines if line.hidden]
        for page in source.pages
    }
    for sheet in sheets:
        for line in sheet.lines:
            reason = _reason(line.index, line.text, heads, numbers)
            if reason is not None:
                excused[sheet.number].append(Gap(line.start, line.end, reason))
    spans: dict[int, list[tuple[int, int]]] = {}
    for passage in passages:
        for number, start, end in passage.spans:
            spans.setdefault(number, []).append((start, end))
    return {page.number: _of_page(page, spans.get(page.number, ()), excused) for page in source.pages}


def _unseen(line: Line) -> GapReason:
    if line.role == LINE_NUMBER:
        return "line number"
    return "watermark" if line.slant >= SLANTED else "hidden"


def _reason(index: int, text: str, heads: AbstractSet[int], numbers: AbstractSet[int]) -> GapReason | None:
    if index in numbers:
        return "page number"
    if index in heads:
        return "running head"
    return "rule or leader" if not text[0].isalnum() and is_rule(text) else None


def _of_page(page: Page, spans: Iterable[tuple[int, int]], excused: Mapping[int, Sequence[Gap]]) -> Coverage:
    left_out = sorted(excused[page.number], key=lambda gap: gap.start)
    gaps, lost, missing = [], 0, 0
    for start, end in _between(sorted(spans), len(page.text)):
        for gap in _parts(start, end, left_out):
            words = page.text[gap.start : gap.end]
            count = 0 if words.isspace() else len(shown(words))
            if not count:
                continue
            found = _trimmed(gap, page.text)
            gaps.append(found)
            missing += count
            lost += count if found.reason == "no passage" else 0
    covered = len(shown(page.text)) - missing
    body = covered + lost
    return Coverage(share=round(covered / body, 4) if body else None, gaps=tuple(gaps))


def _between(spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Yield what of `[0, length)` lies in none of the spans, which come in order of their starts."""
    at = 0
    for start, end in spans:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < length:
        yield at, length


def _parts(start: int, end: int, excused: Sequence[Gap]) -> Iterator[Gap]:
    """Yield `[start, end)` cut where one reason ends and another begins."""
    at = start
    for gap in excused:
        first, last = max(gap.start, at), min(gap.end, end)
        if first >= last:
            continue
        if first > at:
            yield Gap(at, first, "no passage")
        yield Gap(first, last, gap.reason)
        at = last
    if at < end:
        yield Gap(at, end, "no passage")


def _trimmed(gap: Gap, text: str) -> Gap:
    """Return a gap without the blanks at its ends; what has neither letter nor digit is a rule or a leader."""
    words = text[gap.start : gap.end]
    start = gap.start + len(words) - len(words.lstrip())
    drawn = gap.reason == "no passage" and not any(map(str.isalnum, words))
    return Gap(start, gap.start + len(words.rstrip()), "rule or leader" if drawn else gap.reason)
