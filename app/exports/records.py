"""`pincite export`: passages, pages, what is in no passage, and documents, also for reference managers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from app.exports.escape import printed
from app.exports.table_cells import table_of
from app.exports.tables import csv_lines
from ingest.atomic_files import whole_file
from ingest.errors import UsageError
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from ingest.library.library import Library

FORMATS = {
    "passages": ("jsonl", "csv"),
    "pages": ("jsonl", "csv"),
    "uncovered": ("jsonl", "csv"),
    "documents": ("jsonl", "csv", "bibtex", "ris", "csl-json"),
}
"""What can be exported -> the formats it can be written in."""


def export(library: Library, what: str, form: str, out: Path | None) -> int:
    """Write what the library holds to the file `out`, or to standard output; return how many records.

    The file is there whole or not at all. Raises: UsageError when `what` cannot be written in `form`;
    PinciteError when the file cannot be written.
    """
    if form not in FORMATS[what]:
        raise UsageError(f"{what} cannot be exported as {form}; choose one of {', '.join(FORMATS[what])}")
    if out is None:
        sys.stdout.flush()
        count = _write(library, what, form, sys.stdout.buffer)
        sys.stdout.flush()  # a reader that has left is told now, not when Python ends
        return count
    with whole_file(out) as file:
        return _write(library, what, form, file)


def _write(library: Library, what: str, form: str, out: BinaryIO) -> int:
    """Write the records one after the other: memory does not grow with the library."""
    from app.citations.styles import bibtex, csl_text, ris

    count = 0
    if form == "csv":
        for line in csv_lines(map(_cells, records(library, what))):
            out.write(line)
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
    """Yield the records of "passages", "pages", "uncovered" or "documents", in the order of the library."""
    from app.exports.schema import document_name, document_record, page_dict, passage_dict, uncovered

    documents = library.documents()
    if what == "documents":
        yield from (document_record(document) for document in documents)
        return
    for document in documents:
        if what == "passages":
            for stored in library.passages(document.id):
                passage = stored.passage
                yield (
                    passage_dict(stored, document)
                    | {
                        "tokens": passage.tokens,
                        "ocr": passage.ocr,
                        "readers_agree": passage.readers_agree,
                    }
                    | (
                        {"table": table_of(passage, by_figures=document.format != "pdf")}
                        if passage.kind == "table"
                        else {}
                    )
                )
        elif what == "uncovered":
            for page in library.pages(document.id):
                yield from uncovered(page, document)
        else:
            for page in library.pages(document.id):
                yield {"document": document_name(document), **page_dict(page)}


def _cells(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as cells: a list as its items joined, `pages` as "9-10", the document as columns."""
    cells: dict[str, Any] = {}
    for name, value in (
        {"locator": None, "table": None, **record}.items() if "passage_id" in record else record.items()
    ):
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
    if isinstance(value, dict) or name in {"spans", "span", "note_calls"}:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        between = {"section": " > ", "pages": "-", "labels": "-"}.get(name, "; ")
        items = value if name in {"section", "notes", "files"} else dict.fromkeys(value)
        return between.join(str(item) for item in items)
    return value
