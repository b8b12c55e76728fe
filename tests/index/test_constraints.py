"""Which passages may be hits: each kind of constraint alone, what it removed, and all of them together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from index_library import TEXTS

from index.notices import Notice, NoticeKind
from index.query import constraints
from index.query.parser import clean_question, parse
from index.query.question import analyse
from index.retrieval.candidate_texts import CandidateTexts
from index.snapshot.paths import load_analyser, snapshot_folder
from index.snapshot.snapshot import Snapshot

ALL = [text for _, _, texts in TEXTS.values() for text in texts]


@pytest.fixture
def snapshot(published: Path) -> Snapshot:
    return Snapshot.open(snapshot_folder(published))


def allowed(
    snapshot: Snapshot, question: str, given: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[str], dict[str, int], tuple[Notice, ...]]:
    """Return the texts that may be hits, what was removed, and the notices."""
    analyser = load_analyser(snapshot.folder)
    finder = constraints.Constraints(lexical=snapshot.lexical, passages=snapshot, analyser=analyser)
    asked = analyse(parse(clean_question(question)), analyser, snapshot.languages)
    flags, removed, notices = finder.allowed_rows(asked, given or {}, CandidateTexts(snapshot))
    rows = range(snapshot.manifest.passages) if flags is None else np.flatnonzero(flags).tolist()
    return [snapshot.passage(row).passage.text for row in rows], removed, notices


def test_a_plain_question_allows_everything(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, "Who trains health workers?")
    assert sorted(texts) == sorted(ALL)
    assert (removed, notices) == ({}, ())


# Question → (a part of each text that stays, what was removed).
KEPT = {
    "phrase": ('"health workers"', ["trains health workers"], {"“health workers”": 7}),
    "phrase with a number": ('"Decreto 1466"', ["Decreto 1466"], {"“Decreto 1466”": 7}),
    "phrase in other spelling": ('"saúde"', [], {"“saúde”": 8}),
    "word out": (
        "clinics -migrants -migrantes -Lima -Decreto -SUS",
        ["visit costs", "World Health", "Roraima"],
        None,
    ),
    "either of two": ('"os mesmos" OR Roraima', ["mesmos direitos", "Roraima"], {"os mesmos OR Roraima": 6}),
    "field": ("health country:BRA", ["O SUS", "Roraima"], {"filters country=BRA": 6}),
    "phrase that is nowhere": ('"workers health"', [], {"“workers health”": 8}),
    "phrase of function words alone": ('"with respect"', ["with respect"], {"“with respect”": 7}),
}


@pytest.mark.parametrize("case", KEPT)
def test_only_what_fits_stays(snapshot: Snapshot, case: str) -> None:
    question, parts, expected = KEPT[case]
    texts, removed, _ = allowed(snapshot, question)
    assert len(texts) == len(parts)
    for part in parts:
        assert any(part in text for text in texts), part
    assert expected is None or removed == expected


def test_filters_given_and_written_hold_together(snapshot: Snapshot) -> None:
    texts, removed, _ = allowed(snapshot, "migrants year:2019", {"country": ["PER"]})
    assert len(texts) == 3
    assert removed == {"filters country=PER": 2, "filters year=2019": 3}


def test_empty_filters_are_no_constraint(snapshot: Snapshot) -> None:
    assert allowed(snapshot, "migrants", {"country": []})[1] == {}


def test_a_sum_of_money_keeps_its_passages(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, "What costs $100?")
    assert [text for text in texts if "$100 " in text] == texts != []
    assert removed == {"$100": 7}
    assert notices == ()


def test_a_sum_that_nobody_has_is_told_and_constrains_nothing(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, "Who pays the fine of $77?")
    assert len(texts) == len(ALL)
    assert removed == {}
    assert notices == (Notice(NoticeKind.AMOUNT_ABSENT, {"amount": "$77"}),)


def test_nothing_but_a_sum_that_nobody_has_finds_nothing(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, "$77")
    assert texts == []
    assert removed == {"$77": 8}
    assert [notice.kind for notice in notices] == [NoticeKind.AMOUNT_ABSENT]


def test_a_sum_behind_a_filter_counts_as_absent(snapshot: Snapshot) -> None:
    _, _, notices = allowed(snapshot, "What costs $100?", {"country": ["BRA"]})
    assert notices == (Notice(NoticeKind.AMOUNT_ABSENT, {"amount": "$100"}),)


def test_a_phrase_of_frequent_words_is_looked_for_in_so_many_passages(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constraints, "PHRASE_CHECKS", 0)
    assert allowed(snapshot, '"health workers"')[0] == []


def test_quotation_marks_in_a_question_are_soft_where_nobody_has_the_phrase(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, 'Who trains the "workers of health" in Peru?')
    assert len(texts) == len(ALL)
    assert removed == {}
    assert notices == (Notice(NoticeKind.PHRASE_ABSENT, {"phrase": "workers of health"}),)


def test_quotation_marks_in_a_question_hold_where_somebody_has_the_phrase(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, 'Who trains the "health workers" in Peru?')
    assert len(texts) == 1
    assert removed == {"“health workers”": 7}
    assert notices == ()


def test_a_search_for_a_phrase_and_a_word_stays_strict(snapshot: Snapshot) -> None:
    texts, removed, notices = allowed(snapshot, '"workers of health" Peru')
    assert texts == []
    assert removed == {"“workers of health”": 8}
    assert notices == ()
