"""Proposing the quote of a passage that a person judged: its words nearest to the question."""

from collections.abc import Callable, Iterator

from evals.gold.quotes import fold_quote
from evals.gold.reader import MAX_QUOTE_WORDS, MIN_QUOTE_CHARACTERS
from ingest.passage import Passage

# Words are compared by their first letters: a crude stem that serves three languages alike.
_STEM = 5
# A longer sentence is offered in pieces that begin this many words apart.
_STEP = 5


def suggest_quote(passage: Passage, question: str, is_unique: Callable[[str], bool]) -> str | None:
    """Return at most 25 words of the passage that share most words with the question.

    Equal ones go to the earliest. Only words that `is_unique` in the document are proposed; None where
    no piece of the passage is.
    """
    wanted = _stems(question)
    pieces = [piece for start, end in passage.sentences for piece in _pieces(passage.text[start:end])]
    ranked = sorted(enumerate(pieces), key=lambda item: (-len(wanted & _stems(item[1])), item[0]))
    return next((piece for _, piece in ranked if _long_enough(piece) and is_unique(piece)), None)


def _pieces(sentence: str) -> Iterator[str]:
    words = sentence.split()
    if len(words) <= MAX_QUOTE_WORDS:
        yield " ".join(words)
        return
    for start in range(0, len(words) - MAX_QUOTE_WORDS + _STEP, _STEP):
        first = min(start, len(words) - MAX_QUOTE_WORDS)
        yield " ".join(words[first : first + MAX_QUOTE_WORDS])


def _stems(text: str) -> frozenset[str]:
    words = ("".join(filter(str.isalnum, word)) for word in text.casefold().split())
    return frozenset(word[:_STEM] for word in words if len(word) > 3 or word.isdigit())


def _long_enough(piece: str) -> bool:
    return len(fold_quote(piece)) >= MIN_QUOTE_CHARACTERS
