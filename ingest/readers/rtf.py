"""RTF to Source: paragraphs and table rows as lines."""

import re
from collections.abc import Callable, Sequence

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter, folded
from ingest.readers.office_package import short_reason
from ingest.readers.rtf_marks import CLOSE, LEVEL, LOWERED, OPEN, RAISED, Aside, as_seen
from ingest.readers.source import Source

START = b"{\\rtf"
_INFO = re.compile(r"\{\\(title|author|subject|keywords)\s([^{}\\]{1,1000})\}")
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}|([{RAISED}{LOWERED}{LEVEL}])")


def read_rtf(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read an RTF file as one unpaged Source. Raises: UnreadableFile when it is damaged, too large, or without text.

    Notes and text boxes follow the paragraph or table row that they belong to, notes with the role "footnote".
    """
    marked = data.decode("latin-1")
    if not marked.rstrip("\0 \r\n\t").endswith("}"):
        raise UnreadableFile("damaged RTF file: it is cut short")
    seen = as_seen(marked)
    text = _text_of(seen.text)
    if len(text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    writer = LineWriter()
    _write(text, writer, seen.asides)
    if not writer.parts:
        raise UnreadableFile("holds no text", "empty")
    if on_page:
        on_page(1, 1)
    info = {key: folded(value) for key, value in _INFO.findall(marked[:20_000]) if folded(value)}
    return Source("rtf", False, (writer.page(frozenset(seen.flags)),), info=info)


def _text_of(marked: str) -> str:
    """Return the text of an RTF file. Raises: UnreadableFile."""
    from striprtf.striprtf import rtf_to_text

    try:
        return _paired(rtf_to_text(marked, errors="replace"))
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        raise UnreadableFile(f"damaged RTF file ({short_reason(error)})") from error


def _write(text: str, writer: LineWriter, asides: Sequence[Aside]) -> None:
    """Write lines, each followed by the notes and boxes that it calls."""
    height = LEVEL
    for written in text.split("\n"):
        row = _MARK.sub("", written).rstrip().endswith("|")
        before, _, after = written.rpartition("|") if row else ("", "", written)
        line = CELL_GAP.join(before.split("|")) + after if row else after
        called: list[Aside] = []
        at = 0
        for mark in _MARK.finditer(line):
            _say(writer, line[at : mark.start()], height)
            at = mark.end()
            height = mark[2] or height
            if mark[1] and int(mark[1]) < len(asides):
                called.append(asides[int(mark[1])])
                if called[-1].number:
                    writer.call(called[-1].number)
        _say(writer, line[at:], height)
        writer.end_line("td" if row else "p")
        for aside in called:
            _write_aside(aside, writer, asides)


def _say(writer: LineWriter, text: str, height: str) -> None:
    {RAISED: writer.raised, LOWERED: writer.lowered}.get(height, writer.say)(text)


def _write_aside(aside: Aside, writer: LineWriter, asides: Sequence[Aside]) -> None:
    inside = LineWriter()
    _write(_text_of(aside.rtf), inside, asides)
    if aside.role != "footnote":
        writer.append(inside)
    elif inside.parts:
        writer.say(f"{aside.number} " if aside.number else "")
        writer.take(inside)
        writer.end_line("footnote")


def _paired(text: str) -> str:
    """Return text whose characters beyond 65,535, which RTF writes as two halves, are whole."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
