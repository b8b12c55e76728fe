"""Why a passage stands where it stands: each reason on a case of its own, and none where nothing is to be seen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.diagnose import Diagnosis, Place, Term, _reasons, diagnose, markdown
from evals.measures.scoring import Seen
from index.ranking.demotion import DEMOTED
from index.search import Searcher
from ingest.library.library import Library, StoredPassage

BOTH: dict[str, list[Seen]] = {"hybrid": [], "lexical": [], "dense": []}
WORDS: dict[str, list[Seen]] = {"lexical": []}
Ranks = dict[str, int | None]

# name: (ranks, words found, words missing, modes asked, words of the reason)
REASONS: dict[str, tuple[Ranks, tuple[str, ...], tuple[str, ...], dict[str, list[Seen]], str]] = {
    "no word in common": (
        {"hybrid": 4, "lexical": None, "dense": 4}, (), ("fee",), BOTH, "shares no word with the question",
    ),
    "some words missing": (
        {"hybrid": 4, "lexical": 4, "dense": 4}, ("fee",), ("permit",), BOTH, "has 1 of 2 words of the question",
    ),
    "both legs higher": (
        {"hybrid": 9, "lexical": 2, "dense": 3}, ("fee",), (), BOTH, "both legs rank it higher (2 and 3)",
    ),
    "words higher": (
        {"hybrid": 9, "lexical": 1, "dense": 20}, ("fee",), (), BOTH, "words alone ranks it 1; the other leg",
    ),
    "meaning higher": (
        {"hybrid": None, "lexical": None, "dense": 2}, ("fee",), (), BOTH, "pulls it down to lost",
    ),
    "in no leg": ({"hybrid": None, "lexical": None, "dense": None}, ("fee",), (), BOTH, "neither leg has it"),
    "not among words": ({"lexical": None}, ("fee",), (), WORDS, "neither leg has it"),
}  # fmt: skip
SILENT: dict[str, tuple[Ranks, tuple[str, ...], tuple[str, ...], dict[str, list[Seen]]]] = {
    "first everywhere": ({"hybrid": 1, "lexical": 1, "dense": 1}, ("fee",), ("permit",), BOTH),
    "near where the legs have it": ({"hybrid": 3, "lexical": 2, "dense": 3}, ("fee",), (), BOTH),
    "words alone": ({"lexical": 3}, ("fee",), (), WORDS),
}


@pytest.fixture
def stored(library: Library) -> StoredPassage:
    return next(item for item in library.passages() if item.passage.kind == "body")


@pytest.mark.parametrize("name", REASONS)
def test_a_reason(name: str, stored: StoredPassage) -> None:
    ranks, found, missing, lists, words = REASONS[name]
    assert any(words in reason for reason in _reasons(stored, ranks, found, missing, lists))


@pytest.mark.parametrize("name", SILENT)
def test_no_reason_is_made_up(name: str, stored: StoredPassage) -> None:
    assert _reasons(stored, *SILENT[name]) == []


def test_a_kind_that_counts_less_is_named(library: Library) -> None:
    note = next(item for item in library.passages() if item.passage.kind in DEMOTED)
    (reason,) = _reasons(note, {"hybrid": 1, "lexical": 1, "dense": 1}, ("fee",), (), BOTH)
    assert f"of the kind {note.passage.kind} count {DEMOTED[note.passage.kind]} times" in reason


def test_a_quote_in_no_passage_is_a_fault_of_reading() -> None:
    (reason,) = _reasons(None, {"hybrid": None}, (), (), BOTH)
    assert "the fault is in reading or splitting" in reason


def test_words_of_a_question_are_told_with_their_forms_and_passages(
    library: Library, searcher: Searcher
) -> None:
    found = diagnose("visits by migrants in Lima", library, searcher)
    assert found.gold_id is None
    assert found.evidence == ()
    terms = {term.surface: term for term in found.terms}
    assert terms["visits"].passages == 1
    assert all(term.forms for term in terms.values())
    assert set(found.top) == {"hybrid", "lexical", "dense"}
    assert [item.rank for item in found.top["lexical"]] == list(range(1, len(found.top["lexical"]) + 1))


def test_the_right_passage_is_marked(
    library: Library,
    searcher: Searcher,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
) -> None:
    found = diagnose("q1", library, searcher, gold_path=gold_file(gold_question(1)))
    assert found.gold_id == "q1"
    (evidence,) = found.evidence
    assert evidence.pages == (1,)
    assert evidence.ranks["lexical"] == next(item.rank for item in found.top["lexical"] if item.relevant)
    text = markdown(found)
    assert "**right** clinics.pdf, p. 1" in text
    assert "## registered 4,812 visits by migrants" in text


def test_a_diagnosis_holds_no_markup_of_its_texts() -> None:
    evil = "<b>|*x*"
    place = Place(1, evil, (), evil, relevant=False, lexical_rank=None, dense_rank=2)
    found = Diagnosis(
        question=evil,
        gold_id=evil,
        answerable=False,
        confidence=0.25,
        known_share=0.5,
        dense_weight=0.75,
        terms=(Term(evil, (evil,), 3),),
        evidence=(),
        top={"hybrid": (place,), "lexical": ()},
        notices=(evil,),
    )
    text = markdown(found)
    assert evil not in text
    assert "Judged not answerable, confidence 0.25." in text
    assert "(words lost, meaning 2)" in text
    assert "## First in lexical\n\nNothing." in text


def test_what_is_asked_for_and_the_signals_are_told_in_words(library: Library, searcher: Searcher) -> None:
    found = diagnose(
        "When and with how many visits did Bolivia close its clinics, page 7?", library, searcher
    )
    assert found.asked_for == ("a date", "a number", "the country Bolivia", "that “close” happened", "page 7")
    text = markdown(found)
    assert "Asked for: a date, a number, the country Bolivia, that “close” happened, page 7." in text
    assert "share of the countries asked about that the first hit lacks" in text
    assert "signal of the judgement" in text
    assert set(found.signals) >= {"cosine", "event_untold", "figure_alone", "place_lacked"}


def test_a_disease_that_is_asked_about_is_told(library: Library, searcher: Searcher) -> None:
    assert diagnose("clinics that treat dengue", library, searcher).asked_for == ("the disease dengue",)


def test_plain_words_ask_for_nothing_else(library: Library, searcher: Searcher) -> None:
    found = diagnose("visits by migrants in the clinic", library, searcher)
    assert found.asked_for == () and "Asked for" not in markdown(found)
