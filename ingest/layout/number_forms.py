"""How page numbers are printed: alone, with the word "page" or a total, at the ends of a running head."""

import re

from ingest.text.numerals import roman_value

_PAGE = r"(?i:\b(?:pages?|páginas?|pagina|pág|pag|seite|pp?|pg|p\s?a\s?g\s?e|hoja|folio|fls?)\b\.?)"
_NAME = r"(?i:\b(?:page|página|pagina|pág|pag|seite|hoja|folio)\b\.?\W?)"
PAGE_WORD = re.compile(_PAGE)
_NUMBER = r"(?:(?:[A-Z]{1,3}|[IVXL]{1,6}|\d{1,2})[-–—]\d{1,3}|\d{1,6}|[ivxl]{1,7}|[IVXL]{1,7})"
_TOTAL = r"(?:\s?(?:/|(?i:\b(?:of|de|sur|von|di)\b))\s?(?P<total>\d{1,5}))?"
_DECOR = r"[\s\-–—|•·●■*_~=<>«»\[\](){}.:/\\]*"
ALONE = re.compile(
    rf"^{_DECOR}(?P<name>{_PAGE}\W{{0,3}})?(?<!\w)(?P<number>{_NUMBER})(?!\w){_TOTAL}"
    rf"{_DECOR}(?P<after>{_PAGE})?{_DECOR}$"
)
"""A number with nothing beside it but the word "page", a total and signs."""
NAMED = re.compile(rf"{_NAME}\s?(?P<number>{_NUMBER})(?![\w]|[-–.,]\d){_TOTAL}")
OPENING = re.compile(rf"^[|•·–—\-\[]?\s?(?:{_PAGE}\s)?(?P<number>{_NUMBER}){_TOTAL}\]?(?=\s|[|•·–—]|$)")
CLOSING = re.compile(rf"(?:(?<=[\s|•·–—\[])|^)(?P<number>{_NUMBER}){_TOTAL}\s?[|•·–—\-\]]?(?:\s?{_PAGE})?$")
MIDDLE = re.compile(r"(?<=\s)(?P<number>\d{1,4})(?P<total>)(?=\s)")
_COMPOUND = re.compile(r"^(.+)[-–—](\d+)$")
PAIR = re.compile(r"^(\d{1,5})\b(?P<between>.*?)(?<![\w.,/\-–])(\d{1,5})$")
"""Two numbers at the two ends of a line."""


def parsed(text: str, *, alone: bool) -> tuple[str, str, int]:
    """Return style, prefix and value; value 0 where the text is no number."""
    if text.isdigit():
        return "arabic", "", int(text)
    compound = _COMPOUND.match(text)
    if compound:
        return "compound", text[: compound.start(2)], int(compound[2])
    if text.islower() or alone:
        return "roman", "", roman_value(text) or 0
    return "roman", "", 0
