"""The formats that are read: one registry, asked by whoever must know what a file is and what can be done with it.

A further format is one more entry of `FORMATS` and its reader; nothing else knows formats by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal, Protocol

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.office_package import package_kind
from ingest.readers.ole_container import container_kind
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
    pages), a "paragraph", a "line" or a "row" of a sheet. `mime` is its media type. `drawable` formats have fixed
    pages that can be drawn; browsers show them without running anything in them.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes, str], Evidence]
    read: Read
    unit: Literal["page", "paragraph", "line", "row"]
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

    if not name.lower().endswith((*_TEXT, *_MARKDOWN, *_HTML, *_EML)):
        return False
    try:
        decode(data)
    except UnreadableFile:
        return False
    return True


def _sniff_package(kind: str) -> Callable[[bytes, str], Evidence]:
    """Return a check for ZIP packages of a kind ("docx")."""
    return lambda data, name: Evidence.CONTENT if package_kind(data) == kind else Evidence.NONE


def _sniff_container(kind: str) -> Callable[[bytes, str], Evidence]:
    """Return a check for OLE containers of a kind ("doc")."""
    return lambda data, name: Evidence.CONTENT if container_kind(data) == kind else Evidence.NONE


def _sniff_rtf(data: bytes, name: str) -> Evidence:
    return Evidence.CONTENT if data.startswith(b"{\\rtf") else Evidence.NONE


def _sniff_eml(data: bytes, name: str) -> Evidence:
    """Other texts may begin with "From:" as well: the name must say so too."""
    from ingest.readers.eml import begins_like_mail

    return Evidence.CONTENT if _named(name, _EML) and begins_like_mail(data) else Evidence.NONE


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


def _read_xlsx(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.xlsx import read_xlsx

    return read_xlsx(data, limits, on_page=hooks.on_page)


def _read_pptx(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.pptx import read_pptx

    return read_pptx(data, limits, on_page=hooks.on_page)


def _read_epub(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.epub import read_epub

    return read_epub(data, limits, on_page=hooks.on_page)


def _read_rtf(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.rtf import read_rtf

    return read_rtf(data, limits, on_page=hooks.on_page)


def _read_eml(data: bytes, limits: Limits, hooks: Hooks) -> Source:
    from ingest.readers.eml import read_eml

    return read_eml(data, limits, on_page=hooks.on_page)


def _read_old(old: str, new: str, read: Read) -> Read:
    """Return a reader of `old` files that has LibreOffice make `new` ones of them."""

    def read_old(data: bytes, limits: Limits, hooks: Hooks) -> Source:
        from ingest.readers.old_office import converted
        from ingest.readers.refusals import refused_container

        made = converted(data, old, new, limits)
        if made is None:
            raise refused_container(data, f"file.{old}")
        return replace(read(made, limits, hooks), format=old)

    return read_old


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
_EML = (".eml",)
_OFFICE_MIME = "application/vnd.openxmlformats-officedocument"
_WORD_MIME = f"{_OFFICE_MIME}.wordprocessingml.document"
_EXCEL_MIME = f"{_OFFICE_MIME}.spreadsheetml.sheet"
_SLIDES_MIME = f"{_OFFICE_MIME}.presentationml.presentation"
_OLD_SLIDES_MIME = "application/vnd.ms-powerpoint"

# Asked in this order; of two that are equally sure, the first counts. Text is last: it takes whatever is left.
FORMATS = (
    Format("pdf", _PDF, _sniff_pdf, _read_pdf, "page", "application/pdf", drawable=True),
    Format("docx", (".docx",), _sniff_package("docx"), _read_docx, "paragraph", _WORD_MIME),
    Format("xlsx", (".xlsx",), _sniff_package("xlsx"), _read_xlsx, "row", _EXCEL_MIME),
    Format("pptx", (".pptx",), _sniff_package("pptx"), _read_pptx, "page", _SLIDES_MIME),
    Format("epub", (".epub",), _sniff_package("epub"), _read_epub, "paragraph", "application/epub+zip"),
    Format("rtf", (".rtf",), _sniff_rtf, _read_rtf, "paragraph", "application/rtf"),
    Format(
        "doc",
        (".doc",),
        _sniff_container("doc"),
        _read_old("doc", "docx", _read_docx),
        "paragraph",
        "application/msword",
    ),
    Format(
        "xls",
        (".xls",),
        _sniff_container("xls"),
        _read_old("xls", "xlsx", _read_xlsx),
        "row",
        "application/vnd.ms-excel",
    ),
    Format(
        "ppt",
        (".ppt",),
        _sniff_container("ppt"),
        _read_old("ppt", "pptx", _read_pptx),
        "page",
        _OLD_SLIDES_MIME,
    ),
    Format("eml", _EML, _sniff_eml, _read_eml, "paragraph", "message/rfc822"),
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
