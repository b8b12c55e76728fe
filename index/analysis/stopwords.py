"""Function words of the four languages, folded (lower case, no accents), and the language of a question.

Only questions lose them: a passage keeps all its words, so that lengths and phrases stay what they are.
Words of questioning ("how", "cuántos") are in: they say what is asked, not what it is about.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

STOPWORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
"""Language code -> its function words."""


LETTERS = {"es": "ñ¿¡áíóú", "pt": "ãõçâêôáíóúà", "fr": "çâêôàèùœîû"}
"""Letters and signs that tell languages apart; each that occurs counts like a function word. Names do not count."""
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-Þ]\w*")


def question_languages(words: Iterable[str], text: str = "") -> tuple[str, ...]:
    """Return the languages most of whose function words and letters stand in a question; all that tie, or ().

    `words` are folded, `text` is the question as written.
    """
    present = list(words)
    written = set(_CAPITALISED.sub("", text))
    counts = {
        code: sum(word in stop for word in present) + len(written.intersection(LETTERS.get(code, "")))
        for code, stop in STOPWORDS.items()
    }
    best = max(counts.values())
    return tuple(code for code, count in counts.items() if count == best) if best else ()
