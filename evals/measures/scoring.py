"""One question's hits against its gold: ranks, metrics and what stood where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.gold.linking import LinkedEvidence, LinkedGold, LinkedQuestion
from evals.gold.quotes import Place, Stretch, common, cut, fold_quote, size
from evals.measures.metrics import first_rank, judged, ranking_metrics
from evals.results import EvidenceResult, QuestionResult, ShownHit
from index.search import SearchResult
from ingest.library.library import Document, StoredPassage

# Budgets of reading, in words: a glance, a page, the patience of one question (design of the metrics).
WORD_BUDGETS = (300, 600, 1200)
# A reader has the evidence once half the quote stood on the screen, the same share as for relevance.
READ_SHARE = 0.5
# Texts that share this part of their four-word sequences are copies with small edits (Broder 1997 uses
# the same resemblance; at .8 the editions of one boilerplate paragraph match, two paragraphs on one fact
# do not).
DUPLICATE_RESEMBLANCE = 0.8
SHINGLE_WORDS = 4
# What stands above the evidence is read for the first three; more only makes the committed baseline large.
SHOWN = 3
EXCERPT_CHARACTERS = 140


@dataclass(frozen=True, slots=True)
class Seen:
    """A passage as the asker sees it, with the score of the hit it belongs to."""

    stored: StoredPassage
    document: Document
    score: float

    @property
    def id(self) -> str:
        """The passage's id."""
        return self.stored.passage.id


def seen(result: SearchResult) -> list[Seen]:
    """Return the passages of a result in the order shown: each hit, then the copies collapsed into it."""
    return [
        Seen(stored, document, hit.score)
        for hit in result.hits
        for document, stored in ((hit.document, hit.passage), *hit.also_in)
    ]


def score_question(
    linked: LinkedQuestion, results: Mapping[str, SearchResult], mode: str, gold: LinkedGold
) -> QuestionResult:
    """Return the result of one question. `results`: mode -> search; `mode` is the one that is shown."""
    question = linked.question
    lists = {name: seen(result) for name, result in results.items()}
    rankings = {name: [item.id for item in items] for name, items in lists.items()}
    scores: dict[str, dict[str, float]] = {}
    if question.answerable:
        scores = {name: score_hits(linked, items, gold.places) for name, items in lists.items()}
    return QuestionResult(
        id=question.id,
        group=question.group,
        lang=question.lang,
        type=question.type,
        split=linked.split,
        question=question.question,
        answerable=question.answerable,
        kind=question.kind,
        confidence=results[mode].confidence,
        refused=not results[mode].answerable,
        scores=scores,
        top_scores={name: items[0].score if items else None for name, items in lists.items()},
        first_ranks={name: first_rank(ranking, linked.grades) for name, ranking in rankings.items()},
        evidence=tuple(_evidence(item, rankings) for item in linked.evidence),
        top=tuple(_shown(item, linked.grades) for item in lists[mode][:SHOWN]),
    )


def score_hits(linked: LinkedQuestion, hits: Sequence[Seen], places: Mapping[str, Place]) -> dict[str, float]:
    """Return every metric of one answerable question, by the names used in reports.

    `page_hit@5`: among the first five is a passage of the right document that stands on a page of the
    quote (a source without pages: that holds the quote). `doc_hit@5`: the right document. `evidence@n`:
    the share of quotes that a reader of the first n words has seen. `judged@10`, `duplicates@10`:
    shares of the first ten.
    """
    ranking = [hit.id for hit in hits]
    first = hits[:5]
    return {
        **ranking_metrics(ranking, linked.grades),
        "page_hit@5": float(any(on_page(hit, item) for hit in first for item in linked.evidence)),
        "doc_hit@5": float(any(hit.document.id == ev.document.id for hit in first for ev in linked.evidence)),
        **{f"evidence@{n}": evidence_read(linked.evidence, hits, places, n) for n in WORD_BUDGETS},
        "judged@10": judged(ranking, linked.judged),
        "duplicates@10": duplicates([hit.stored.passage.text for hit in hits[:10]]),
    }


def on_page(hit: Seen, item: LinkedEvidence) -> bool:
    """Return whether a hit shows the right document and a page on which the quote stands."""
    if hit.document.id != item.document.id:
        return False
    if not item.document.paged:
        return hit.id in item.relevant()
    return any(page in item.pages for page, _, _ in hit.stored.passage.spans)


def evidence_read(
    evidence: Sequence[LinkedEvidence], hits: Iterable[Seen], places: Mapping[str, Place], words: int
) -> float:
    """Return the share of quotes of which half stood in the first `words` words shown.

    Passages are read in order and the last one is cut at the budget, so passages of any size compare.
    """
    seen: list[Stretch] = []
    left = words
    for hit in hits:
        text = hit.stored.passage.text
        place = places.get(hit.id, ())
        shown = text.split()
        if len(shown) > left:
            place = cut(place, 0, len(fold_quote(" ".join(shown[:left]))))
        seen += place
        left -= len(shown)
        if left <= 0:
            break
    found = sum(1 for item in evidence if _part_seen(item.place, seen) >= READ_SHARE)
    return found / len(evidence) if evidence else 0.0


def duplicates(texts: Sequence[str]) -> float:
    """Return the share of texts that are near copies of an earlier one (resemblance of word sequences)."""
    shingles: list[frozenset[tuple[str, ...]]] = []
    copies = 0
    for text in texts:
        words = text.casefold().split()
        ends = range(max(len(words) - SHINGLE_WORDS, 0) + 1)
        own = frozenset(tuple(words[at : at + SHINGLE_WORDS]) for at in ends)
        copies += any(len(own & other) / len(own | other) >= DUPLICATE_RESEMBLANCE for other in shingles)
        shingles.append(own)
    return copies / len(texts) if texts else 0.0


def _part_seen(place: Place, seen: Sequence[Stretch]) -> float:
    """Return the share of a quote covered by what was seen; characters seen twice count once."""
    covered = {
        (item.page, position)
        for item in common(place, tuple(seen))
        for position in range(item.start, item.end)
    }
    return len(covered) / size(place)


def _evidence(item: LinkedEvidence, rankings: Mapping[str, Sequence[str]]) -> EvidenceResult:
    wanted = dict.fromkeys(item.relevant(), 1)
    ranks = {mode: first_rank(ranking, wanted) for mode, ranking in rankings.items()}
    return EvidenceResult(item.document.file, item.evidence.quote, item.pages, item.evidence.grade, ranks)


def _shown(hit: Seen, grades: Mapping[str, int]) -> ShownHit:
    passage = hit.stored.passage
    return ShownHit(
        passage.id, hit.document.file, passage.pages, grades.get(passage.id, 0), excerpt(passage.text)
    )


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line, cut after a word."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_CHARACTERS else line[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"
