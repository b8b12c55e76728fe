"""`catalogue.toml` and sidecars: what people wrote down about the files of a corpus."""

from __future__ import annotations

import errno
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.errors import UsageError
from ingest.metadata.metadata import checked
from ingest.text.safe import printable
from ingest.text.small_files import CATALOGUE_BYTES, SIDECAR_BYTES, read_toml, toml

CATALOGUE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Checked values by file: key of the table as written -> field -> value; `composed` has the keys in NFC."""

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    composed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def entry(self, path: str) -> Mapping[str, Any]:
        """Return the entry of the file at `path` (in the corpus): by its path, else by its bare name.

        Accents typed as one character or as two are the same (macOS file names have two).
        """
        plain = _composed(path)
        return self.composed.get(plain) or self.composed.get(PurePosixPath(plain).name) or {}

    def unused(self, paths: list[str]) -> list[str]:
        """Return the entries that belong to none of these paths, in byte order."""
        known = {_composed(path) for path in paths}
        known |= {PurePosixPath(path).name for path in known}
        return sorted(name for name in self.entries if _composed(name) not in known)


def read_catalogue(corpus: Path) -> Catalogue:
    """Return the catalogue of a corpus, an empty one when it has none.

    Raises: UsageError naming file and line when it is not TOML, or a value does not fit its field.
    """
    path = corpus / CATALOGUE
    if not path.is_file():
        return Catalogue()
    text, tables = read_toml(path, CATALOGUE_BYTES, within=corpus)
    entries: dict[str, Mapping[str, Any]] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            line = _line_of(text, "", name)
            raise UsageError(
                f'{path}, line {line}: {name!r} stands outside a table; begin one with ["file name.pdf"].'
            )
        entries[name] = _checked(path, text, name, table)
    return Catalogue(entries, {_composed(name): entry for name, entry in entries.items()})


def read_sidecar(corpus: Path, path: str) -> Mapping[str, Any]:
    """Return what `name.pdf.toml`, or else `name.toml`, beside a file says; {} when there is none.

    Raises: UsageError naming file and line.
    """
    file = corpus / path
    for sidecar in (file.with_name(file.name + ".toml"), file.with_suffix(".toml")):
        if _is_there(sidecar) and sidecar.name != CATALOGUE:
            text, table = read_toml(sidecar, SIDECAR_BYTES, within=corpus)
            return _checked(sidecar, text, "", table)
    return {}


@dataclass(frozen=True, slots=True)
class Sidecars:
    """What stands beside the files of a corpus: path -> checked values, and path -> what is wrong with its sidecar."""

    entries: Mapping[str, Mapping[str, Any]]
    broken: Mapping[str, str]

    @classmethod
    def read(cls, corpus: Path, paths: Sequence[str]) -> Sidecars:
        """Read the sidecars of these files; a broken one costs its own file its description, and is named."""
        entries, broken = {}, {}
        for path in paths:
            try:
                entries[path] = read_sidecar(corpus, path)
            except UsageError as error:
                broken[path] = printable(str(error))
        return cls(entries, broken)


def _is_there(sidecar: Path) -> bool:
    """Return whether there is such a file; beside one with a long name there cannot be."""
    try:
        return sidecar.is_file() and not sidecar.is_symlink()
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return False


def _checked(path: Path, text: str, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as `Metadata` holds them, without empty ones."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        try:
            result[key] = checked(key, value)
        except UsageError as error:
            line = _line_of(text, table, key)
            raise UsageError(f"{path}, line {line}: {error}. Correct that line and run again.") from error
    return {key: value for key, value in result.items() if value}


def _line_of(text: str, table: str, key: str) -> int:
    """Return the line (from 1) of a key in a table of a TOML text; of the table when it is not found."""
    quoted = re.compile(r"^\s*\[\s*(?:\"(.*)\"|'(.*)'|([\w.-]+))\s*\]")
    at_key = re.compile(rf"^\s*(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')\s*[=.]")
    inside, found = not table, 1
    for number, line in enumerate(text.splitlines(), 1):
        header = quoted.match(line)
        if header:
            inside = _unescaped(next(part for part in header.groups() if part is not None)) == table
            found = number if inside else found
        elif inside and at_key.match(line):
            return number
    return found


def _unescaped(name: str) -> str:
    return str(toml(f'x = "{name}"')["x"]) if "\\" in name else name


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
