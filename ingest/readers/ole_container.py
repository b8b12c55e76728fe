"""OLE containers (Word, Excel and PowerPoint up to 2003, locked Office files): what one holds, by its directory."""

import re

START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# [MS-CFB] 2.6: entries of the directory have 128 bytes and begin with their name in UTF-16; sectors are multiples of
# that, and the header has 512 bytes.
_ENTRY = 128
_NAMES = {
    "EncryptedPackage": "locked", "WordDocument": "doc", "Workbook": "xls", "Book": "xls",
    "PowerPoint Document": "ppt", "__properties_version1.0": "msg",
}  # fmt: skip
_NAME = re.compile(b"|".join(re.escape(f"{name}\0".encode("utf-16-le")) for name in _NAMES))


def container_kind(data: bytes) -> str:
    """Return "locked" (an encrypted Office file), "doc", "xls", "ppt", "msg", or "" for others and no container.

    An object that is embedded comes behind what embeds it in the directory.
    """
    if not data.startswith(START):
        return ""
    found = [
        _NAMES[match.group().decode("utf-16-le").rstrip("\0")]
        for match in _NAME.finditer(data)
        if match.start() % _ENTRY == 0
    ]
    return "locked" if "locked" in found else (found[0] if found else "")
