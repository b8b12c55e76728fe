"""What a number counts, as far as it is money, people, a time or a distance, in English, Spanish and Portuguese.

"14 million" of soles is no other value of "14 million" people: two figures are compared where they count the same.
"""

from __future__ import annotations

import re

from index.analysis.acronyms import fold_word

_WORDS = {
    "money": "usd eur pen cop brl dollar dollars dolar dolares euro euros sol soles real reais peso pesos bolivar "
    "bolivares pound pounds libra libras",
    "people": "people person persons persona personas pessoa pessoas women mujeres mulheres men hombres homens "
    "children ninos ninas criancas migrants migrantes refugees refugiados refugiadas inhabitants habitantes adults "
    "adultos adultas patients pacientes",
    "years": "year years yr yrs ano anos",
    "months": "month months mes meses",
    "weeks": "week weeks semana semanas",
    "days": "day days dia dias",
    "hours": "hour hours hora horas",
    "minutes": "minute minutes minuto minutos",
    "distance": "km kilometre kilometres kilometer kilometers kilometro kilometros quilometro quilometros mile miles",
    "area": "hectare hectares hectarea hectareas",
}
UNITS = {word: unit for unit, words in _WORDS.items() for word in words.split()}
"""Word, folded -> unit; currencies are one unit, for drafts name the same sum in another way."""
_MONEY_BEFORE = re.compile(r"(?:[$€£]|S/\.?|\b(?:US|USD|EUR|PEN|COP|BRL|R))\s?$")
_MONEY_AFTER = re.compile(r"\s?[€£$]")
_FOLLOWING = re.compile(
    r"[\s\u00a0-]+(?:(?:de|of|US|full|whole|nuevos|new|calendar|working)[\s\u00a0-]+)*([^\W\d_]+)",
    re.IGNORECASE,
)


def unit_of(text: str, start: int, end: int) -> str:
    """Return what the number at `[start, end)` counts, by the sign before it or the word after it; "" where unknown."""
    if _MONEY_BEFORE.search(text, 0, start) or _MONEY_AFTER.match(text, end):
        return "money"
    following = _FOLLOWING.match(text, end)
    return UNITS.get(fold_word(following[1]), "") if following else ""
