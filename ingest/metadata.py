"""Title, publisher, year and the like, each with the place it was learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document. None or () means unknown, and is shown as missing.

    `countries` are ISO 3166 alpha-3 codes. `sources` says of each known field where it was learned:
    "edited", "catalogue", "sidecar", "first page", "pdf info", "file name" or "text" (language).
    """

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    type: str | None = None
    countries: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    sources: dict[str, str] = field(default_factory=dict)


FIELDS = tuple(item.name for item in fields(Metadata) if item.name != "sources")


def metadata_from_json(value: Mapping[str, Any]) -> Metadata:
    """Return the metadata that a JSON object of `dataclasses.asdict` holds."""
    known: dict[str, Any] = {name: value.get(name) for name in FIELDS}
    known["authors"] = tuple(known["authors"] or ())
    known["countries"] = tuple(known["countries"] or ())
    return Metadata(**known, sources=dict(value.get("sources", {})))


def overridden(metadata: Metadata, typed: Mapping[str, Any]) -> Metadata:
    """Return the metadata with the values a person typed, marked "edited".

    Raises: UsageError for an unknown field.
    """
    if not typed:
        return metadata
    changes: dict[str, Any] = {}
    for name, value in typed.items():
        if name not in FIELDS:
            raise UsageError(f"there is no metadata field {name!r}; there are: {', '.join(FIELDS)}")
        changes[name] = tuple(value) if name in {"authors", "countries"} else value
    return replace(metadata, **changes, sources={**metadata.sources, **dict.fromkeys(changes, "edited")})
