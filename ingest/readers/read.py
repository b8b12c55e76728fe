"""`read_source`: a file of any supported kind to a Source, told by its content and not by its name."""

import os
import stat
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.formats import Evidence, Format, Hooks, sniffed
from ingest.readers.limits import Limits
from ingest.readers.source import OnPage, OnStep, Source

# Of what else there is, the likeliest: what it is, and what to do.
_REFUSED = (
    (b"PK\x03\x04", "a ZIP archive, not a document: unpack it"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Office file: save it as DOCX or PDF"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
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


def read_source(
    path: Path,
    *,
    limits: Limits | None = None,
    ocr: bool = True,
    on_page: OnPage | None = None,
) -> Source:
    """Read a file in this process; hostile files belong into `ingest.sandbox.pool.Workers`.

    `on_page(done, total)` is called after every page. Raises: UnreadableFile with a short reason.
    """
    limits = limits or Limits()
    return read_bytes(load(path, limits), path.name, limits=limits, ocr=ocr, on_page=on_page)


def load(path: Path, limits: Limits) -> bytes:
    """Return the content of a regular file. Raises: UnreadableFile for anything else, empty or too large."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableFile("not a regular file")
            if status.st_size > limits.file:
                raise UnreadableFile(f"larger than {limits.file // 1024 // 1024} MB: split the file")
            data = file.read(status.st_size)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened ({error.strerror or error})", transient=True) from error
    if not data:
        raise UnreadableFile("file is empty", "empty")
    return data


def detect_format(data: bytes, name: str) -> Format:
    """Return the format of the content.

    The name tells Markdown from text, and a text that mentions a PDF header from a PDF with junk before it.
    Raises: UnreadableFile naming what the content is where it is none of the formats that are read.
    """
    found = sniffed(data, name, Evidence.CONTENT)
    if found is not None:
        return found
    for mark, what in _REFUSED:
        if data.startswith(mark):
            raise UnreadableFile(what)
    found = sniffed(data, name, Evidence.NAME)
    if found is None:
        raise UnreadableFile("not a kind of file that is read")
    return found


def read_bytes(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    ocr: bool = True,
    on_page: OnPage | None = None,
    on_step: OnStep | None = None,
) -> Source:
    """Read the content of a file called `name`. Raises: UnreadableFile with a short reason."""
    hooks = Hooks(ocr=ocr, on_page=on_page, on_step=on_step)
    try:
        return detect_format(data, name).read(data, limits or Limits(), hooks)
    except RecursionError as error:
        raise UnreadableFile("nested too deeply to be read") from error
    except MemoryError as error:
        raise UnreadableFile("could not be read safely: it needs too much memory") from error
