"""Text that every store and exchange format can hold."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")


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
