"""Places in the text of a page: offsets in code points, pdfium's text indexes (UTF-16), and its characters."""

from typing import Any

import pypdfium2.raw as c


class Offsets:
    """Turns places in `text`, which pdfium gives for the text page `handle`, into one another."""

    def __init__(self, handle: Any, text: str) -> None:
        self._handle = handle
        units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
        self._text = text if units > len(text) else ""
        # Characters without text only ever put the two counts apart: where they agree at the end, they agree before.
        self._same = 0
        last = len(text) - 1
        if self.plain and self.char(last) == last:
            self._same = len(text)

    @property
    def plain(self) -> bool:
        """Whether offsets are text indexes."""
        return not self._text

    def of(self, offset: int) -> int:
        """Return the text index of an offset."""
        if not self._text:
            return offset
        return len(self._text[:offset].encode("utf-16-le", "surrogatepass")) // 2

    def char(self, at: int) -> int:
        """Return the character of a text index."""
        if 0 <= at < self._same:
            return at
        return int(c.FPDFText_GetCharIndexFromTextIndex(self._handle, at))

    def char_of(self, offset: int) -> int:
        """Return the character of an offset."""
        return self.char(self.of(offset))

    def text_index(self, char: int) -> int:
        """Return the text index of a character."""
        if 0 <= char < self._same:
            return char
        return int(c.FPDFText_GetTextIndexFromCharIndex(self._handle, char))
