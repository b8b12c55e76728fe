"""Small files that people write by hand (TOML, CSV), read within limits on size, nesting and numbers.

They lie in the corpus and in the library's folder, where anybody may have put them. Python's TOML reader recurses, and
its numbers may have as many digits as the file; both end in errors that name no file. Here everything that is wrong
with a file is a UsageError that names it with the line.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from ingest.errors import UsageError

KIB = 1024
# An entry of a catalogue takes about 300 bytes: some 14,000 documents. The slowest TOML of that size takes 12 s.
CATALOGUE_BYTES = 4 * KIB * KIB
# A sidecar describes one document.
SIDECAR_BYTES = 256 * KIB
# Acronyms, glossary, pincite.toml, the gate of an evaluation.
SETTINGS_BYTES = 1 * KIB * KIB
# Brackets inside brackets, and parts of a dotted key: what pincite reads has three at most.
DEEPEST = 16
# Characters of a number or date: an integer of 64 bits has 20, a date with a time zone 35.
LONGEST_NUMBER = 64

# A number of TOML; a bare key may begin with a digit as well, and is then a name of a document.
_NUMBER = re.compile(r"(?<![\w.-])[+-]?[0-9][\w.+-]*")
# What brackets and dots do not count in: texts and comments. A text that is not closed ends with its line or its file.
_UNCOUNTED = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+",
    re.DOTALL,
)
_MARKS = re.compile(r"[\[\]{}.=\n]")


def read_small(path: Path, most: int, *, within: Path | None = None) -> bytes:
    """Return the bytes of an ordinary file of at most `most` bytes; a link that leads out of `within` is refused.

    Raises: UsageError naming the file.
    """
    try:
        real = path.resolve(strict=True)
        if within is not None and not real.is_relative_to(within.resolve()):
            raise UsageError(f"{path}, line 1: a link that leads out of {within}. Put the file itself there.")
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(real, flags), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UsageError(f"{path}: not an ordinary file.")
            data = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if len(data) > most:
        raise UsageError(f"{path}, line 1: larger than {most // KIB} KiB; no such file is. It was not read.")
    return data


def read_text(path: Path, most: int, *, within: Path | None = None) -> str:
    """Return the text of a small UTF-8 file. Raises: UsageError naming file and line."""
    data = read_small(path, most, within=within)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line}: not UTF-8 text. Save the file as UTF-8.") from error


def read_toml(path: Path, most: int, *, within: Path | None = None) -> tuple[str, dict[str, Any]]:
    """Return the text of a small TOML file and the tables in it. Raises: UsageError naming file and line."""
    text = read_text(path, most, within=within)
    try:
        return text, toml(text)
    except NotToml as error:
        raise UsageError(f"{path}, line {error.line}: {error}. Correct that line and run again.") from error


class NotToml(ValueError):
    """What is wrong with a TOML text, and in which `line` (from 1)."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


def toml(text: str) -> dict[str, Any]:
    """Return what a TOML text holds. Raises: NotToml, also where it is nested deeper than people nest."""
    # As the language has it: a line may end as on Windows; its own reader says so, and ours counts by these.
    text = text.replace("\r\n", "\n")
    _check_shape(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise NotToml(what, int(at[1]) if at else text.count("\n") + 1) from error
    except (ValueError, RecursionError) as error:
        raise NotToml(f"cannot be read as TOML ({type(error).__name__})", 1) from error


def _check_shape(text: str) -> None:
    """Refuse nesting and numbers that no such file has, before anything recurses or counts."""
    plain = _UNCOUNTED.sub(lambda found: "\n" * found[0].count("\n") or " ", text)
    for found in _NUMBER.finditer(plain):
        name = re.match(r"[ \t]*[\].=]", plain[found.end() : found.end() + 8])
        if len(found[0]) > LONGEST_NUMBER and not name:
            raise NotToml(
                f"a number of {len(found[0]):,} characters", plain.count("\n", 0, found.start()) + 1
            )
    depth = dots = 0
    line = 1
    for found in _MARKS.finditer(plain):
        mark = found[0]
        line += mark == "\n"
        dots = dots + 1 if mark == "." else dots if mark in "[]{}" else 0
        depth = max(0, depth + (mark in "[{") - (mark in "]}"))
        if depth > DEEPEST or dots > DEEPEST:
            raise NotToml(f"nested deeper than {DEEPEST}", line)
