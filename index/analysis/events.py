"""Events that a question takes for granted ("Why did it close?") and whether a text tells of such an event at all.

A question for the reason or the day of something that never happened finds what is said of the same subject, and no
score tells that it says something else. Most such events are endings and refusals, which few words tell of.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.analysis.acronyms import fold_word

FILE = Path(__file__).with_suffix(".toml")
_ASKS = re.compile(
    r"^\W*(?:(?:and|y|e|et) )?(?:why|when|since when|who|which|what (?:made|led|caused)|how come|for what reason"
    r"|por ?que|cuando|desde cuando|quien|quienes|cual|que (?:hizo|llevo|razon)|a que se debe|quando|quem|qual|porque"
    r"|o que (?:fez|levou)|pourquoi|quand|qui|quel|quelle)\b"
)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {event: re.compile(rf"\b(?:{'|'.join(some)})\w*") for event, some in content.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """An event that a question takes for granted: the word that says so as written, and what it may mean."""

    word: str
    kinds: tuple[str, ...]

    def told_in(self, texts: Iterable[str]) -> bool:
        """Return whether one of the texts has a word that tells of such an event."""
        folded = [fold_word(text) for text in texts]
        return any(_patterns()[kind].search(text) for kind in self.kinds for text in folded)


def event_asked(question: str) -> Event | None:
    """Return the first event that a question for reason, time or author takes for granted."""
    folded = fold_word(question)
    if not _ASKS.search(folded):
        return None
    matches = [(one.search(folded), kind) for kind, one in _patterns().items()]
    found = [(match.start(), match.end(), kind) for match, kind in matches if match]
    if not found:
        return None
    start, end, _ = min(found)
    # Folding keeps lengths but for ligatures and the like; then the folded word is shown.
    word = (question if len(folded) == len(question) else folded)[start:end]
    return Event(word, tuple(kind for first, _, kind in found if first == start))
