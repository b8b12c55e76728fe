"""The excerpts of a file that pincite wrote: search and batch results, exports, briefs.

JSON, JSON lines, CSL-JSON, RIS, CSV, Markdown (block quotes) and Word (paragraphs in the style "Quote", footnotes);
checked drafts and evidence tables among them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from app.checks.cited_place import PHYSICAL
from ingest.errors import UsageError
from ingest.text.folding import fold
from ingest.text.jsonl import decoded

# A brief is a few pages; a part of a Word file larger than this is no brief.
LARGEST_PART = 50_000_000
NO_EXCERPT = "no excerpt here. Give a search result, a batch, a brief, or an export of passages or pages."
# Keys of a checked draft and of an evidence table that hold further objects with hits.
_LISTS = ("sentences", "rows", "cells")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text that claims to stand in a document, `where` it was found in the file, and what it claims.

    `texts` are its possible readings: a CSV cell may begin with an apostrophe that only keeps it from
    being a formula. `document` is an id or file name, `citation` a line that names the title instead.
    `pages` are physical, first and last; None claims nothing, () a source without pages. `labels` of a CSV
    file are one text, joined by hyphens: "2-15" may be pages 2 to 15 or page 15 of chapter 2. The pages that the
    line `cited` names are compared, its other words are not.
    """

    where: str
    texts: tuple[str, ...]
    document: str | None = None
    citation: str | None = None
    pages: tuple[int, ...] | None = None
    labels: tuple[str, ...] | str | None = None
    spans: tuple[tuple[int, int, int], ...] | None = None
    cited: str | None = None


def read_excerpts(path: Path) -> list[Excerpt]:
    """Return the excerpts of a file, in order.

    A result without hits, or an export of nothing but blank pages, gives none. Raises: UsageError naming
    file and line for a file that is broken, of no known form, or not one that holds excerpts.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    if data.startswith(b"PK\x03\x04"):
        return _some(path, _word(path, data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}, line {_line(data, error.start)}: not UTF-8 text.") from error
    kind = path.suffix.lower()
    if kind == ".csv":
        return list(_csv(path, text))
    if kind == ".ris":
        return _some(path, list(_ris(text)))
    if kind in {".md", ".markdown"}:
        return _some(path, list(_markdown(text)))
    if text.strip() in {"", "[]"}:
        return _some(path, [])
    return list(_json(path, text))


def _some(path: Path, found: list[Excerpt]) -> list[Excerpt]:
    """Return the excerpts of a file whose form does not tell whether it is one of ours, if it has any."""
    if not found:
        raise UsageError(f"{path}: {NO_EXCERPT}")
    return found


def _json(path: Path, text: str) -> Iterator[Excerpt]:
    try:
        whole = decoded(text)
    except ValueError:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield from _value(path, _parsed(path, number, line), f"line {number}")
        return
    for number, value in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield from _value(path, value, f"entry {number}" if isinstance(whole, list) else "")


def _parsed(path: Path, number: int, line: str) -> Any:
    try:
        return decoded(line)
    except ValueError as error:
        raise UsageError(f"{path}, line {number}: not JSON ({error}).") from error


def _value(path: Path, value: Any, where: str) -> Iterator[Excerpt]:
    """Yield the excerpts of a search object, a checked draft, an evidence table, or of one exported record."""
    inner = next((key for key in _LISTS if key in value), None) if _is_plain(value) else None
    if inner is not None:
        for number, part in enumerate(value[inner] if isinstance(value[inner], list) else (), 1):
            yield from _value(path, part, f"{where}, {inner} {number}".removeprefix(", "))
    elif isinstance(value, dict) and value.get("kind") == "pincite brief":
        yield from _brief(path, value)
    elif isinstance(value, dict) and isinstance(value.get("hits"), list):
        for rank, hit in enumerate(value["hits"], 1):
            yield _record(path, hit, f"{where}, hit {rank}".removeprefix(", "))
    elif not _is_blank_page(value):
        yield _record(path, value, where or "the record")


def _is_plain(value: Any) -> bool:
    """Return whether a value is an object that is itself no excerpt."""
    return isinstance(value, dict) and "text" not in value


def _brief(path: Path, value: Mapping[str, Any]) -> Iterator[Excerpt]:
    """Yield the excerpts of a brief's own JSON file."""
    brief = value.get("brief")
    items = brief.get("items") if isinstance(brief, dict) else None
    if not isinstance(items, list):
        raise UsageError(f"{path}: {NO_EXCERPT}")
    for number, item in enumerate(items, 1):
        passage = item.get("passage") if isinstance(item, dict) else None
        record = {**passage, "document": item.get("document")} if isinstance(passage, dict) else None
        yield _record(path, record, f"item {number}")


