"""`read_source`: a file of any supported kind to a Source, told by its content and not by its name."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.source import Source

HEAD = 4096
# Readers accept "%PDF-" within the first kilobyte (ISO 32000-2, annex H of the first edition).
PDF_HEADER_WITHIN = 1024

_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Office file: save it as DOCX or PDF"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
    (b"\x89PNG", "a picture: put it into a PDF"),
    (b"\xff\xd8\xff", "a picture: put it into a PDF"),
    (b"GIF8", "a picture: put it into a PDF"),
    (b"II*\0", "a picture: put it into a PDF"),
    (b"MM\0*", "a picture: put it into a PDF"),
    (b"%!PS", "a PostScript file: save it as PDF"),
    (b"\x1f\x8b", "a compressed file: unpack it"),
    (b"7z\xbc\xaf", "a compressed file: unpack it"),
    (b"Rar!", "a compressed file: unpack it"),
)
_HTML_ENDINGS = (".html", ".htm", ".xhtml")
_MARKDOWN_ENDINGS = (".md", ".markdown")
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body")


def read_source(
    path: Path,
    *,
    limits: Limits | None = None,
    ocr: bool = True,
    on_page: Callable[[int, int], None] | None = None,
) -> Source:
    """Read a file in this process; hostile files belong into `ingest.sandbox.pool.Workers`.

    `on_page(done, total)` is called after every page. Raises: UnreadableFile with a short reason.
    """
    limits = limits or Limits()
    return read_bytes(load(path, limits), path.name, limits=limits, ocr=ocr, on_page=on_page)


def load(path: Path, limits: Limits) -> bytes:
    """Return the content of a regular file. Raises: UnreadableFile for anything else, empty or too large."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableFile("not a regular file")
            if status.st_size > limits.file:
                raise UnreadableFile(f"larger than {limits.file // 1024 // 1024} MB: split the file")
            data = file.read(status.st_size)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened ({error.strerror or error})", passing=True) from error
    if not data:
        raise UnreadableFile("file is empty", "empty")
    return data


def detect_format(data: bytes, name: str) -> str:
    """Return "pdf", "docx", "html", "md" or "txt" for the content.

    The name tells Markdown from text, and a text that mentions a PDF header from a PDF with junk before it.
    Raises: UnreadableFile naming what the content is where it is none of these.
    """
    head = data[:HEAD]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%PDF-" in head[:PDF_HEADER_WITHIN] and (start.startswith(b"%pdf-") or not _is_text(data, name)):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in data:
            return "docx"
        raise UnreadableFile("a ZIP archive, not a document: unpack it")
    for mark, what in _REFUSED:
        if head.startswith(mark):
            raise UnreadableFile(what)
    if start.startswith(b"<") and any(mark in start for mark in _HTML_MARKS):
        return "html"
    if name.lower().endswith(".pdf") and (b"%PDF-" in data or b"startxref" in data[-2048:]):
        return "pdf"
    if name.lower().endswith(_HTML_ENDINGS):
        return "html"
    return "md" if name.lower().endswith(_MARKDOWN_ENDINGS) else "txt"


def _is_text(data: bytes, name: str) -> bool:
    """Return whether a file is called a text and is one."""
    from ingest.readers.text import decode

    if not name.lower().endswith((".txt", ".text", *_MARKDOWN_ENDINGS, *_HTML_ENDINGS)):
        return False
    try:
        decode(data)
    except UnreadableFile:
        return False
    return True


def read_bytes(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    ocr: bool = True,
    on_page: Callable[[int, int], None] | None = None,
    on_step: Callable[[str, int, int], None] | None = None,
) -> Source:
    """Read the content of a file called `name`. Raises: UnreadableFile with a short reason."""
    limits = limits or Limits()
    kind = detect_format(data, name)
    try:
        if kind == "pdf":
            from ingest.readers.pdf.read import read_pdf

            return read_pdf(data, limits, ocr=ocr, on_page=on_page, on_step=on_step)
        if kind == "html":
            from ingest.readers.html import read_html

            return read_html(data, limits, on_page=on_page)
        if kind == "docx":
            from ingest.readers.docx import read_docx

            return read_docx(data, limits, on_page=on_page)
        from ingest.readers.text import read_text

        return read_text(data, limits, markdown=kind == "md", on_page=on_page)
    except RecursionError as error:
        raise UnreadableFile("nested too deeply to be read") from error
    except MemoryError as error:
        raise UnreadableFile("could not be read safely: it needs too much memory") from error
