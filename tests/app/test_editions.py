"""Two editions of a document: every change is shown, none is made up, each with its passage."""

from collections.abc import Sequence

from cited_samples import a_passage
from hypothesis import given
from hypothesis import strategies as st

from app.desk.editions import Change, Sentence, changes, sentences_of, words
from ingest.library.records import StoredPassage
from ingest.text.folding import fold

OLD = "The fee is 20 soles. Clinics open at seven. No document is asked for. The line is free."
NEW = "The fee is 25 soles. Clinics open at seven. A passport is asked for at the border. The line is free. It is new."


def edition(text: str, page: int = 1) -> list[Sentence]:
    return sentences_of([StoredPassage(a_passage(text, pages=(page, page)), "d" * 32, 0)])


def texts(sentences: Sequence[str]) -> list[Sentence]:
    return [Sentence(text=text, passage=a_passage(text), start=0, end=len(text)) for text in sentences]


def test_kinds_of_changes_in_the_order_of_the_text() -> None:
    found = changes(edition(OLD), edition(NEW, page=3))
    assert [one.kind for one in found] == ["changed", "out", "in", "in"]
    assert found[0].parts == (("same", "The fee is "), ("out", "20"), ("in", "25"), ("same", " soles."))


def test_a_sentence_that_only_stands_elsewhere_is_moved() -> None:
    old = edition("12 A note on fees. The fee is low. Clinics open at seven. Nobody pays.")
    new = edition("The fee is low. Clinics open at seven. Nobody pays. 12 A note on fees.")
    (change,) = changes(old, new)
    assert change.kind == "moved"
    assert change.parts == (("same", "12 A note on fees."),)


def test_each_side_has_its_own_page() -> None:
    first = changes(edition(OLD), edition(NEW, page=3))[0]
    assert first.old is not None
    assert first.new is not None
    assert first.old.passage.pages == (1, 1)
    assert first.new.passage.pages == (3, 3)


def test_the_same_text_broken_over_lines_is_no_change() -> None:
    assert changes(edition("One sen-tence stands here."), edition("One sentence stands here.")) == []
    assert changes(edition(OLD), edition(OLD)) == []


def test_the_words_of_both_editions_are_whole() -> None:
    parts = words("Nobody may enter by sea.", "Nobody may leave by sea or air.")
    assert "".join(text for kind, text in parts if kind != "in") == "Nobody may enter by sea."
    assert "".join(text for kind, text in parts if kind != "out") == "Nobody may leave by sea or air."


def test_headings_are_compared_as_well() -> None:
    passage = a_passage("1 Fees\nThe fee is low.")
    titled = sentences_of([StoredPassage(passage, "d" * 32, 0)])
    assert [one.text for one in titled] == ["1 Fees", "The fee is low."]


SENTENCE = st.sampled_from(
    ["A one.", "B two two.", "C three three three.", "C three three four.", "D.", "E five."]
)


@given(st.lists(SENTENCE, max_size=8), st.lists(SENTENCE, max_size=8))
def test_changes_lead_from_one_edition_to_the_other(old: list[str], new: list[str]) -> None:
    """What is taken out and put in are the sentences by which the two lists differ, as often as they do."""
    found = changes(texts(old), texts(new))
    out = sorted(one.old.text for one in found if one.old is not None)
    put = sorted(one.new.text for one in found if one.new is not None)
    left = sorted(old)
    for text in out:
        left.remove(text)
    assert sorted([*left, *put]) == sorted(new)
    assert all(_worded(one) for one in found)


def _worded(change: Change) -> bool:
    before = "".join(text for kind, text in change.parts if kind != "in")
    after = "".join(text for kind, text in change.parts if kind != "out")
    return before == (change.old.text if change.old else "") and after == (
        change.new.text if change.new else ""
    )


@given(st.text(alphabet="ab .", max_size=30), st.text(alphabet="ab .", max_size=30))
def test_words_lose_no_character(old: str, new: str) -> None:
    parts = words(old, new)
    assert fold("".join(text for kind, text in parts if kind != "in")) == fold(old)
    assert fold("".join(text for kind, text in parts if kind != "out")) == fold(new)
