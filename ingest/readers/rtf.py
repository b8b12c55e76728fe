"""RTF to Source: paragraphs and table rows as lines."""

import re
from collections.abc import Callable

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter, folded
from ingest.readers.office_package import short_reason
from ingest.readers.source import Source
from ingest.text.safe import storable

START = b"{\\rtf"
_INFO = re.compile(r"\{\\(title|author|subject|keywords)\s([^{}\\]{1,1000})\}")
_UNSEEN = re.compile(r"\\(?:v|deleted)(?![a-z0-9])")


def read_rtf(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read an RTF file as one unpaged Source. Raises: UnreadableFile when it is damaged, too large, or without text."""
    from striprtf.striprtf import rtf_to_text

    marked = data.decode("latin-1")
    if not marked.rstrip("\0 \r\n\t").endswith("}"):
        raise UnreadableFile("damaged RTF file: it is cut short")
    try:
        text = rtf_to_text(marked, errors="replace")
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        raise UnreadableFile(f"damaged RTF file ({short_reason(error)})") from error
    if len(text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    writer = LineWriter()
    for line in storable(_paired(text)).split("\n"):
        row = line.rstrip().endswith("|")
        writer.say(CELL_GAP.join(line.rstrip().rstrip("|").split("|")) if row else line)
        writer.end_line("td" if row else "p")
    if not writer.parts:
        raise UnreadableFile("holds no text", "empty")
    if on_page:
        on_page(1, 1)
    info = {key: folded(value) for key, value in _INFO.findall(marked[:20_000]) if folded(value)}
    notes = ("hidden or deleted text may be among what is read",) if _UNSEEN.search(marked) else ()
    return Source("rtf", False, (writer.page(),), info=info, notes=notes)


def _paired(text: str) -> str:
    """Return text whose characters beyond 65,535, which RTF writes as two halves, are whole."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
