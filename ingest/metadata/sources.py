"""Where metadata comes from: sources in the order in which they are believed.

A further source (a reference manager, an archive's records) is one more class in the list of `sources_of`. What a
person typed goes before all of them, but belongs to the library, not to the folder (`metadata.overridden`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ingest.metadata.catalogue import Catalogue
from ingest.metadata.metadata import FIELDS, Metadata
from ingest.metadata.titles import title_of_name, usable_title


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be described: a content under its names in the corpus, and what reading it gave.

    `guessed_title` is the heading of the first page, `info` is `Source.info` of the file, `language` that of the text,
    `dois` are those that its first pages print.
    """

    paths: Sequence[str]
    guessed_title: str | None = None
    info: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    dois: Sequence[str] = ()


class Source(Protocol):
    """One place where metadata is found; `name` is kept with each value that comes from it."""

    @property
    def name(self) -> str:
        """What the source is called in `Metadata.sources`."""
        ...

    def describes(self, path: str) -> bool:
        """Return whether a person described the file of this name: of several names the first such one counts."""
        ...

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return what is known of the subject under the name `path`: field -> value as `Metadata` holds it.

        What is None or empty is not known; fields that `Metadata` lacks are passed over.
        """
        ...


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """The corpus' `catalogue.toml`."""

    catalogue: Catalogue
    name: str = "catalogue"

    def describes(self, path: str) -> bool:
        """Return whether the catalogue has an entry for this name."""
        return bool(self.catalogue.entry(path))

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return the entry of the name."""
        return self.catalogue.entry(path)


@dataclass(frozen=True, slots=True)
class SidecarSource:
    """The files beside the documents (`paper.pdf.toml`): path of the document -> checked values."""

    sidecars: Mapping[str, Mapping[str, Any]]
    name: str = "sidecar"

    def describes(self, path: str) -> bool:
        """Return whether a sidecar says something of this file."""
        return bool(self.sidecars.get(path))

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return what the sidecar says."""
        return self.sidecars.get(path, {})


class _Read:
    """A source that reading the file gave, so that no name is described by it."""

    def describes(self, path: str) -> bool:
        """Return False: nobody wrote this down."""
        return False


@dataclass(frozen=True, slots=True)
class FirstPageSource(_Read):
    """The title that the first page shows."""

    name: str = "first page"

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return the title, if it can be one."""
        return {"title": usable_title(subject.guessed_title)}


@dataclass(frozen=True, slots=True)
class FileInfoSource(_Read):
    """What the file says of itself. Not used: its date, years off on at least 7 of 41 policy papers."""

    name: str = "pdf info"

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return the title, if it can be one."""
        return {"title": usable_title(subject.info.get("title"))}


@dataclass(frozen=True, slots=True)
class TextSource(_Read):
    """The text itself, whose language is recognised."""

    name: str = "text"

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return the language."""
        return {"language": subject.language}


@dataclass(frozen=True, slots=True)
class FileNameSource(_Read):
    """The name of the file, where it has words enough to be a title: an unknown one is shown as missing."""

    name: str = "file name"

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return the title that the name makes, if any."""
        return {"title": title_of_name(path)}


def sources_of(
    catalogue: Catalogue, sidecars: Mapping[str, Mapping[str, Any]], references: Source | None = None
) -> tuple[Source, ...]:
    """Return the sources of a corpus, the most believed first; `references` are those of reference files, if any."""
    return (
        CatalogueSource(catalogue),
        SidecarSource(sidecars),
        *([references] if references is not None else []),
        FirstPageSource(),
        FileInfoSource(),
        TextSource(),
        FileNameSource(),
    )


def resolve(subject: Subject, sources: Sequence[Source]) -> Metadata:
    """Return the metadata of a subject: of each field the first value that is known, and where it was learned."""
    described = (path for path in subject.paths if any(source.describes(path) for source in sources))
    path = next(described, subject.paths[0])
    values: dict[str, Any] = {}
    learned: dict[str, str] = {}
    for source in sources:
        found = source.values(subject, path)
        for name in FIELDS:
            if name not in values and found.get(name):
                values[name], learned[name] = found[name], source.name
    return Metadata(**values, sources=learned)
