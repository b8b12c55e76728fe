"""The result of a child as JSON lines: read by a parent that does not trust the child.

First line the head, then one line a page, then the passages; no pickle, so a child taken over by a hostile
file can hand over wrong values but runs nothing in the parent. The lines of the pages stay behind: nobody asks for
them any more, and 100,000 of them on one hostile page took the parent 180 MB. The outline stays behind as well.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

from ingest.passage import PageLabel, Passage
from ingest.passages.passage_maker import LabelledPage
from ingest.passages.split import SplitResult
from ingest.readers.source import Page, Source

_PASSAGE = tuple(field.name for field in dataclasses.fields(Passage))


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
        "info": source.info,
        "notes": source.notes,
        "language": split.language,
        "title": split.title,
    }
    for item in split.pages:
        page, label = item.page, item.label and [item.label.text, item.label.source]
        yield [page.number, page.text, page.width, page.height, page.pagelabel, sorted(page.flags), label]
    for passage in split.passages:
        yield _values(passage, _PASSAGE)


def _values(item: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(item, name) for name in names]


def _read(lines: Iterator[str]) -> tuple[Source, SplitResult]:
    head = json.loads(next(lines))
    records = map(json.loads, lines)
    pages = tuple(_page(record) for record in islice(records, head["pages"]))
    passages = tuple(Passage(**dict(zip(_PASSAGE, _tuples(record), strict=True))) for record in records)
    if len(pages) != head["pages"] or len(passages) != head["passages"]:
        raise ValueError("cut off")
    source = Source(
        format=head["format"],
        paged=head["paged"],
        pages=tuple(item.page for item in pages),
        info=head["info"],
        notes=tuple(head["notes"]),
    )
    return source, SplitResult(passages=passages, pages=pages, language=head["language"], title=head["title"])


def _page(record: list[Any]) -> LabelledPage:
    number, text, width, height, pagelabel, flags, label = record
    if type(number) is not int or type(text) is not str:
        raise ValueError("a page is not of that form")
    page = Page(number, text, (), width, height, pagelabel, frozenset(flags))
    return LabelledPage(page=page, label=PageLabel(*label) if label else None)


def _tuples(values: list[Any]) -> list[Any]:
    """Return the values with lists made tuples, at every depth."""
    return [tuple(_tuples(value)) if isinstance(value, list) else value for value in values]
