"""Which encoding a text is in that is not UTF-8, and texts that were read in a wrong one before."""

import re
import unicodedata
from collections.abc import Iterator

# charset-normalizer needs no more to tell encodings apart, and takes seconds on megabytes.
SAMPLE_BYTES = 200_000
# Encodings of Western texts that differ in their letters and so read well in one of them only.
WESTERN = ("cp1252", "mac_roman", "cp850")
# Share of the letters and signs beyond ASCII that stand where texts have them. Spanish, Portuguese, French and
# English texts read right have .98 and more, read in another of these encodings .6 and less.
PLAUSIBLE = 0.95
# What a text shows that was read wrongly before: so many places, and such a share of its letters.
MIN_WRONG = 3
WRONG_SHARE = 0.0005

_LETTERS = frozenset("áéíóúàèìòùâêîôûäëïöüãõñçåæøœßýÿšž")
_SIGNS = frozenset("¿¡«»“”‘’–—…°ºª§€£•·©®™²³¹½¼¾±×÷¢")
# UTF-8 read as Windows-1252: "Ã³" for ó, "â€œ" for a quotation mark.
_TWICE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3}"
)


def likely_encoding(data: bytes) -> str | None:
    """Return the name of the likeliest encoding of bytes that are no UTF-8, None where they are no text."""
    if b"\0" in data[:SAMPLE_BYTES]:
        return None
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:SAMPLE_BYTES])
    best = matches.best()
    sample = data[:SAMPLE_BYTES]
    western = max(WESTERN, key=lambda name: plausibility(sample.decode(name, "replace")))
    if plausibility(sample.decode(western, "replace")) >= PLAUSIBLE:
        return western
    if best is None:
        return None
    # Encodings that read alike are one match, called by the first of them: "2015–2020" is also cp1250.
    names = {name for match in matches for name in match.could_be_from_charset}
    if names & {"cp1252", "latin_1", "iso8859_15"}:
        return "cp1252"
    return str(best.encoding)


def plausibility(text: str) -> float:
    """Return the share of characters beyond ASCII that stand as in Western texts; 1 where there are none."""
    verdicts = list(_verdicts(text))
    return sum(verdicts) / len(verdicts) if verdicts else 1.0


def _verdicts(text: str) -> Iterator[bool]:
    for match in re.finditer(r"[^\x00-\x7f]", text):
        at, char = match.start(), match.group()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if char.casefold() in _LETTERS:
            # A capital within a word of small letters, or a small one before a capital, is none of its letters.
            wrong = (char.isupper() and before.islower()) or (char.islower() and after.isupper())
            yield not wrong and (before.isalpha() or after.isalpha() or not char.isupper())
        elif char in "¿¡":
            yield not before.isalpha() and (after.isalpha() or after in "¿¡")
        elif char in _SIGNS:
            yield not (before.isalpha() and after.isalpha()) or char in "’·–—"
        else:
            yield unicodedata.category(char) in {"Zs", "Cf"}


def repaired(text: str) -> str:
    """Return a text whose UTF-8 was read as Windows-1252 and written again as it was meant; others as they are."""
    runs = _TWICE.findall(text)
    if len(runs) < MIN_WRONG or sum(_meant(run) is not None for run in runs) < 0.9 * len(runs):
        return text
    return _TWICE.sub(lambda match: _meant(match.group()) or match.group(), text)


def _meant(run: str) -> str | None:
    try:
        # latin-1 keeps the five bytes that Windows-1252 has no character for.
        data = b"".join(
            char.encode("latin-1") if "\x80" <= char <= "\x9f" else char.encode("cp1252") for char in run
        )
        return data.decode("utf-8")
    except UnicodeError:
        return None


def misread_flags(text: str) -> frozenset[str]:
    """Return {"bad_map"} for a text with too many replacement characters or traces of a wrong encoding."""
    wrong = text.count("\ufffd") + sum(_meant(run) is not None for run in _TWICE.findall(text))
    return frozenset({"bad_map"}) if wrong >= MIN_WRONG and wrong >= WRONG_SHARE * len(text) else frozenset()
