"""What a question wants counted: "How many asylum requests …", "¿Qué porcentaje de las madres …"."""

import re
from collections.abc import Collection, Iterator

from index.analysis.acronyms import fold_word

_KINDS = r"(?:numero|cantidad|quantidade|porcentaje|porcentagem|percentual|proporcion|proporcao|tasa|taxa)"
_ASKS = re.compile(
    r"\b(?:how many|(?:what|which) (?:\w+ )?(?:number|share|percentage|proportion|per ?cent)(?: of)?"
    rf"|[cq]uant[oa]s|combien (?:de|d)|(?:que|qual|cual) (?:e |es )?(?:o |el |la |a )?{_KINDS}(?: d\w{{1,2}})?)\W+(.*)"
)
_UNITS = frozenset({
    "people", "person", "persona", "personas", "pessoa", "pessoas", "personnes", "year", "years", "ano", "anos",
    "ans", "month", "months", "mes", "meses", "mois", "day", "days", "dia", "dias", "jours", "hour", "hours", "hora",
    "horas", "heures", "week", "weeks", "semana", "semanas", "times", "vez", "veces", "vezes", "minutes", "minutos",
})  # fmt: skip
"""Words that are counted of everything; what follows them says of what."""
REACH, MOST = 7, 3
"""Words behind "how many" that are looked at, and words of the question among them that are taken."""


def counted_words(question: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the folded words of what a question wants counted, in their order; () where it wants nothing counted.

    They are the first ones in a row that are `known`, as surfaces of the question's terms: function words end them.
    """
    found = _ASKS.search(" ".join(fold_word(question).split()))
    return tuple(_first_in_a_row(found[1], known)) if found else ()


def _first_in_a_row(text: str, known: Collection[str]) -> Iterator[str]:
    taken = 0
    for word in re.findall(r"[^\W_]+", text)[:REACH]:
        if word in _UNITS and not taken:
            continue
        if word in known:
            yield word
            taken += 1
        elif taken:
            return
        if taken == MOST:
            return
