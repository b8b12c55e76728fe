"""Why a file is not read: what it is by its content, and what to do."""

from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers import office_package, ole_container

_PACKAGED = (".docx", ".xlsx", ".pptx", ".epub")
_OFFICE_STARTS = ("[Content_Types].xml", "_rels/", "docProps/", "mimetype")
_OLD = {
    "doc": "an old Word file (.doc): save it as DOCX or PDF",
    "xls": "an old Excel file (.xls): save it as XLSX",
    "ppt": "an old PowerPoint file (.ppt): save it as PPTX or PDF",
    "msg": "an Outlook message (.msg): save it as EML or PDF",
}
_STARTS = (
    (b"\x89PNG", "a picture: put it into a PDF"),
    (b"\xff\xd8\xff", "a picture: put it into a PDF"),
    (b"GIF8", "a picture: put it into a PDF"),
    (b"II*\0", "a picture: put it into a PDF"),
    (b"MM\0*", "a picture: put it into a PDF"),
    (b"%!PS", "a PostScript file: save it as PDF"),
    (b"\x1f\x8b", "a compressed file: unpack it"),
    (b"7z\xbc\xaf", "a compressed file: unpack it"),
    (b"Rar!", "a compressed file: unpack it"),
)


def refusal(data: bytes, name: str) -> UnreadableFile | None:
    """Return why content that is none of the formats that are read is refused, None where it may still be text."""
    if data.startswith(office_package.START):
        return _refused_archive(data, name)
    if data.startswith(ole_container.START):
        return refused_container(data, name)
    return next((UnreadableFile(what) for start, what in _STARTS if data.startswith(start)), None)


def refused_container(data: bytes, name: str) -> UnreadableFile:
    """Return why an OLE container is refused; what it does not tell of itself, its name may."""
    kind = ole_container.container_kind(data) or Path(name).suffix.lower().lstrip(".")
    if kind == "locked":
        return UnreadableFile("needs a password", "needs_password")
    return UnreadableFile(_OLD.get(kind, "an old Office file: save it as DOCX or PDF"))


def _refused_archive(data: bytes, name: str) -> UnreadableFile:
    parts = office_package.part_names(data)
    if office_package.package_kind(data) == "odf":
        return UnreadableFile("an OpenDocument file: save it as DOCX or PDF")
    is_document = name.lower().endswith(_PACKAGED) or any(
        part.startswith(_OFFICE_STARTS) for part in parts[:1]
    )
    if is_document and not office_package.is_whole(data):
        return UnreadableFile("damaged: the file is cut short")
    if is_document:
        return UnreadableFile("damaged: the main part of the document is missing")
    return UnreadableFile("a ZIP archive, not a document: unpack it")
