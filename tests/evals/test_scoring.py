"""One question's hits scored: pages, words read, copies, ranks, what stands above."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.gold.check import sound_gold
from evals.measures import scoring
from evals.measures.scoring import duplicates, score_question
from evals.results import QuestionResult
from index.search import Hit, SearchResult
from ingest.library.library import Library
from ingest.library.records import Document, StoredPassage


def hits(library: Library, *texts: str, also: dict[str, str] | None = None) -> tuple[Hit, ...]:
    """Hits in this order: each the passage of the library whose text begins so."""
    known = {stored.passage.text: stored for stored in library.passages()}

    def find(start: str) -> StoredPassage:
        return next(stored for text, stored in known.items() if text.startswith(start))

    def document(stored: StoredPassage) -> Document:
        entry = library.document(stored.document_id)
        assert entry is not None
        return entry

    found = []
    for rank, start in enumerate(texts, 1):
        stored = find(start)
        twin = find(also[start]) if also and start in also else None
        found.append(
            Hit(
                rank=rank,
                score=1.0 - rank / 100,
                passage=stored,
                document=document(stored),
                lexical_rank=None,
                dense_rank=None,
                weak=False,
                window=None,
                also_in=((document(twin), twin),) if twin else (),
            )
        )
    return tuple(found)


def answered(shown: tuple[Hit, ...]) -> SearchResult:
    return SearchResult(question="?", mode="hybrid", answerable=True, confidence=0.7, hits=shown)


def score(
    library: Library, gold_file: Callable[..., Path], record: dict[str, object], *texts: str, **more: Any
) -> QuestionResult:
    gold = sound_gold(gold_file(record), library)
    result = answered(hits(library, *texts, **more))
    return score_question(gold.questions[0], {"hybrid": result}, "hybrid", gold)


VISITS, INSURANCE, FOOT, WAITING, NORTH = "In 2023", "The insurance", "1 Ministry", "Waiting", "opened"
FEAR, CALLS, POST, AIRPORT = (
    "El miedo",
    "La línea",
    "Measles vaccine is offered at the border",
    "Measles vaccine is offered at the airport",
)


def test_the_right_passage_first(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    found = score(library, gold_file, gold_question(), VISITS, FEAR)
    scores = found.scores["hybrid"]
    assert scores["ndcg@10"] == scores["mrr@10"] == scores["page_hit@5"] == scores["evidence@300"] == 1.0
    assert found.first_ranks == {"hybrid": 1}
    assert found.evidence[0].ranks == {"hybrid": 1}
    assert [hit.grade for hit in found.top] == [2, 0]


def test_another_passage_on_the_page_hits_the_page_only(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    scores = score(library, gold_file, gold_question(), FOOT, FEAR).scores["hybrid"]
    assert scores["page_hit@5"] == scores["doc_hit@5"] == 1.0
    assert scores["ndcg@10"] == scores["recall@10"] == 0.0


def test_another_page_of_the_document_hits_the_document_only(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    scores = score(library, gold_file, gold_question(), WAITING).scores["hybrid"]
    assert (scores["page_hit@5"], scores["doc_hit@5"]) == (0.0, 1.0)


def test_the_page_of_another_document_is_no_hit(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    scores = score(library, gold_file, gold_question(), FEAR).scores["hybrid"]
    assert (scores["page_hit@5"], scores["doc_hit@5"]) == (0.0, 0.0)


def test_the_sixth_hit_is_too_late_for_the_page(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    scores = score(library, gold_file, gold_question(), FEAR, CALLS, POST, AIRPORT, NORTH, VISITS).scores[
        "hybrid"
    ]
    assert scores["page_hit@5"] == 0.0
    assert scores["mrr@10"] == pytest.approx(1 / 6)


def test_a_source_without_pages_needs_the_passage_itself(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    evidence = [{"doc": "note.html", "quote": "No document is asked for"}]
    assert (
        score(library, gold_file, gold_question(evidence=evidence), POST).scores["hybrid"]["page_hit@5"]
        == 1.0
    )
    assert (
        score(library, gold_file, gold_question(evidence=evidence), AIRPORT).scores["hybrid"]["page_hit@5"]
        == 0.0
    )


def test_a_copy_collapsed_into_a_hit_counts_where_it_is_shown(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    found = score(library, gold_file, gold_question(), FEAR, CALLS, also={FEAR: VISITS})
    assert found.first_ranks == {"hybrid": 2}


def test_words_are_read_in_order_and_the_last_passage_is_cut(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    gold = sound_gold(gold_file(gold_question()), library)
    shown = scoring.seen(answered(hits(library, FEAR, VISITS)))
    before = len(shown[0].stored.passage.text.split())
    # "In 2023 the clinics of Lima registered 4,812 visits": half the quote is there with the ninth word
    read = [
        scoring.evidence_read(gold.questions[0].evidence, shown, gold.places, before + n)
        for n in (5, 6, 8, 9)
    ]
    assert read == [0.0, 0.0, 0.0, 1.0]


def test_a_quote_cut_by_two_passages_is_read_from_both(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    evidence = [{"doc": "clinics.pdf", "quote": "after the second shift opened in the north of"}]
    gold = sound_gold(gold_file(gold_question(evidence=evidence)), library)
    assert len(gold.questions[0].grades) == 2
    shown = scoring.seen(answered(hits(library, NORTH, WAITING)))
    assert scoring.evidence_read(gold.questions[0].evidence, shown, gold.places, 300) == 1.0


def test_unanswerable_questions_have_no_ranking_figures(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    found = score(library, gold_file, gold_question(answerable=False, evidence=[]), VISITS)
    assert found.scores == {}
    assert found.confidence == 0.7
    assert found.refused is False


def test_no_hit_at_all(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    found = score(library, gold_file, gold_question())
    assert set(found.scores["hybrid"].values()) == {0.0}
    assert found.top_scores == {"hybrid": None}
    assert found.first_ranks == {"hybrid": None}


COPIES = {
    "one word changed": (" ".join(f"word{n}" for n in range(60)).replace("word30", "Lima saw"), 0.5),
    "another text": ("insurance covers those who hold a permit and who can show it at the counter", 0.0),
    "few words": ("see below", 0.0),
}


@pytest.mark.parametrize("name", COPIES)
def test_near_copies(name: str) -> None:
    text, share = COPIES[name]
    changed = (
        text.replace("Lima saw", "Lima counted", 1) if share else "quite something else is said here now"
    )
    assert duplicates([text, changed]) == share
    assert duplicates([]) == 0.0
