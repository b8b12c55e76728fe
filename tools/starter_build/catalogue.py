"""The catalogue of the corpus, written from the heads of the sources."""

from typing import Any

from starter_build.source import Document

# In the order a reader wants them; absent keys stay absent (an undated source has no year).
KEYS = ("title", "publisher", "authors", "year", "type", "countries", "language", "url")
PREAMBLE = (
    "# Bibliographic data of the starter corpus, one table a file.\n"
    "# Written by tools/build_starter_corpus.py.\n"
    "# Your own files may stand beside these, with or without an entry here.\n"
)


def catalogue_toml(documents: list[Document]) -> str:
    """Return the text of catalogue.toml, files in order of their names."""
    tables = [_table(document) for document in sorted(documents, key=lambda d: d.file)]
    return PREAMBLE + "\n" + "\n".join(tables)


def _table(document: Document) -> str:
    lines = [f"[{_value(document.file)}]"]
    lines += [f"{key} = {_value(document.meta[key])}" for key in KEYS if key in document.meta]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
