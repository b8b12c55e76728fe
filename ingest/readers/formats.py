"""The formats that are read: one registry, asked by whoever must know what a file is and what can be done with it.

A further format is one more entry of `FORMATS` and its reader; nothing else knows formats by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.source import OnPage, OnStep, Source

HEAD = 4096
# Readers accept "%PDF-" within the first kilobyte (ISO 32000-2, annex H of the first edition).
PDF_HEADER_WITHIN = 1024
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body")


class Evidence(IntEnum):
    """How surely a file is of a format: its content says so, or only its name does, or nothing."""

    NONE = 0
    NAME = 1
    CONTENT = 2


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whom a reader tells while it works, and whether it may recognise scans."""

    ocr: bool = True
    on_page: OnPage | None = None
    on_step: OnStep | None = None


class Read(Protocol):
    """Reads the content of a file. Raises: UnreadableFile with a short reason."""

    def __call__(self, data: bytes, limits: Limits, hooks: Hooks) -> Source:
        """Return the file as read."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    `name` is kept with every document; `suffixes` are lower-case, with their dot. `sniff(data, name)` says how surely
    a file is of this format. `unit` is what places in it are cited by: a "page" (every file of the format has
    pages), a "paragraph" or a "line". `mime` is its media type. `drawable` formats have fixed pages that can be
    drawn; browsers show them without running anything in them.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes, str], Evidence]
    read: Read
    unit: Literal["page", "paragraph", "line"]
    mime: str
    drawable: bool = False


def _start(data: bytes) -> bytes:
    return data[:HEAD].lstrip(_BLANKS).lower()


def _named(name: str, suffixes: tuple[str, ...]) -> Evidence:
    return Evidence.NAME if name.lower().endswith(suffixes) else Evidence.NONE


def _sniff_pdf(data: bytes, name: str) -> Evidence:
    """Junk may stand before the header, but a text that only mentions one is none."""
    if b"%PDF-" in data[:PDF_HEADER_WITHIN] and (
        _start(data).startswith(b"%pdf-") or not _is_text(data, name)
    ):
        return Evidence.CONTENT
    named = _named(name, _PDF)
    return named if named and (b"%PDF-" in data or b"startxref" in data[-2048:]) else Evidence.NONE


def _is_text(data: bytes, name: str) -> bool:
    """Return whether a file is called a text and is one."""
    from ingest.readers.text import decode

    if not name.lower().endswith((*_TEXT, *_MARKDOWN, *_HTML)):
        return False
    try:
        decode(data)
    except UnreadableFile:
        return False
    return True


def _sniff_docx(data: bytes, name: str) -> Evidence:
    zipped = data.startswith(b"PK\x03\x04") and b"word/" in data
    return Evidence.CONTENT if zipped else Evidence.NONE


def _sniff_html(data: bytes, name: str) -> Evidence:
    start = _start(data)
    if start.startswith(b"<") and any(mark in start for mark in _HTML_MARKS):
        return Evidence.CONTENT
    return _named(name, _HTML)


def _sniff_markdown(data: bytes, name: str) -> Evidence:
    return _named(name, _MARKDOWN)


def _sniff_text(data: bytes, name: str) -> Evidence:
    """Whatever is nothing else is read as text, which refuses what is none."""
    return Evidence.NAME


def _read_pdf(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.pdf.read import read_pdf

    return read_pdf(data, limits, ocr=hooks.ocr, on_page=hooks.on_page, on_step=hooks.on_step)


def _read_docx(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.docx import read_docx

    return read_docx(data, limits, on_page=hooks.on_page)


def _read_html(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.html import read_html

    return read_html(data, limits, on_page=hooks.on_page)


def _read_markdown(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.text import read_text

    return read_text(data, limits, markdown=True, on_page=hooks.on_page)


def _read_text(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.text import read_text

    return read_text(data, limits, on_page=hooks.on_page)


_PDF = (".pdf",)
_HTML = (".html", ".htm", ".xhtml")
_MARKDOWN = (".md", ".markdown")
_TEXT = (".txt", ".text")
_WORD_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Asked in this order; of two that are equally sure, the first counts. Text is last: it takes whatever is left.
FORMATS = (
    Format("pdf", _PDF, _sniff_pdf, _read_pdf, "page", "application/pdf", drawable=True),
    Format("docx", (".docx",), _sniff_docx, _read_docx, "paragraph", _WORD_MIME),
    Format("html", _HTML, _sniff_html, _read_html, "paragraph", "text/html"),
    Format("md", _MARKDOWN, _sniff_markdown, _read_markdown, "paragraph", "text/markdown"),
    Format("txt", _TEXT, _sniff_text, _read_text, "line", "text/plain"),
)
_BY_NAME = {one.name: one for one in FORMATS}
SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
"""Endings of the files that are read; the content decides what they are."""


def format_named(name: str) -> Format | None:
    """Return the format with this name, None for one that is not known ("" of a file that was not read)."""
    return _BY_NAME.get(name)


def drawable(name: str) -> bool:
    """Return whether the pages of documents of this format can be drawn."""
    found = format_named(name)
    return found is not None and found.drawable


def sniffed(data: bytes, name: str, least: Evidence) -> Format | None:
    """Return the format of a file called `name` as far as one is at least so sure, else None."""
    return next((one for one in FORMATS if one.sniff(data, name) >= least), None)
