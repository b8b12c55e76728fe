"""The result of a child as JSON lines: read by a parent that does not trust the child.

First line the head, then one line a page, then the passages; no pickle, so a child taken over by a hostile
file can hand over wrong values but runs nothing in the parent. The lines of the pages stay behind: nobody asks for
them any more, and 100,000 of them on one hostile page took the parent 180 MB.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

from ingest.passage import PageLabel, Passage
from ingest.passages.split import SplitResult
from ingest.readers.source import OutlineEntry, Page, Source

_PASSAGE = tuple(field.name for field in dataclasses.fields(Passage))
_OUTLINE = tuple(field.name for field in dataclasses.fields(OutlineEntry))


def write(out: TextIO, source: Source, split: SplitResult) -> None:
    """Write both as JSON lines."""
    for record in _records(source, split):
        json.dump(record, out, separators=(",", ":"))
        out.write("\n")


def read(lines: Iterable[str]) -> tuple[Source, SplitResult]:
    """Return what `write` wrote, pages without their lines.

    Raises: ValueError when the records are cut off or not of that form.
    """
    try:
        return _read(iter(lines))
    except (KeyError, TypeError, IndexError, StopIteration, RecursionError) as error:
        raise ValueError(f"not a reading result: {error!r}") from error


def _records(source: Source, split: SplitResult) -> Iterator[Any]:
    yield {
        "format": source.format,
        "paged": source.paged,
        "pages": len(source.pages),
        "passages": len(split.passages),
        "outline": [_values(entry, _OUTLINE) for entry in source.outline],
        "info": source.info,
        "notes": source.notes,
        "labels": [label and [label.text, label.source] for label in split.page_labels],
        "language": split.language,
        "title": split.title,
        "split_flags": [sorted(flags) for flags in split.page_flags],
    }
    for page in source.pages:
        yield [page.number, page.text, page.width, page.height, page.pagelabel, sorted(page.flags)]
    for passage in split.passages:
        yield _values(passage, _PASSAGE)


def _values(item: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(item, name) for name in names]


def _read(lines: Iterator[str]) -> tuple[Source, SplitResult]:
    head = json.loads(next(lines))
    records = map(json.loads, lines)
    pages = tuple(_page(record) for record in islice(records, head["pages"]))
    passages = tuple(Passage(*_tuples(record)) for record in records)
    if len(pages) != head["pages"] or len(passages) != head["passages"]:
        raise ValueError("cut off")
    source = Source(
        head["format"],
        head["paged"],
        pages,
        tuple(OutlineEntry(*entry) for entry in head["outline"]),
        head["info"],
        tuple(head["notes"]),
    )
    labels = tuple(PageLabel(*label) if label else None for label in head["labels"])
    flags = tuple(frozenset(item) for item in head["split_flags"])
    return source, SplitResult(passages, labels, head["language"], head["title"], flags)


def _page(record: list[Any]) -> Page:
    number, text, width, height, label, flags = record
    if type(number) is not int or type(text) is not str:
        raise ValueError("a page is not of that form")
    return Page(number, text, (), width, height, label, frozenset(flags))


def _tuples(values: list[Any]) -> list[Any]:
    """Return the values with lists made tuples, at every depth."""
    return [tuple(_tuples(value)) if isinstance(value, list) else value for value in values]
