"""HTML to Source: the text of the body with the role of every line; nothing is fetched or run."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.encodings import misread_flags
from ingest.readers.html_boilerplate import Boilerplate
from ingest.readers.html_lists import Counters, OrderedList
from ingest.readers.html_notes import called_note, is_back_link, notes_of
from ingest.readers.html_tables import grid, is_enumerator, lays_out, rows_of
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter
from ingest.readers.source import Source
from ingest.readers.text import decode

# Furniture of a web page, or nothing a reader sees.
SKIPPED = frozenset(
    {"script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "iframe", "form", "button",
     "select", "object", "embed", "canvas", "audio", "video", "head", "dialog", "menu", "math"}
)  # fmt: skip
SKIPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
STRUCK = frozenset({"del", "s", "strike"})
BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "body", "blockquote", "pre", "ul", "ol", "dl", "dt",
     "dd", "figure", "thead", "tbody", "tfoot", "address", "details", "summary", "hr", "fieldset",
     "center", "html"}
)  # fmt: skip
ROLES = {**{f"h{n}": f"h{n}" for n in range(1, 7)}, "li": "li", "figcaption": "caption", "caption": "caption"}
# Two Python calls a level; the interpreter allows 1,000. Real pages nest some 40 deep.
MAX_DEPTH = 300

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


def read_html(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a web page as one unpaged Source.

    Blanks are folded as a browser does; a table row is one line, its cells parted by " | "; numbers of lists are
    written out; notes follow the block that calls them. Raises: UnreadableFile when there is no text, or more than
    the limit.
    """
    web = web_text(decode_page(data))
    page = web.writer.page(web.flags)
    if not page.text:
        raise UnreadableFile("holds no text", "empty")
    if len(page.text) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if on_page:
        on_page(1, 1)
    return Source("html", False, (web.writer.page(page.flags | misread_flags(page.text)),), info=web.info)


@dataclass(frozen=True, slots=True)
class WebText:
    """The lines of a page, its flags and what it says of itself (`Source.info`)."""

    writer: LineWriter
    flags: frozenset[str]
    info: dict[str, str]


