"""Document symbols of the United Nations in a masthead: who publishes, sometimes the year, and the address.

Source of the series: ST/LIB/SER.B/5/Rev.5, "United Nations document series symbols".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.metadata.metadata import plausible_year

_MASTHEAD_LINES = 10
_SYMBOL = re.compile(
    r"(?<![\w/])((?:[A-Z]{1,7})(?:/[A-Z0-9][A-Za-z0-9.]*)+(?:\([A-Za-z0-9.]+\))?(?:/[A-Z][a-z]+\.\d+)*)"
)
_NATIONS = re.compile(
    r"united nations|nations unies|naciones unidas|nações unidas|объединенных наций|joint inspection unit",
    re.I,
)
_YEAR_PART = re.compile(r"/((?:19|20)\d\d)(?=/|$)")
# The longest series that begins a symbol names the body; what stands in none is the organisation's own.
_SERIES = (
    ("E/ICEF/", "UNICEF"),
    ("E/ECE/", "UNECE"),
    ("LC/", "ECLAC"),
    ("DP/FPA/", "UNFPA"),
    ("DP/", "UNDP"),
    ("JIU/", "Joint Inspection Unit"),
    ("UNCTAD/", "UNCTAD"),
    ("TD/", "UNCTAD"),
    ("HSP/", "UN-Habitat"),
    ("UNEP/", "UNEP"),
    ("UNW/", "UN Women"),
    ("WFP/", "WFP"),
)
_OWN = frozenset(
    {"A", "S", "E", "ST", "T", "DC", "CCPR", "CRC", "CEDAW", "CERD", "CAT", "CMW", "CRPD", "CED", "HRI"}
)
UNITED_NATIONS = "United Nations"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A document symbol as printed. `year` is the one that stands in it, `address` where the document is kept."""

    text: str
    publisher: str
    year: int | None
    address: str | None


def masthead(head: Sequence[str]) -> Symbol | None:
    """Return the symbol in the first lines of a page that also name the United Nations, None without one."""
    top = head[:_MASTHEAD_LINES]
    # Old mastheads print the two words of the name on two lines, with the organ's letter after the first.
    if not _NATIONS.search(re.sub(r"\b[A-Z] (?=nations)", "", " ".join(top), flags=re.IGNORECASE)):
        return None
    for line in top:
        for match in _SYMBOL.finditer(line):
            found = _read(match[1], whole=not line[match.end() :].lstrip().startswith(("(", "[")))
            if found is not None:
                return found
    return None


def _read(text: str, *, whole: bool) -> Symbol | None:
    """Return what a symbol says; one that is not `whole` (its part stands in words after it) has no address."""
    body = next((name for series, name in _SERIES if text.startswith(series)), None)
    if body is None and text.partition("/")[0] not in _OWN:
        return None
    if not any(map(str.isdigit, text)):
        return None
    year = _YEAR_PART.search(text)
    known = int(year[1]) if year is not None and plausible_year(int(year[1])) else None
    kept = f"https://undocs.org/{text}" if text.partition("/")[0] in _OWN or text.startswith("DP/") else None
    return Symbol(text, body or UNITED_NATIONS, known, kept if kept and whole else None)
