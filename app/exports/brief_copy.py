"""A copy of a brief inside its own exports, so that it can be opened again: JSON, Markdown and Word files.

The copy of a Word file is a custom XML part, which word processors keep when they save; that of a Markdown file is a
comment at its end. What a copy says of a passage is believed only where the library holds the same words.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile

import msgspec

from app.exports.brief import MAX_ITEMS, Brief
from ingest.errors import UsageError

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is opened, and of the copy in it once unpacked."""
XML_NAMESPACE = "urn:pincite:brief"
_COMMENT = re.compile(rb"<!-- pincite-brief ([A-Za-z0-9+/=]+) -->\s*$")
_PART = re.compile(r"customXml/item\d+\.xml")
_ELEMENT = re.compile(rb'<brief xmlns="urn:pincite:brief">([A-Za-z0-9+/=]+)</brief>')


class _File(msgspec.Struct, frozen=True, tag="pincite brief", tag_field="kind"):
    name: str
    brief: Brief


def as_json(name: str, brief: Brief) -> bytes:
    """Return the brief as a JSON file of our own: everything, nothing lost."""
    return msgspec.json.format(encoded(_File(name, brief)), indent=2) + b"\n"


def as_comment(name: str, brief: Brief) -> str:
    """Return the line that ends a Markdown file."""
    return f"<!-- pincite-brief {_packed(name, brief)} -->\n"


def as_xml(name: str, brief: Brief) -> bytes:
    """Return the custom XML part of a Word file."""
    body = f'<brief xmlns="{XML_NAMESPACE}">{_packed(name, brief)}</brief>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode("ascii")


def opened(file_name: str, data: bytes) -> tuple[str, Brief]:
    """Return name and items of the brief in an exported file. Raises UsageError naming the file."""
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        found = msgspec.json.decode(_copy(data), type=_File)
    except (ValueError, zipfile.BadZipFile, binascii.Error, RecursionError) as error:
        raise UsageError(
            f"{file_name}: no brief of pincite; choose a Word, Markdown or JSON file exported from the Brief page"
        ) from error
    once = {item.passage.id: item for item in found.brief.items}
    return found.name, Brief(tuple(once.values())[:MAX_ITEMS])


def encoded(value: object) -> bytes:
    """Return a value as JSON; halves of characters, which a damaged text may hold, become question marks."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode("utf-8", "replace")


def _packed(name: str, brief: Brief) -> str:
    return base64.b64encode(encoded(_File(name, brief))).decode("ascii")


def _copy(data: bytes) -> bytes:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [info for info in archive.infolist() if _PART.fullmatch(info.filename)]
            texts = [archive.read(info) for info in parts if info.file_size <= 2 * LARGEST]
        match = next((found for text in texts if (found := _ELEMENT.search(text))), None)
    elif data.lstrip().startswith(b"{"):
        return data
    else:
        match = _COMMENT.search(data)
    if match is None:
        raise ValueError("no copy of a brief")
    return base64.b64decode(match[1], validate=True)
