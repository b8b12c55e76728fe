"""What is wrong with the arguments of a call, as one line for people and assistants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

# How pydantic says it -> how people do.
_WORDS = (
    (r"^Field required$", "is missing"),
    (r"^Value error, ", ""),
    (r"^(?:Input|String|List) should (?:be|have) ", "must be "),
    (r"^Input should match ", "must match "),
    (r", unable to parse string as an? \w+$", ""),
    (r"\ba valid integer$", "a whole number"),
    (r"\ba valid (string|list|number)$", r"a \1"),
    (r"\ba valid (?:dictionary|object)$", "an object"),
    (r"\ba valid boolean\b.*", "true or false"),
    (r"\bgreater than or equal to\b", "at least"),
    (r"\bless than or equal to\b", "at most"),
    (r"\b(at (?:most|least) \d+) (characters?|items?)\b.*", r"of \1 \2"),
)


def plain(message: str) -> str:
    """Return what pydantic says of a value in plain words: "must be at most 50", "is missing"."""
    for theirs, ours in _WORDS:
        message = re.sub(theirs, ours, message)
    return message


def plain_fault(fault: Mapping[str, Any]) -> str:
    """Return one of the faults that pydantic lists as "name must be …"; a place in a list is named as `name[2]`."""
    names = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]]
    said = plain(str(fault["msg"]))
    joint = " " if said.startswith(("must ", "is ")) else ": "
    return f"{''.join(names).lstrip('.')}{joint}{said}".removeprefix(joint)


def plain_faults(error: ValidationError) -> str:
    """Return all that is wrong, in the order of the arguments, parted by "; "."""
    return "; ".join(plain_fault(fault) for fault in error.errors(include_url=False, include_input=False))
