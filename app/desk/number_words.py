"""Cardinal numbers written in words: English, Spanish and Portuguese ("thirty-five thousand", "mil e duzentos").

The three languages share so many words ("mil", "dos", "tres") that one vocabulary serves all of them; a word that is a
number in one and something else in another ("once" in English, "cem" in none) counts where the language is known.
"""

from __future__ import annotations

from collections.abc import Sequence

_EN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_ES = """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete
    dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete
    veintiocho veintinueve"""
_PT = """zero um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete
    dezoito dezenove"""
UNITS: dict[str, int] = {
    **{word: value for words in (_EN, _ES, _PT) for value, word in enumerate(words.split())},
    **dict.fromkeys(("un", "una", "uma"), 1),
    **{"duas": 2, "catorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19},
}
TENS: dict[str, int] = {
    word: 10 * tens
    for words in (
        "twenty thirty forty fifty sixty seventy eighty ninety",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    )
    for tens, word in enumerate(words.split(), 2)
}
_ES_HUNDREDS = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"
_PT_HUNDREDS = "duzent trezent quatrocent quinhent seiscent setecent oitocent novecent"
HUNDREDS: dict[str, int] = {
    "cien": 100, "ciento": 100, "cem": 100, "cento": 100,
    **{
        stem + end: 100 * hundreds
        for stems in (_ES_HUNDREDS, _PT_HUNDREDS)
        for hundreds, stem in enumerate(stems.split(), 2)
        for end in ("os", "as")
    },
}  # fmt: skip
SCALES: dict[str, int] = {
    **dict.fromkeys(("thousand", "mil"), 10**3),
    **dict.fromkeys(("million", "millions", "millon", "millones", "milhao", "milhoes"), 10**6),
    **dict.fromkeys(("billion", "billions", "bilhao", "bilhoes"), 10**9),
    **dict.fromkeys(("trillion", "billon", "billones", "trilhao", "trilhoes"), 10**12),
}
JOINING = frozenset(("and", "y", "e"))
# One word alone is an article or a pronoun as often as a number.
_ARTICLES = frozenset(("one", "un", "una", "uno", "um", "uma", "a"))
_ENGLISH_ONCE = "once"
_FIRST = frozenset({"a", "hundred", *UNITS, *TENS, *HUNDREDS, *SCALES})


def begins_number(word: str) -> bool:
    """Return whether a folded word may be the first one of a number, an article of a share ("a percent") too."""
    return word in _FIRST


def read_number(words: Sequence[str]) -> tuple[int, int] | None:
    """Return the value of the longest number that `words` (folded) begin with and how many words it takes.

    None where there is none; a lone "one" or "un" is none, nor is "once", which English has for another thing, unless
    a scale follows.
    """
    # `last` is what the last word of the group was worth: the next must be smaller.
    total = group = used = last = 0
    for at, word in enumerate(words):
        if word in JOINING and used == at > 0:
            continue
        worth = _worth(word)
        if worth is None or (word not in SCALES and word != "hundred" and not _fits(worth, last)):
            break
        if word in SCALES:
            total, group, last = *_scaled(total, group, worth), 0
        elif word == "hundred":
            group, last = (group or 1) * 100, 100
        else:
            group, last = group + worth, worth
        used = at + 1
    if not used or (used == 1 and (words[0] in _ARTICLES or words[0] == _ENGLISH_ONCE)):
        return None
    return total + group, used


def _fits(worth: int, last: int) -> bool:
    """Return whether a word may follow one of the same group: "treinta y cinco" but not "cinco treinta"."""
    return not last or (worth < last and last >= 20)


def _worth(word: str) -> int | None:
    if word == "hundred":
        return 100
    for known in (UNITS, TENS, HUNDREDS, SCALES):
        if word in known:
            return known[word]
    return None


def _scaled(total: int, group: int, scale: int) -> tuple[int, int]:
    """Return total and open group after a scale word: "dos mil" 2000; "mil millones" a thousand million."""
    if group == 0 and total and total % 1000 == 0 and total < scale:
        return total * scale, 0
    return total + (group or 1) * scale, 0
