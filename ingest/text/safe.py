"""Text that every store and exchange format can hold."""

import re
import unicodedata

_SURROGATES = re.compile("[\ud800-\udfff]")
# Categories that are never drawn as themselves: controls, format marks (also those that turn the
# direction of writing), lone surrogates, private use, unassigned, line and paragraph separators.
_NOT_DRAWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def storable(text: str) -> str:
    """Replace NUL and lone surrogates by U+FFFD, one for one: UTF-8, JSON and databases cannot hold them."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return _SURROGATES.sub("\ufffd", text) if not _encodable(text) else text


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def printable(path: str) -> str:
    r"""Return a file name fit to be seen: what cannot be drawn becomes \x1b, \u202e or, for raw bytes, \xff.

    A backslash in a name is doubled, so that two names never look the same.
    """
    return "".join(_drawn(character) for character in path)


def _drawn(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python hands file names on
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) not in _NOT_DRAWN:
        return character
    if code < 0x80:  # above, "\\x" stands for a raw byte
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
