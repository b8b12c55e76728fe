"""Packed sentences made into passages: text, spans, pages and labels, checked against the raw pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.layout.spread_halves import Spread
from ingest.passage import Cell, Gap, Kind, LabelSource, PageLabel, Passage, Span, passage_id
from ingest.passages.block_text import BlockText, Packed, Sentence
from ingest.passages.locators import Locators
from ingest.passages.offset_map import spans_add
from ingest.readers.source import Page, Source
from ingest.text.folding import same_fold
from ingest.text.language import PASSAGE_SAMPLE, languages_of


class SplitError(RuntimeError):
    """A passage would not have been verbatim: a fault of this program, never of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    """A page as read, with its flags, and the label it is cited by (None without one).

    `coverage` is the share of its body characters that stand in passages, None without any; `gaps` stand in none.
    """

    page: Page
    label: PageLabel | None
    coverage: float | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """Sentences put together: their text, and where in it and in the raw pages they, calls and cells stand."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]
    calls: tuple[tuple[int, int], ...]
    cells: tuple[Cell, ...]


class PassageMaker:
    """Makes the passages of one document; the same text twice gets two ids."""

    def __init__(
        self,
        source: Source,
        *,
        sha256: str,
        pages: Sequence[LabelledPage],
        language: str | None,
        spreads: Mapping[int, Spread] | None = None,
        texts: Sequence[BlockText],
        calls: Mapping[int, Sequence[tuple[int, int]]],
    ) -> None:
        self._paged = source.paged
        self._sha256 = sha256
        self._pages = {item.page.number: item for item in pages}
        self._raw = {item.page.number: item.page.text for item in pages}
        self._spreads = spreads or {}
        self._language = language
        self._texts = texts
        self._calls = calls
        self._seen: dict[str, int] = {}
        self._locators = Locators(source, [text.block for text in texts])

    def passages(self, packed: Sequence[Packed]) -> tuple[Passage, ...]:
        """Return the passages of kinds and sentences; headings before text of another kind are none of its own.

        Raises: SplitError where one is not equal to its raw spans.
        """
        joined = [self._join(sentences) for _, sentences in packed]
        languages = languages_of([one.text[:PASSAGE_SAMPLE] for one in joined], self._language)
        parts = zip(packed, joined, languages, strict=True)
        return tuple(self._passage(kind, sentences, one, code) for (kind, sentences), one, code in parts)

    def _passage(
        self, kind: Kind, sentences: Sequence[Sentence], joined: _Joined, language: str | None
    ) -> Passage:
        own = [
            sentence for sentence in sentences if kind == "heading" or not self._texts[sentence.block].heads
        ]
        text, spans = joined.text, joined.spans
        if not same_fold(text, "".join(self._raw[page][start:end] for page, start, end in spans)):
            raise SplitError(f"passage is not verbatim: {text[:60]!r}")
        occurrence = self._seen.get(text, 0)
        self._seen[text] = occurrence + 1
        numbers = sorted({page for page, _, _ in spans})
        flags = frozenset[str]().union(*(self._pages[number].page.flags for number in numbers))
        labels, label_source = self._labels(spans) if self._paged else ((), None)
        locator = self._locators.of(own[0], own[-1], spans)
        return Passage(
            id=passage_id(self._sha256, text, occurrence),
            text=text,
            kind=kind,
            language=language,
            section=self._texts[own[0].block].block.section,
            spans=spans,
            pages=(numbers[0], numbers[-1]) if self._paged else (),
            labels=labels,
            label_source=label_source,
            locator=str(locator) if locator is not None else None,
            sentences=joined.sentences[len(sentences) - len(own) :],
            tokens=sum(sentence.tokens for sentence in sentences),
            ocr="ocr" in flags,
            readers_agree=not flags & {"readers_differ", "one_reader"},
            cut=any(sentence.cut for sentence in sentences),
            calls=joined.calls,
            cells=() if any(sentence.cut for sentence in sentences) else joined.cells,
        )

    def _join(self, sentences: Sequence[Sentence]) -> _Joined:
        parts: list[str] = []
        offsets: list[tuple[int, int]] = []
        calls: list[tuple[int, int]] = []
        cells: list[Cell] = []
        spans: list[Span] = []
        length = 0
        previous: Sentence | None = None
        for sentence in sentences:
            text = self._texts[sentence.block]
            mapped = text.mapped
            if previous is not None:
                parts.append(_between(mapped.text, previous, sentence))
                length += len(parts[-1])
            words = mapped.text[sentence.start : sentence.end]
            parts.append(words)
            offsets.append((length, length + len(words)))
            shift = length - sentence.start
            found = mapped.places(sentence.start, sentence.end, self._calls)
            calls += [(start + shift, end + shift) for start, end in found]
            for start, end, row, left, right in text.cells(sentence):
                cells.append((start + shift, end + shift, row, left, right))
            length += len(words)
            for span in mapped.spans(sentence.start, sentence.end, self._raw):
                spans_add(spans, span, self._raw)
            previous = sentence
        return _Joined(
            text="".join(parts),
            sentences=tuple(offsets),
            spans=tuple(spans),
            calls=tuple(calls),
            cells=tuple(cells),
        )

    def _labels(self, spans: Sequence[Span]) -> tuple[tuple[str, ...], LabelSource | None]:
        """Return the labels where spans begin and end, or nothing where a page lacks one or the numberings differ.

        On a spread these are the numbers of its halves.
        """
        first, last = spans[0][0], spans[-1][0]
        pages = (self._pages.get(number) for number in range(first, last + 1))
        found = [item.label for item in pages if item is not None and item.label is not None]
        if len(found) != last - first + 1:
            return (), None
        sources = {label.source for label in found}
        if len(sources) > 1 and "pagelabels" in sources:
            return (), None
        if len({label.text.isdigit() for label in found}) > 1:
            return (), None
        source: LabelSource = "inferred" if "inferred" in sources else found[0].source
        opening, closing = self._spreads.get(first), self._spreads.get(last)
        ends = (
            opening.ends([(start, end) for page, start, end in spans if page == first])[0]
            if opening
            else found[0].text,
            closing.ends([(start, end) for page, start, end in spans if page == last])[1]
            if closing
            else found[-1].text,
        )
        return ((ends[0], ends[1]), source) if ends[0] and ends[1] else ((), None)


def _between(text: str, before: Sentence, after: Sentence) -> str:
    """Return what parts two sentences of a passage: the blanks of their block, else a line break."""
    if before.block != after.block or before.end > after.start:
        return "\n"
    blanks = text[before.end : after.start]
    return "\n" if blanks.strip() else blanks
