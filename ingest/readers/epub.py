"""E-books (EPUB 2 and 3) to Source: the chapters in reading order, each read as the web page that it is."""

import io
import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ingest.errors import UnreadableFile
from ingest.readers.encodings import misread_flags
from ingest.readers.html import decode_page, web_text
from ingest.readers.limits import Limits
from ingest.readers.line_writer import LineWriter, folded
from ingest.readers.office_package import check_archive, short_reason
from ingest.readers.source import Source

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGE_TYPES = ("application/xhtml+xml", "text/html")
_INFO = {"title": "title", "creator": "author", "language": "language", "date": "date", "subject": "subject"}


@dataclass(frozen=True, slots=True)
class _Book:
    """Paths of the chapters in reading order, the name of each by the table of contents, and what the book says."""

    chapters: tuple[str, ...]
    names: dict[str, str]
    info: dict[str, str]


def read_epub(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read an e-book as one unpaged Source (its pages are as long as the screen).

    A chapter without a heading of its own is called as in the table of contents.
    Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    writer = LineWriter()
    flags: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _book(archive)
            for number, path in enumerate(book.chapters, 1):
                web = web_text(decode_page(archive.read(path)))
                flags |= web.flags
                if web.writer.parts and path in book.names and not _has_heading(web.writer):
                    writer.say(book.names[path])
                    writer.end_line("h1")
                writer.append(web.writer)
                if writer.length > limits.text:
                    raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
                if on_page:
                    on_page(number, len(book.chapters))
    except (UnreadableFile, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise UnreadableFile(f"damaged e-book ({short_reason(error)})") from error
    if not writer.parts:
        raise UnreadableFile("holds no text", "empty")
    page = writer.page()
    return Source("epub", False, (writer.page(frozenset(flags) | misread_flags(page.text)),), info=book.info)


def _has_heading(writer: LineWriter) -> bool:
    return any((line.role or "").startswith("h") for line in writer.lines)


def _book(archive: zipfile.ZipFile) -> _Book:
    package_path = next(
        (
            node.get("full-path", "")
            for node in _xml(archive.read(_CONTAINER)).iter()
            if _is(node, "rootfile")
        ),
        "",
    )
    package = _xml(archive.read(package_path))
    folder = posixpath.dirname(package_path)
    items = {node.get("id", ""): node for node in package.iter() if _is(node, "item")}
    spine = [items.get(node.get("idref", "")) for node in package.iter() if _is(node, "itemref")]
    held = set(archive.namelist())
    chapters = [
        _path(folder, item.get("href", ""))
        for item in spine
        if item is not None
        and item.get("media-type") in _PAGE_TYPES
        and "nav" not in item.get("properties", "").split()
    ]
    _refuse_locked(archive, chapters)
    missing = [path for path in chapters if path not in held]
    if missing:
        raise UnreadableFile(f"damaged e-book (a chapter is missing: {folded(missing[0])[:60]})")
    return _Book(
        tuple(dict.fromkeys(chapters)), _names(archive, folder, list(items.values())), _info(package)
    )


def _names(archive: zipfile.ZipFile, folder: str, items: list[Any]) -> dict[str, str]:
    """Return path of a chapter -> its name in the table of contents, the first where it has several."""
    names: dict[str, str] = {}
    for item in items:
        is_nav = "nav" in item.get("properties", "").split()
        path = _path(folder, item.get("href", ""))
        if (
            not (is_nav or item.get("media-type") == "application/x-dtbncx+xml")
            or path not in archive.namelist()
        ):
            continue
        tree = _xml(archive.read(path))
        for node in tree.iter():
            target = next((part.get("src", "") for part in node if _is(part, "content")), "")
            label = next(("".join(part.itertext()) for part in node if _is(part, "navLabel")), "")
            if is_nav and _is(node, "a"):
                target, label = node.get("href", ""), "".join(node.itertext())
            if target and folded(label):
                names.setdefault(_path(posixpath.dirname(path), target), folded(label)[:300])
    return names


def _refuse_locked(archive: zipfile.ZipFile, chapters: list[str]) -> None:
    """Raise UnreadableFile where chapters are encrypted; encrypted fonts are common and harmless."""
    if _ENCRYPTION not in archive.namelist():
        return
    for node in _xml(archive.read(_ENCRYPTION)).iter():
        if _is(node, "CipherReference") and _path("", node.get("URI", "")) in chapters:
            raise UnreadableFile("needs a password: the e-book is locked by its shop", "needs_password")


def _info(package: Any) -> dict[str, str]:
    info: dict[str, str] = {}
    for node in package.iter():
        key = next((key for name, key in _INFO.items() if _is(node, name)), None)
        if key and folded("".join(node.itertext())):
            info.setdefault(key, folded("".join(node.itertext()))[:1000])
    return info


def _xml(data: bytes) -> Any:
    """Parse XML without entities, other files or network."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise ValueError("no XML")
    return root


def _is(node: Any, name: str) -> bool:
    return isinstance(node.tag, str) and (node.tag == name or node.tag.endswith(f"}}{name}"))


def _path(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
