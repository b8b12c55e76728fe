"""Which kind of answer a question asks for: a number, a share, a sum of money, a date, a source."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from index.analysis.acronyms import fold_word

FILE = Path(__file__).with_suffix(".toml")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {kind: re.compile("|".join(f"(?:{one})" for one in some)) for kind, some in content.items()}


def kinds_asked(question: str) -> frozenset[str]:
    """Return the kinds of answer that a question asks for, by its words in four languages; none for plain words."""
    folded = " ".join(fold_word(question).split())
    return frozenset(kind for kind, pattern in _patterns().items() if pattern.search(folded))
