"""How gold names documents, how pages and passages are folded, and which passages of a quote count."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold.linking import CUT_SHARE, RELEVANT_SHARE, FoldedDocuments, LinkedEvidence, link
from evals.gold.questions import Evidence, Problem, dump_question
from evals.gold.quotes import Stretch, common, cut, fold_quote, overlap, size
from evals.gold.reader import read_gold
from ingest.library.library import Library

Write = Callable[..., Path]
Make = Callable[..., dict[str, object]]


def test_a_document_goes_by_hash_id_path_and_name(library: Library) -> None:
    documents = FoldedDocuments(library)
    (clinics,) = documents.named("clinics.pdf")
    assert documents.named(clinics.sha256) == documents.named(clinics.sha256.upper()) == [clinics]
    assert documents.named(clinics.id) == [clinics]
    (salud,) = documents.named("folder/salud.pdf")
    assert documents.named("salud.pdf") == [salud]
    assert documents.named("nowhere.pdf") == []


def test_a_path_goes_before_a_name_that_several_share(library: Library) -> None:
    documents = FoldedDocuments(library)
    assert [item.file for item in documents.named("note.html")] == ["note.html"]
    assert [item.file for item in documents.named("other/note.html")] == ["other/note.html"]


def test_an_unknown_name_is_answered_with_the_nearest_one(library: Library) -> None:
    documents = FoldedDocuments(library)
    assert documents.closest("clinic.pdf") == "; did you mean 'clinics.pdf'?"
    assert "lists the documents" in documents.closest("zzz")


def test_a_document_is_folded_once_and_its_passages_have_places(library: Library) -> None:
    documents = FoldedDocuments(library)
    (clinics,) = documents.named("clinics.pdf")
    folded = documents.folded(clinics)
    assert documents.folded(clinics) is folded
    assert set(folded.pages) == {1, 2}
    assert documents.places() == folded.passages
    stored = list(library.passages(clinics.id))
    assert set(folded.passages) == {item.passage.id for item in stored}
    for item in stored:
        assert size(folded.passages[item.passage.id]) == len(fold_quote(item.passage.text))


def test_a_quote_across_a_page_break_is_found_past_the_notes_between(library: Library) -> None:
    documents = FoldedDocuments(library)
    (clinics,) = documents.named("clinics.pdf")
    (place,) = documents.folded(clinics).find("and the nurses explain at the counter")
    assert [stretch.page for stretch in place] == [1, 2]


RELEVANT = {
    "one passage holds it all, another half": ({"a": 1.0, "b": 0.5}, ("a", "b")),
    "a sliver beside a whole": ({"a": 1.0, "b": 0.2}, ("a",)),
    "cut in two": ({"a": 0.7, "b": 0.3}, ("a", "b")),
    "cut, with a sliver": ({"a": 0.95, "b": 0.05}, ("a",)),
    "fullest first": ({"a": 0.4, "b": 0.6}, ("b", "a")),
    "equal shares by id": ({"b": 0.5, "a": 0.5}, ("a", "b")),
    "none": ({}, ()),
}


@pytest.mark.parametrize("name", RELEVANT)
def test_relevant_passages_of_a_quote(name: str, library: Library) -> None:
    shares, wanted = RELEVANT[name]
    (document,) = FoldedDocuments(library).named("clinics.pdf")
    evidence = LinkedEvidence(Evidence("clinics.pdf", "quote"), document, (Stretch(1, 0, 10),), shares)
    assert evidence.relevant() == wanted
    assert CUT_SHARE < RELEVANT_SHARE


def test_pages_are_told_for_paged_documents_only(library: Library) -> None:
    documents = FoldedDocuments(library)
    (paged,), (web,) = documents.named("clinics.pdf"), documents.named("note.html")
    place = (Stretch(2, 0, 5), Stretch(1, 3, 9), Stretch(2, 7, 8))
    assert LinkedEvidence(Evidence("x", "q"), paged, place, {}).pages == (1, 2)
    assert LinkedEvidence(Evidence("x", "q"), web, place, {}).pages == ()


PROBLEMS = {
    "unknown document": (
        {"doc": "clinic.pdf", "quote": "registered 4,812 visits"},
        "did you mean 'clinics.pdf'",
    ),
    "quote that is not there": (
        {"doc": "clinics.pdf", "quote": "registered 5,000 visits"},
        "quote not found",
    ),
    "another page": (
        {"doc": "clinics.pdf", "quote": "registered 4,812 visits", "page": 2},
        "quote is on PDF page 1 of 'clinics.pdf', not 2",
    ),
    "a page of a source without pages": (
        {"doc": "note.html", "quote": "No document is asked for", "page": 1},
        "has no pages; leave out the page 1",
    ),
    "words that stand twice": (
        {"doc": "clinics.pdf", "quote": "Health on the move 2023"},
        "quote found 2 times",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_names_line_and_question_and_leaves_the_quote_out(
    name: str, library: Library, gold_file: Write, gold_question: Make
) -> None:
    evidence, message = PROBLEMS[name]
    gold = read_gold(gold_file(gold_question(1), gold_question(2, evidence=[evidence])))
    linked, problems = link(gold, library)
    (problem,) = problems
    assert problem.line == 2
    assert problem.message.startswith("question 'q2': ")
    assert message in problem.message
    assert linked.questions[1].evidence == ()
    assert linked.questions[0].grades


def test_problems_of_a_file_have_no_line() -> None:
    assert str(Problem("gold.jsonl", 0, "is empty")) == "gold.jsonl: is empty"
    assert str(Problem("gold.jsonl", 3, "is broken")) == "gold.jsonl, line 3: is broken"


def test_a_question_comes_back_from_its_line(gold_file: Write, gold_question: Make) -> None:
    evidence = [
        {"doc": "clinics.pdf", "quote": "registered 4,812 visits", "page": 1, "grade": 1, "note": "half"}
    ]
    record = gold_question(
        kind="near_topic", split="test", note="checked", evidence=evidence,
        rejected=[{"doc": "note.html", "quote": "offered at the border post"}],
    )  # fmt: skip
    (question,) = read_gold(gold_file(record)).questions
    (again,) = read_gold(gold_file(dump_question(question))).questions
    assert again == question


PLACES = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(1, 20)).map(
        lambda item: Stretch(item[0], item[1], item[1] + item[2])
    ),
    max_size=4,
).map(tuple)


@given(PLACES, PLACES)
def test_what_two_places_share_lies_in_both(one: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> None:
    for shared in common(one, other):
        for place in (one, other):
            assert any(
                item.page == shared.page and item.start <= shared.start and shared.end <= item.end
                for item in place
            )
    assert overlap(one, other) == sum(item.end - item.start for item in common(one, other))


@given(PLACES)
def test_a_cut_of_everything_is_everything(place: tuple[Stretch, ...]) -> None:
    assert size(cut(place, 0, size(place))) == size(place)
    assert size(cut(place, 0, 0)) == 0
