"""How many word pieces a text will have, estimated without the tokenizer.

The children that read files must stay small, and the tokenizer of the default model holds 250,000
tokens. Least squares of the true count of multilingual-e5's tokenizer over 6,000 slices of 42 policy
PDFs in English, Spanish, French and Dutch gave the weights; docs/measurements.md, Splitting, has the measurement.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[A-Za-z]+")
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(r"\S*(?:://|www\.|\w[/@_=]\w)\S*")
_LISTED_NAME = re.compile(r"(?<=, )[A-ZÀ-Þ][^\W\d_]+(?=[,;.])")

_ENUMERATOR = re.compile(r"\(\w{1,4}\)")

# Weights from the fit; the factor keeps all passages of the 42 policy PDFs and 5 seeds within 256 tokens.
_SAFETY = 1.10
_PER_WORD = 1.14
_PER_LETTER_OVER_5 = 0.13
_PER_CAPITAL = 0.20
_PER_ACCENTED_WORD = 0.22
_PER_NAME = 0.14
_PER_NAME_LETTER_OVER_5 = 0.064
_PER_DIGIT = 0.57
_PER_MARK = 0.10
_PER_LONE_MARK = 1.93
_PER_ADDRESS_CHARACTER = 0.20
_PER_LISTED_NAME = 1.0
_PER_ENUMERATOR = 1.2
# Cyrillic and Greek: 0.99 of 80-word slices of a UN paper in Russian have fewer tokens than estimated (0.0: 1.12
# times as many). Beyond, each letter may be a word: Chinese 0.67 and Korean 0.68 tokens a letter.
_PER_GREEK_OR_CYRILLIC_LETTER = 0.05
_PER_FOREIGN_LETTER = 1.0
_GREEK = "\u0370"
_BEYOND_CYRILLIC = "\u0530"


def estimate_tokens(text: str) -> int:
    """Return about how many word pieces multilingual-e5 cuts `text` into, rather too many than too few."""
    total = 0.0
    words, inked = (_ASCII_WORD if text.isascii() else _WORD).findall(text), text.split()
    for word in words:
        total += _word_weight(word)
    letters, digits = sum(map(len, words)), len(_DIGIT.findall(text))
    total += _PER_DIGIT * digits
    # What is neither letter nor digit nor blank is a mark.
    total += _PER_MARK * (sum(map(len, inked)) - letters - digits)
    if "(" in text:
        total += _PER_ENUMERATOR * len(_ENUMERATOR.findall(text))
    alone = sum(1 for part in inked if len(part) == 1 and not part.isalnum() and part != "_")
    total += _PER_LONE_MARK * alone
    if ", " in text:
        total += _PER_LISTED_NAME * len(_LISTED_NAME.findall(text))
    if "/" in text or "@" in text or "_" in text or "=" in text or "www." in text:
        total += _PER_ADDRESS_CHARACTER * sum(map(len, _ADDRESS.findall(text)))
    return round(total * _SAFETY + 0.5)


@lru_cache(maxsize=1 << 14)
def _word_weight(word: str) -> float:
    length = len(word)
    weight = _PER_WORD
    over = length - 5
    if over > 0:
        weight += _PER_LETTER_OVER_5 * over
    if not word.isascii():
        weight += _PER_ACCENTED_WORD
        if word[0] >= _BEYOND_CYRILLIC:
            weight += _PER_FOREIGN_LETTER * length
        elif word[0] >= _GREEK:
            weight += _PER_GREEK_OR_CYRILLIC_LETTER * length
    if word[0].isupper():
        if length > 1 and word.isupper():
            weight += _PER_CAPITAL * length
        else:
            weight += _PER_NAME + (_PER_NAME_LETTER_OVER_5 * over if over > 0 else 0.0)
    return weight
