"""ZIP packages of Office files and e-books: of what kind, what they unpack to, whether they are whole; Strict ones."""

import io
import zipfile
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.line_writer import folded

# What a package unpacks to is bounded before anything is unpacked.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000

START = b"PK\x03\x04"
# What the names of the parts of a package begin with -> its kind. OpenDocument files hold "content.xml" alone.
_KINDS = (
    ("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"), ("META-INF/container.xml", "epub"), ("content.xml", "odf")
)  # fmt: skip
# A local header of a ZIP: 30 bytes, the length of the name at 26, then the name.
_NAME_LENGTH = 26
_NAME = 30
# Parts looked at where the list of them is lost.
_HEADERS_SEEN = 200

STRICT = b"http://purl.oclc.org/ooxml/"
# Strict names of ISO/IEC 29500 -> the transitional ones, the longest first.
_TRANSITIONAL = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships/metadata/core-properties",
     b"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)  # fmt: skip


def package_kind(data: bytes) -> str:
    """Return "docx", "xlsx", "pptx", "epub" or "odf" by the parts that are there, "" for other archives and no archive.

    A package that is cut short still tells by the parts before the cut.
    """
    if not data.startswith(START):
        return ""
    names = part_names(data)
    return next((kind for start, kind in _KINDS if any(name.startswith(start) for name in names)), "")


def part_names(data: bytes) -> list[str]:
    """Return the names of the parts of a package; of a damaged one those that can still be told."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return _names_by_headers(data)


def _names_by_headers(data: bytes) -> list[str]:
    names: list[str] = []
    at = 0
    while (at := data.find(START, at)) >= 0 and len(names) < _HEADERS_SEEN:
        length = int.from_bytes(data[at + _NAME_LENGTH : at + _NAME_LENGTH + 2], "little")
        names.append(data[at + _NAME : at + _NAME + length].decode("utf-8", "replace"))
        at += len(START)
    return names


def is_whole(data: bytes) -> bool:
    """Return whether an archive has its list of parts, which stands at its end."""
    return zipfile.is_zipfile(io.BytesIO(data))


def check_archive(data: bytes) -> None:
    """Refuse archives that unpack to too much. Raises: UnreadableFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        cut = "" if is_whole(data) else "it is cut short: "
        raise UnreadableFile(f"damaged archive ({cut}{short_reason(error)})") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableFile(f"unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB: not read")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("needs a password", "needs_password")


def short_reason(error: Exception) -> str:
    """Return what an exception says, in one line of at most 100 characters."""
    return " ".join(str(error).split())[:100] or type(error).__name__


def transitional(data: bytes) -> bytes:
    """Return an Office package with the names of the transitional form; one that is not Strict as it is.

    Call `check_archive` first: everything is unpacked. Raises: zipfile.BadZipFile, zlib.error for damage.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        main = next((name for name in archive.namelist() if name.endswith("_rels/.rels")), None)
        if main is None or STRICT not in archive.read(main):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
            for part in archive.infolist():
                content = archive.read(part)
                if part.filename.endswith((".xml", ".rels")):
                    for strict, plain in _TRANSITIONAL:
                        content = content.replace(strict, plain)
                written.writestr(part.filename, content)
    return out.getvalue()


def core_info(core: Any, data: bytes) -> dict[str, str]:
    """Return what an Office package says of itself, as `Source.info`; {} where it says nothing.

    `core` are the core properties as a library gives them, which makes some up where the package has none.
    """
    if not _says_core(data):
        return {}
    author = getattr(core, "author", None) or getattr(core, "creator", None)
    values = {
        "title": core.title, "author": author, "subject": core.subject, "keywords": core.keywords,
        "language": core.language, "date": core.created.isoformat() if core.created else "",
    }  # fmt: skip
    return {key: folded(value)[:1000] for key, value in values.items() if value and folded(value)}


def _says_core(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "_rels/.rels" in archive.namelist() and b"core-properties" in archive.read("_rels/.rels")
