"""CSL-JSON: what Zotero, Mendeley and pandoc exchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.errors import UsageError
from ingest.metadata.references.reference import KINDS, Entry, personal_name, tags_of
from ingest.text.jsonl import decoded

# What only an item of CSL has beside its type; a JSON file without is somebody's data.
_OF_AN_ITEM = frozenset({"title", "author", "editor", "issued", "container-title", "DOI", "URL"})


def read_csl(text: str, where: str) -> Iterator[Entry]:
    """Yield the items of a CSL-JSON file. Raises: UsageError, beginning with `where`, for a file of another kind."""
    try:
        items = decoded(text)
    except ValueError as error:
        raise UsageError(f"{where}, line 1: not JSON ({error}).") from error
    items = items.get("items") if isinstance(items, dict) else items
    if not isinstance(items, list) or not is_csl(items):
        raise UsageError(f"{where}, line 1: not CSL-JSON, which is a list of items with a type and a title.")
    for number, item in enumerate(items, 1):
        yield _entry(item, number)


def is_csl(items: object) -> bool:
    """Return whether a value of JSON is a list of items as CSL has them."""
    return isinstance(items, list) and bool(items) and all(map(_is_item, items))


def _is_item(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("type"), str) and bool(_OF_AN_ITEM & one.keys())


def _entry(item: Mapping[str, Any], number: int) -> Entry:
    def text(*names: str) -> str | None:
        return next((str(item[name]) for name in names if isinstance(item.get(name), str | int)), None)

    container, publisher = text("container-title"), text("publisher")
    tags = item.get("keyword") or item.get("tags")
    files = item.get("file") or item.get("attachments") or ()
    return Entry(
        text("id", "citation-key") or f"number {number}",
        {
            "title": text("title"),
            "publisher": publisher,
            "authors": _names(item.get("author")),
            "editors": _names(item.get("editor")),
            "date": _date(item.get("issued")),
            "type": text("genre") or KINDS.get(str(item["type"])),
            "container": None if container == publisher else container,
            "doi": text("DOI"),
            "isbn": text("ISBN"),
            "url": text("URL"),
            "language": text("language"),
            "tags": tags_of(tags) if isinstance(tags, str) else [str(tag) for tag in tags or ()],
        },
        [files] if isinstance(files, str) else [path for one in files if (path := _path(one))],
    )


def _path(attachment: object) -> str:
    return str(attachment.get("path", "")) if isinstance(attachment, Mapping) else str(attachment)


def _names(value: object) -> list[str]:
    found = []
    for name in value if isinstance(value, list) else ():
        if not isinstance(name, Mapping):
            continue
        if name.get("literal"):
            found.append(str(name["literal"]))
            continue
        particles = [
            str(name[key]) for key in ("dropping-particle", "non-dropping-particle") if name.get(key)
        ]
        family = " ".join([*particles, str(name.get("family", ""))])
        found.append(personal_name(family, str(name.get("given", "")), str(name.get("suffix", ""))))
    return [name for name in found if name]


def _date(issued: object) -> str | None:
    """Return "2022-05-03" of `date-parts`, or the text of a date that is written out."""
    if not isinstance(issued, Mapping):
        return None
    parts = issued.get("date-parts")
    if (
        isinstance(parts, Sequence)
        and not isinstance(parts, str)
        and parts
        and isinstance(parts[0], Sequence)
    ):
        return "-".join(f"{int(part):02d}" for part in parts[0] if str(part).isdigit()) or None
    return str(issued.get("raw") or issued.get("literal") or "") or None
