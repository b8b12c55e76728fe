"""Filters on metadata, and how many documents each of their values would give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from index.analysis.acronyms import fold_word
from index.notices import Notice, NoticeKind
from ingest.errors import UsageError

if TYPE_CHECKING:
    from ingest.library.records import Document

FILTER_KEYS = ("publisher", "type", "year", "country", "language", "document")
FACET_KEYS = ("publisher", "type", "year", "country", "language")

MOST_NAMED = 10

Filters = Mapping[str, Sequence[str]]
"""Key → values. Values of one key mean "or", keys mean "and"; a key without values filters nothing."""
GivenFilters = Mapping[str, str | int | Sequence[str | int]]
"""Filters as programs write them: a value alone needs no list, and a year may be a number."""

_YEARS = re.compile(r"(\d{4})?\s*\.\.\s*(\d{4})?|(\d{4})")

_VALUES: dict[str, Callable[[Document], Sequence[str]]] = {
    "publisher": lambda document: _some(document.metadata.publisher),
    "type": lambda document: _some(document.metadata.type),
    "year": lambda document: _some(document.metadata.year),
    "country": lambda document: document.metadata.countries,
    "language": lambda document: _some(document.metadata.language or document.language),
    "document": lambda document: (document.id, document.file, *document.files),
}


def values_of(key: str, given: object) -> list[str]:
    """Return the values of a filter as texts.

    Raises:
        UsageError: `given` is neither a text, a whole number, nor a list, tuple or set of them.

    """
    several = list(given) if isinstance(given, list | tuple | set | frozenset) else [given]
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in several):
        raise UsageError(f"filter {key!r} must be a value or a list of values")
    return [str(one) for one in several]


def normal(given: GivenFilters | None) -> dict[str, list[str]]:
    """Return filters with a list of texts for each key. Raises UsageError as `values_of` and `check_filters` do."""
    filters = {key: values_of(key, value) for key, value in (given or {}).items()}
    check_filters(filters)
    return filters


def check_filters(filters: Filters) -> None:
    """Raise UsageError for an unknown key or a year that is neither `2019` nor `2015..2020`, in this order."""
    for key, values in filters.items():
        if key not in FILTER_KEYS:
            raise UsageError(f"unknown filter “{key}”; there are: {', '.join(FILTER_KEYS)}")
        if key == "year":
            for value in values:
                year_range(value)


def year_range(value: str) -> tuple[int, int]:
    """Return first and last year of `2019`, `2015..2020`, `2015..` or `..2020`, both inclusive.

    Raises:
        UsageError: anything else.

    """
    match = _YEARS.fullmatch(value.strip())
    if match is None or value.strip() == "..":
        raise UsageError(f"“{value}” is no year; write 2019 or 2015..2020")
    first, last, only = match.groups()
    if only:
        return int(only), int(only)
    if first and last and int(first) > int(last):
        raise UsageError(f"“{value}” is no range of years; write {last}..{first}")
    return int(first or 0), int(last or 9999)


def matches(document: Document, filters: Filters) -> bool:
    """Return whether a document passes all filters. A document without the value does not pass."""
    return all(_passes(document, key, values) for key, values in filters.items() if values)


def _passes(document: Document, key: str, values: Sequence[str]) -> bool:
    if key == "year":
        year = document.metadata.year
        ranges = [year_range(value) for value in values]
        return year is not None and any(first <= year <= last for first, last in ranges)
    wanted = _folded(tuple(values))
    return any(fold_word(value.strip()) in wanted for value in _VALUES[key](document))


@lru_cache(maxsize=64)
def _folded(values: tuple[str, ...]) -> frozenset[str]:
    """Return the values of a filter as they are compared; a filter may name thousands of documents."""
    return frozenset(fold_word(value.strip()) for value in values)


def unknown_values(documents: Sequence[Document], filters: Filters) -> tuple[Notice, ...]:
    """Return a notice for each value that no document has, with at most `MOST_NAMED` that there are.

    Those that hold the value asked for come first, then the most frequent (years: the newest).
    """
    return tuple(
        _unknown(documents, key, value)
        for key, values in filters.items()
        for value in values
        if not any(_passes(document, key, [value]) for document in documents)
    )


def _unknown(documents: Sequence[Document], key: str, asked: str) -> Notice:
    if key == "document":
        counts = Counter(document.file for document in documents)
    else:
        counts = Counter(value for document in documents for value in dict.fromkeys(_VALUES[key](document)))
    order = sorted(counts, reverse=key == "year")
    if key != "year":
        part = fold_word(asked.strip())
        order.sort(key=lambda value: (part not in fold_word(value), -counts[value]))
    known, more = tuple(order[:MOST_NAMED]), max(0, len(order) - MOST_NAMED)
    return Notice(NoticeKind.UNKNOWN_FILTER_VALUE, {"key": key, "value": asked, "known": known, "more": more})


def facets(documents: Sequence[Document], filters: Filters) -> dict[str, dict[str, int]]:
    """Return facet key → value → number of documents, the most frequent first (years newest first).

    A key's counts obey the filters of all other keys, so that they say what choosing a value would give.
    """
    counted = {}
    for key in FACET_KEYS:
        others = {name: values for name, values in filters.items() if name != key}
        counts = Counter(
            value
            for document in documents
            if matches(document, others)
            for value in dict.fromkeys(_VALUES[key](document))
        )
        if key == "year":
            counted[key] = dict(sorted(counts.items(), reverse=True))
        else:
            counted[key] = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return counted


def _some(value: object) -> tuple[str, ...]:
    return () if value is None or value == "" else (str(value),)
