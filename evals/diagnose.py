"""One question explained: where its evidence ranks in each leg, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.gold.check import sound_gold
from evals.gold.linking import LinkedEvidence, LinkedQuestion
from evals.measures.scoring import Seen, excerpt, seen
from evals.reports.run_markdown import cell, table
from evals.reports.wording import number, pages, rank
from evals.run import DEPTH
from index.ranking.demotion import DEMOTED
from index.ranking.explanation import SIGNALS
from index.ranking.hybrid import MODES
from index.search import Searcher, SearchResult
from ingest.errors import UsageError
from ingest.library.library import Library, StoredPassage

# Five hits fill a terminal and are what page hit@5 looks at.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: its forms in the index, and in how many passages one of them stands."""

    surface: str
    forms: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class PlacedEvidence:
    """A quote, the passage that holds most of it, its rank by mode, the question's words in it, and why."""

    doc: str
    quote: str
    pages: tuple[int, ...]
    passage_id: str | None
    kind: str | None
    ranks: dict[str, int | None]
    found_words: tuple[str, ...]
    missing_words: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One of the first hits of a mode, with its scores in the legs where the search tells them."""

    rank: int
    file: str
    pages: tuple[int, ...]
    excerpt: str
    relevant: bool
    lexical_rank: int | None
    dense_rank: int | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the search made of a question. `known_share` and `dense_weight` steer the fusion."""

    question: str
    gold_id: str | None
    answerable: bool
    confidence: float
    known_share: float
    dense_weight: float
    terms: tuple[Term, ...]
    evidence: tuple[PlacedEvidence, ...]
    top: dict[str, tuple[Place, ...]]
    notices: tuple[str, ...]
    asked_for: tuple[str, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)


def diagnose(
    question: str, library: Library, searcher: Searcher, *, gold_path: Path | None = None
) -> Diagnosis:
    """Explain a question: an id of the gold file where one is given, else a question in words.

    Raises UsageError for an id that the gold file does not hold, GoldError for a broken gold file.
    """
    linked = _linked(question, library, gold_path) if gold_path else None
    text = linked.question.question if linked else question
    results: dict[str, SearchResult] = {}
    for mode in MODES:
        result = searcher.search(text, k=DEPTH, mode=mode, explain=True)
        results.setdefault(result.mode, result)
    main = next(iter(results.values()))
    details = main.explain or {}
    terms = tuple(
        Term(surface, tuple(forms), _passages_with(searcher, forms))
        for surface, forms in details.get("terms", {}).items()
    )
    lists = {mode: seen(result) for mode, result in results.items()}
    evidence = linked.evidence if linked else ()
    return Diagnosis(
        question=text,
        gold_id=linked.question.id if linked else None,
        answerable=main.answerable,
        confidence=main.confidence,
        known_share=details.get("known_share", 0.0),
        dense_weight=details.get("dense_weight", 0.0),
        terms=terms,
        evidence=tuple(_place(item, lists, library, searcher, terms) for item in evidence),
        top={mode: _top(result, linked.grades if linked else {}) for mode, result in results.items()},
        notices=tuple(map(str, main.notices)),
        asked_for=tuple(_asked_for(details)),
        signals=details.get("signals", {}),
    )


def markdown(found: Diagnosis) -> str:
    """Return the diagnosis as Markdown."""
    name = f" ({cell(found.gold_id)})" if found.gold_id else ""
    parts = [
        f"# {cell(found.question)}{name}",
        f"Judged {'answerable' if found.answerable else 'not answerable'}, confidence "
        f"{number(found.confidence, 2)}. The corpus knows {number(100 * found.known_share, 0)} % of the "
        f"question's weight in words, so meaning weighs {number(found.dense_weight, 2)}.",
        *(f"Note: {cell(notice)}" for notice in found.notices),
        table(
            ("word", "forms", "passages"),
            [(cell(term.surface), cell(", ".join(term.forms)), str(term.passages)) for term in found.terms],
        ),
        *([f"Asked for: {cell(', '.join(found.asked_for))}."] if found.asked_for else []),
    ]
    if found.signals:
        rows = [(SIGNALS.get(name, name), number(value, 2)) for name, value in found.signals.items()]
        parts.append(table(("signal of the judgement", "value"), rows))
    parts += [_evidence_markdown(item) for item in found.evidence]
    for mode, places in found.top.items():
        lines = [
            f"{item.rank}. {'**right** ' if item.relevant else ''}{cell(item.file)}, {pages(item.pages)} "
            f"(words {rank(item.lexical_rank)}, meaning {rank(item.dense_rank)}): {cell(item.excerpt)}"
            for item in places
        ]
        parts.append(f"## First in {mode}\n\n" + ("\n".join(lines) or "Nothing."))
    return "\n\n".join(parts) + "\n"


