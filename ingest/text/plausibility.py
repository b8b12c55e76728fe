"""Whether a text can be language at all: the text layer of a page may be nonsense though the page looks right.

A font whose table of characters is wrong gives letters for other letters. What such a text lacks is the small words:
of real pages of prose in the languages below a quarter to a half of the words are among them.
"""

import re
from dataclasses import dataclass

# The most frequent words of texts in English, Spanish, Portuguese, French, German, Dutch and Italian.
_FREQUENT_LIST = """
    the of and to in a is that for on with as by are be this was at from it or an which not have has were will their
    de la que el en y los del se las por con una su para es al lo como más o pero sus le ha este sí entre sin sobre
    da do e os dos das um uma não no na em ao pela pelo mais são ou também à
    les des et le est dans pour qui une sur au plus par ce pas aux avec sont cette ces ou
    der die und den von zu das mit sich auf für ist im dem nicht ein eine als auch es an werden aus
    het een van dat op te zijn met voor niet aan er door bij ook worden
    il di che non si per del della dei con sono nel alla
"""
_FREQUENT = frozenset(_FREQUENT_LIST.split())
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiouáéíóúàèìòùâêîôûãõäëïöüy")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Words a page must have before anything is said of it.
MIN_WORDS = 40
# Share of frequent words below which a text is looked at: of 1,666 pages of policy PDFs with so many words, 12 are, all
# of them lists of names and tables of figures.
SUSPICIOUS = 0.03
# Share of vowels among the letters of real texts in these languages, lists and tables too.
VOWELS_FROM, VOWELS_TO = 0.28, 0.56
# Letters of no script (private use) beyond this share are those of a font without a table of characters.
PRIVATE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What is known of a text: shares of frequent words, of vowels among Latin letters, of private-use characters."""

    words: int
    frequent: float
    vowels: float
    private: float

    @property
    def suspicious(self) -> bool:
        """Whether the text may be nonsense: another reading of the page has to tell."""
        return self.private > PRIVATE_SHARE or (self.words >= MIN_WORDS and self.frequent < SUSPICIOUS)

    @property
    def impossible(self) -> bool:
        """Whether the text is nonsense without another reading: no frequent word, and no language's vowels."""
        return self.suspicious and not VOWELS_FROM <= self.vowels <= VOWELS_TO


def is_surely_language(text: str) -> bool:
    """Return whether a quick look tells that a text is not suspicious: False says nothing.

    Words parted by blanks are frequent words of the text as well, and it has at most a word in two characters.
    """
    folded = text.casefold()
    frequent = sum(map(_FREQUENT.__contains__, folded.split()))
    return frequent >= SUSPICIOUS * (len(folded) + 1) / 2 and (text.isascii() or not _PRIVATE.search(text))


def plausibility_of(text: str) -> Plausibility:
    """Return what is known of a text. One in other letters than Latin ones counts as plausible."""
    words = [word for word in _WORD.findall(text.casefold()) if word[0] < "\u0250"]
    joined = "".join(words)
    shown = sum(map(len, text.split()))
    return Plausibility(
        words=len(words),
        frequent=sum(map(_FREQUENT.__contains__, words)) / len(words) if words else 1.0,
        vowels=sum(map(joined.count, _VOWELS)) / len(joined) if joined else 0.4,
        private=len(_PRIVATE.findall(text)) / shown if shown else 0.0,
    )


def agreement(one: str, other: str) -> float:
    """Return the share of the different words of `one` that `other` holds too; 0 where it has none."""
    first, second = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(first & second) / len(first) if first else 0.0
