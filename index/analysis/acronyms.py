"""Acronyms and names that mean the same: PAHO, OPS, "Organización Panamericana de la Salud"."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UsageError
from ingest.text.small_files import SETTINGS_BYTES, read_toml

SHIPPED = Path(__file__).with_name("acronyms.toml")
KEYS = frozenset({"acronyms", "capitals_only", "names"})
MARK = "="
"""Begins the term of a group, so that it never equals a word."""


class _WithoutMarks(dict[int, int | None]):
    """A table for `str.translate` that leaves out combining marks; characters are looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_WITHOUT_MARKS = _WithoutMarks()


def fold_word(word: str) -> str:
    """Return a word in lower case without accents ("Perú" → "peru")."""
    plain = word.casefold()
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFD", plain).translate(_WITHOUT_MARKS)


@dataclass(frozen=True, slots=True)
class Acronyms:
    """Groups of names as look-up tables; `version` changes with their content.

    `exact`: acronym as written → term. `lower`: folded acronym → term, without those that are words,
    which stand folded in `capitals`.
    `names`: first folded word of a full name → (all its words, term).
    """

    exact: dict[str, str]
    lower: dict[str, str]
    capitals: frozenset[str]
    names: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    version: str

    @classmethod
    def load(cls, *files: Path) -> "Acronyms":
        """Read the given files, the shipped one if none is given; later groups replace earlier ones.

        Raises:
            UsageError: naming the file, with the line where it is no TOML, when it is none or a group has unknown keys.

        """
        groups: dict[str, dict[str, list[str]]] = {}
        for path in files or (SHIPPED,):
            groups.update(_read(path))
        exact: dict[str, str] = {}
        lower: dict[str, str] = {}
        only: set[str] = set()
        names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, group in sorted(groups.items()):
            term = MARK + fold_word(name)
            capitals = set(group.get("capitals_only", ()))
            for acronym in group.get("acronyms", ()):
                exact[acronym] = term
                if acronym not in capitals:
                    lower[fold_word(acronym)] = term
            only.update(fold_word(acronym) for acronym in capitals)
            for full in group.get("names", ()):
                words = tuple(fold_word(word) for word in re.findall(r"[^\W_]+", full))
                names.setdefault(words[0], []).append((words, term))
        content = repr(sorted(groups.items())).encode()
        return cls(
            exact,
            lower,
            frozenset(only),
            {first: tuple(found) for first, found in names.items()},
            hashlib.sha256(content).hexdigest()[:12],
        )

    def of_word(self, word: str, *, mixed_case: bool) -> str | None:
        """Return the term of an acronym as written. In a text all in capitals none is certain."""
        if mixed_case and word in self.exact:
            return self.exact[word]
        return self.lower.get(fold_word(word))

    def of_names(self, words: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield (place of the first word, term) for each full name among folded words."""
        for place, word in enumerate(words):
            for name, term in self.names.get(word, ()):
                if tuple(words[place : place + len(name)]) == name:
                    yield place, term


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    _, content = read_toml(path, SETTINGS_BYTES)
    for name, group in content.items():
        well_formed = isinstance(group, dict) and all(
            key in KEYS and isinstance(forms, list) and all(isinstance(form, str) for form in forms)
            for key, forms in group.items()
        )
        full_names = group.get("names", []) if well_formed else []
        if not well_formed or any(not re.search(r"[^\W_]", form) for form in full_names):
            raise UsageError(
                f"{path}: [{name}] may hold only {', '.join(sorted(KEYS))}, each a list of names"
            )
    return content
