"""Numbers of a text in one form, and what stands beside them: sums, scales, laws, resolutions, joined signs."""

import re
from dataclasses import dataclass
from decimal import Decimal

_CURRENCY = re.compile(r"(?:US|R|C|A|MX)?\$\s?$|[€£¥]\s?$|\bS/\.?\s?$")

SCALES = {
    **dict.fromkeys(("thousand", "mil", "mille"), 1_000),
    **dict.fromkeys(("million", "millions", "millon", "millones", "milhao", "milhoes"), 1_000_000),
    **dict.fromkeys(("billion", "billions", "bilhao", "bilhoes", "milliard", "milliards"), 1_000_000_000),
    **dict.fromkeys(("billon", "billones", "trillion"), 1_000_000_000_000),
}
LEGAL_KINDS = {
    **dict.fromkeys(("decreto", "decree", "decret", "decretos", "decrees", "decrets"), "decreto"),
    **dict.fromkeys(("ley", "leyes", "law", "lei", "loi", "laws", "leis", "lois"), "ley"),
    **dict.fromkeys(("resolucion", "resolution", "resolucao"), "resolucion"),
    **dict.fromkeys(("resoluciones", "resolutions", "resolucoes"), "resolucion"),
    **dict.fromkeys(("articulo", "article", "artigo", "art"), "articulo"),
    **dict.fromkeys(("articulos", "articles", "artigos", "arts"), "articulo"),
    **dict.fromkeys(("portaria", "ordenanza", "ordinance", "acuerdo", "directiva", "directive"), "norma"),
}
SYMBOLS = {"res": "resolucion"}
"""Parts of a document symbol of the United Nations that tell its kind: "A/RES/72/179"."""
LEGAL_BETWEEN = frozenset({
    "n", "no", "num", "numero", "number", "nro", "legislativo", "legislative", "supremo", "supreme",
    "ministerial", "de", "urgencia", "emergency", "complementar", "organica", "jefatural", "directoral",
})  # fmt: skip
LEGAL_REACH = 4
"""Words between the kind and the number at most: "Decreto de Urgencia N.º 090"."""


@dataclass(slots=True)
class Token:
    """A word or number of a text: `surface` folded, `word` in lower case where it is to be stemmed."""

    surface: str
    start: int
    end: int
    word: str | None
    more: list[str]


def canonical_number(raw: str) -> str:
    """Return a number one way: no thousands separators, a point before decimals.

    Three digits after a single separator are thousands ("1.234" and "1,234" are 1234) unless only
    zeros stand before it: in the policy texts examined a decimal of exactly three digits after a
    number other than 0 did not occur. What fits no pattern (dates, "1.2.3") stays, with points.
    """
    parts = re.split(r"[.,]", raw)
    if len(parts) == 1:
        return raw
    signs = [char for char in raw if char in ".,"]
    grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0].strip("0") != ""
    if grouped and len(set(signs)) == 1:
        return "".join(parts)
    inner = all(len(part) == 3 for part in parts[1:-1]) and len(set(signs[:-1])) <= 1
    if len(parts) == 2 or (inner and signs[-1] != signs[0]):
        return "".join(parts[:-1]) + "." + parts[-1]
    return ".".join(parts)


def number_token(match: re.Match[str], raw: str, plain: str) -> Token:
    """Return the token of a number, with the sum where a currency sign stands before it."""
    surface = canonical_number(raw)
    before = _CURRENCY.search(plain, max(0, match.start() - 5), match.start())
    more = [currency_mark(before.group()) + surface] if before else []
    return Token(surface, match.start(), match.end(), None, more)


def currency_mark(sign: str) -> str:
    """Return the mark of a currency sign: all dollars are "$", soles are "s/"."""
    return "$" if "$" in sign else sign.strip(" .").casefold()


def link_scale(tokens: list[Token], place: int) -> None:
    """“1.3 million” also holds 1300000, “mil millones” multiplies twice."""
    factor, after = 1, place + 1
    while after < len(tokens) and after <= place + 2 and tokens[after].surface in SCALES:
        factor *= SCALES[tokens[after].surface]
        after += 1
    number = tokens[place].surface
    if factor == 1 or number.count(".") > 1 or not re.fullmatch(r"[0-9.]{1,15}", number):
        return
    whole = format((Decimal(number) * factor).normalize(), "f")
    # "$1.3 million" is the sum of $1300000; "$1.3" alone would also be found in "$1.3 billion".
    more = [
        mark + whole if (mark := term.removesuffix(number)) != term else term for term in tokens[place].more
    ]
    tokens[place].more[:] = [whole, *more]


def link_legal(tokens: list[Token], place: int, plain: str) -> None:
    """“Decreto Legislativo N.º 1350” also holds decreto:1350, “resolution 72/179” resolucion:72/179."""
    number = tokens[place].surface
    for part in tokens[place + 1 :]:
        if plain[part.start - 1] != "/" or not part.surface.isdigit():
            break
        number += f"/{part.surface}"
    if "/" in number and (place == 0 or plain[tokens[place].start - 1] != "/" or tokens[place - 1].word):
        tokens[place].more.append(number)
    for back in range(place - 1, max(-1, place - 1 - LEGAL_REACH), -1):
        kind = LEGAL_KINDS.get(tokens[back].surface) or _symbol(tokens[back], plain)
        if kind is not None:
            tokens[place].more.append(f"{kind}:{number}")
            return
        if tokens[back].surface not in LEGAL_BETWEEN:
            return


def _symbol(token: Token, plain: str) -> str | None:
    return SYMBOLS.get(token.surface) if plain[token.end : token.end + 1] == "/" else None


def link_joined(tokens: list[Token], plain: str) -> None:
    """Parts joined by hyphen or slash, of which one has letters and one digits, also hold the whole.

    A symbol that tells its kind is found by kind and number, however it is written.
    """
    first = 0
    for place in range(1, len(tokens) + 1):
        if place < len(tokens):
            gap = plain[tokens[place - 1].end : tokens[place].start]
            if len(gap) == 1 and gap in "-/‐‑":
                continue
        chain = tokens[first:place]
        if len(chain) > 1 and not any(_symbol(token, plain) for token in chain):
            whole = "".join(token.surface for token in chain)
            if any(char.isdigit() for char in whole) and any(char.isalpha() for char in whole):
                chain[0].more.append(whole)
        first = place
