"""Countries and territories in a text, by their names in four languages (CLDR, through babel) and their people's names.

A people's name is told by its form: the country's name without its last vowels and one of a few endings ("bolivi" +
"ano"). Where the form is another, `places.toml` says it.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from index.analysis.acronyms import fold_word

FILE = Path(__file__).with_suffix(".toml")
LANGUAGES = ("en", "es", "pt", "fr")
LONGEST = 5
"""Words of the longest name that is looked for."""
_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = (
    "an|ans|ian|ians|n|ns|ese|ano|ana|anos|anas|eno|ena|enos|enas|ense|enses|es|esa|eses|esas|ino|ina|inos|inas"
    "|ien|ienne|iens|iennes|ais|aise|aises|ois|oise|oises|i|is|ite|ites|yen|yens"
)
_STEM = 4
"""Letters that the stem of a country has at least to take an ending; shorter ones begin other words."""


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, ...], str]:
    """Return folded words of each name → ISO 3166 code."""
    from babel import Locale

    found: dict[tuple[str, ...], str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}:
                found.setdefault(_words(name), code)
    return found | {_words(name): code for code, more in _more().items() for name in more}


@lru_cache(maxsize=1)
def _more() -> dict[str, list[str]]:
    content: dict[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=1)
def _peoples() -> frozenset[str]:
    """Return the folded words that name a people without a capital."""
    return frozenset(fold_word(name) for more in _more().values() for name in more if name[0].islower())


@lru_cache(maxsize=1)
def _stems() -> dict[str, str]:
    """Return the stem of each name of one word → its code, for the names of peoples."""
    return {
        name[0].rstrip("aeiou"): code
        for name, code in _names().items()
        if len(name) == 1 and len(name[0].rstrip("aeiou")) >= _STEM
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold_word(text)))


@lru_cache(maxsize=1 << 12)
def _of_people(word: str) -> str | None:
    """Return the country whose people a folded word names."""
    for size in range(min(len(word), 14), _STEM - 1, -1):
        code = _stems().get(word[:size])
        if code and re.fullmatch(rf"i?(?:{_ENDINGS})", word[size:]):
            return code
    return None


def names_of(code: str) -> dict[str, str]:
    """Return the name of a country in each language; `code` is one that `places` gives."""
    from babel import Locale

    found = {language: Locale.parse(language).territories.get(code) for language in LANGUAGES}
    return {language: name for language, name in found.items() if name}


def places(text: str) -> dict[str, str]:
    """Return the countries that a text names: ISO 3166 code → the words as written, in order."""
    written = _WORD.findall(text)
    words = [fold_word(word) for word in written]
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        size, code = _longest(words, at)
        capital = any(word[0].isupper() for word in written[at : at + size])
        if not capital and words[at] not in _peoples():
            code = None
        code = code or _of_people(words[at])
        if code:
            found.setdefault(code, " ".join(written[at : at + size]))
        at += size
    return found


def _longest(words: list[str], at: int) -> tuple[int, str | None]:
    for size in range(min(LONGEST, len(words) - at), 0, -1):
        code = _names().get(tuple(words[at : at + size]))
        if code:
            return size, code
    return 1, None


@lru_cache(maxsize=1 << 10)
def _pattern(code: str) -> re.Pattern[str]:
    names = [r"\W+".join(name) for name, own in _names().items() if own == code]
    stems = [rf"{stem}i?(?:{_ENDINGS})?" for stem, own in _stems().items() if own == code]
    return re.compile(rf"\b(?:{'|'.join([*names, *stems])})\b")


def names_place(texts: Iterable[str], code: str) -> bool:
    """Return whether one of the texts names a country or its people."""
    pattern = _pattern(code)
    return any(pattern.search(fold_word(text)) for text in texts)
