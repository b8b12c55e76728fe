"""The folding under which a passage equals its raw spans.

Two texts that differ only in blanks, hyphens, ligatures, compatibility forms and control characters
fold to the same string. Dashes (U+2012 to U+2015) are content and stay.
"""

import unicodedata

# U+00AD and the Cc/Cf characters would go by category; they stand here because they are hyphens.
# U+0002 and U+FFFE are what pdfium writes for a hyphen at the end of a line, depending on the call.
HYPHENS = frozenset("-\u00ad\u2010\u2011\u2212\ufe63\uff0d\u0002\ufffe")

# The ligatures that NFKC takes apart; only these are expanded in clean text.
LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


class _Dropped(dict[int, int | None]):
    """Translation table filled on demand: None drops the character, its own code keeps it."""

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        drop = char in HYPHENS or char.isspace() or unicodedata.category(char) in _DROPPED_CATEGORIES
        value = None if drop else code
        self[code] = value
        return value


_TABLE = _Dropped()


class _IsDropped(dict[str, bool]):
    """Whether a character is dropped, filled on demand."""

    def __missing__(self, char: str) -> bool:
        dropped = self[char] = _TABLE[ord(char)] is None
        return dropped


_IS_DROPPED = _IsDropped()


def is_control(char: str) -> bool:
    """Return whether `char` is dropped from clean text: Cc, Cf, Cs or Co, and no blank."""
    return unicodedata.category(char) in _DROPPED_CATEGORIES and not char.isspace()


def shown(text: str) -> str:
    """Return `text` without blanks, hyphens and control characters: the characters that count."""
    if text.isascii():
        return text.translate(_TABLE)
    # Translating beyond ASCII looks every character up; a text has few different ones that are dropped.
    for char in filter(_IS_DROPPED.__getitem__, set(text)):
        text = text.replace(char, "")
    return text


def same_fold(text: str, other: str) -> bool:
    """Return whether two texts fold to the same string."""
    return "".join(text.split()) == "".join(other.split()) or fold(text) == fold(other)


def fold(text: str) -> str:
    """Return `text` in NFKC without blanks, hyphens and control characters (Cc, Cf, Cs, Co).

    Total: every string has a fold, and `fold(fold(text)) == fold(text)`. Characters are dropped before
    and after NFKC: before, so that a hyphen between a letter and its accent does not stop composition;
    after, because NFKC makes blanks and hyphens out of other characters.
    """
    bare = shown(text)
    normal = bare if bare.isascii() else unicodedata.normalize("NFKC", bare)
    return bare if normal == bare else unicodedata.normalize("NFKC", shown(normal))
