"""Contents lists: lines with dot leaders or page numbers below a contents heading."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ingest.layout.line import LayoutLine, PageLines
from ingest.text.folding import fold

_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}|(?:\s?·){5,}")
_PAGE_AT_END = re.compile(r"(?:^|\s|\.|…)(?:\d{1,4}|[ivxl]{1,6})\s*$")
_TITLE = re.compile(
    r"^(?:table of )?contents\b|^contents?$|^contenido$|^(?:tabla de )?contenidos?$|"
    r"^índice(?: general)?$|^indice$|^sum[aá]rio$|^table des mati[eè]res$|^sommaire$|"
    r"^index$|^(?:list of|lista de|liste des) \w+",
    re.IGNORECASE,
)
# Titles set with spaces between the letters.
_SPACED = frozenset(("tableofcontents", "contents", "contenido", "tabladecontenido", "índice", "sumário"))
# Full stops of the shortest leader.
LEADER_DOTS = 4
# A page with this many leader lines has a contents list; all lines between the first and last belong.
MIN_LEADERS = 3


def is_contents_title(text: str) -> bool:
    """Return whether a heading announces a contents list."""
    if len(text) > 60:
        return False
    spaced = text.count(" ") * 2 >= len(text) - 4
    return bool(_TITLE.match(text.strip(" :."))) or (spaced and fold(text).lower() in _SPACED)


def has_leader(text: str) -> bool:
    """Return whether a line has dot leaders (not merely an ellipsis or a line to be filled in)."""
    if text.count(".") < LEADER_DOTS and "…" not in text and "·" not in text:
        return False
    match = _LEADER.search(text)
    return match is not None and (bool(_PAGE_AT_END.search(text)) or match.end() >= len(text.rstrip()) - 1)


def contents_lines(pages: Sequence[PageLines], taken: AbstractSet[int]) -> frozenset[int]:
    """Return the indices of lines that belong to contents lists."""
    found: set[int] = set()
    carried = False
    for page in pages:
        lines = [line for line in page.lines if line.index not in taken]
        region = _region(lines, carried)
        found.update(line.index for line in region)
        if lines:
            carried = bool(region) and len(lines) - lines.index(region[-1]) <= 2
    return frozenset(found)


def _region(lines: Sequence[LayoutLine], carried: bool) -> Sequence[LayoutLine]:
    leaders = [at for at, line in enumerate(lines) if has_leader(line.text)]
    title = next((at for at, line in enumerate(lines) if is_contents_title(line.text)), None)
    if len(leaders) >= MIN_LEADERS or (carried and leaders):
        first = title + 1 if title is not None and title < leaders[0] else leaders[0]
        if title is None and carried:
            first = 0
        return lines[first : leaders[-1] + 1]
    if title is None and not carried:
        return ()
    return _numbered(lines, 0 if title is None else title + 1)


def _numbered(lines: Sequence[LayoutLine], start: int) -> Sequence[LayoutLine]:
    """Return the lines after a contents title up to the last that ends with a page number, if mostly so."""
    ends = [at for at in range(start, len(lines)) if _PAGE_AT_END.search(lines[at].text)]
    if len(ends) < MIN_LEADERS or len(ends) < 0.4 * (ends[-1] + 1 - start):
        return ()
    return lines[start : ends[-1] + 1]