def _is_blank_page(value: Any) -> bool:
    """Return whether a record is an exported page without text: there is nothing to look for."""
    return isinstance(value, Mapping) and "page" in value and not fold(str(value.get("text", "x")))


def _record(path: Path, record: Any, where: str) -> Excerpt:
    record = _of_references(record)
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise UsageError(f"{path}, {where}: {NO_EXCERPT}")
    try:
        pages = record.get("pages")
        if pages is None and "page" in record:
            pages = [record["page"], record["page"]]
        spans, labels = record.get("spans"), record.get("labels")
        cited = str(record.get("citation") or "") or None
        if pages is None and cited:
            pages = cited_pages(cited)
        return Excerpt(
            where=where,
            texts=(record["text"],),
            document=_document(record.get("document")),
            pages=None if pages is None else tuple(int(page) for page in pages),
            labels=labels if labels is None or isinstance(labels, str) else tuple(str(one) for one in labels),
            spans=None if not spans else tuple((int(p), int(a), int(b)) for p, a, b in spans),
            cited=cited,
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"{path}, {where}: pages, labels and spans must be lists ({error}).") from error


def _of_references(record: Any) -> Any:
    """Return an entry of CSL-JSON that quotes a passage as a record; anything else as it is."""
    custom = record.get("custom") if isinstance(record, dict) else None
    if not isinstance(custom, dict) or "passage" not in custom:
        return record
    return {
        "text": record.get("abstract"),
        "document": custom.get("document"),
        "pages": custom.get("pages"),
        "labels": record.get("locator"),
        "citation": record.get("note"),
    }


def _ris(text: str) -> Iterator[Excerpt]:
    """Yield the quotation of each RIS record that has one (N2), with the document and pages that C1 and C3 name."""
    for number, record in enumerate(re.split(r"^ER  - .*$", text, flags=re.MULTILINE), 1):
        before, has_quotation, _ = record.partition("\nN2  - ")
        fields = dict(re.findall(r"^(N2|C1|C3|SP|EP)  - (.*)$", record, re.MULTILINE))
        place = re.search(r"^N1  - (.*)$", before, re.MULTILINE)
        if has_quotation:
            pages = [int(page) for page in re.findall(r"\d+", fields.get("C3", ""))]
            yield Excerpt(
                where=f"record {number}",
                texts=(fields["N2"],),
                document=fields.get("C1"),
                pages=(pages[0], pages[-1]) if pages else (),
                labels="-".join(dict.fromkeys(fields[end] for end in ("SP", "EP") if end in fields)) or None,
                cited=place[1] if place else None,
            )


