"""Documents and passages as JSON lines of the snapshot, and back."""

import dataclasses
import json

from ingest.library.records import Document, StoredPassage
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage


def encode(value: Document | StoredPassage) -> bytes:
    """Return one line of ASCII JSON; lone surrogates in names and texts survive."""
    return (
        json.dumps(dataclasses.asdict(value), ensure_ascii=True, separators=(",", ":")).encode("ascii")
        + b"\n"
    )


def decode_passage(line: bytes) -> StoredPassage:
    """Return the passage of a line."""
    content = json.loads(line)
    own = content.pop("passage")
    for name in ("section", "pages", "labels"):
        own[name] = tuple(own[name])
    own["spans"] = tuple((page, start, end) for page, start, end in own["spans"])
    for name in ("sentences", "calls"):
        own[name] = tuple((start, end) for start, end in own[name])
    # A snapshot of version 0.2 has no cells.
    own["cells"] = tuple(tuple(cell) for cell in own.get("cells", ()))
    return StoredPassage(passage=Passage(**own), **content)


def decode_document(line: bytes) -> Document:
    """Return the document of a line."""
    content = json.loads(line)
    metadata = content.pop("metadata")
    for name in ("authors", "editors", "countries", "tags"):
        # A snapshot of version 0.2 has no editors and no tags.
        metadata[name] = tuple(metadata.get(name, ()))
    for name in ("files", "notes"):
        content[name] = tuple(content[name])
    return Document(metadata=Metadata(**metadata), **content)
