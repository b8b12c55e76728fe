"""Proposals of metadata for the documents of a library, as a catalogue that a person looks through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.service.metadata_proposals import of_library
from ingest.metadata.catalogue import Catalogue, read_catalogue
from ingest.metadata.metadata import FIELDS

if TYPE_CHECKING:
    from ingest.library.library import Library

HEAD = """\
# What pincite would put into the catalogue: look it through, take out what is wrong, and save it as catalogue.toml in
# the folder of the documents. Behind each proposal stands where it was read; without such a remark it was there before.
"""


def catalogue_text(corpus: Path | None, library: Library) -> tuple[str, int]:
    """Return the corpus' catalogue with the proposals added, as TOML, and the number of proposals.

    What the catalogue says stays. Raises: UsageError for a broken catalogue.
    """
    known = read_catalogue(corpus) if corpus is not None and corpus.is_dir() else Catalogue()
    entries = {path: dict(values) for path, values in known.entries.items()}
    remarks: dict[tuple[str, str], str] = {}
    for document, proposals in of_library(library):
        path = _entry_of(known, document.path)
        for proposal in proposals:
            if proposal.field not in entries.setdefault(path, {}):
                entries[path][proposal.field] = proposal.value
                remarks[path, proposal.field] = f"{proposal.source}: {proposal.words}"
    tables = [_table(path, values, remarks) for path, values in entries.items() if values]
    return "\n".join([HEAD, *tables]), len(remarks)


def _entry_of(known: Catalogue, path: str) -> str:
    """Return the key under which the catalogue describes a file already, else its path."""
    return (
        path
        if path in known.entries
        else next((key for key in known.entries if key == Path(path).name), path)
    )


def _table(path: str, values: Mapping[str, Any], remarks: Mapping[tuple[str, str], str]) -> str:
    lines = [f"[{toml_text(path)}]"]
    for name in FIELDS:
        if name in values:
            remark = remarks.get((path, name))
            lines.append(f"{name} = {_value(values[name])}" + (f"  # {_one_line(remark)}" if remark else ""))
    return "\n".join(lines) + "\n"


def toml_text(text: str) -> str:
    """Return a text as TOML writes one: JSON's form, without what only JSON allows (half a character)."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_text(str(one)) for one in value) + "]"
    return str(value) if isinstance(value, int) else toml_text(str(value))


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
