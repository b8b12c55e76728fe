"""Clean text that knows where in the raw pages each of its characters came from.

A `MappedText` is a string and runs over it. A run of equal lengths is a one-to-one copy; a run of one raw
character and two or three clean ones is a ligature; an inserted blank has no run. Spans of any slice
follow from the runs, so clean text cannot drift away from the stored page.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.passage import Span
from ingest.text.folding import LIGATURES, fold, is_control

# Everything that is not copied one to one: blanks other than a single space, dot leaders, controls, ligatures.
_SPECIAL = re.compile(
    " {2,}|[^\\S ]|\\.(?: ?\\.){4,} ?|…{2,} ?|[\ufb00-\ufb06\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufffe\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Clean `[start, start + length)` came from raw `[raw, raw + raw_length)` of `page`."""

    start: int
    length: int
    page: int
    raw: int
    raw_length: int


@dataclass(frozen=True, slots=True)
class MappedText:
    """Clean text and its runs, in order of `start`; `parts` are the places of a table's pieces, none for other text."""

    text: str
    runs: tuple[Run, ...]
    parts: tuple[tuple[int, int], ...] = ()

    def spans(self, start: int, end: int, pages: Mapping[int, str]) -> tuple[Span, ...]:
        """Return the raw spans of `text[start:end]` in reading order.

        Neighbouring spans are joined where the raw text between them folds to nothing. `pages` maps a
        page number to its raw text.
        """
        spans: list[Span] = []
        for run in self.runs:
            if run.start >= end:
                break
            if run.start + run.length <= start:
                continue
            spans_add(spans, _part(run, start, end), pages)
        return tuple(spans)

    def places(
        self, start: int, end: int, raw: Mapping[int, Sequence[tuple[int, int]]]
    ) -> Iterator[tuple[int, int]]:
        """Yield where raw places, page -> (start, end) in order, lie in `text[start:end]`; those copied whole."""
        for run in self.runs:
            if run.start >= end:
                break
            if run.start + run.length <= start or run.length != run.raw_length:
                continue
            places = raw.get(run.page)
            if not places:
                continue
            inside = slice(bisect_left(places, (run.raw,)), bisect_left(places, (run.raw + run.raw_length,)))
            for first, last in places[inside]:
                low, high = run.start + first - run.raw, run.start + last - run.raw
                if max(start, run.start) <= low and high <= min(end, run.start + run.length):
                    yield low, high


def _part(run: Run, start: int, end: int) -> Span:
    if run.length != run.raw_length:
        return (run.page, run.raw, run.raw + run.raw_length)
    first = max(start, run.start) - run.start
    last = min(end, run.start + run.length) - run.start
    return (run.page, run.raw + first, run.raw + last)


def spans_add(spans: list[Span], span: Span, pages: Mapping[int, str]) -> None:
    """Append `span`, joining it to the last one where only foldable characters lie between."""
    if spans:
        page, start, end = spans[-1]
        if page == span[0] and span[1] - end >= 0 and not fold(pages[page][end : span[1]]):
            spans[-1] = (page, start, span[2])
            return
    spans.append(span)


class Builder:
    """Collects clean text from raw slices; blanks collapse to one space, controls are dropped."""

    def __init__(self, pages: Mapping[int, str]) -> None:
        self._pages = pages
        self._parts: list[str] = []
        self._runs: list[Run] = []
        self._length = 0
        self._blank = True

    def __len__(self) -> int:
        return self._length

    def copy(self, page: int, start: int, end: int) -> None:
        """Append the clean form of raw `[start, end)` of `page`."""
        raw = self._pages[page]
        position = start
        for match in _SPECIAL.finditer(raw, start, end):
            at = match.start()
            self._take(page, position, at)
            self._special(page, at, match.group())
            position = match.end()
        self._take(page, position, end)

    def blank(self, separator: str = " ") -> None:
        """Append a separator unless the text is empty or already ends with one."""
        if not self._blank:
            self._put(separator)
            self._blank = True

    def keep(self, page: int, at: int, text: str) -> None:
        """Append `text` as the clean form of the one raw character at `at`."""
        self._runs.append(Run(self._length, len(text), page, at, 1))
        self._put(text)
        self._blank = False

    def build(self) -> MappedText:
        """Return what was collected, without a blank at the end."""
        text = "".join(self._parts).rstrip()
        return MappedText(text, tuple(self._runs))

    def _take(self, page: int, start: int, end: int) -> None:
        raw = self._pages[page]
        if self._blank and start < end and raw[start] == " ":
            start += 1
        if start < end:
            self._runs.append(Run(self._length, end - start, page, start, end - start))
            self._put(raw[start:end])
            self._blank = raw[end - 1] == " "

    def _special(self, page: int, at: int, text: str) -> None:
        """Take one character that is not copied as it is, or a run of blanks or of dots that lead to a figure."""
        char = text[0]
        if char.isspace() or (char in ".…" and len(text) > 1):
            self.blank()
        elif char in LIGATURES:
            self.keep(page, at, LIGATURES[char])
        elif not is_control(char) and char != "\ufffe":
            self.keep(page, at, char)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
