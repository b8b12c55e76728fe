"""The reference files of a corpus, found and read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ingest.errors import UsageError
from ingest.metadata.references.bibtex import read_bibtex
from ingest.metadata.references.csl import is_csl, read_csl
from ingest.metadata.references.reference import Entry, Reference
from ingest.metadata.references.ris import read_ris
from ingest.text.jsonl import decoded
from ingest.text.small_files import KIB, read_text

# An entry takes about 1 kB with its abstract: some 16,000 references.
LARGEST = 16 * KIB * KIB
_READERS: dict[str, Callable[[str, str], Iterator[Entry]]] = {
    ".bib": read_bibtex,
    ".ris": read_ris,
    ".json": read_csl,
}
SUFFIXES = frozenset(_READERS)
"""Endings of what may be a reference file."""


def reference_files(corpus: Path, paths: Iterable[str]) -> list[str]:
    """Return which of the paths in a corpus are reference files: by their ending, of JSON files those that hold CSL."""
    return [path for path in paths if _is_reference_file(corpus, path)]


def _is_reference_file(corpus: Path, path: str) -> bool:
    suffix = Path(path).suffix.lower()
    if suffix != ".json":
        return suffix in _READERS
    try:
        items = decoded(read_text(corpus / path, LARGEST, within=corpus))
    except (UsageError, ValueError):
        return False  # somebody's data, not ours to judge
    return is_csl(items.get("items") if isinstance(items, dict) else items)


def read_references(corpus: Path, paths: Iterable[str]) -> list[Reference]:
    """Return the references in these files of a corpus.

    Raises: UsageError naming file and line for one that is broken.
    """
    found = []
    for path in paths:
        text = read_text(corpus / path, LARGEST, within=corpus)
        for entry in _READERS[Path(path).suffix.lower()](text, str(corpus / path)):
            found.append(entry.reference(path))
    return found
