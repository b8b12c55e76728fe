"""Plain text and Markdown to Source: decoding, lines, and the pages of text dumped from a PDF."""

import re
from collections.abc import Callable, Iterator

from ingest.errors import UnreadableFile
from ingest.readers.dumped_text import cut_dumped
from ingest.readers.encodings import likely_encoding, misread_flags, repaired
from ingest.readers.limits import Limits
from ingest.readers.page_marks import mark_rows, marked_pages, page_marks
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

    Pages come from form feeds, from the marks of text dumped from a PDF, or from lines like "Page 2 of 6";
    without any the source is unpaged. Raises: UnreadableFile for binary data, or text above a limit.
    """
    text = decode(data)
    if len(text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if not text.strip():
        raise UnreadableFile("holds no text", "empty")
    lines_of = markdown_lines if markdown else plain_lines
    pages = tuple(_pages(text, lines_of))
    if len(pages) > limits.pages:
        raise UnreadableFile(f"has {len(pages):,} pages; at most {limits.pages:,} are read: split the file")
    if on_page:
        on_page(len(pages), len(pages))
    return Source("md" if markdown else "txt", len(pages) > 1, pages)


def _pages(text: str, lines_of: Callable[[str], tuple[Line, ...]]) -> Iterator[Page]:
    """Yield the pages of a text with their lines and the numbers that it marks them with."""
    parts = cut_pages(text)
    numbers: list[int | None] = [None] * len(parts)
    if len(parts) > 1:
        lines_of = plain_lines
    elif marked := cut_marked(text):
        parts, numbers = [part for part, _ in marked], [number for _, number in marked]
    for at, (part, number) in enumerate(zip(parts, numbers, strict=True), 1):
        no_text = {row_start for row_start, _ in _mark_lines(part)}
        lines = tuple(line for line in lines_of(part) if part.rfind("\n", 0, line.start) + 1 not in no_text)
        flags = misread_flags(part) if part.strip() or len(parts) == 1 else frozenset({"no_text"})
        yield Page(at, part, lines, pagelabel=None if number is None else str(number), flags=flags)


def _mark_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, number) of the lines that only mark a page."""
    rows = text.split("\n")
    marks = mark_rows(rows)
    start = 0
    for at, row in enumerate(rows):
        if at in marks:
            yield start, marks[at].number
        start += len(row) + 1


def cut_marked(text: str) -> list[tuple[str, int | None]]:
    """Cut text into pages by its lines like "Page 2 of 6": parts that joined give it back, each with its number.

    [] where there are none, or it is not sure which side of its mark a page is.
    """
    rows = text.split("\n")
    pages = marked_pages(rows, page_marks(rows))
    offsets = [0]
    for row in rows:
        offsets.append(offsets[-1] + len(row) + 1)
    return [
        (text[offsets[page.first] : offsets[page.end]], None if page.mark is None else page.number)
        for page in pages
    ]


def cut_pages(text: str) -> list[str]:
    """Cut text into pages by form feeds, else by the marks of dumped text; one part means no pages.

    The parts joined give the text back (form feeds apart). A form feed at the very end closes the last
    page and begins none.
    """
    body = text[:-1] if text.endswith(FORM_FEED) else text
    if FORM_FEED in body or body is not text:
        return body.split(FORM_FEED)
    return cut_dumped(text)
