"""Whether a text holds a figure of a kind: a number, a share, a sum of money, a date."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
FIGURES = ("share", "money", "date", "number")
"""The kinds. A share or a sum of money is a number of its own kind."""
_MARK = re.compile(r"^\s*(?:\(?\w{1,3}[.)]|\d{1,3})\s+")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in content.items()}


def figures_asked(kinds: Iterable[str]) -> frozenset[str]:
    """Return of the kinds of answer that a question asks for those that are figures, the narrowest ones."""
    asked = frozenset(FIGURES).intersection(kinds)
    return asked - {"number"} if len(asked) > 1 else asked


def holds_figure(text: str, kinds: Iterable[str]) -> bool:
    """Return whether a text holds a figure of one of the kinds; the number of its paragraph is none."""
    mark = _MARK.match(text)
    start = mark.end() if mark else 0
    return any(_patterns()[kind].search(text, start) for kind in kinds)
