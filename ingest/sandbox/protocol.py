"""What a reading child says and hands over, checked field by field: the parent does not trust it.

Events are lines of JSON on its stdout. The result lies in a file of JSON lines: the head, one line a page, then one
line a passage; no pickle, so a child taken over by a hostile file can hand over wrong values but runs nothing in the
parent. The lines of the pages and the bookmarks stay behind: nobody asks for them any more, and 100,000 lines on one
hostile page took the parent 180 MB.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import msgspec
from msgspec import Meta

from ingest.passage import Gap, PageLabel, Passage
from ingest.passages.passage_maker import LabelledPage
from ingest.passages.split import SplitResult
from ingest.readers.formats import format_named
from ingest.readers.limits import MIB
from ingest.readers.source import Page, Source

# A child taken over by a hostile file must not fill the parent's memory: bytes of one event, of a result.
# 20 million characters of text with lines and passages come to some 100 MB.
MAX_EVENT = 65_536
MAX_RESULT = 512 * MIB

# The largest number that every database holds.
LARGEST = 2**63 - 1
# Columns of a printed table: no page has room for as many.
MOST_COLUMNS = 500
Count = Annotated[int, Meta(ge=0, le=LARGEST)]


class BadMessage(ValueError):
    """What came from the child is cut off, too large or not of the agreed form."""


class Hashed(msgspec.Struct, frozen=True, tag="hashed"):
    """The bytes of the file were read; `sha256` is their hash."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """`done` of `total` pages are read, compared with the other reader, or recognised."""

    step: Literal["page", "check", "ocr"]
    done: Count
    total: Count


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The file came to an end: its result lies ready (no `reason`), or it could not be read for one.

    `transient` says that another try may go well, `changed` that the file was another one at the end. `cpu` is in
    seconds, `peak` in bytes.
    """

    reason: str | None = None
    state: Literal["ready", "failed", "empty", "needs_password"] = "ready"
    transient: bool = False
    changed: bool = False
    cpu: Annotated[float, Meta(ge=0)] = 0.0
    peak: Count = 0

    def __post_init__(self) -> None:
        """Raise ValueError where state and reason contradict one another."""
        if (self.reason is None) != (self.state == "ready"):
            raise ValueError("a state without its reason")


Event = Hashed | Progress | Done


class _Head(msgspec.Struct, frozen=True):
    format: str
    paged: bool
    pages: Count
    passages: Count
    info: dict[str, str]
    notes: tuple[str, ...]
    language: str | None
    title: str | None


class _PageRecord(msgspec.Struct, frozen=True, array_like=True):
    number: Annotated[int, Meta(ge=1)]
    text: str
    width: float
    height: float
    pagelabel: str | None
    flags: tuple[str, ...]
    label: PageLabel | None
    coverage: Annotated[float, Meta(ge=0, le=1)] | None
    gaps: tuple[Gap, ...]


_encoder = msgspec.json.Encoder()
_event = msgspec.json.Decoder(Event)
_head = msgspec.json.Decoder(_Head)
_page = msgspec.json.Decoder(_PageRecord)
_passage = msgspec.json.Decoder(Passage)


def line_of(event: Event) -> bytes:
    """Return an event as a line."""
    return _encoder.encode(event) + b"\n"


def event_of(line: bytes) -> Event:
    """Return the event of a line. Raises: BadMessage."""
    try:
        event: Event = _event.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"not an event: {error}") from error
    return event


def write(out: BinaryIO, source: Source, split: SplitResult) -> None:
    """Write both as JSON lines."""
    for record in _records(source, split):
        out.write(_encoder.encode(record) + b"\n")


def load(path: Path) -> tuple[Source, SplitResult]:
    """Return what lies in a result file. Raises: OSError; BadMessage, also for one above `MAX_RESULT`."""
    size = path.stat().st_size
    if size > MAX_RESULT:
        raise BadMessage(f"a result of {size:,} bytes")
    with path.open("rb") as file:
        return read(file)


