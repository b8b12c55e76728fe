"""`pincite export`: passages, pages and documents as JSON lines or CSV, documents for reference managers."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from app.exports.escape import for_cell, printed
from ingest.atomic_files import whole_file
from ingest.errors import UsageError

if TYPE_CHECKING:
    from ingest.library.library import Document, Library

FORMATS = {
    "passages": ("jsonl", "csv"),
    "pages": ("jsonl", "csv"),
    "documents": ("jsonl", "csv", "bibtex", "ris", "csl-json"),
}
"""What can be exported -> the formats it can be written in."""

# Spreadsheet programs take a CSV file for UTF-8 only when it begins so.
BOM = "\ufeff"
# JSON allows these inside a line, but many readers of JSON lines break lines at them.
_LINE_BREAKS = {"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def export(library: Library, what: str, form: str, out: Path | None) -> int:
    """Write what the library holds to the file `out`, or to standard output; return how many records.

    The file is there whole or not at all. Raises: UsageError when `what` cannot be written in `form`;
    PinciteError when the file cannot be written.
    """
    if form not in FORMATS[what]:
        raise UsageError(f"{what} cannot be exported as {form}; choose one of {', '.join(FORMATS[what])}")
    if out is None:
        sys.stdout.flush()
        return _write(library, what, form, sys.stdout.buffer)
    with whole_file(out) as file:
        return _write(library, what, form, file)


def _write(library: Library, what: str, form: str, out: BinaryIO) -> int:
    """Write the records one after the other: memory does not grow with the library."""
    from app.citations.styles import bibtex, csl_text, ris

    count = 0
    if form == "csv":
        for line in _csv(records(library, what)):
            out.write(line.encode("utf-8", "replace"))
            count += 1
        return count - 1
    if form == "jsonl":
        for record in records(library, what):
            out.write(json_line(record))
            count += 1
        return count
    documents = library.documents()
    if form == "csl-json":
        out.write(csl_text(documents).encode("utf-8", "replace"))
    else:
        entry = bibtex if form == "bibtex" else ris
        out.write("\n".join(entry(document) for document in documents).encode("utf-8", "replace"))
    return len(documents)


def records(library: Library, what: str) -> Iterator[dict[str, Any]]:
    """Yield the records of "passages", "pages" or "documents", in the order of the library."""
    documents = library.documents()
    if what == "documents":
        yield from (document_record(document) for document in documents)
        return
    from app.exports.schema import passage_dict

    for document in documents:
        if what == "passages":
            for stored in library.passages(document.id):
                passage = stored.passage
                yield passage_dict(stored, document) | {
                    "tokens": passage.tokens,
                    "ocr": passage.ocr,
                    "readers_agree": passage.readers_agree,
                }
        else:
            for page in library.pages(document.id):
                yield {
                    "document": {"id": document.id, "file": document.file, "title": document.metadata.title},
                    "page": page.number,
                    "label": page.label,
                    "label_source": page.label_source,
                    "text": page.text,
                    "flags": sorted(page.flags),
                }


def document_record(document: Document) -> dict[str, Any]:
    """Return a document with its metadata, the source of each value, and how far it could be read."""
    meta = document.metadata
    return {
        "id": document.id,
        "sha256": document.sha256,
        "file": document.file,
        "files": list(document.files),
        "title": meta.title,
        "publisher": meta.publisher,
        "authors": list(meta.authors),
        "year": meta.year,
        "type": meta.type,
        "countries": list(meta.countries),
        "language": meta.language,
        "url": meta.url,
        "sources": dict(meta.sources),
        "format": document.format,
        "state": document.state,
        "reason": document.reason,
        "pages": document.page_count,
        "pages_without_text": document.pages_without_text,
        "passages": document.passage_count,
        "group": document.group,
        "older_edition": document.older_edition,
        "notes": list(document.notes),
        "added": document.added,
    }


def json_line(record: dict[str, Any]) -> bytes:
    """Return a record as one line of UTF-8 JSON, whatever characters its texts hold."""
    line = json.dumps(record, ensure_ascii=False)
    for character, escape in _LINE_BREAKS.items():
        line = line.replace(character, escape)
    try:
        return line.encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        return json.dumps(record).encode() + b"\n"


def _csv(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield lines of CSV; documents within records become columns, cells are kept from being formulas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    columns: list[str] | None = None
    for record in found:
        cells = _cells(record)
        if columns is None:
            columns = list(cells)
            writer.writerow(columns)
            yield BOM + _taken(buffer)
        writer.writerow([for_cell(cells.get(column)) for column in columns])
        yield _taken(buffer)
    if columns is None:
        yield BOM


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cells(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as cells: a list as its items joined, `pages` as "9-10", the document as columns."""
    cells: dict[str, Any] = {}
    for name, value in {"locator": None, **record}.items() if "passage_id" in record else record.items():
        if name == "document":
            cells.update(
                {"document_id" if key == "id" else key: _cell(key, item) for key, item in value.items()}
            )
        else:
            cells[name] = _cell(name, value)
    return cells


def _cell(name: str, value: Any) -> Any:
    if name == "text":
        return printed(value)
    if isinstance(value, dict) or name in {"spans", "note_calls"}:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        between = {"section": " > ", "pages": "-", "labels": "-"}.get(name, "; ")
        items = value if name in {"section", "notes", "files"} else dict.fromkeys(value)
        return between.join(str(item) for item in items)
    return value
