"""JSON Lines files that people or pincite wrote: one JSON value a line, every fault named with file and line.

`lines` gives the lines as text, `records` as JSON objects, `values` as values of a type, checked field by field;
`json_line` makes one. Decoded with msgspec, which allows no NaN and no half of a character. Only lines are
read here that a person may have changed; what the index wrote for itself it reads itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ingest.errors import UsageError

Value = TypeVar("Value")
# JSON allows these inside a line, but many readers of JSON lines break lines at them.
_LINE_BREAKS = {"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
# An escape that may be half of a character: files of pincite hold it in names of files that are not UTF-8.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def lines(path: Path, *, hint: str = "") -> Iterator[tuple[int, str]]:
    """Yield (number from 1, text) of the lines of a UTF-8 file that are not blank.

    `hint` says in an error what kind of file is wanted and how to get one.

    Raises:
        UsageError: the file is not there, cannot be read, or is not UTF-8 (with the line).

    """
    after = f"; {hint}" if hint else ""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file{after}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}){after}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Where it failed is counted without the byte order mark.
        number = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {number}: not UTF-8 text{after}") from error
    # Not splitlines(): texts may hold U+2028, which JSON does not escape.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def decoded(text: str) -> Any:
    """Return the value of a JSON text; halves of characters are kept where they are escaped.

    Raises:
        ValueError: it is no JSON, or is nested too deeply.

    """
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except msgspec.DecodeError as error:
        if not _HALF.search(text):
            raise ValueError(str(error)) from error
        return json.loads(text, parse_constant=_no_constant)
    except UnicodeEncodeError as error:
        raise ValueError("half a character (a lone surrogate)") from error


def records(path: Path, *, hint: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number from 1, object) of the lines of a file, as `lines` does.

    Raises:
        UsageError: as of `lines`, and for a line that is no JSON object.

    """
    for number, text in lines(path, hint=hint):
        try:
            record = decoded(text)
        except ValueError as error:
            raise UsageError(f"{path}, line {number}: is not JSON ({error})") from error
        if not isinstance(record, dict):
            raise UsageError(f"{path}, line {number}: is not a JSON object")
        yield number, record


def values(path: Path, kind: type[Value], what: str, *, hint: str = "") -> Iterator[Value]:
    """Yield the lines of a file as values of a type, such as a dataclass.

    Raises:
        UsageError: as of `lines`, and for a line that does not fit the type: it is not `what`, such as
            "a passage of a pool".

    """
    for number, text in lines(path, hint=hint):
        try:
            yield msgspec.json.decode(text, type=kind)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise UsageError(f"{path}, line {number}: is not {what} ({error})") from error


def json_line(record: Mapping[str, Any]) -> bytes:
    """Return a record as one line of UTF-8 JSON, whatever characters its texts hold."""
    line = json.dumps(record, ensure_ascii=False)
    for character, escape in _LINE_BREAKS.items():
        line = line.replace(character, escape)
    try:
        return line.encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        return json.dumps(record).encode() + b"\n"


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON value")
