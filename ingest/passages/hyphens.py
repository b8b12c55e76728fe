"""Hyphens at line ends: the document's own vocabulary decides whether one stays.

"socio-" + "economic" keeps its hyphen where the document writes "socio-economic" elsewhere; "migra-" +
"tion" loses it where "migration" stands elsewhere. Where neither is seen, a hyphen that the typesetter
put in (U+0002, U+FFFE, U+00AD) goes and a typed one goes too, unless the parts are capitals or digits.
"""

import re
from collections import Counter
from collections.abc import Iterable

SOFT = "\u0002\ufffe\u00ad"
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_LAST = re.compile(r"([^\W_]+)[-‐‑\u0002\ufffe\u00ad]$")
_FIRST = re.compile(r"^([^\W_]+)")
# Prefixes that en/es/pt/fr write with a hyphen; only asked when the vocabulary knows neither form.
_PREFIX_LIST = """
    non self socio co ex anti semi multi inter intra pre post cross long short medium high low well mid sub
    no auto ante franco afro anglo vice sous demi mi one two three four five third fourth first second
"""
_PREFIXES = frozenset(_PREFIX_LIST.split())


class Vocabulary:
    """The words of one document, with hyphens and without, and how often each stands inside a line."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        for text in texts:
            words = _WORD.findall(text.lower())
            self._words.update(words)

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Return whether `left` (ending in a hyphen) and `right` stay hyphenated when put on one line."""
        before, after = _LAST.search(left), _FIRST.match(right)
        if not before or not after:
            return True
        first, second = before.group(1), after.group(1)
        if first[-1].isdigit() or second[0].isdigit() or second[0].isupper():
            return True
        joined = self._words[(first + second).lower()]
        hyphenated = self._words[f"{first}-{second}".lower()]
        if joined != hyphenated:
            return hyphenated > joined
        if left[-1] in SOFT:
            return False
        # Both parts are counted once already, as what stands before and after this line end.
        return first.lower() in _PREFIXES or (
            self._words[first.lower()] > 1 and self._words[second.lower()] > 0
        )