def web_text(html: str) -> WebText:
    """Return the text of a page as a reader sees it. Raises: UnreadableFile where it is nested too deeply."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    reader = _Reader(notes=notes_of(tree), counters=Counters.of(tree), around=Boilerplate.of(tree))
    if tree.body is not None:
        reader.walk(tree.body, 0)
        reader.writer.end_line()
    return WebText(reader.writer, frozenset(reader.flags), _info(tree))


def decode_page(data: bytes) -> str:
    """Return the text by its byte order mark; else UTF-8 where it is that; else what a browser takes it for."""
    declared = _META_CHARSET.search(data[:4096])
    if not declared or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or _is_utf8(data):
        return decode(data)
    try:
        encoding = codecs.lookup(declared[1].decode("ascii")).name
        encoding = _MEANT.get(encoding, encoding)
        text = data.decode(encoding, "replace") if encoding else ""
        # Declared as UTF-8 and full of what is none: the declaration is wrong.
        wrong = encoding == "utf-8" and "\ufffd" in text
        return decode(text.encode("utf-8", "replace") if text and not wrong else data)
    except (LookupError, UnicodeError):
        return decode(data)


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes beyond ASCII are UTF-8: no text in another encoding is so by chance."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not data.isascii()


@dataclass(slots=True)
class _Reader:
    """A walk over the page that writes its lines.

    `notes` are nodes by id, taken out of it as they are called, `called` the ids and numbers of those to write behind
    the block, `written` the blocks of those that are written. `around` tells the blocks that are no text of the page.
    """

    notes: dict[str, Any]
    counters: Counters
    around: Boilerplate = field(default_factory=Boilerplate)
    writer: LineWriter = field(default_factory=LineWriter)
    flags: set[str] = field(default_factory=set)
    called: list[tuple[str, str]] = field(default_factory=list)
    lists: list[OrderedList | None] = field(default_factory=list)
    written: set[int] = field(default_factory=set)

    def walk(self, node: Any, depth: int) -> None:
        """Write what is inside a node."""
        if depth > MAX_DEPTH:
            raise UnreadableFile("nested too deeply to be read")
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                self.writer.say(child.text_content or "")
            elif tag is None or tag.startswith("-") or tag == "!--" or self._unseen(child):
                continue
            elif tag == "sup":
                self._raised(child)
            elif tag == "sub":
                self.writer.lowered(child.text())
            elif tag == "br":
                self.writer.end_line()
            elif tag == "table":
                self._table(child, depth)
            elif tag in BLOCKS or tag in ROLES or tag == "tr":
                self._block(child, depth)
            else:
                self._inline(child, depth)

    def _raised(self, node: Any) -> None:
        self.writer.raised(node.text())
        for link in node.css("a[href]"):
            self._call(link)

    def _inline(self, node: Any, depth: int) -> None:
        if node.tag == "a" and is_back_link(node):
            return  # "↩": the way back from a note
        self.walk(node, depth + 1)
        if node.tag == "a":
            self._call(node)

    def _call(self, link: Any) -> None:
        ident = called_note(link, self.notes)
        if ident is not None:
            self.called.append((ident, link.text().strip()))

    def _block(self, node: Any, depth: int) -> None:
        if self._is_note(node):
            self._counted(node)
            return  # written where it is called
        self.writer.end_line()
        outer = self.writer.role
        self.writer.role = ROLES.get(node.tag, outer)
        if node.tag in ("ol", "ul", "menu"):
            self.lists.append(OrderedList.of(node) if node.tag == "ol" else None)
        if number := self._counted(node):
            self.writer.prefix = number
        self.walk(node, depth + 1)
        self.writer.end_line()
        if node.tag in ("ol", "ul", "menu"):
            self.lists.pop()
        if node.tag == "li":
            self.writer.prefix = ""
        self.writer.role = outer
        self._write_called(depth)

    def _counted(self, node: Any) -> str:
        """Count a block that begins, and return what a browser writes before its text."""
        shown = self.counters.before(node)
        if shown and not shown[-1:].isspace():
            shown += " "
        listed = self.lists[-1] if node.tag == "li" and self.lists else None
        number = listed.number(node) if listed is not None else ""
        return shown or number

    def _is_note(self, node: Any) -> bool:
        """Return whether a block is a note that is written, or will be, where it is called."""
        return node.mem_id in self.written or any(note.mem_id == node.mem_id for note in self.notes.values())

    def _write_called(self, depth: int) -> None:
        """Write the notes called since, after the block that calls them."""
        while self.called:
            ident, number = self.called.pop(0)
            node = self.notes.pop(ident, None)
            if node is None:
                continue
            self.written.add(node.mem_id)
            inside = _Reader(notes={}, counters=Counters(), writer=LineWriter(), flags=self.flags)
            inside.walk(node, depth + 1)
            inside.writer.end_line()
            if inside.writer.parts:
                if not inside.writer.parts[0].startswith(number):
                    self.writer.say(f"{number.strip('[]().')} ")
                self.writer.take(inside.writer)
                self.writer.end_line("footnote")

    def _table(self, table: Any, depth: int) -> None:
        """Write a table row by row; one that holds a table, or only lays out text, as blocks."""
        self.writer.end_line()
        rows = rows_of(table)
        if any(inner.mem_id != table.mem_id for inner in table.css("table")):
            for row in rows:
                own = {
                    cell.mem_id: " ".join(cell.text().split()) for cell in row.cells if not self._unseen(cell)
                }
                self._laid_out(row.cells, own, depth)
            return
        cells = {
            cell.mem_id: self._cell(cell, depth)
            for row in rows
            for cell in row.cells
            if not self._unseen(cell)
        }
        text = {ident: " ".join(writer.parts) for ident, writer in cells.items()}
        if lays_out(table, rows, text):
            for row in rows:
                self._laid_out(row.cells, text, depth)
            return
        for caption in table.css("caption"):
            self._block(caption, depth)
        outer = self.writer.role
        for row, places in zip(rows, grid(rows), strict=True):
            shown = [cell for cell in places if cell.mem_id in cells]
            if len({cell.mem_id for cell in shown}) == 1:
                shown = shown[:1]
            if any(text[cell.mem_id] for cell in shown):
                for place, cell in enumerate(shown):
                    self.writer.say(CELL_GAP if place else "")
                    self.writer.take(cells[cell.mem_id])
                self.writer.end_line("th" if row.header else "td")
        self.writer.role = outer
        self._write_called(depth)

    def _laid_out(self, cells: tuple[Any, ...], text: dict[int, str], depth: int) -> None:
        filled = [cell for cell in cells if text.get(cell.mem_id)]
        if len(filled) > 1 and is_enumerator(text[filled[0].mem_id]):
            self.writer.prefix = f"{text[filled[0].mem_id]} "
            outer, self.writer.role = self.writer.role, "li"
            self.walk(filled[1], depth + 1)
            self.writer.end_line()
            self.writer.prefix, self.writer.role = "", outer
            filled = filled[2:]
        for cell in filled:
            self.walk(cell, depth + 1)
            self.writer.end_line()
        self._write_called(depth)

    def _cell(self, node: Any, depth: int) -> LineWriter:
        """Return the text of a table cell."""
        inside = _Reader(
            notes=self.notes,
            counters=self.counters,
            around=self.around,
            flags=self.flags,
            called=self.called,
        )
        inside.walk(node, depth + 1)
        inside.writer.end_line()
        return inside.writer

    def _unseen(self, node: Any) -> bool:
        if node.tag in STRUCK or _says(
            node, "text-decoration:line-through", "text-decoration-line:line-through"
        ):
            self.flags.add("struck_text")
            return True
        if node.tag in SKIPPED and not (node.tag == "aside" and node.mem_id in _idents(self.notes)):
            return True
        if self.around.holds(node):
            return True
        attributes = node.attributes
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        return attributes.get("role") in SKIPPED_ROLES or _says(node, "display:none", "visibility:hidden")


def _idents(notes: dict[str, Any]) -> Iterator[int]:
    return (node.mem_id for node in notes.values())


def _says(node: Any, *declarations: str) -> bool:
    """Return whether the style of a node itself holds one of some declarations, written without blanks."""
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    return any(declaration in style for declaration in declarations)


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
