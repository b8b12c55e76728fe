"""Whether a text spells out an abbreviation: "Permiso Temporal de Permanencia (PTP)", "PTP: Permiso Temporal …".

The letters of the short form must be the beginnings of words of the long form, in order, after the algorithm of
Schwartz and Hearst (A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003). There
letters may stand inside words; here they may not, but a word may give several: ENPOVE is «ENcuesta … POblación
VEnezolana». In return a long form in capitals need not stand beside brackets: «Encuesta …» of 2018, known as ENPOVE.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.acronyms import fold_word

REACH = 24
"""Words on either side of the short form that are looked at, within its sentence."""
BETWEEN = 10
"""Words that may stand between the long form and the short one behind it: "of 2018, known as"."""
BEFORE_LONG = 3
"""Words that may stand between the short form and the long one behind it: "stands for the"."""
SKIPPED = 5
"""Words of the long form in a row that may give no letter; with `LONG_LETTERS` two of them may be capitalised."""
LONG_LETTERS = 5
_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"(?<=[^\W\d_]{3})[.!?;]\W?\s|\n\s*\n")
_CAPITALS = re.compile(r"[A-ZÀ-Þ].*[A-ZÀ-Þ]")
LETTERS, NAME = 2, 1


@dataclass(frozen=True, slots=True)
class _Word:
    """A folded word, whether it begins with a capital, and whether it is an abbreviation, all in capitals."""

    text: str
    capital: bool
    short: bool


def spells_out(text: str, short: str) -> int:
    """Return how a text spells out an abbreviation: `LETTERS`, letter by letter; `NAME`; 0 where it does not.

    `NAME` is a name that stands in capitals before its brackets, or inside brackets behind it, with other letters, as
    one in another language has.
    """
    letters = "".join(char for char in fold_word(_without_plural(short)) if char.isalpha())
    found, own = 0, re.compile(rf"(?<![\w/]){re.escape(_without_plural(short))}s?(?![\w/])", re.IGNORECASE)
    for match in own.finditer(text):
        if len(letters) < 2 or not _CAPITALS.search(match.group()):
            continue
        head, tail = text[: match.start()], text[match.end() :]
        before = _words(own.sub(" ", _STOP.split(head)[-1]))[-REACH:]
        after = _words(own.sub(" ", _STOP.split(tail, maxsplit=1)[0]))[:REACH]
        bracketed = head.endswith("(")
        if _long_before(before, letters, bracketed=bracketed) or _long_behind(
            after, letters, bracketed=tail.lstrip().startswith("(")
        ):
            return LETTERS
        opened = re.match(r"\s*\(([^()]+)\)", tail)
        if (bracketed and _is_name(before[-6:])) or (opened and _is_name(_words(opened[1]))):
            found = NAME
    return found


def _without_plural(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _words(text: str) -> list[_Word]:
    """Return the words of a text; in one that is all in capitals none is known for an abbreviation."""
    mixed = any(char.islower() for char in text)
    return [
        _Word(fold_word(word), word[0].isupper(), mixed and len(word) > 1 and word.isupper())
        for word in _WORD.findall(text)
    ]


def _is_name(words: Sequence[_Word]) -> bool:
    """Return whether two or more words of a name stand there, the last one among them."""
    return (
        bool(words) and words[-1].capital and sum(word.capital and len(word.text) > 2 for word in words) > 1
    )


def _long_before(words: Sequence[_Word], letters: str, *, bracketed: bool) -> bool:
    """Return whether a long form ends among the last words: in capitals, or right before brackets in any letters."""
    for first in range(len(words)):
        end = _end(words, first, letters, capitals=True)
        if end and len(words) - end <= BETWEEN:
            return True
        if bracketed and _end(words, first, letters, capitals=False) == len(words):
            return True
    return False


def _long_behind(words: Sequence[_Word], letters: str, *, bracketed: bool) -> bool:
    """Return whether a long form begins among the first words: in capitals, or right in brackets in any letters."""
    near = range(min(BEFORE_LONG + 1, len(words)))
    capitals = any(
        _end(words, first, letters, capitals=True) and not any(word.capital for word in words[:first])
        for first in near
    )
    return capitals or (bracketed and _end(words, 0, letters, capitals=False) > 0)


def _end(words: Sequence[_Word], at: int, letters: str, *, capitals: bool, inside: bool = False) -> int:
    """Return where words from `at` that give the letters in order end at the latest; 0 where they give them not.

    At least two words must, abbreviations among them with all their letters; without `capitals` none but short words
    may be left out.
    """
    word, best = words[at], 0
    if capitals and not word.capital:
        return 0
    for size in range(1, min(len(word.text), len(letters)) + 1):
        if word.text[size - 1] != letters[size - 1]:
            break
        if word.short and size < len(word.text):
            continue
        if size == len(letters):
            return max(best, at + 1 if inside else 0)
        for next_at in range(at + 1, min(at + 2 + SKIPPED, len(words))):
            left_out = words[at + 1 : next_at]
            if not _may_miss(left_out, len(letters), capitals=capitals):
                break
            best = max(best, _end(words, next_at, letters[size:], capitals=capitals, inside=True))
    return best


def _may_miss(words: Sequence[_Word], letters: int, *, capitals: bool) -> bool:
    if not capitals:
        return all(len(word.text) <= 3 for word in words)
    return sum(word.capital for word in words) <= (2 if letters >= LONG_LETTERS else 0)