def _asked_for(details: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words what the question asks for beside its words, as ranking and judgement take it."""
    yield from (f"a {kind}" for kind in details.get("asked_for", ()))
    yield from (f"the country {name}" for name in details.get("countries", ()))
    yield from (f"the disease {name}" for name in details.get("diseases", ()))
    if event := details.get("event"):
        yield f"that “{event}” happened"
    points = details.get("points_to", {})
    yield from (f"page {page}" for page in points.get("pages", ()))
    yield from (f"annex {part}" for part in points.get("parts", ()))
    if points.get("first_page"):
        yield "the first page"
    if details.get("identifier"):
        yield "an identifier"


def _evidence_markdown(item: PlacedEvidence) -> str:
    ranks = ", ".join(f"{mode} {rank(value)}" for mode, value in item.ranks.items())
    lines = [
        f"## {cell(item.quote)}",
        f"{cell(item.doc)}, {pages(item.pages)}; rank: {ranks}",
        f"Shares the words: {cell(', '.join(item.found_words)) or 'none'}. "
        f"Lacks: {cell(', '.join(item.missing_words)) or 'none'}.",
        *(f"- {cell(reason)}" for reason in item.reasons),
    ]
    return "\n\n".join(lines)


def _linked(ident: str, library: Library, gold_path: Path) -> LinkedQuestion:
    gold = sound_gold(gold_path, library)
    for item in gold.questions:
        if ident == item.question.id:
            return item
    raise UsageError(f"{gold_path}: holds no question with the id {ident!r}")


def _passages_with(searcher: Searcher, forms: list[str]) -> int:
    """Return in how many passages the most frequent of the forms stands."""
    return max(map(searcher.retriever.lexical.frequency, forms), default=0)


def _place(
    item: LinkedEvidence,
    lists: Mapping[str, list[Seen]],
    library: Library,
    searcher: Searcher,
    terms: tuple[Term, ...],
) -> PlacedEvidence:
    relevant = item.relevant()
    stored = library.passage(relevant[0]) if relevant else None
    ranks = {
        mode: next((place for place, hit in enumerate(items, 1) if hit.id in relevant), None)
        for mode, items in lists.items()
    }
    present = _forms_of(stored, searcher) if stored else frozenset()
    found = tuple(term.surface for term in terms if present.intersection(term.forms))
    missing = tuple(term.surface for term in terms if not present.intersection(term.forms))
    return PlacedEvidence(
        doc=item.document.file,
        quote=item.evidence.quote,
        pages=item.pages,
        passage_id=relevant[0] if relevant else None,
        kind=stored.passage.kind if stored else None,
        ranks=ranks,
        found_words=found,
        missing_words=missing,
        reasons=tuple(_reasons(stored, ranks, found, missing, lists)),
    )


def _forms_of(stored: StoredPassage, searcher: Searcher) -> frozenset[str]:
    passage = stored.passage
    text = " ".join((*passage.section, passage.text))
    return frozenset(searcher.retriever.analyser.terms(text, passage.language))


def _reasons(
    stored: StoredPassage | None,
    ranks: Mapping[str, int | None],
    found: tuple[str, ...],
    missing: tuple[str, ...],
    lists: Mapping[str, list[Seen]],
) -> list[str]:
    """Return what is plainly to be seen of why the passage stands where it does."""
    if stored is None:
        return ["no passage holds the quote: the fault is in reading or splitting, not in ranking"]
    reasons = []
    if not found:
        reasons.append("the passage shares no word with the question: only meaning can find it")
    elif missing and ranks.get("lexical") != 1:
        reasons.append(f"the passage has {len(found)} of {len(found) + len(missing)} words of the question")
    factor = DEMOTED.get(stored.passage.kind)
    if stored.passage.kind == "references":
        reasons.append("the passage only names a source: it is never first unless the question asks for one")
    if factor is not None:
        reasons.append(f"passages of the kind {stored.passage.kind} count {factor} times their score")
    lexical, dense, hybrid = (ranks.get(mode) for mode in ("lexical", "dense", "hybrid"))
    best = min((value for value in (lexical, dense) if value), default=None)
    if lexical and dense and hybrid and hybrid > max(lexical, dense) + 2:
        reasons.append(
            f"both legs rank it higher ({lexical} and {dense}) than their fusion ({hybrid}): passages in other "
            "languages were lifted above it, or its document had its share of the first ten"
        )
    elif best and "hybrid" in lists and (hybrid is None or hybrid > best + 2):
        leg = "words" if best == lexical else "meaning"
        reasons.append(f"{leg} alone ranks it {best}; the other leg pulls it down to {rank(hybrid)}")
    if best is None:
        reasons.append(f"neither leg has it among its first {DEPTH}")
    return reasons


def _top(result: SearchResult, grades: Mapping[str, int]) -> tuple[Place, ...]:
    return tuple(
        Place(
            rank=hit.rank,
            file=hit.document.file,
            pages=hit.passage.passage.pages,
            excerpt=excerpt(hit.passage.passage.text),
            relevant=grades.get(hit.passage.passage.id, 0) > 0,
            lexical_rank=hit.lexical_rank,
            dense_rank=hit.dense_rank,
        )
        for hit in result.hits[:SHOWN]
    )
