"""DOCX to Source: paragraphs, headings, lists, table rows and notes as lines with roles."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.source import Line, Page, Source
from ingest.text.safe import storable

# A DOCX is a ZIP: what it unpacks to is bounded before anything is unpacked.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000
CELL_GAP = " | "

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# A text box, and what only wraps blocks, rows or cells.
_BOX = f"{_W}txbxContent"
_WRAPPERS = frozenset({f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"})
# What was deleted or moved away stands there still; a drawing stands there again for readers of old.
_UNSEEN = frozenset(
    {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr",
     "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)  # fmt: skip
_TEXT = {f"{_W}t": "", f"{_W}noBreakHyphen": "-", f"{_W}tab": " ", f"{_W}br": " "}
_HEADING = re.compile(r"(?:heading|título|titulo|titre|überschrift)\s*([1-9])", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u200b]+")


def read_docx(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a Word document as one unpaged Source (a DOCX has no pages of its own).

    Footnotes and endnotes follow the body, with the role "footnote", in the order of their calls.
    Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    try:
        import docx

        document = docx.Document(io.BytesIO(data))
        styles = {style.style_id: style.name or "" for style in document.styles}
        found = [(role, _tidy(text)) for role, text in _blocks(document.element.body, styles)]
        for kind in ("footnote", "endnote"):
            found += [("footnote", _tidy(text)) for text in _notes(document, kind, styles)]
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


def _blocks(body: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (role, text) of paragraphs and table rows in document order; text boxes follow their paragraph."""
    for block in _inside(body):
        if block.tag == f"{_W}p":
            yield _role(block, styles), _text(block)
            for node in _shown(block):
                if node.tag == _BOX:
                    yield from _blocks(node, styles)
        elif block.tag == f"{_W}tbl":
            yield from _rows(block, styles)


def _inside(node: Any) -> Iterator[Any]:
    """Yield the children of a node, those in content controls as if they stood there by themselves."""
    for child in node.iterchildren():
        if child.tag in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _shown(node: Any) -> Iterator[Any]:
    """Yield what is below a paragraph and seen, text boxes as one node."""
    for child in node.iterchildren():
        if child.tag not in _UNSEEN:
            yield child
            if child.tag != _BOX:
                yield from _shown(child)


def _rows(table: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield one line a row; a row that holds a table again is read as blocks, as on web pages."""
    for row in _inside(table):
        cells = [cell for cell in _inside(row) if cell.tag == f"{_W}tc"] if row.tag == f"{_W}tr" else []
        if any(block.tag == f"{_W}tbl" for cell in cells for block in _inside(cell)):
            for cell in cells:
                yield from _blocks(cell, styles)
            continue
        header = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        texts = [_joined(cell, styles) for cell in cells]
        if any(texts):
            yield ("th" if header else "td"), CELL_GAP.join(texts)


def _joined(body: Any, styles: dict[str, str]) -> str:
    return _BLANKS.sub(" ", " ".join(text for _, text in _blocks(body, styles))).strip()


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
    """Return the visible text, without that of text boxes; what was deleted, moved away or hidden is left out."""
    parts: list[str] = []
    for node in _shown(paragraph):
        if node.tag in _TEXT and not _hidden(node.getparent()):
            parts.append(_TEXT[node.tag] or node.text or "")
    return "".join(parts)


def _hidden(run: Any) -> bool:
    """Return whether a run is hidden; it may also say that it is not, where its style hides."""
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "1") not in {"0", "false", "off"}


def _notes(document: Any, kind: str, styles: dict[str, str]) -> Iterator[str]:
    """Yield the texts of the notes of a kind, "footnote" or "endnote"."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(f"/{kind}s"):
            continue
        root = parse_xml(relation.target_part.blob)
        for note in root.iter(f"{_W}{kind}"):
            if note.get(f"{_W}type") in (None, "normal"):
                yield _joined(note, styles)


def _info(document: Any) -> dict[str, str]:
    core = document.core_properties
    values = {
        "title": core.title, "author": core.author, "subject": core.subject, "keywords": core.keywords,
        "language": core.language, "date": core.created.isoformat() if core.created else "",
    }  # fmt: skip
    return {key: _tidy(value)[:1000] for key, value in values.items() if value and _tidy(value)}
