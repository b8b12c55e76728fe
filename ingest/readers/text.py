"""Plain text and Markdown to Source: decoding, lines, and the pages of text dumped from a PDF."""

import re

from ingest.errors import UnreadableFile
from ingest.readers.dumped_text import cut_dumped
from ingest.readers.encodings import likely_encoding, misread_flags, repaired
from ingest.readers.limits import Limits
from ingest.readers.source import Line, OnPage, Page, Source
from ingest.text.safe import storable

FORM_FEED = "\f"
# Text holds next to no control characters; random bytes hold 10 %.
MAX_CONTROL_SHARE = 0.01

# What Windows-1252 has in the place of control characters that no text holds: a text read as Latin-1 and saved
# as UTF-8 has them. "2015\x962020" would lose its dash, and be another figure. U+0085 ends a line.
_MISREAD = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_MARKDOWN_ITEM = re.compile(r"\s*(?:[-*+]\s+|(?=\d{1,3}[.)]\s))(?=\S)")


def decode(data: bytes) -> str:
    """Return the text of `data`: by byte order mark, else UTF-8, else the likeliest encoding.

    Line ends become LF, control characters the Windows-1252 ones that they stand for.
    Raises: UnreadableFile when the bytes are no text.
    """
    text = _decode(data)
    if len(_CONTROL.findall(text)) > MAX_CONTROL_SHARE * len(text):
        raise UnreadableFile("holds binary data, not text")
    return repaired(storable(text.replace("\r\n", "\n").replace("\r", "\n").translate(_MISREAD)))


def _decode(data: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        likely = likely_encoding(data)
    if likely is None:
        raise UnreadableFile("holds binary data, or text in an unknown encoding: save it as UTF-8")
    return data.decode(likely, "replace")


def plain_lines(text: str, start: int = 0) -> tuple[Line, ...]:
    """Return a Line, without place or role, for every line of `text` that is not blank."""
    lines: list[Line] = []
    for body in text.split("\n"):
        if body.strip():
            lines.append(Line(start, start + len(body)))
        start += len(body) + 1
    return tuple(lines)


def markdown_lines(text: str) -> tuple[Line, ...]:
    """Return lines with the roles that `#` and list marks give; marks stay outside the line, numbers within."""
    lines: list[Line] = []
    for line in plain_lines(text):
        body = text[line.start : line.end]
        if heading := _MARKDOWN_HEADING.match(body):
            role, skip = f"h{len(heading[1])}", heading.end()
        elif item := _MARKDOWN_ITEM.match(body):
            role, skip = "li", item.end()
        else:
            role, skip = None, 0
        lines.append(Line(line.start + skip, line.end, role=role))
    return tuple(lines)


def read_text(
    data: bytes, limits: Limits, *, markdown: bool = False, on_page: OnPage | None = None
) -> Source:
    """Read plain text or Markdown.

    Pages come from form feeds, or from the marks of text dumped from a PDF; without either the source
    is unpaged. Raises: UnreadableFile for binary data, or text above a limit.
    """
    text = decode(data)
    if len(text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if not text.strip():
        raise UnreadableFile("holds no text", "empty")
    kind = "md" if markdown else "txt"
    parts = cut_pages(text)
    if len(parts) > limits.pages:
        raise UnreadableFile(f"has {len(parts):,} pages; at most {limits.pages:,} are read: split the file")
    if len(parts) == 1:
        lines = markdown_lines(text) if markdown else plain_lines(text)
        pages: tuple[Page, ...] = (Page(1, text, lines, flags=misread_flags(text)),)
    else:
        pages = tuple(_page(number, part) for number, part in enumerate(parts, 1))
    if on_page:
        on_page(len(pages), len(pages))
    return Source(kind, len(parts) > 1, pages)


def _page(number: int, text: str) -> Page:
    flags = misread_flags(text) if text.strip() else frozenset({"no_text"})
    return Page(number, text, plain_lines(text), flags=flags)


def cut_pages(text: str) -> list[str]:
    """Cut text into pages by form feeds, else by the marks of dumped text; one part means no pages.

    The parts joined give the text back (form feeds apart). A form feed at the very end closes the last
    page and begins none.
    """
    body = text[:-1] if text.endswith(FORM_FEED) else text
    if FORM_FEED in body or body is not text:
        return body.split(FORM_FEED)
    return cut_dumped(text)
