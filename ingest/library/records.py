"""What the library gives and takes: documents, pages and passages as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.corpus.folder import FileStamp
from ingest.metadata.metadata import Metadata
from ingest.passage import Gap, LabelSource, Passage
from ingest.readers.source import LEFT_OUT, Source

if TYPE_CHECKING:
    from ingest.passages.split import SplitResult

STATES = {
    "ready": "read; every page has text or is blank",
    "partial": "read, but some pages have no text or could not be read, or some of its text was left out",
    "no_text": "no page has text: a scan, or letters drawn as shapes",
    "empty": "the file has no bytes, or nothing in it",
    "needs_password": "encrypted with a password that is not empty",
    "failed": "could not be read",
}
"""State of a document -> what it means, best first."""

READABLE = frozenset({"ready", "partial", "no_text"})
"""States of documents that were read. The others are "files that could not be read" (exit code 3)."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file the library knows. `document_id` is None where the content could not even be hashed."""

    stamp: FileStamp
    document_id: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page with its raw text, exactly what passage spans index (offsets in Unicode code points).

    `coverage` is the share of its body characters that stand in passages: None without any, or where it was read
    before this was measured. `gaps` stand in none.
    """

    document_id: str
    number: int
    text: str
    label: str | None = None
    label_source: LabelSource | None = None
    flags: frozenset[str] = frozenset()
    width: float = 0.0
    height: float = 0.0
    coverage: float | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its document, its place in it (from 0) and the ids of its neighbours."""

    passage: Passage
    document_id: str
    position: int
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One content, under one or more names.

    `id` is the first 32 hex digits of `sha256` of the bytes. `file` is the first of `files` in byte
    order, fit to be shown; `path` is the same name as the disk has it, for opening. `state` is a key
    of `STATES`. `group` names the set of editions or translations it belongs to, None for most;
    `older_edition` marks all but the newest of such a set. `added` is an ISO time in UTC.
    `written` is a new mark whenever its passages are written: equal marks, equal passages.
    """

    id: str
    sha256: str
    file: str
    path: str
    files: tuple[str, ...]
    format: str
    paged: bool
    state: str
    reason: str | None
    page_count: int
    passage_count: int
    pages_without_text: int
    language: str | None
    metadata: Metadata
    notes: tuple[str, ...] = ()
    group: str | None = None
    older_edition: bool = False
    added: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What reading and splitting a file gave, ready to be stored.

    `guessed_title` (first-page heading) and `info` (what the file says of itself) are kept, so that
    metadata can be worked out again without reading the file again.
    """

    sha256: str
    format: str
    paged: bool
    state: str
    reason: str | None
    pages: tuple[StoredPage, ...] = ()
    passages: tuple[Passage, ...] = ()
    language: str | None = None
    guessed_title: str | None = None
    info: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Document id: the first 32 hex digits of the content hash."""
        return document_id(self.sha256)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a document's metadata was worked out from, and the version of the reader that read it.

    `metadata` is as worked out, before the values a person typed.
    """

    guessed_title: str | None
    info: dict[str, str]
    language: str | None
    metadata: Metadata
    reading: str


def document_id(sha256: str) -> str:
    """Return the document id that belongs to a content hash (64 hex digits)."""
    return sha256[:32]


def from_reading(sha256: str, source: Source, split: SplitResult) -> NewDocument:
    """Return the document that a source and its passages make, with its state and reason."""
    ident = document_id(sha256)
    pages = tuple(
        StoredPage(
            document_id=ident,
            number=item.page.number,
            text=item.page.text,
            label=item.label.text if item.label else None,
            label_source=item.label.source if item.label else None,
            flags=item.page.flags,
            width=item.page.width,
            height=item.page.height,
            coverage=item.coverage,
            gaps=item.gaps,
        )
        for item in split.pages
    )
    state, reason = _state(pages, bool(split.passages), source.notes)
    return NewDocument(
        sha256=sha256,
        format=source.format,
        paged=source.paged,
        state=state,
        reason=reason,
        pages=pages,
        passages=split.passages,
        language=split.language,
        guessed_title=split.title,
        info=source.info,
        notes=source.notes,
    )


def unread(sha256: str, state: str, reason: str, file_format: str = "") -> NewDocument:
    """Return the document that stands for a file which could not be read."""
    return NewDocument(sha256=sha256, format=file_format, paged=False, state=state, reason=reason)


def _state(
    pages: tuple[StoredPage, ...], has_passages: bool, notes: tuple[str, ...] = ()
) -> tuple[str, str | None]:
    """Return state and reason. "no_text", "failed", "bad_map" and "ocr" are flags that reading puts on pages."""
    total = len(pages)
    failed = sum("failed" in page.flags for page in pages)
    silent = sum("no_text" in page.flags for page in pages)
    parts = []
    if failed:
        parts.append(f"{failed} of {total} pages could not be read")
    if silent:
        parts.append(f"no text on {silent} of {total} pages")
    wrong = sum("bad_map" in page.flags and "ocr" not in page.flags for page in pages)
    if wrong:
        parts.append(
            f"wrong letters on {wrong} of {total} pages: their fonts or encoding do not say what they show"
        )
    parts += [note for note in notes if note.startswith(LEFT_OUT)]
    reason = "; ".join(parts) or None
    if total and failed == total:
        return "failed", "none of its pages could be read"
    if not has_passages and not any(page.text.strip() for page in pages):
        return ("no_text", reason) if silent or failed else ("empty", "there is no text in it")
    if not has_passages:
        return "no_text", reason or "no passage could be made of its text"
    return ("partial", reason) if reason else ("ready", None)
