"""Words of a question in the spellings that the passages have: ñ for n, and without their typing errors.

A word that stands nowhere may be mistyped, or right and the library has nothing on it; then its neighbour would answer
something else ("hambre" is no "hombre"). What tells them apart is the vocabulary of the model: a mistyped word falls
into more pieces than the right one. So words are corrected only where a model answers, and countries, abbreviations
and phrases never are.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.analysis.acronyms import fold_word
from index.analysis.analyser import NEAR_SHARE, Analyser, QuestionTerm, term_counts
from index.analysis.places import places
from index.query.question import AnalysedQuestion
from index.retrieval.base import LexicalIndex
from index.retrieval.candidate_texts import CandidateTexts
from index.retrieval.similar_terms import edits_between

SHORTEST, LONG = 7, 9
"""Letters of a word that one typing error is looked for in, and two. Shorter words have others for neighbours."""
MOST = 2
"""Words that are corrected at most: where more are unknown, the question is in a language that no passage is in."""
LEAST_STEM = 5
"""Letters of a stem at least that a word with an error in its ending may begin with."""
COMPARED, READ = 6, 3
"""Terms that may be meant, and passages of each that are read for the words they stand for, at most."""
_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = re.compile(r"[\w,;] $")
"""What stands before a word that begins no sentence: its capital is its own."""
_REPEATED = re.compile(r"(.)\1+")
_ABBREVIATION = re.compile(r"\b[A-ZÀ-Þ]{2,}\b")

PiecesOfWords = Callable[[Sequence[str]], Sequence[int] | None]
"""How many pieces of the model's vocabulary each word falls into; None where that is not known."""


def spelled(question: AnalysedQuestion, lexical: LexicalIndex) -> AnalysedQuestion:
    """Return the question with n and ñ as passages have them, the spelling that was asked for first."""
    if not any(term.near for term in question.terms):
        return question
    return _counted(question, [_spelled(term, lexical) for term in question.terms])


def _counted(question: AnalysedQuestion, terms: Sequence[QuestionTerm]) -> AnalysedQuestion:
    counts = term_counts(form for term in terms for form in term.forms)
    near = {form: NEAR_SHARE for term in terms for form in term.near if form not in counts}
    return replace(question, terms=tuple(terms), counted=(*counts.items(), *near.items()))


def _spelled(term: QuestionTerm, lexical: LexicalIndex) -> QuestionTerm:
    """Return a term without spellings that no passage has; one that stands only in another is looked for in that."""
    near = tuple(form for form in term.near if lexical.frequency(form))
    if near and not _known(term, lexical):
        return replace(term, forms=near, near=())
    return replace(term, near=near) if term.near else term


def _known(term: QuestionTerm, lexical: LexicalIndex) -> bool:
    return any(lexical.frequency(form) for form in term.forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speller:
    """Corrects words by those of the passages."""

    lexical: LexicalIndex
    analyser: Analyser
    texts: CandidateTexts
    pieces_of_words: PiecesOfWords

    def corrected(self, question: AnalysedQuestion) -> tuple[AnalysedQuestion, str | None]:
        """Return the question with the right words beside the mistyped ones, and as text with them in their place.

        The right word counts `NEAR_SHARE`. The text is None where nothing was corrected.
        """
        terms, right = list(question.terms), {}
        for at in self._mistyped(question):
            if found := self._nearest(question, terms[at]):
                right[terms[at].surface], form = found
                terms[at] = replace(terms[at], near=(form,))
        if not right:
            return question, None
        text = _WORD.sub(lambda match: right.get(fold_word(match[0]), match[0]), question.query.text)
        return _counted(question, terms), text

    def _mistyped(self, question: AnalysedQuestion) -> list[int]:
        """Return the places of the terms that may be mistyped words."""
        unknown = [
            at
            for at, term in enumerate(question.terms)
            if len(term.surface) >= SHORTEST and term.surface.isalpha() and not _known(term, self.lexical)
        ]
        if not unknown:
            return []
        text = question.query.text
        kept = {word for phrase in question.phrases for word in phrase.surfaces}
        kept.update(fold_word(" ".join(places(text).values())).split())
        kept.update(map(fold_word, () if text.isupper() else _ABBREVIATION.findall(text)))
        unknown = [at for at in unknown if question.terms[at].surface not in kept]
        return unknown if len(unknown) <= MOST else []

    def _nearest(self, question: AnalysedQuestion, term: QuestionTerm) -> tuple[str, str] | None:
        """Return the word of the passages with the fewest edits, and its term; of several the most frequent one."""
        words = _WORD.findall(question.query.text)
        written = next((word for word in words if fold_word(word) == term.surface), None)
        if written is None:  # a sign is glued to it, or its letters have another width
            return None
        found = sorted(set(self._words(question, term)))
        if not found:
            return None
        words = [word for _, _, word, _ in found]
        forms = [form for word in (written, *words) for form in (word.lower(), word.capitalize())]
        pieces = self.pieces_of_words(forms)
        if pieces is None:
            return None
        least = [min(pair) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
        for (_, _, word, form), own in zip(found, least[1:], strict=True):
            if own < least[0] or (own == least[0] and _slipped(term.surface, fold_word(word))):
                return word, form
        return None

    def _words(self, question: AnalysedQuestion, term: QuestionTerm) -> Iterator[tuple[int, int, str, str]]:
        """Yield (edits, −passages, word, its term) of words that may be meant; the first letter is right."""
        wrong, most = term.surface, 2 if len(term.surface) >= LONG else 1
        near = {other: edits for form in term.forms for other, edits in self.lexical.similar(form, most)}
        # An error in an ending keeps the stem from being told.
        starts = (wrong[:size] for size in range(LEAST_STEM, len(wrong)))
        near |= {start: 0 for start in starts if self.lexical.frequency(start)}
        for other in sorted(near, key=lambda other: (near[other], -self.lexical.frequency(other)))[:COMPARED]:
            rows = self.lexical.rows_of(other)
            found = self._standing(question, wrong, other, rows[:READ].tolist(), most)
            best = [(edits_between(wrong, fold_word(word)), -count, word) for word, count in found.items()]
            for edits, _, word in sorted(best)[:1]:
                yield edits, -len(rows), word, other

    def _standing(
        self, question: AnalysedQuestion, wrong: str, term: str, rows: Sequence[int], most: int
    ) -> Counter[str]:
        """Count the words that a term stands for in some passages and that are so near the wrong one."""
        found: Counter[str] = Counter()
        for row in rows:
            passage = self.texts.passage(row).passage
            if question.is_foreign(passage.language):
                continue
            for match in _WORD.finditer(passage.text):
                inside = _INSIDE.search(passage.text, max(0, match.start() - 2), match.start())
                word = match[0] if inside else match[0].lower()
                folded = fold_word(word)
                near = folded[0] == wrong[0] and abs(len(folded) - len(wrong)) <= most
                if near and 0 < edits_between(wrong, folded) <= most:
                    found[word] += term in self.analyser.terms(word, passage.language)
        return +found


def _slipped(one: str, other: str) -> bool:
    """Return whether two words differ by letters written once or twice, or by letters that changed places."""
    return _REPEATED.sub(r"\1", one) == _REPEATED.sub(r"\1", other) or sorted(one) == sorted(other)
