"""The package of a Word document: what it unpacks to, whether it is whole, and Strict files made readable."""

import io
import zipfile

from ingest.errors import UnreadableFile

# A DOCX is a ZIP: what it unpacks to is bounded before anything is unpacked.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000

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


def check_archive(data: bytes) -> None:
    """Refuse archives that unpack to too much. Raises: UnreadableFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableFile(f"damaged archive ({short_reason(error)})") from error
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