def _document(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("file")
    return str(value) if value else None


def _csv(path: Path, text: str) -> Iterator[Excerpt]:
    # A page may be longer than the 131,072 characters that the module allows a field.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if "text" not in (reader.fieldnames or ()):
            raise UsageError(f"{path}, line 1: there is no column called text.")
        for row in reader:
            yield from _row(row, f"line {reader.line_num}")
    except (csv.Error, ValueError) as error:
        raise UsageError(f"{path}, line {reader.line_num}: cannot be read ({error}).") from error


def _row(row: Mapping[str, str | None], where: str) -> Iterator[Excerpt]:
    """Yield the excerpt of a line of a CSV file, none for a page without text or an empty cell of a table."""
    shown = row.get("text") or ""
    texts = (shown, shown[1:]) if shown.startswith("'") else (shown,)
    if ("page" in row or row.get("state") == "empty") and not fold(texts[-1]):
        return
    pages = [int(number) for number in re.findall(r"\d+", row.get("pages") or row.get("page") or "")]
    yield Excerpt(
        where=where,
        texts=texts,
        document=row.get("document_id") or row.get("file") or None,
        pages=(pages[0], pages[-1]) if pages else None,
        labels=(row.get("labels") or "").removeprefix("'") or None,
        cited=row.get("citation") or None,
    )


def _markdown(text: str) -> Iterator[Excerpt]:
    """Yield each block quote, with the first line of text after it as its citation."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].startswith(">"):
            at += 1
            continue
        start = at
        while at < len(lines) and lines[at].startswith(">"):
            at += 1
        quote = " ".join(line[1:].strip() for line in lines[start:at])
        following = next((line for line in lines[at:] if line.strip()), "")
        yield _cited(f"line {start + 1}", _unescaped(quote), _unescaped(following))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _cited(where: str, text: str, citation: str) -> Excerpt:
    line = " ".join(citation.split())
    return Excerpt(where, (text,), citation=line, pages=cited_pages(line), cited=line)


def cited_pages(citation: str) -> tuple[int, ...] | None:
    """Return the physical pages that a citation line names, None where it names none.

    "p. 7 (PDF page 9)", "p. 7 (página 9 del PDF)" and "p. 7 (página 9 do PDF)" are page 9; "p. 9" alone says
    that printed and physical number agree.
    """
    found = [(m[1] or m[3], m[2] or m[4]) for m in PHYSICAL.finditer(citation)] or re.findall(
        r", pp?\. (\d+)(?:–(\d+))?(?= \(|\.|,|$)", citation
    )
    if not found:
        return None
    first, last = found[-1]
    return (int(first), int(last or first))


def _word(path: Path, data: bytes) -> list[Excerpt]:
    """Return the quotations of a Word file, each with the text of its footnote as citation."""
    from xml.etree import ElementTree as Xml

    parts: dict[str, Xml.Element] = {}
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            for name in ("word/document.xml", "word/footnotes.xml"):
                if name not in archive.namelist():
                    continue
                with archive.open(name) as file:
                    content = file.read(LARGEST_PART + 1)
                if len(content) > LARGEST_PART or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise UsageError(f"{path}: {name} is not what Word writes.")
                parts[name] = Xml.fromstring(content)  # noqa: S314 - no document type, no entities
    except (BadZipFile, Xml.ParseError, OSError, EOFError) as error:
        raise UsageError(f"{path}: not a readable Word file ({error}).") from error
    if "word/document.xml" not in parts:
        raise UsageError(f"{path}: a ZIP file, not a Word file.")
    notes = parts.get("word/footnotes.xml")
    texts = {
        note.get(f"{_WORD}id"): _text(note)
        for note in (notes.iter(f"{_WORD}footnote") if notes is not None else ())
    }
    return list(_quotations(parts["word/document.xml"].iter(f"{_WORD}p"), texts))


def _quotations(paragraphs: Iterable[Any], notes: Mapping[str | None, str]) -> Iterator[Excerpt]:
    for number, paragraph in enumerate(paragraphs, 1):
        style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
        if style is not None and style.get(f"{_WORD}val") == "Quote":
            reference = paragraph.find(f".//{_WORD}footnoteReference")
            note = notes.get(reference.get(f"{_WORD}id"), "") if reference is not None else ""
            yield _cited(f"paragraph {number}", _text(paragraph), note)


def _text(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_WORD}t"))


def _line(data: bytes, at: int) -> int:
    return data[:at].count(b"\n") + 1
