"""DOCX to Source: paragraphs, headings, lists, table rows and footnotes as lines with roles."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from ingest.errors import UnreadableFile
from ingest.limits import Limits
from ingest.source import Line, Page, Source
from ingest.storable import storable

# A DOCX is a ZIP: what it unpacks to is bounded before anything is unpacked.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000
CELL_GAP = " | "

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|título|titulo|titre|überschrift)\s*([1-9])", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u200b]+")


def read_docx(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a Word document as one unpaged Source (a DOCX has no pages of its own).

    Footnotes follow the body, with the role "footnote", in the order of their calls.
    Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    try:
        import docx

        document = docx.Document(io.BytesIO(data))
        found = [(role, _tidy(text)) for role, text in _blocks(document.element.body, document)]
        found += [("footnote", _tidy(text)) for text in _footnotes(document)]
        info = _info(document)
    except Exception as error:
        raise UnreadableFile(f"damaged Word document ({_reason(error)})") from error
    lines: list[Line] = []
    parts: list[str] = []
    length = 0
    for role, text in found:
        if text:
            lines.append(Line(length, length + len(text), role=role))
            parts.append(text)
            length += len(text) + 1
    if not parts:
        raise UnreadableFile("holds no text", "empty")
    if length > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if on_page:
        on_page(1, 1)
    return Source("docx", False, (Page(1, "\n".join(parts), tuple(lines)),), info=info)


def check_archive(data: bytes) -> None:
    """Refuse archives that unpack to too much. Raises: UnreadableFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableFile(f"damaged archive ({_reason(error)})") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableFile(f"unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB: not read")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("needs a password", "needs_password")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__


def _tidy(text: str) -> str:
    return storable(_BLANKS.sub(" ", text).strip())


def _blocks(body: Any, document: Any) -> Iterator[tuple[str, str]]:
    """Yield (role, text) of paragraphs and table rows in document order, content controls included."""
    styles = {style.style_id: style.name or "" for style in document.styles}
    for block in body.iterchildren():
        if block.tag == f"{_W}p":
            yield _role(block, styles), _text(block)
        elif block.tag == f"{_W}tbl":
            yield from _rows(block)
        elif block.tag == f"{_W}sdt":
            for content in block.iterchildren(f"{_W}sdtContent"):
                yield from _blocks(content, document)


def _rows(table: Any) -> Iterator[tuple[str, str]]:
    for row in table.iter(f"{_W}tr"):
        cells = [" ".join(_text(p) for p in cell.iter(f"{_W}p")) for cell in row.iterchildren(f"{_W}tc")]
        header = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        if any(cell.strip() for cell in cells):
            yield ("th" if header else "td"), CELL_GAP.join(_BLANKS.sub(" ", cell).strip() for cell in cells)


def _role(paragraph: Any, styles: dict[str, str]) -> str:
    """Return h1 … h6, li, caption or p, from the style name, the outline level and the numbering."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    style_id = style.get(f"{_W}val", "") if style is not None else ""
    name = styles.get(style_id, style_id)
    if name.lower() == "title":
        return "h1"
    if heading := _HEADING.match(name):
        return f"h{min(int(heading[1]), 6)}"
    level = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if level is not None and level.get(f"{_W}val", "9").isdigit() and int(level.get(f"{_W}val")) < 6:
        return f"h{int(level.get(f'{_W}val')) + 1}"
    if name.lower().startswith(("caption", "descripción", "legenda", "légende")):
        return "caption"
    if name.lower().startswith("list") or paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return "li"
    return "p"


def _text(paragraph: Any) -> str:
    """Return the visible text; deleted revisions and hidden runs are left out."""
    parts: list[str] = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        run = node.getparent()
        if run.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        else:
            parts.append(" ")
    return "".join(parts)


def _footnotes(document: Any) -> Iterator[str]:
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/footnotes"):
            continue
        root = parse_xml(relation.target_part.blob)
        for note in root.iter(f"{_W}footnote"):
            if note.get(f"{_W}type") in (None, "normal"):
                yield " ".join(_text(paragraph) for paragraph in note.iter(f"{_W}p"))


def _info(document: Any) -> dict[str, str]:
    core = document.core_properties
    values = {
        "title": core.title, "author": core.author, "subject": core.subject, "keywords": core.keywords,
        "language": core.language, "date": core.created.isoformat() if core.created else "",
    }  # fmt: skip
    return {key: _tidy(value)[:1000] for key, value in values.items() if value and _tidy(value)}
