"""Where in a document a question points: "page 7", "p. 12", "Annex II", or the first page with title and author."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.acronyms import fold_word
from ingest.passage import Passage

_PAGE = re.compile(r"\b(?:pages?|pp?\.|paginas?|pags?\.?)\s*(?:n\.?[ºo°]?\s*)?(\d{1,4}|[ivxl]{1,7})\b")
_PARTS = r"(?:annex(?:es)?|annexes?|anexos?|appendix|appendices|apendices?|anejos?)"
_PART = re.compile(rf"\b{_PARTS}\s+([ivxl]{{1,6}}|\d{{1,2}}|[a-h])\b")
_PAPER_ES = "(?:informe|publicacion|documento|carta|resolucion)"
_PAPER_PT = "(?:relatorio|publicacao|documento|carta|resolucao)"
_PAPER = "(?:report|document|letter|paper|publication|resolution)"
_FRONT = re.compile(
    rf"\b(?:title|authors?) of\b|\b(?:symbol|date) of (?:the |this )?{_PAPER}\b|\b(?:case|docket|file) (?:number|no\.?)"
    r"|\bwho (?:wrote|published|prepared|issued)\b|\bwhen was .{0,60}\b(?:published|issued|released|signed)\b"
    rf"|\bautor(?:es|as?)?\b|\btitulo d|\bfecha de(?:l| la| este| esta)? {_PAPER_ES}\b|\bdata d[oae] {_PAPER_PT}\b"
    r"|\bquien(?:es)? (?:escribi|public|elabor|firm)|\bquem (?:escreveu|publicou|elaborou|assinou)\b"
    r"|\bnumero (?:de|do) (?:caso|expediente|processo)\b"
)


@dataclass(frozen=True, slots=True)
class Pointers:
    """Pages by number or printed label, numbers of annexes, and whether the first page is meant."""

    pages: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    front: bool = False

    def __bool__(self) -> bool:
        """Return whether the question points anywhere."""
        return bool(self.pages or self.parts or self.front)

    def reaches(self, passage: Passage) -> bool:
        """Return whether a passage stands where the question points."""
        if set(self.pages) & _names(passage):
            return True
        if self.front and passage.pages and passage.pages[0] == 1:
            return True
        if not self.parts:
            return False
        heads = [fold_word(head) for head in (*passage.section, passage.text[:80])]
        return any(re.match(rf"{_PARTS}\s+{part}\b", head) for part in self.parts for head in heads)


def _names(passage: Passage) -> set[str]:
    """Return the numbers and printed labels of the pages of a passage."""
    if not passage.pages:
        return set()
    numbers = range(passage.pages[0], passage.pages[-1] + 1)
    return {*map(str, numbers), *(fold_word(label) for label in passage.labels)}


def pointers(question: str) -> Pointers:
    """Return where a question points."""
    folded = fold_word(question)
    pages: Sequence[str] = _PAGE.findall(folded)
    return Pointers(
        pages=tuple(dict.fromkeys(pages)),
        parts=tuple(dict.fromkeys(_PART.findall(folded))),
        front=_FRONT.search(folded) is not None,
    )


NOWHERE = Pointers()
