"""Letterheads: what stands above the title of a first page and says who sends the paper, under which symbol."""

import re

# A line with a document symbol and at most this many other words is letterhead.
LETTERHEAD_WORDS = 4

_SYMBOL = re.compile(r"(?<!\S)[A-Z]{1,6}(?:/[\w.()\[\]-]+)+")
_LETTERHEAD = re.compile(r"\bdistr\s?[.:]|\boriginal\s?:|©|https?:|\bwww\.", re.IGNORECASE)
_YEAR = re.compile(r"^(?:19|20)\d\d(?:\s?[–-]\s?(?:19|20)\d\d)?$")


def is_letterhead(text: str) -> bool:
    """Say whether a line is part of a letterhead: a document symbol, "Distr.: General", an address."""
    if _LETTERHEAD.search(text) or not any(map(str.isalpha, text)):
        return not _YEAR.match(text)
    bare = _SYMBOL.sub("", text)
    return bare != text and len(bare.split()) <= LETTERHEAD_WORDS
