"""Files that people send: checked here, then laid into the corpus folder under a name we make.

Nothing is ever overwritten, nothing leaves the folder, and a half-written file never has a name the ingest
would take up.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.exports.escape import visible
from app.i18n import Words
from ingest.atomic_files import sync
from ingest.errors import UnreadableFile
from ingest.readers.formats import PDF_HEADER_WITHIN, SUFFIXES, Evidence, format_named, sniffed

MIB = 1024 * 1024
LONGEST_STEM = 60
DAY_SECONDS = 24 * 3600.0
_OURS = re.compile(r".+-[0-9a-f]{8}\.[a-z]+")
KINDS = tuple(sorted(suffix.lstrip(".") for suffix in SUFFIXES))
"""Endings, without their dot, of the files that are taken."""
_KEPT_SIGNS = frozenset(" ()-_,.&+'’")
_one_at_a_time = threading.Lock()

Outcome = Literal["stored", "not_pdf", "not_read", "too_large", "quota", "duplicate", "disk_full", "failed"]


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one file: `name` as sent, `path` where it was stored, `twin` the file it repeats."""

    name: str
    outcome: Outcome
    path: Path | None = None
    twin: str | None = None


def store(
    corpus: Path, name: str, data: bytes, *, max_mb: int, known: Mapping[str, str], daily_mb: int = 0
) -> Upload:
    """Check one file and store it in the corpus folder, under its own name with eight digits of its hash behind it.

    `known` maps the content hashes of the library to their titles; a file with one of them is not stored. Nor
    is one with which more than `daily_mb` would have come within 24 hours, where that is not 0.
    """
    if len(data) > max_mb * MIB:
        return Upload(name, "too_large")
    ending = ending_of(name, data)
    if ending is None:
        return Upload(name, "not_pdf" if name.lower().endswith(".pdf") else "not_read")
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 in known:
        return Upload(name, "duplicate", twin=known[sha256])
    target = corpus / safe_name(name, sha256, ending)
    try:
        with _one_at_a_time:
            return _stored(target, name, data, daily_mb)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return Upload(name, "disk_full" if full else "failed")


def _stored(target: Path, name: str, data: bytes, daily_mb: int) -> Upload:
    """Store what was found sound, unless it is there already or the day's uploads are used up. Raises OSError."""
    twin = target if target.exists() else _twin(target, data)
    if twin is not None:
        return Upload(name, "duplicate", twin=twin.name)
    if daily_mb and _of_a_day(target.parent) + len(data) > daily_mb * MIB:
        return Upload(name, "quota")
    _write(target, data)
    return Upload(name, "stored", path=target)


def _twin(target: Path, data: bytes) -> Path | None:
    """Return a file with the same content that was uploaded under another name, and may not have been read yet."""
    ending = target.stem[-len("-01234567") :] + target.suffix
    alike = (
        path for path in target.parent.glob(f"*{ending}") if _OURS.fullmatch(path.name) and path.is_file()
    )
    return next(
        (path for path in alike if path.stat().st_size == len(data) and path.read_bytes() == data), None
    )


def _of_a_day(corpus: Path) -> int:
    """Return the bytes of what was uploaded within 24 hours and is still there, told by names such as we make."""
    since = time.time() - DAY_SECONDS
    files = (path.stat() for path in corpus.iterdir() if _OURS.fullmatch(path.name) and path.is_file())
    return sum(found.st_size for found in files if found.st_mtime > since)


def ending_of(name: str, data: bytes) -> str | None:
    """Return the ending to store a file under, None for one that is not of a kind that is read.

    What the content says goes before the name; a text has nothing in it that says so, and must be called one.
    """
    if b"%PDF-" in data[:PDF_HEADER_WITHIN]:
        return ".pdf"
    found = sniffed(data, name, Evidence.CONTENT)
    if found is not None:
        return next((one for one in found.suffixes if name.lower().endswith(one)), found.suffixes[0])
    plain = [one for kind in ("html", "md", "txt") if (one := format_named(kind)) is not None]
    called = next((suffix for one in plain for suffix in one.suffixes if name.lower().endswith(suffix)), None)
    return called if called and _decodes(data) else None


def _decodes(data: bytes) -> bool:
    from ingest.readers.text import decode

    try:
        decode(data)
    except UnreadableFile:
        return False
    return True


def safe_name(name: str, sha256: str, ending: str = ".pdf") -> str:
    """Return the name to store a file under: the sent one as far as every system takes it, and eight of its hash."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
    kept = (one if one.isalnum() or one in _KEPT_SIGNS else " " for one in unicodedata.normalize("NFC", stem))
    words = " ".join("".join(kept).split())
    plain = words[:LONGEST_STEM].strip(" .-_,~") or "document"
    return f"{plain}-{sha256[:8]}{ending}"


def message(t: Words, upload: Upload, max_mb: int, daily_mb: int = 0) -> str:
    """Return what to tell about a file, with its name fit to be seen (not yet escaped for a page)."""
    texts = {
        "stored": t("{name}: received."),
        "not_pdf": t("{name}: not a PDF file."),
        "not_read": t("{name}: not a kind of file that is read here."),
        "too_large": t("{name}: larger than {limit} MB."),
        "quota": t("{name}: not saved. Today's {daily} MB of uploads are used up; try again tomorrow."),
        "duplicate": t("{name}: already in the library as {twin}."),
        "disk_full": t("Could not save {name}: the disk is full."),
        "failed": t("Could not save {name}."),
    }
    values = {
        "name": visible(upload.name),
        "limit": max_mb,
        "daily": daily_mb,
        "twin": visible(upload.twin or ""),
    }
    return texts[upload.outcome].format(**values)


def _write(target: Path, data: bytes) -> None:
    """Write beside the target, flush to the disk, then name it; an existing name is never replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with temporary.open("xb") as file:
            file.write(data)
        sync(temporary)
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # exFAT and many shares have no links: take the name first, empty, then fill it
            target.open("xb").close()
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync(target.parent)
