"""What is indexed of a passage: its words, its windows of a few sentences, and the whole, each under its headings.

A passage is ranked by its best window; the window also says which sentences to mark.
"""

import re
from collections.abc import Sequence

from index.analysis.analyser import Analyser, term_counts
from ingest.passage import Passage
from ingest.structure.reference_forms import states_nothing

HEADING_LEVELS = 2
"""Headings above a passage that are searched with it, the lowest ones."""

WINDOW_SENTENCES = 2
"""Windows follow each other without overlap, which is stride 2 below. Dense
nDCG@10 on the development halves of XQuAD en-en, es-en, en-es and CLAP-NQ:

    the passage alone     .969  .943  .940  .973     1.0 vectors a passage of 150 words
    1 sentence            .978  .946  .955  .981     5.9
    2, stride 1           .976  .957  .952  .976     4.9
    2, stride 2           .975  .955  .951  .975     3.6   ← half the encoding of stride 1 for .001
    3, stride 2           .973  .948  .944  .982     3.0
    1 and 2 together      .979  .955  .958  .978     9.9

(all with the whole passage at `index.retrieval.dense.WHOLE_SHARE`).
"""

MIN_WORDS = 16
"""A window of lines of a table or list goes on until it has this many words. On 42 policy PDFs that saves
18 of 100 vectors (32,888 → 26,896) and changes little else: starter set nDCG@10, development | test,
.712 | .686 without, .709 | .686 with it; right page among the first five of 109 questions over the PDFs
.807 in both."""

_LEADERS = re.compile(r"\s*(?:[.·_]\s?){4,}|\s*…{2,}")

Span = tuple[int, int]


def windows(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Return (start, end) offsets of the windows over sentences given as offsets, in order.

    A window has `WINDOW_SENTENCES` sentences, and more while it has fewer than `MIN_WORDS` words; the
    next begins where it ends. The last one reaches back instead. Every sentence is in a window.
    """
    words = [len(text[start:end].split()) for start, end in sentences]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(sentences):
        last = first
        while last < len(sentences) and _too_small(words[first:last]):
            last += 1
        while first > 0 and _too_small(words[first:last]):
            first -= 1
        found.append((first, last))
        first = last
    return [(sentences[first][0], sentences[last - 1][1]) for first, last in found]


def _too_small(words: Sequence[int]) -> bool:
    return len(words) < WINDOW_SENTENCES or sum(words) < MIN_WORDS


def embedded_spans(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Return the spans of a passage that get a vector: its windows, then the whole if that is more.

    A text without sentences is one span; an empty text has none.
    """
    if not text.strip():
        return []
    found = windows(text, sentences) or [(0, len(text))]
    if len(found) > 1:
        found.append((found[0][0], len(text)))
    return found


def heading_of(passage: Passage) -> str:
    """Return the lowest headings a passage stands under, for both legs; none for what only names a source.

    A heading says what its section is about, and a note of one line would be found for it.
    """
    if only_names_a_source(passage):
        return ""
    return " › ".join(passage.section[-HEADING_LEVELS:])


def only_names_a_source(passage: Passage) -> bool:
    """Return whether a passage is a reference, or a note without a word that states something."""
    return passage.kind == "references" or (passage.kind == "footnote" and states_nothing(passage.text))


def passage_term_counts(analyser: Analyser, text: str, language: str | None, heading: str) -> dict[str, int]:
    """Return the terms of a passage with their counts; its heading counts like text."""
    return term_counts(analyser.terms(with_heading(heading, text), language))


def with_heading(heading: str, text: str) -> str:
    """Return what is given to the model for a span: its heading on a line of its own, then the text.

    Dot leaders are no text: the model would read a line of contents as a line of full stops.
    """
    text = _LEADERS.sub(" ", text)
    return f"{heading}\n{text}" if heading else text
