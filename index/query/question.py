"""A question analysed once: everything that constraints, ranking and judgement ask of its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.analysis.acronyms import fold_word
from index.analysis.analyser import Analyser, QuestionTerm, spoken_in, term_counts
from index.analysis.numbers import Token
from index.query.abbreviation import abbreviation_asked
from index.query.asked import kinds_asked
from index.query.counted import counted_words
from index.query.parser import Query
from index.query.pointers import NOWHERE, Pointers, pointers

LONGEST_IDENTIFIER = 7
"""Terms of the longest question that is nothing but an identifier: "Resolution 281-2019-Migraciones" has seven."""
_AMOUNT = re.compile(r"[$€£¥]\d|s/\d")
_CAPITALISED = re.compile(r"(?<=\s)[A-ZÀ-Þ][^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A word or phrase that hits must or must not hold: its folded words in order, and its terms untranslated."""

    text: str
    surfaces: tuple[str, ...]
    terms: tuple[QuestionTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedQuestion:
    """A question taken apart and analysed for passages in some languages.

    `spoken` are the languages it may be in, () where nothing tells. `terms` are what it looks for, `counted` their
    forms and how often each is looked for. `numbers` and `names` are the places among `terms` of numbers and of words
    that stand with a capital inside the question, `amounts` the sums of money among their surfaces. `phrases`,
    `any_of` and `without` are those of `query`, `length` the number of its words. `asks` are the kinds
    of answer asked for (`index.query.asked`), `points` where in a document it points, `abbreviation` what it wants
    spelled out, `counts` the places among `terms` of what it wants counted.
    """

    query: Query
    spoken: tuple[str, ...]
    terms: tuple[QuestionTerm, ...]
    counted: tuple[tuple[str, float], ...]
    numbers: tuple[int, ...]
    names: tuple[int, ...]
    amounts: tuple[str, ...]
    phrases: tuple[Wording, ...]
    any_of: tuple[tuple[Wording, ...], ...]
    without: tuple[Wording, ...]
    length: int
    asks: frozenset[str] = frozenset()
    points: Pointers = NOWHERE
    abbreviation: str | None = None
    counts: tuple[int, ...] = ()

    @property
    def is_identifier(self) -> bool:
        """Whether this is a search for an identifier, "Ley 29344", and asks nothing."""
        asks = bool(self.asks) or "?" in self.query.text
        return bool(self.numbers) and not asks and len(self.terms) <= LONGEST_IDENTIFIER

    def is_foreign(self, language: str | None) -> bool:
        """Return whether a passage's language is known and none that the question may be in."""
        return bool(self.spoken) and language is not None and language not in self.spoken


def analyse(query: Query, analyser: Analyser, languages: Sequence[str | None]) -> AnalysedQuestion:
    """Return the analysis of a question for passages of `languages`; its text is tokenised once."""
    tokens = analyser.tokens(query.text)
    spoken = spoken_in(tokens, query.text)
    terms = tuple(analyser.question_terms(tokens, spoken, languages))
    points = pointers(query.text)
    surfaces = [term.surface for term in terms]
    things = counted_words(query.text, surfaces)
    capital = {fold_word(word) for word in _CAPITALISED.findall(query.text)}

    def worded(texts: Iterable[str]) -> tuple[Wording, ...]:
        return tuple(
            _wording(text, tokens if text == query.text else analyser.tokens(text), analyser, languages)
            for text in texts
        )

    return AnalysedQuestion(
        query=query,
        spoken=spoken,
        terms=terms,
        counted=tuple(term_counts(form for term in terms for form in term.forms).items()),
        length=len(tokens),
        numbers=tuple(
            place
            for place, term in enumerate(terms)
            if term.surface[0].isdigit() and term.surface not in points.pages
        ),
        names=tuple(place for place, term in enumerate(terms) if term.surface in capital),
        amounts=tuple(term.surface for term in terms if _AMOUNT.match(term.surface)),
        phrases=worded(query.phrases),
        any_of=tuple(worded(group) for group in query.any_of),
        without=worded(query.without),
        asks=kinds_asked(query.text),
        points=points,
        abbreviation=abbreviation_asked(query.text),
        counts=tuple(dict.fromkeys(map(surfaces.index, things))),
    )


def _wording(
    text: str, tokens: Sequence[Token], analyser: Analyser, languages: Sequence[str | None]
) -> Wording:
    terms = analyser.question_terms(tokens, spoken_in(tokens, text), languages, translate=False)
    return Wording(text=text, surfaces=tuple(token.surface for token in tokens), terms=tuple(terms))
