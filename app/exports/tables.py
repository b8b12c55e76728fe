"""Passages as rows of a table and as the library's JSON lines, for files people take away.

The columns of a CSV file carry `passage_id`, `text` and `pages`, so that `pincite verify` can check it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from app.exports.escape import for_cell
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from app.citations.styles import Wording
    from index.search import Hit
    from ingest.library.records import Document
    from ingest.passage import Passage

# Spreadsheet programs take a CSV file for UTF-8 only when it begins so.
BOM = "\ufeff"

COLUMNS = (
    "number",
    "text",
    "citation",
    "publisher",
    "title",
    "year",
    "pages",
    "labels",
    "section",
    "language",
    "kind",
    "question",
    "note",
    "url",
    "file",
    "document_id",
    "passage_id",
)


def row(
    number: int,
    document: Document,
    passage: Passage,
    *,
    question: str,
    note: str = "",
    words: Wording | None = None,
) -> dict[str, Any]:
    """Return one passage as a row under COLUMNS; `pages` is "9" or "9-10", physical, "" without pages.

    `words` are those of the citation, English ones unless others are given.
    """
    from app.citations.styles import ENGLISH, citation

    meta = document.metadata
    return {
        "number": number,
        "text": passage.display_text,
        "citation": citation(document, passage, words or ENGLISH),
        "publisher": meta.publisher,
        "title": meta.title,
        "year": meta.year,
        "pages": "-".join(str(page) for page in dict.fromkeys(passage.pages)),
        "labels": "-".join(dict.fromkeys(passage.labels)),
        "section": " > ".join(passage.section),
        "language": passage.language,
        "kind": passage.kind,
        "question": question,
        "note": note,
        "url": meta.url,
        "file": document.file,
        "document_id": document.id,
        "passage_id": passage.id,
    }


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> Iterator[bytes]:
    """Yield the lines of a CSV file: UTF-8 with a byte order mark, every cell neutralised by `for_cell`.

    The first line names the columns: those given, else those of the first row; without either it is empty.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = iter(rows)
    first = next(rows, None)
    columns = columns or tuple(first or ())
    begin = BOM
    if columns:
        writer.writerow(columns)
        begin += _taken(buffer)
    yield begin.encode()
    for row in chain(() if first is None else (first,), rows):
        writer.writerow([for_cell(row.get(column)) for column in columns])
        yield _taken(buffer).encode("utf-8", "replace")


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def passages_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows of passages as a CSV file with the columns COLUMNS."""
    return b"".join(csv_lines(rows, COLUMNS))


def hits_csv(hits: Iterable[Hit], question: str, words: Wording | None = None) -> bytes:
    """Return hits as CSV, numbered by rank."""
    return passages_csv(
        row(hit.rank, hit.document, hit.passage.passage, question=question, words=words) for hit in hits
    )


def hits_jsonl(hits: Iterable[Hit]) -> bytes:
    """Return hits as JSON lines, each the hit object of the search format."""
    from app.exports.schema import hit_dict

    return b"".join(json_line(hit_dict(hit)) for hit in hits)


def hits_ris(hits: Iterable[Hit], words: Wording | None = None) -> bytes:
    """Return hits as RIS records, one a passage, with its printed pages."""
    from app.citations.styles import ENGLISH, Quoted, ris

    records = (
        ris(hit.document, hit.passage.passage, words or ENGLISH, Quoted(hit.passage.passage.display_text))
        for hit in hits
    )
    return "".join(records).encode("utf-8", "replace")
