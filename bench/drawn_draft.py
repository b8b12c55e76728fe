"""A draft of any length out of a library's own sentences, as somebody would write it who read them.

Four sentences of five are worded anew (their two halves change places and every seventh word is left out), so that they
are no quotations and each has to be held against the sentences of the passages; the others stand as in their passage.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from ingest.library.library import Library

WORDS_A_PAGE = 400
SENTENCES_A_PARAGRAPH = 5
LEAST_WORDS, MOST_WORDS = 12, 45
LEFT_OUT = 7


def drawn_draft(library: Path, pages: int, seed: int = 16) -> str:
    """Return a draft of so many pages of 400 words in Markdown; the same for one library, length and seed."""
    pick = random.Random(seed)
    said = sorted(_sentences(library))
    paragraphs: list[list[str]] = []
    words = 0
    while words < pages * WORDS_A_PAGE:
        if not paragraphs or len(paragraphs[-1]) == SENTENCES_A_PARAGRAPH:
            paragraphs.append([])
        sentence = pick.choice(said)
        made = reworded(sentence) if pick.random() < 0.8 else sentence
        paragraphs[-1].append(made)
        words += len(made.split())
    return "\n\n".join(" ".join(one) for one in paragraphs) + "\n"


def reworded(sentence: str) -> str:
    """Return a sentence whose halves have changed places, without every seventh word."""
    words = sentence.rstrip(".").split()
    half = len(words) // 2
    kept = [word for at, word in enumerate(words[half:] + words[:half], 1) if at % LEFT_OUT]
    return " ".join(kept)[:1].upper() + " ".join(kept)[1:] + "."


def _sentences(library: Path) -> Iterator[str]:
    with Library.open(library) as opened:
        for document in opened.documents():
            for stored in opened.passages(document.id):
                passage = stored.passage
                for start, end in passage.sentences if passage.kind == "body" else ():
                    text = " ".join(passage.search_text(start, end).split())
                    if LEAST_WORDS <= len(text.split()) <= MOST_WORDS and text.endswith("."):
                        yield text
