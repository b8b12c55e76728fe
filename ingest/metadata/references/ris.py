"""RIS files, read by rispy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import UsageError
from ingest.metadata.references.reference import KINDS, Entry


def read_ris(text: str, where: str) -> Iterator[Entry]:
    """Yield the records of a RIS file. Raises: UsageError, beginning with `where`."""
    import rispy

    try:
        records = rispy.loads(text)
    except Exception as error:  # rispy raises OSError, KeyError and its own, by what it meets
        raise UsageError(
            f"{where}, line {_line(text)}: not RIS ({type(error).__name__}: {error})."
        ) from error
    if not records and text.strip():
        raise UsageError(f"{where}, line {_line(text)}: not RIS (no record begins with TY).")
    for number, record in enumerate(records, 1):
        yield _entry(record, number)


def _entry(record: dict[str, Any], number: int) -> Entry:
    unknown = record.get("unknown_tag", {})

    def first(*names: str) -> str | None:
        return next((str(record[name]) for name in names if record.get(name)), None)

    def names(*keys: str) -> list[str]:
        return [str(name) for key in keys for name in record.get(key, ())]

    title = first("title", "primary_title")
    container = first("secondary_title", "journal_name", "alternate_title3", "alternate_title2")
    publisher = first("publisher")
    attachments = [first("file_attachments1"), first("file_attachments2"), *unknown.get("L1", ())]
    return Entry(
        first("id") or title or f"number {number}",
        {
            "title": title,
            "publisher": publisher,
            "authors": names("authors", "first_authors"),
            "editors": [*unknown.get("ED", ()), *names("secondary_authors", "tertiary_authors")],
            "year": first("year", "publication_year"),
            "date": first("date", "year", "publication_year"),
            "type": first("type_of_work") or KINDS.get(str(record.get("type_of_reference"))),
            "container": None if container == publisher else container,
            "doi": first("doi"),
            "isbn": first("issn"),
            "url": next(iter(record.get("urls", ())), None),
            "language": first("language"),
            "tags": list(record.get("keywords", ())),
        },
        [path.partition("file://")[2] or path for path in attachments if path],
    )


def _line(text: str) -> int:
    """Return the line of the first tag that stands outside a record, 1 where none does."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            return number if not line.startswith("TY  -") else 1
    return 1
