"""Diseases that a question names, and whether a text names them in any of four languages.

A question about a disease that no passage names finds what is said of another one: all the other words fit, and the
cosine is as high. `diseases.toml` has the names.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.analysis.acronyms import fold_word

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class _Names:
    """The patterns of a disease: its names in folded text, those matched as written, and what else tells of it."""

    folded: re.Pattern[str]
    written: re.Pattern[str]
    also: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> dict[str, _Names]:
    """Return disease → its patterns."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    also = content.pop("also")
    return {
        disease: _Names(
            _beginning(name for name in names if not name[0].isupper()),
            _beginning(name for name in names if name[0].isupper()),
            _beginning(also.get(disease, ())),
        )
        for disease, names in content.items()
    }


def _beginning(names: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of words that begin as one of the names; it matches nothing where there is none."""
    some = list(names)
    return re.compile(rf"\b(?:{'|'.join(some)})\w*" if some else r"(?!)")


def diseases(question: str) -> Mapping[str, str]:
    """Return disease (its key in the file) → the word that names it in a question, as written."""
    folded = fold_word(question)
    # Folding keeps lengths but for ligatures and the like; then the folded word is shown.
    written = question if len(folded) == len(question) else folded
    found = {}
    for disease, names in _patterns().items():
        if match := names.folded.search(folded):
            found[disease] = written[match.start() : match.end()]
        elif match := names.written.search(question):
            found[disease] = match.group()
    return found


def names_disease(texts: Iterable[str], disease: str) -> bool:
    """Return whether one of the texts names a disease, given by its key, or tells of it in other words."""
    names = _patterns()[disease]
    for text in texts:
        folded = fold_word(text)
        if names.folded.search(folded) or names.written.search(text) or names.also.search(folded):
            return True
    return False
