"""The page that a citation line names, in any of the styles of `app.citations.styles`, held against the real one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# As citations name a page of the file in English, Spanish and Portuguese.
PHYSICAL = re.compile(
    r"(?:PDF pages?|\bpages?(?= [\d–]+ of the file)) (\d+)(?:–(\d+))?"
    r"|páginas? (\d+)(?:–(\d+))? d(?:el|o) (?:PDF|archivo|arquivo)"
)
_YEAR = r"(?:\d{4}|n\.d\.|s\.f\.|s\.d\.)\), "
# A printed number in front of the page of the file: "p. 7 (", "p. 7 [", "p. 7 (inferred; "; in Chicago style "7 (".
_BEFORE = re.compile(rf"(?:(?:^|[,(\[]) *pp?\. |{_YEAR})([^,()\[\]]+) [(\[](?:inferred; |inferida; )?$")
# A printed number that stands alone, before the end or a URL.
_ALONE = re.compile(
    r"(?:^|[,(\[]) *pp?\. ([^,()\[\]]+?)(?=[)\]]|\.?$|, https?:)"
    rf"|{_YEAR}([^\s,:/()\[\]]+?)(?=\.?$|, https?:)"
)
# A shorter title may be the number of a page.
_TELLING = 8


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """What a citation names: `printed` as it is written, "7" or "7–8"; `pages` of the file, first and last."""

    printed: str | None = None
    pages: tuple[int, int] | None = None


def cited_place(citation: str, title: str = "") -> CitedPlace:
    """Return the pages that a citation of the document `title` names; both None where it names none."""
    line = " ".join(citation.split())
    if len(title) >= _TELLING:
        line = line.partition(title)[2] or line
    found = list(PHYSICAL.finditer(line))
    if not found:
        alone = [one[1] or one[2] for one in _ALONE.finditer(line)]
        return CitedPlace(printed=alone[-1] if alone else None)
    last = found[-1]
    first, end = last[1] or last[3], last[2] or last[4]
    printed = _BEFORE.search(line[: last.start()])
    return CitedPlace(printed[1] if printed else None, (int(first), int(end or first)))


def wrong_place(
    place: CitedPlace, pages: tuple[int, int], labels: Sequence[str | None], form: str = "pdf"
) -> str:
    """Return what is wrong with a cited place, "" when nothing is.

    `pages` are the first and last page of the file on which the words stand, `labels` their printed numbers,
    `form` is the format of the file.
    """
    if place.pages not in (None, pages):
        unit = "PDF page" if form == "pdf" else "page"
        return f"its citation names {unit} {_range(place.pages)}, not {_range(pages)}"
    real = _range([label or "none" for label in labels])
    unnumbered = not any(labels) and place.pages is None and place.printed == _range(pages)
    if place.printed in (None, real) or unnumbered:
        return ""
    return f"its citation names page {place.printed}; the printed page is {real}"


def _range(ends: Sequence[object] | None) -> str:
    return "–".join(dict.fromkeys(" ".join(str(end).split()) for end in ends or ()))
