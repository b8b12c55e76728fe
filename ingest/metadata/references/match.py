"""Which reference describes which file: by attachment, file name, DOI or title, the first of these that fits one."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ingest.metadata.metadata import Metadata
from ingest.metadata.references.reference import Reference
from ingest.metadata.sources import Subject
from ingest.metadata.titles import title_of_name
from ingest.text.folding import fold
from ingest.text.safe import printable

# A title of fewer letters is that of many papers: "Informe", "Annual report".
FEWEST_LETTERS = 16
# Two records of one paper in a file differ in most of their fields; more lines than this help nobody.
MOST_REMARKS = 20
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}]+", re.IGNORECASE)
_BELIEVED_MORE = ("edited", "catalogue", "sidecar")


@dataclass(frozen=True, slots=True)
class References:
    """The references of a corpus, to be asked for a file. Where several fit equally well the first one counts."""

    entries: tuple[Reference, ...]
    by_path: Mapping[str, list[Reference]]
    by_name: Mapping[str, list[Reference]]
    by_doi: Mapping[str, list[Reference]]
    by_title: Mapping[str, list[Reference]]

    @classmethod
    def of(cls, entries: Iterable[Reference]) -> References:
        """Return the references with what they are found by."""
        kept = tuple(entries)
        paths: dict[str, list[Reference]] = {}
        names: dict[str, list[Reference]] = {}
        dois: dict[str, list[Reference]] = {}
        titles: dict[str, list[Reference]] = {}
        for one in kept:
            for attachment in one.attachments:
                written = attachment.replace("\\", "/")
                inside = posixpath.normpath(posixpath.join(posixpath.dirname(one.file), written))
                paths.setdefault(_composed(inside), []).append(one)
                _add(names, _name(written), one)
            _add(names, _name(one.entry + ".pdf"), one)
            _add(dois, str(one.values.get("doi", "")).lower(), one)
            _add(titles, title_key(str(one.values.get("title", ""))), one)
        return cls(kept, paths, names, dois, titles)

    def named(self, path: str) -> list[Reference]:
        """Return the references that name the file at `path`: as an attachment, else the one of its file name."""
        found = self.by_path.get(_composed(path), [])
        alike = self.by_name.get(_name(path), [])
        # Several attachments of one name ("Full Text.pdf") say nothing of a file elsewhere.
        return found or (alike if len(alike) == 1 else [])

    def describing(self, subject: Subject, path: str) -> list[Reference]:
        """Return the references that describe a subject, the one to believe first."""
        if named := self.named(path):
            return named
        for doi in (
            *subject.dois,
            *printed_dois([*subject.info.values(), PurePosixPath(path).stem.replace("_", "/")]),
        ):
            if found := self.by_doi.get(doi.lower()):
                return found
        for title in (subject.guessed_title, subject.info.get("title"), title_of_name(path)):
            if title and (found := self.by_title.get(title_key(title), [])):
                return found
        return []

    def unused(self, used: Iterable[Reference]) -> dict[str, tuple[int, int]]:
        """Return reference file -> (entries that describe no file, all its entries)."""
        known = {(one.file, one.entry) for one in used}
        counts: dict[str, tuple[int, int]] = {}
        for one in self.entries:
            left, total = counts.get(one.file, (0, 0))
            counts[one.file] = (left + ((one.file, one.entry) not in known), total + 1)
        return counts


def _add(index: dict[str, list[Reference]], key: str, one: Reference) -> None:
    if key and one not in index.setdefault(key, []):
        index[key].append(one)


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """What reference files beside the documents say; `name` is kept with each value."""

    references: References
    name: str = "references"

    def describes(self, path: str) -> bool:
        """Return whether a reference names the file of this name."""
        return bool(self.references.named(path))

    def values(self, subject: Subject, path: str) -> Mapping[str, Any]:
        """Return what the reference of the subject says."""
        found = self.references.describing(subject, path)
        return found[0].values if found else {}


def remarks(references: References, described: Sequence[tuple[Subject, Metadata]]) -> list[str]:
    """Return what a person should look at: values that contradict each other, references that describe nothing."""
    used: list[Reference] = []
    told: list[str] = []
    for subject, metadata in described:
        path = next((one for one in subject.paths if references.named(one)), subject.paths[0])
        found = references.describing(subject, path)
        used += found
        if found:
            told += _conflicts(printable(path), found, metadata)
    if len(told) > MOST_REMARKS:
        told = [
            *told[:MOST_REMARKS],
            f"references: {len(told) - MOST_REMARKS} more values contradict each other",
        ]
    for file, (left, total) in references.unused(used).items():
        if left:
            told.append(f"{printable(file)}: {left} of {total} entries describe no file of this folder")
    return told


def _conflicts(name: str, found: Sequence[Reference], metadata: Metadata) -> list[str]:
    first, told = found[0], []
    for field, value in first.values.items():
        source = metadata.sources.get(field, "")
        kept = getattr(metadata, field)
        if source in _BELIEVED_MORE and _differs(kept, value):
            told.append(f"{name}: {field} is {_shown(kept)} ({source}); {first} has {_shown(value)}")
        for other in found[1:]:
            if field in other.values and _differs(other.values[field], value):
                told.append(
                    f"{name}: {field} is {_shown(value)} ({first}); {other} has {_shown(other.values[field])}"
                )
    return told + [f"{first}: {field} is none; left out" for field in first.unfit]


def _differs(one: object, other: object) -> bool:
    return fold(str(one)).casefold() != fold(str(other)).casefold()


def _shown(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return printable(text if len(text) <= 80 else text[:79] + "…")


def printed_dois(texts: Iterable[str]) -> list[str]:
    """Return the DOIs that stand in texts, without the stop or bracket behind them, each once."""
    found = (match[0].rstrip(".,;:)]'") for text in texts for match in _DOI.finditer(text))
    return list(dict.fromkeys(found))


def title_key(title: str) -> str:
    """Return what titles have in common that differ in case, accents, punctuation; "" for one too short to tell."""
    bare = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(char for char in bare if char.isalnum())
    return letters if len(letters) >= FEWEST_LETTERS else ""


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _name(path: str) -> str:
    return _composed(PurePosixPath(path).name).casefold()
