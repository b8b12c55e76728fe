"""Title, publisher, year and the like, each with the place it was learned from (`ingest.metadata.sources`).

Publisher, kind, year and country are never guessed: missing is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document. None or () means unknown, and is shown as missing.

    `countries` are ISO 3166 alpha-3 codes. Names are "Family, Given", or one name as it is (an organisation). `date` is
    "2022-05" or "2022-05-03", where more than the year is known; `container` is the journal or book that it stands in.
    `sources` says of each known field where it was learned: "edited", "catalogue", "sidecar", "references",
    "first page", "pdf info", "file name" or "text" (language).
    """

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    type: str | None = None
    countries: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    editors: tuple[str, ...] = ()
    date: str | None = None
    container: str | None = None
    doi: str | None = None
    isbn: str | None = None
    tags: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)


FIELDS = tuple(item.name for item in fields(Metadata) if item.name != "sources")
LISTS = frozenset({"authors", "countries", "editors", "tags"})

# Printing came in 1450; a paper announced for next year is catalogued before the year begins.
FIRST_YEAR = 1450
YEARS_AHEAD = 1


def plausible_year(year: int) -> bool:
    """Return whether something can have been published in this year."""
    return FIRST_YEAR <= year <= datetime.now(UTC).year + YEARS_AHEAD


def checked(name: str, value: object) -> Any:
    """Return the value of a field as `Metadata` holds it.

    Raises: UsageError for an unknown field, or a value that does not fit it; the message says which.
    """
    if name not in FIELDS:
        raise UsageError(f"unknown key {name!r}; there are: {', '.join(FIELDS)}")
    if name in LISTS:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise UsageError(f'{name} must be a list of texts, such as ["{_EXAMPLES[name]}"]')
        texts = [" ".join(item.split()) for item in items]
        return tuple(_country(item) if name == "countries" else item for item in texts if item)
    if name == "year":
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not plausible_year(value):
            raise UsageError(f"year must be a year such as 2022, not {value!r}")
        return value
    if not isinstance(value, str):
        raise UsageError(f"{name} must be a text in quotes, not {value!r}")
    text = " ".join(value.split())
    if name == "url" and text and not re.match(r"https?://", text, re.IGNORECASE):
        raise UsageError(f"url must begin with http:// or https://, not {text!r}")
    return _formal(name, text) if text and name in _FORMS else text or None


_EXAMPLES = {"authors": "Ruiz, Ana", "countries": "PER", "editors": "Ruiz, Ana", "tags": "health"}
_FORMS = {
    "date": (re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"), "2022-05-03"),
    "doi": (re.compile(r"10\.\d{4,9}/\S+"), "10.1000/182"),
    "isbn": (re.compile(r"(?:\d[ -]?){9}[\dXx]|(?:\d[ -]?){13}|\d{4}-?\d{3}[\dXx]"), "978-92-4-001234-5"),
}


def _formal(name: str, text: str) -> str:
    """Return a value that has a form of its own; a DOI without the address that it is often written as."""
    form, example = _FORMS[name]
    bare = (
        re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.I) if name == "doi" else text
    )
    if not form.fullmatch(bare):
        raise UsageError(f"{name} must look like {example}, not {text!r}")
    return bare


def _country(code: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", code):
        raise UsageError(f'countries must be codes of three letters (ISO 3166), such as "PER", not {code!r}')
    return code.upper()


def metadata_from_json(value: Mapping[str, Any]) -> Metadata:
    """Return the metadata that a JSON object of `dataclasses.asdict` holds."""
    known: dict[str, Any] = {name: value.get(name) for name in FIELDS}
    for name in LISTS:
        known[name] = tuple(known[name] or ())
    return Metadata(**known, sources=dict(value.get("sources", {})))


def overridden(metadata: Metadata, typed: Mapping[str, Any]) -> Metadata:
    """Return the metadata with the values a person typed, marked "edited".

    Raises: UsageError for an unknown field or a value that does not fit it.
    """
    if not typed:
        return metadata
    changes = {name: checked(name, value) for name, value in typed.items()}
    return replace(metadata, **changes, sources={**metadata.sources, **dict.fromkeys(changes, "edited")})
