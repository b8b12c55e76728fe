"""Which row an entity of the server belongs to, and the filters that a choice of rows becomes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from milvus_index import entities_of

from index.retrieval.base import Flags
from index.retrieval.milvus import entities as module
from index.retrieval.milvus.entities import Entities
from index.retrieval.milvus.server import MOST_FOUND, Ids

LANGUAGES = ["en", "es", None]


def library(documents: Sequence[Sequence[int]]) -> Entities:
    """Return entities of documents, each given as the languages of its passages; each passage has two windows."""
    languages = [number for document in documents for number in document]
    rows = np.arange(len(languages))
    return Entities(
        ids=(7 + 2 * rows).astype(np.int64),
        counts=np.full(len(rows), 2, np.int64),
        row_documents=np.repeat(np.arange(len(documents)), list(map(len, documents))).astype(np.int32),
        row_languages=np.array(languages, np.int8),
        languages=LANGUAGES,
    )


def let_through(entities: Entities, chosen: str) -> list[bool]:
    """Evaluate a filter, which is also Python, for each passage."""
    found = []
    for row, number in enumerate(entities.row_documents.tolist()):
        fields = {
            "passage": int(entities.ids[row]),
            "document": int(entities.document_ids[number]),
            "language": LANGUAGES[entities.row_languages[row]] or "",
        }
        found.append(bool(eval(chosen, {}, fields)) if chosen else True)
    return found


def flags(rows: Sequence[int], total: int) -> Flags:
    where = np.zeros(total, bool)
    where[list(rows)] = True
    return where


def test_windows_lead_to_their_passage_and_those_of_other_generations_nowhere() -> None:
    entities = entities_of([3, 0, 2])  # numbers 103–105, 102, 100–101
    assert entities.rows(np.array([105, 100, 103, 102, 101])).tolist() == [0, 2, 0, 1, 2]
    assert entities.rows(np.array([99, 106, 5_000, 0])).tolist() == []
    assert entities_of([]).rows(np.array([3])).tolist() == []


def test_no_choice_is_no_filter_and_few_are_named() -> None:
    entities = library([[0, 0], [1], [0, 2]])
    assert entities.filter(flags([1, 4], 5)) == "passage in [9, 15]"


@pytest.fixture
def no_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 0)


def test_whole_documents_are_named_or_those_that_are_left(no_few: None) -> None:
    entities = library([[0, 0], [1], [0, 2], [1, 1]])
    assert entities.filter(flags([0, 1], 7)) == "document in [7]"
    assert entities.filter(flags([0, 1, 2, 5, 6], 7)) == "document not in [13]"
    assert entities.filter(flags(range(7), 7)) == ""


def test_a_language_is_named_alone_or_within_documents(no_few: None) -> None:
    entities = library([[0, 1], [0, 1], [1, 2]])
    assert entities.filter(flags([1, 3, 4], 6)) == 'language == "es"'
    assert entities.filter(flags([5], 6)) == 'language == ""'
    within = entities.filter(flags([0], 6))
    assert let_through(entities, within) == [True, False, False, False, False, False]


@given(
    documents=st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=4), min_size=1, max_size=8),
    data=st.data(),
    few=st.sampled_from([0, 2, 2_000]),
)
def test_a_filter_lets_all_that_is_chosen_pass_and_what_it_can_say_alone(
    documents: list[list[int]], data: st.DataObject, few: int
) -> None:
    entities = library(documents)
    total = len(entities.ids)
    where = np.array(data.draw(st.lists(st.booleans(), min_size=total, max_size=total)), bool)
    original, module.FEW = module.FEW, few
    try:
        found = let_through(entities, entities.filter(where))
    finally:
        module.FEW = original
    assert all(found[row] for row in np.flatnonzero(where))
    exact = min(np.count_nonzero(where), np.count_nonzero(~where)) <= few
    assert not exact or found == where.tolist()


def test_more_is_asked_for_until_enough_is_allowed() -> None:
    entities = library([[0]] * 400)
    where = np.zeros(400, bool)
    where[300:] = True
    asked: list[int] = []

    def ask(limit: int, _: str) -> Ids:
        asked.append(limit)
        return entities.ids[:limit]

    found = entities.found(ask, 50, where)
    assert asked == [50, 200, 800]
    assert found.tolist() == list(range(300, 400))


def test_what_others_left_does_not_take_places() -> None:
    entities = library([[0]] * 100)

    def ask(limit: int, _: str) -> Ids:
        foreign = np.arange(10_000, 10_400)
        return np.concatenate([foreign, entities.ids])[:limit]

    assert len(entities.found(ask, 60, None)) == 100


def test_an_end_is_made_where_milvus_makes_one_and_nothing_is_asked_for_nothing() -> None:
    entities = library([[0]] * 3)
    asked: list[int] = []

    def ask(limit: int, _: str) -> Ids:
        asked.append(limit)
        return np.full(limit, 99_999)

    assert entities.found(ask, 10, None).tolist() == []
    assert asked[-1] == MOST_FOUND
    assert entities.found(ask, 10, np.zeros(3, bool)).tolist() == []
    assert asked[-1] == MOST_FOUND, "not asked again"
