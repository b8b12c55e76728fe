"""The corpus folder: what lies in it, what each file is, and its hash."""

from __future__ import annotations

import unicodedata

# Categories that are never drawn as themselves: controls, format marks (also those that turn the
# direction of writing), lone surrogates, private use, unassigned, line and paragraph separators.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(path: str) -> str:
    r"""Return a file name fit to be seen: what cannot be shown becomes \x1b, \u202e or, for raw bytes, \xff.

    A backslash in a name is doubled, so that two names never look the same.
    """
    return "".join(_shown_character(character) for character in path)


def _shown_character(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python hands file names on
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) not in _UNSHOWABLE:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
