"""Which part of a passage a card shows, and which words in it are marked.

Offsets count code points of the passage's clean text, end exclusive.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.exports.escape import for_html
from index.analysis.analyser import Analyser
from index.query.parser import clean_question, parse

MAX_WORDS = 120
"""Words of an excerpt on a card; the whole passage stands beside its page image."""

Span = tuple[int, int]
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What a question looks for, as `analyser` writes it: `forms` are terms of passages in any language."""

    analyser: Analyser
    forms: frozenset[str]

    def places(self, text: str, language: str | None) -> list[Span]:
        """Return the places of words in a passage's text that the question looks for, in order."""
        if not self.forms:
            return []
        terms = self.analyser.terms
        return [
            match.span()
            for match in _WORD.finditer(text)
            if not self.forms.isdisjoint(terms(match[0], language))
        ]


def question_words(question: str, analyser: Analyser, languages: Sequence[str | None]) -> QuestionWords:
    """Return what a question looks for in passages of `languages`.

    With the searcher's own analyser and languages a mark shows what the word half of the search saw: stems, numbers
    in one form, the acronyms and the glossary of the library. Function words, filters and words that are left out
    with a minus are never marked.
    """
    terms = analyser.question(parse(clean_question(question)).text, languages)
    return QuestionWords(analyser, frozenset(form for term in terms for form in term.all_forms))


def excerpt(text: str, sentences: Sequence[Span], window: Span | None, limit: int = MAX_WORDS) -> Span:
    """Return the part of `text` to show: whole sentences around `window`, at most `limit` words.

    A text within the limit is shown whole. A window longer than the limit is cut at a word.
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    if len(words) <= limit:
        return 0, len(text)
    pieces = list(sentences) or [(0, len(text))]
    low, high = window or pieces[0]
    inside = [i for i, (start, end) in enumerate(pieces) if start < high and end > low]
    first, last = (inside[0], inside[-1]) if inside else (0, 0)

    def count(start: int, end: int) -> int:
        return sum(start <= word[0] < end for word in words)

    while True:
        grown = [(f, n) for f, n in ((first, last + 1), (first - 1, last)) if f >= 0 and n < len(pieces)]
        fitting = [(f, n) for f, n in grown if count(pieces[f][0], pieces[n][1]) <= limit]
        if not fitting:
            break
        first, last = fitting[0]
    start, end = pieces[first][0], pieces[last][1]
    within = [word for word in words if start <= word[0] < end]
    return (start, end) if len(within) <= limit else (start, within[limit - 1][1])


def marked_html(text: str, shown: Span, marks: Iterable[Span], window: Span | None = None) -> str:
    """Return `text[shown]` as HTML, escaped, with `<mark>` on marks and `<span class="best">` on the window.

    An ellipsis stands outside the quoted text, in a span of class `cut`, wherever the text goes on.
    """
    start, end = shown
    inside = [(max(a, start), min(b, end)) for a, b in marks if a < end and b > start]
    best = (
        (max(window[0], start), min(window[1], end))
        if window and window[0] < end and window[1] > start
        else None
    )
    if best == (start, end):
        best = None
    if best:
        parts = [
            _with_marks(text, start, best[0], inside),
            '<span class="best">' + _with_marks(text, best[0], best[1], inside) + "</span>",
            _with_marks(text, best[1], end, inside),
        ]
    else:
        parts = [_with_marks(text, start, end, inside)]
    before = '<span class="cut">… </span>' if start > 0 else ""
    after = '<span class="cut"> …</span>' if end < len(text) else ""
    return before + "".join(parts) + after


def _with_marks(text: str, start: int, end: int, marks: Sequence[Span]) -> str:
    parts, at = [], start
    for low, high in marks:
        a, b = max(low, at), min(high, end)
        if a < b:
            parts += [for_html(text[at:a]), "<mark>", for_html(text[a:b]), "</mark>"]
            at = b
    return "".join([*parts, for_html(text[at:end])])