def read(lines: Iterable[bytes]) -> tuple[Source, SplitResult]:
    """Return what `write` wrote, pages without their lines and the source without its outline.

    Raises: BadMessage when the records are cut off, not of that form, or point outside of the pages.
    """
    try:
        return _read(iter(lines))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, StopIteration) as error:
        raise BadMessage(f"not a reading result: {error!r}") from error


def _records(source: Source, split: SplitResult) -> Iterator[_Head | _PageRecord | Passage]:
    yield _Head(
        format=source.format,
        paged=source.paged,
        pages=len(source.pages),
        passages=len(split.passages),
        info=source.info,
        notes=source.notes,
        language=split.language,
        title=split.title,
    )
    for item in split.pages:
        page = item.page
        yield _PageRecord(
            number=page.number,
            text=page.text,
            width=_finite(page.width),
            height=_finite(page.height),
            pagelabel=page.pagelabel,
            flags=tuple(sorted(page.flags)),
            label=item.label,
            coverage=item.coverage,
            gaps=item.gaps,
        )
    yield from split.passages


def _finite(size: float) -> float:
    """Return the size of a page; JSON has no infinity, which a hostile file may claim."""
    return size if math.isfinite(size) else 0.0


def _read(lines: Iterator[bytes]) -> tuple[Source, SplitResult]:
    head = _head.decode(next(lines))
    records = [_page.decode(line) for line in islice(lines, head.pages)]
    passages = tuple(_passage.decode(line) for line in lines)
    _check(head, records, passages)
    pages = tuple(_labelled(record) for record in records)
    source = Source(
        format=head.format,
        paged=head.paged,
        pages=tuple(item.page for item in pages),
        info=head.info,
        notes=head.notes,
    )
    return source, SplitResult(passages=passages, pages=pages, language=head.language, title=head.title)


def _labelled(record: _PageRecord) -> LabelledPage:
    page = Page(
        number=record.number,
        text=record.text,
        lines=(),
        width=record.width,
        height=record.height,
        pagelabel=record.pagelabel,
        flags=frozenset(record.flags),
    )
    return LabelledPage(page=page, label=record.label, coverage=record.coverage, gaps=record.gaps)


def _check(head: _Head, pages: Sequence[_PageRecord], passages: Sequence[Passage]) -> None:
    """Raise BadMessage unless all records are there, the format is one of ours and every offset is inside."""
    if len(pages) != head.pages or len(passages) != head.passages:
        raise BadMessage("cut off")
    kind = format_named(head.format)
    if kind is None or (kind.unit == "page" and not head.paged):
        raise BadMessage(f"no source of the format {head.format!r} is like this")
    if [page.number for page in pages] != list(range(1, head.pages + 1)):
        raise BadMessage("pages are not numbered from 1")
    lengths = {page.number: len(page.text) for page in pages}
    for page in pages:
        if not all(0 <= gap.start <= gap.end <= lengths[page.number] for gap in page.gaps):
            raise BadMessage(f"page {page.number}: a gap that cannot be")
    for passage in passages:
        if not _fits(passage, lengths):
            raise BadMessage(f"passage {passage.id}: a number that cannot be")


def _fits(passage: Passage, lengths: Mapping[int, int]) -> bool:
    """Return whether spans lie in their pages, sentences, calls and cells in the text, and the numbers can be."""
    size = len(passage.text)
    if not 0 <= passage.tokens <= LARGEST:
        return False
    if not all(0 <= first <= last < MOST_COLUMNS for _, _, _, first, last in passage.cells):
        return False
    return all(0 <= start <= end <= lengths.get(page, -1) for page, start, end in passage.spans) and all(
        0 <= start <= end <= size
        for start, end in (*passage.sentences, *passage.calls, *(cell[:2] for cell in passage.cells))
    )
