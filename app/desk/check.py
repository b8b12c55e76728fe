"""Each sentence of a draft held against the library: what it quotes, what a passage says, what differs.

Four verdicts, and none of them is "true" or "false":

    verbatim         the sentence, or all that it quotes, stands in a passage; words that differ are given
    supported        a passage says this, with every figure that the sentence has
    numbers_differ   a passage says this with another figure; both are given
    not_found        no passage was found that says this
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Literal

from app.desk.compare_figures import Comparison, compare, equal
from app.desk.evidence import Claim, Evidence, Match
from app.desk.figures import Figure, figures, without_figures
from app.desk.quotations import PassageTexts, WordChange, near, quotations

if TYPE_CHECKING:
    from index.ranking.hits import Hit

Verdict = Literal["verbatim", "supported", "numbers_differ", "not_found"]
VERDICTS: tuple[Verdict, ...] = ("verbatim", "supported", "numbers_differ", "not_found")
COVERAGE_WEIGHT, FOREIGN_BONUS, FIGURES_BONUS = 0.1, 0.035, 0.03
"""What all of a claim's words in a unit, a unit in another language, and all of a claim's figures add to a cosine."""
SAYS_THIS = 0.935
"""Strength from which a unit says what a claim says. On the 84 sentences of `evals/gold/draft_development.jsonl` the
strongest unit has .80 to .93 where no passage says it, and .937 or more for 40 of the 42 that one does."""
SLACK = 0.03
"""By how much a unit with all figures of a claim may be weaker than the strongest one that lacks some."""
SHOWN = 3
SAME_WORDS = 0.6
"""Share of words in the same order from which two figures in the other order are taken for swapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a sentence has otherwise than the passage: a figure, words, or a quotation that is not found."""

    kind: Literal["number", "words", "quotation"]
    draft: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSentence:
    """A sentence with its verdict, what differs from the first passage, and the best passages, best first.

    `place` is the place in the first passage's text of the sentence that the verdict rests on.
    """

    text: str
    verdict: Verdict
    differences: tuple[Difference, ...]
    hits: tuple[Hit, ...]
    place: tuple[int, int] | None = None


def check_sentences(
    evidence: Evidence, texts: Sequence[str], language: str | None = None
) -> list[CheckedSentence]:
    """Return the verdict of each sentence; all are embedded in one batch. `language` is the draft's, where known.

    Raises: ModelUnavailable.
    """
    claims = evidence.claims(texts, language)
    asked = [(claim, evidence.hits(claim)) for claim in claims]
    quoted = [_quoted(claim, hits) for claim, hits in asked]
    matched = iter(evidence.matches([one for one, done in zip(asked, quoted, strict=True) if done is None]))
    return [
        _judged(claim, hits, next(matched)) if done is None else done
        for (claim, hits), done in zip(asked, quoted, strict=True)
    ]


def strength(match: Match) -> float:
    """Return how surely a unit says what a claim says: cosine, words in common, and the handicap of two languages."""
    return match.cosine + COVERAGE_WEIGHT * match.coverage + FOREIGN_BONUS * match.foreign


def _quoted(claim: Claim, hits: Sequence[Hit]) -> CheckedSentence | None:
    """Return the verdict on a sentence that stands in a passage itself, or whose quotations all do."""
    wanted = quotations(claim.text) or [claim.text]
    if wanted == [claim.text] and len(claim.text.split()) < 4:
        return None
    for hit in hits:
        stored = PassageTexts(hit.passage.passage)
        if all(stored.has(text) for text in wanted):
            return _checked(claim, "verbatim", (), hit, hits)
    return None


def _judged(claim: Claim, hits: Sequence[Hit], matches: Sequence[Match]) -> CheckedSentence:
    ranked = sorted(matches, key=strength, reverse=True)
    unfound = tuple(Difference(kind="quotation", draft=text, passage="") for text in quotations(claim.text))
    for match in ranked[:SHOWN]:
        if (nearly := _nearly(claim, match, hits)) is not None:
            return nearly
    compared = [(match, _comparison(claim, match)) for match in ranked]
    said = [
        (sure, match, comparison)
        for match, comparison in compared
        if (sure := strength(match) + FIGURES_BONUS * _counts_agree(comparison)) >= SAYS_THIS
    ]
    best = max((sure for sure, _, _ in said), default=0.0)
    for sure, match, comparison in said:
        if comparison.agrees and sure >= best - SLACK:
            if swap := _swapped(claim, match):
                return _checked(claim, "numbers_differ", (*swap, *unfound), match.hit, hits, match)
            return _checked(claim, "supported", unfound, match.hit, hits, match)
    for _, match, comparison in sorted(said, key=_closeness, reverse=True):
        if comparison.differing:
            return _checked(
                claim, "numbers_differ", (*_numbers(comparison), *unfound), match.hit, hits, match
            )
    return _checked(claim, "not_found", unfound, hits[0] if hits else None, hits)


def _nearly(claim: Claim, match: Match, hits: Sequence[Hit]) -> CheckedSentence | None:
    """Return the verdict on a sentence, or its one quotation, that repeats a unit but for a few words."""
    for text in quotations(claim.text) or [claim.text]:
        changes = near(text, match.unit.text)
        if changes is None:
            return None
        comparison = compare(figures(text, claim.language), match.unit.figures)
        words = _words(changes)
        if not comparison.agrees:
            return None
        verdict: Verdict = "not_found" if any(change.negates for change in changes) else "verbatim"
        return _checked(claim, verdict, words, match.hit, hits, match)
    return None


def _comparison(claim: Claim, match: Match) -> Comparison:
    alone = compare(claim.figures, match.unit.figures)
    if not alone.missing:
        return alone
    passage, meta = match.hit.passage.passage, match.hit.document.metadata
    above = _all_figures((*passage.section, meta.title or ""), passage.language)
    beside = _all_figures((passage.search_text(0), str(meta.year or "")), passage.language)
    return compare(claim.figures, match.unit.figures, above, beside)


def _all_figures(texts: Iterable[str], language: str | None) -> tuple[Figure, ...]:
    return tuple(chain.from_iterable(figures_kept(text, language) for text in texts))


figures_kept = lru_cache(maxsize=4096)(figures)
"""A draft is about one subject: most passages are held against many of its sentences."""


def _closeness(candidate: tuple[float, Match, Comparison]) -> float:
    """Return how near a unit is to a claim with other figures: those it shares count for it, all others against."""
    sure, _, comparison = candidate
    return sure + FIGURES_BONUS * (
        len(comparison.found) - len(comparison.differing) - len(comparison.missing)
    )


def _counts_agree(comparison: Comparison) -> bool:
    """Return whether a unit has all figures of a claim, and one among them that is no year and no date."""
    return comparison.agrees and any(figure.kind not in {"year", "date"} for figure in comparison.found)


def _swapped(claim: Claim, match: Match) -> tuple[Difference, ...]:
    """Return the figures of a claim that stand in the other order in a unit of the same words, () where none do."""
    own = [figure for figure in claim.figures if figure.kind not in {"year", "date"}]
    theirs = [
        one for figure in own if (one := next((s for s in match.unit.figures if equal(figure, s)), None))
    ]
    if len(theirs) < 2 or len(theirs) < len(own) or match.foreign:
        return ()
    ordered = sorted(theirs, key=lambda figure: figure.start)
    own_words, their_words = (
        re.findall(r"\w+", without_figures(text, claim.language).casefold())
        for text in (claim.text, match.unit.text)
    )
    if ordered == theirs or SequenceMatcher(None, own_words, their_words, False).ratio() < SAME_WORDS:
        return ()
    return tuple(
        Difference(kind="number", draft=one.text, passage=other.text)
        for one, other in zip(own, ordered, strict=True)
        if not equal(one, other)
    )


def _numbers(comparison: Comparison) -> tuple[Difference, ...]:
    return tuple(
        Difference(kind="number", draft=own.text, passage=theirs.text) for own, theirs in comparison.differing
    )


def _words(changes: Iterable[WordChange]) -> tuple[Difference, ...]:
    return tuple(Difference(kind="words", draft=change.draft, passage=change.passage) for change in changes)


def _checked(  # noqa: PLR0917  # what was judged, then what it rests on
    claim: Claim,
    verdict: Verdict,
    differences: tuple[Difference, ...],
    first: Hit | None,
    hits: Sequence[Hit],
    match: Match | None = None,
) -> CheckedSentence:
    """Return the verdict with the passage that it rests on before the others."""
    shown = [] if first is None else [first, *(hit for hit in hits if hit is not first)]
    return CheckedSentence(
        text=claim.text,
        verdict=verdict,
        differences=differences,
        hits=tuple(shown[:SHOWN]),
        place=(match.unit.start, match.unit.end) if match is not None else None,
    )
