"""Which part of a passage a card shows, and which words in it are marked.

Offsets count code points of the passage's clean text, end exclusive.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.exports.escape import for_html
from index.analysis.analyser import Analyser
from index.analysis.figures import figures_asked, holds_figure
from index.query.asked import kinds_asked
from index.query.parser import clean_question, parse

MAX_WORDS = 120
"""Words of an excerpt on a card; the whole passage stands beside its page image."""

Span = tuple[int, int]
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What a question looks for, as `analyser` writes it: `forms` are terms of passages in any language.

    `figures` are the kinds of figure asked for (`index.analysis.figures`).
    """

    analyser: Analyser
    forms: frozenset[str]
    figures: frozenset[str] = frozenset()

    def places(self, text: str, language: str | None) -> list[Span]:
        """Return the places of words in a passage's text that the question looks for, in order."""
        if not self.forms:
            return []
        terms = self.analyser.terms_of_word
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
    asked = figures_asked(kinds_asked(question))
    return QuestionWords(analyser, frozenset(form for term in terms for form in term.all_forms), asked)


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


def with_figures(
    text: str, sentences: Sequence[Span], shown: Span, marks: Sequence[Span], figures: frozenset[str]
) -> list[Span]:
    """Return the parts of a text to show: `shown`, and where it lacks the figure asked for, the sentence that has it.

    Of several such sentences the one with most marks is taken, of equals the nearest.
    """
    start, end = shown
    if not figures or shown == (0, len(text)) or holds_figure(text[start:end], figures):
        return [shown]
    outside = [one for one in sentences if one[1] <= start or one[0] >= end]
    holding = [one for one in outside if holds_figure(text[one[0] : one[1]], figures)]
    if not holding:
        return [shown]

    def worth(one: Span) -> tuple[int, int]:
        return sum(one[0] <= mark[0] < one[1] for mark in marks), -min(abs(one[0] - end), abs(start - one[1]))

    return sorted([shown, max(holding, key=worth)])


def marked_html(text: str, shown: Span, marks: Iterable[Span], window: Span | None = None) -> str:
    """Return `parts_html` of one part."""
    return parts_html(text, [shown], marks, window)


def parts_html(text: str, shown: Sequence[Span], marks: Iterable[Span], window: Span | None = None) -> str:
    """Return the parts `shown` of a text as HTML, escaped, with `<mark>` on marks, `<span class="best">` on the window.

    An ellipsis stands outside the quoted text, in a span of class `cut`, wherever the text goes on.
    """
    marks = list(marks)
    before = '<span class="cut">… </span>' if shown[0][0] > 0 else ""
    after = '<span class="cut"> …</span>' if shown[-1][1] < len(text) else ""
    parts = (part_html(text, part, marks, window) for part in shown)
    return before + '<span class="cut"> … </span>'.join(parts) + after


def part_html(text: str, shown: Span, marks: Iterable[Span], window: Span | None = None) -> str:
    """Return `text[shown]` as `parts_html` does, without the ellipses."""
    start, end = shown
    inside = [(max(a, start), min(b, end)) for a, b in marks if a < end and b > start]
    low, high = (max(window[0], start), min(window[1], end)) if window else (0, 0)
    if low >= high or (low, high) == shown:
        return _with_marks(text, start, end, inside)
    best = '<span class="best">' + _with_marks(text, low, high, inside) + "</span>"
    return _with_marks(text, start, low, inside) + best + _with_marks(text, high, end, inside)


def _with_marks(text: str, start: int, end: int, marks: Sequence[Span]) -> str:
    parts, at = [], start
    for low, high in marks:
        a, b = max(low, at), min(high, end)
        if a < b:
            parts += [for_html(text[at:a]), "<mark>", for_html(text[a:b]), "</mark>"]
            at = b
    return "".join([*parts, for_html(text[at:end])])
