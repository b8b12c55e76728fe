"""HTML to Source: the text of the body with the role of every line; nothing is fetched or run."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.note_marks import CALL, is_exponent
from ingest.readers.source import Line, Page, Source
from ingest.readers.text import decode

# Furniture of a web page, or nothing a reader sees.
SKIPPED = frozenset(
    {"script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "iframe", "form", "button",
     "select", "object", "embed", "canvas", "audio", "video", "head", "dialog", "menu", "math"}
)  # fmt: skip
SKIPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "body", "blockquote", "pre", "ul", "ol", "dl", "dt",
     "dd", "figure", "table", "thead", "tbody", "tfoot", "address", "details", "summary", "hr", "fieldset",
     "center", "html"}
)  # fmt: skip
ROLES = {**{f"h{n}": f"h{n}" for n in range(1, 7)}, "li": "li", "figcaption": "caption", "caption": "caption"}
# Pieces of text that can hold the unit before an exponent.
UNIT_PIECES = 4
# Two Python calls a level; the interpreter allows 1,000. Real pages nest some 40 deep.
MAX_DEPTH = 300
CELL_GAP = " | "

_BLANKS = re.compile(r"[\s\u200b]+")
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
# Python's name of an encoding -> the one that a page means by it (WHATWG, Encoding Standard); "" where the bytes
# tell. Read as what they say, the first two make "2015\x962020", whose control character is left out of passages.
_MEANT = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gbk", "shift_jis": "cp932", "euc_kr": "cp949", **dict.fromkeys(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7"), ""),
}  # fmt: skip
_INFO = {
    "author": "author", "description": "subject", "keywords": "keywords", "date": "date",
    "dc.date": "date", "article:published_time": "date", "dc.creator": "author", "og:title": "title",
    "dc.title": "title",
}  # fmt: skip


@dataclass(slots=True)
class _Writer:
    """Collects the page text line by line, with the role of each line."""

    parts: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    length: int = 0
    waiting: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    role: str | None = None

    def say(self, text: str) -> None:
        self.waiting.append(text)

    def call(self, number: str) -> None:
        """Say a raised number, which calls a note unless it is an exponent."""
        before = "".join(self.waiting[-UNIT_PIECES:])
        if not is_exponent(before, 0, len(before)):
            self.calls.append(len(self.waiting))
        self.waiting.append(number)

    def end_line(self) -> None:
        pieces: list[str] = []
        calls: list[tuple[int, int]] = []
        at, blank, raised = self.length, True, set(self.calls)
        for number, said in enumerate(self.waiting):
            piece = _BLANKS.sub(" ", said)
            piece = piece[1:] if blank and piece[:1] == " " else piece
            if number in raised:
                calls.append((at, at + len(piece)))
            pieces.append(piece)
            at += len(piece)
            blank = piece[-1:] == " " if piece else blank
        self.waiting.clear()
        self.calls.clear()
        text = "".join(pieces).rstrip()
        if not text:
            return
        self.lines.append(
            Line(self.length, self.length + len(text), role=self.role or "p", calls=tuple(calls))
        )
        self.parts.append(text)
        self.length += len(text) + 1


def read_html(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a web page as one unpaged Source.

    Blanks are folded as a browser does; a table row is one line, its cells parted by " | ".
    Raises: UnreadableFile when there is no text, or more than the limit.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_decode(data))
    writer = _Writer()
    body = tree.body
    if body is not None:
        _walk(body, writer, 0)
        writer.end_line()
    text = "\n".join(writer.parts)
    if not text:
        raise UnreadableFile("holds no text", "empty")
    if len(text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if on_page:
        on_page(1, 1)
    return Source("html", False, (Page(1, text, tuple(writer.lines)),), info=_info(tree))


def _decode(data: bytes) -> str:
    """Return the text by its byte order mark, else by what a browser takes the declared encoding for."""
    declared = _META_CHARSET.search(data[:4096])
    if not declared or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return decode(data)
    try:
        encoding = codecs.lookup(declared[1].decode("ascii")).name
        encoding = _MEANT.get(encoding, encoding)
        return decode(data.decode(encoding, "replace").encode("utf-8", "replace") if encoding else data)
    except (LookupError, UnicodeError):
        return decode(data)


def _walk(node: Any, writer: _Writer, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableFile("nested too deeply to be read")
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            writer.say(child.text_content or "")
        elif tag is None or tag.startswith("-") or tag == "!--" or _unseen(child):
            continue
        elif tag == "sup" and CALL.fullmatch(raised := child.text().strip()):
            writer.call(raised)
        elif tag == "br":
            writer.end_line()
        elif tag == "tr":
            _row(child, writer, depth)
        elif tag in BLOCKS or tag in ROLES:
            _block(child, writer, depth)
        else:
            _walk(child, writer, depth + 1)


def _block(node: Any, writer: _Writer, depth: int) -> None:
    writer.end_line()
    outer = writer.role
    writer.role = ROLES.get(node.tag, outer)
    _walk(node, writer, depth + 1)
    writer.end_line()
    writer.role = outer


def _row(node: Any, writer: _Writer, depth: int) -> None:
    """Write one table row as one line; a row that holds a table again is walked as blocks."""
    if node.css_first("table") is not None:
        _block(node, writer, depth)
        return
    writer.end_line()
    cells = [cell for cell in node.iter() if cell.tag in ("td", "th") and not _unseen(cell)]
    outer, writer.role = writer.role, "th" if cells and all(cell.tag == "th" for cell in cells) else "td"
    texts = [_cell(cell, depth) for cell in cells]
    if any(texts):
        writer.say(CELL_GAP.join(texts))
    writer.end_line()
    writer.role = outer


def _cell(node: Any, depth: int) -> str:
    """Return the text of a table cell, its lines joined by blanks."""
    writer = _Writer()
    _walk(node, writer, depth + 1)
    writer.end_line()
    return " ".join(writer.parts)


def _unseen(node: Any) -> bool:
    if node.tag in SKIPPED:
        return True
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return attributes.get("role") in SKIPPED_ROLES or "display:none" in style or "visibility:hidden" in style


def _info(tree: Any) -> dict[str, str]:
    info: dict[str, str] = {}
    for meta in tree.css("meta"):
        attributes = meta.attributes
        key = _INFO.get((attributes.get("name") or attributes.get("property") or "").lower())
        value = _BLANKS.sub(" ", attributes.get("content") or "").strip()
        if key and value:
            info.setdefault(key, value[:1000])
    title = tree.css_first("title")
    if title is not None and (text := _BLANKS.sub(" ", title.text()).strip()):
        info.setdefault("title", text[:1000])
    root = tree.css_first("html")
    if root is not None and (language := (root.attributes.get("lang") or "").strip()):
        info["language"] = language[:50]
    return info
