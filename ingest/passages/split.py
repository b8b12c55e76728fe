"""From a source to its passages and page labels: every cleaning step, then packing.

`split_source` is pure: no disk, no clock, the same result for the same source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.layout.line import Row, layout_of, sheets_of
from ingest.layout.page_labels import page_labels
from ingest.layout.running_heads import furniture
from ingest.metadata.first_page import guess_title
from ingest.passage import Kind, LabelSource, PageLabel, Passage, Span, passage_id
from ingest.passages.hyphens import SOFT, Vocabulary
from ingest.passages.locators import Locators
from ingest.passages.offset_map import Builder, MappedText, spans_add
from ingest.passages.packing import Sentence, Text, pack, text_of
from ingest.readers.source import Source
from ingest.structure.assemble import units_of
from ingest.structure.blocks import Unit
from ingest.structure.footnotes import called_in_text
from ingest.text.folding import fold
from ingest.text.language import PASSAGE_SAMPLE, SAMPLE, language_of


class SplitError(RuntimeError):
    """A passage would not have been verbatim: a fault of this program, never of the file."""


@dataclass(frozen=True, slots=True)
class SplitResult:
    """The passages of a document in reading order and one label (or None) for each page.

    `language` is that of the document, `title` what its first page shows as one (a guess for the metadata),
    `page_flags` one set a page, as reading left them.
    """

    passages: tuple[Passage, ...]
    page_labels: tuple[PageLabel | None, ...]
    language: str | None
    title: str | None
    page_flags: tuple[frozenset[str], ...]


def split_source(source: Source, document_sha256: str) -> SplitResult:
    """Return the passages of `source`. Raises SplitError if one is not equal to its raw spans."""
    sheets = sheets_of(source)
    layout = layout_of(sheets)
    edge = furniture(sheets) if source.paged else set()
    labels, number_rows = page_labels(source, sheets, edge)
    pages = {page.number: page.text for page in source.pages}
    units = units_of(sheets, layout, source.outline, edge | number_rows, pages)
    vocabulary = Vocabulary(pages.values())
    texts = [text_of(at, unit, map_unit(unit, pages, vocabulary)) for at, unit in enumerate(units)]
    language = language_of(" ".join(text.mapped.text for text in texts if text.unit.kind == "body")[:SAMPLE])
    if language is None:
        language = language_of(" ".join(pages.values())[:SAMPLE])
    calls = _calls(source, units, pages)
    maker = _Maker(
        source,
        sha256=document_sha256,
        labels=labels,
        language=language,
        pages=pages,
        texts=texts,
        calls=calls,
    )
    passages = tuple(maker.passage(kind, part) for kind, part in pack(texts))
    flags = tuple(page.flags for page in source.pages)
    return SplitResult(passages, labels, language, guess_title(sheets, units, layout), flags)


def _calls(
    source: Source, units: Sequence[Unit], pages: Mapping[int, str]
) -> dict[int, list[tuple[int, int]]]:
    """Return page -> the places of its numbers that call notes: raised ones, and those of notes found in text."""
    calls = {page.number: [call for line in page.lines for call in line.calls] for page in source.pages}
    notes = (unit.rows for unit in units if unit.kind == "footnote")
    for page, start, end in called_in_text(notes, pages):
        calls[page].append((start, end))
    return {page: sorted(found) for page, found in calls.items()}


def map_unit(unit: Unit, pages: Mapping[int, str], vocabulary: Vocabulary) -> MappedText:
    """Return the clean text of a unit with its map."""
    builder = Builder(pages)
    for at, row in enumerate(unit.rows):
        following = unit.rows[at + 1] if at + 1 < len(unit.rows) else None
        if unit.by_row and at:
            builder.blank(" " if row.same_line else "\n")
        elif at and not _glued(unit.rows[at - 1], row, pages):
            builder.blank()
        _copy_row(builder, row, following if not unit.by_row else None, pages, vocabulary)
    return builder.build()


def _glued(above: Row, row: Row, pages: Mapping[int, str]) -> bool:
    """Return whether `row` goes on without a blank: after a hyphen, or a fragment touching the one before."""
    if pages[above.page][above.end - 1] in HYPHEN_ENDS:
        return True
    if not row.same_line or above.box is None or row.box is None or row.page != above.page:
        return False
    between = pages[row.page][above.end : row.start]
    # A row that begins far to the left of the other's end is the next line, whatever their heights say.
    return " " not in between and abs(row.left - above.right) < 0.15 * (row.size or 10.0)


HYPHEN_ENDS = SOFT + "-‐‑"


def _copy_row(
    builder: Builder, row: Row, following: Row | None, pages: Mapping[int, str], vocabulary: Vocabulary
) -> None:
    """Copy one row; hyphens inside it (merged lines) and at its end go or stay by the vocabulary."""
    raw = pages[row.page]
    position = row.start
    for at in _soft_hyphens(raw, row):
        builder.copy(row.page, position, at)
        if vocabulary.keeps_hyphen(raw[max(row.start, at - 40) : at + 1], raw[at + 1 : at + 40].lstrip()):
            builder.keep(row.page, at, "-")
        position = at + 1
        while position < row.end and raw[position].isspace():
            position += 1
    last = row.end - 1
    if following is None or raw[last] not in HYPHEN_ENDS or last < position:
        builder.copy(row.page, position, row.end)
        return
    builder.copy(row.page, position, last)
    after = pages[following.page][following.start : following.start + 40]
    if vocabulary.keeps_hyphen(raw[max(row.start, last - 40) : row.end], after):
        builder.keep(row.page, last, "-")


def _soft_hyphens(raw: str, row: Row) -> list[int]:
    end = row.end - 1
    return [at for at in range(row.start, end) if raw[at] in "\u0002\ufffe"] if _has_soft(raw, row) else []


def _has_soft(raw: str, row: Row) -> bool:
    return raw.find("\u0002", row.start, row.end) >= 0 or raw.find("\ufffe", row.start, row.end) >= 0


class _Maker:
    """Makes passages out of packed sentences."""

    def __init__(
        self,
        source: Source,
        *,
        sha256: str,
        labels: Sequence[PageLabel | None],
        language: str | None,
        pages: Mapping[int, str],
        texts: Sequence[Text],
        calls: Mapping[int, Sequence[tuple[int, int]]],
    ) -> None:
        self._source = source
        self._sha256 = sha256
        self._labels = {page.number: label for page, label in zip(source.pages, labels, strict=True)}
        self._flags = {page.number: page.flags for page in source.pages}
        self._language = language
        self._pages = pages
        self._texts = texts
        self._calls = calls
        self._seen: dict[str, int] = {}
        self._locators = Locators(source, [text.unit for text in texts])

    def passage(self, kind: Kind, sentences: Sequence[Sentence]) -> Passage:
        """Return the passage of these sentences, checked against its raw spans."""
        text, offsets, spans, calls = self._join(sentences)
        if fold(text) != fold("".join(self._pages[page][start:end] for page, start, end in spans)):
            raise SplitError(f"passage is not verbatim: {text[:60]!r}")
        occurrence = self._seen.get(text, 0)
        self._seen[text] = occurrence + 1
        numbers = sorted({span[0] for span in spans})
        paged = self._source.paged
        labels, label_source = self._label(numbers) if paged else ((), None)
        return Passage(
            passage_id(self._sha256, text, occurrence),
            text,
            kind,
            language_of(text[:PASSAGE_SAMPLE], self._language),
            self._texts[sentences[0].unit].unit.section,
            spans,
            (numbers[0], numbers[-1]) if paged else (),
            labels,
            label_source,
            None if paged else self._locators.of(sentences[0], sentences[-1], spans),
            offsets,
            sum(sentence.pieces for sentence in sentences),
            ocr=any("ocr" in self._flags[number] for number in numbers),
            readers_agree=not any(
                self._flags[number] & {"readers_differ", "one_reader"} for number in numbers
            ),
            cut=any(sentence.cut for sentence in sentences),
            calls=calls,
        )

    def _join(
        self, sentences: Sequence[Sentence]
    ) -> tuple[str, tuple[tuple[int, int], ...], tuple[Span, ...], tuple[tuple[int, int], ...]]:
        parts: list[str] = []
        offsets: list[tuple[int, int]] = []
        calls: list[tuple[int, int]] = []
        spans: list[Span] = []
        length = 0
        previous: Sentence | None = None
        for sentence in sentences:
            mapped = self._texts[sentence.unit].mapped
            if previous is not None:
                blank = "\n"
                if previous.unit == sentence.unit and previous.end <= sentence.start:
                    blank = (
                        mapped.text[previous.end : sentence.start]
                        if _adjacent(mapped.text, previous, sentence)
                        else "\n"
                    )
                parts.append(blank)
                length += len(blank)
            words = mapped.text[sentence.start : sentence.end]
            parts.append(words)
            offsets.append((length, length + len(words)))
            shift = length - sentence.start
            found = mapped.places(sentence.start, sentence.end, self._calls)
            calls += [(start + shift, end + shift) for start, end in found]
            length += len(words)
            for span in mapped.spans(sentence.start, sentence.end, self._pages):
                spans_add(spans, span, self._pages)
            previous = sentence
        return "".join(parts), tuple(offsets), tuple(spans), tuple(calls)

    def _label(self, numbers: Sequence[int]) -> tuple[tuple[str, ...], LabelSource | None]:
        """Return first and last label of a range, or nothing where one lacks or the numberings differ."""
        found = [
            label for number in range(numbers[0], numbers[-1] + 1) if (label := self._labels.get(number))
        ]
        if len(found) != numbers[-1] - numbers[0] + 1:
            return (), None
        sources = {label.source for label in found}
        if len(sources) > 1 and "pagelabels" in sources:
            return (), None
        if len({label.text.isdigit() for label in found}) > 1:
            return (), None
        source: LabelSource = "inferred" if "inferred" in sources else found[0].source
        return (found[0].text, found[-1].text), source


def _adjacent(text: str, before: Sentence, after: Sentence) -> bool:
    return not text[before.end : after.start].strip()
