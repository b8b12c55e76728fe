"""A row is decoded for the first who asks, and kept for the rest of the search."""

from passage_list import PassageList, document, passage

from index.retrieval.candidate_texts import CandidateTexts


def test_a_row_is_read_once() -> None:
    source = PassageList([passage("First."), passage("Second.", 1)])
    texts = CandidateTexts(source)
    assert texts.passage(1) is texts.passage(1)
    assert texts.text(1) == "Second."
    assert texts.text(0) == "First."
    assert source.read == [1, 0]


def test_a_document_is_read_once_for_all_its_passages() -> None:
    passages = [passage("First."), passage("Second.", 1), passage("Other.", 2, document="two")]
    source = PassageList(passages)
    texts = CandidateTexts(source)
    assert [texts.document_of(row) for row in (0, 1, 2, 0)] == [
        document("one"), document("one"), document("two"), document("one"),
    ]  # fmt: skip
    assert source.opened == [0, 2]


def test_another_search_reads_again() -> None:
    source = PassageList([passage("First.")])
    for _ in range(2):
        CandidateTexts(source).text(0)
    assert source.read == [0, 0]
