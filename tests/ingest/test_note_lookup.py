"""The page of a part of a passage, and the notes that it calls."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from split_samples import Printed, paragraph, pdf, pdf_page, prose

from app.checks.note_lookup import called_notes, page_at
from ingest.passage import Passage
from ingest.passages.split import split_source
from ingest.readers.source import Source
from ingest.text.folding import fold


def over_the_break() -> tuple[Passage, dict[int, str]]:
    """Return a passage whose second sentence begins on page 1 and whose last stands on page 2 alone.

    A hyphen, a ligature and a running head stand between them, so that no offset fits by counting.
    """
    first = [
        *paragraph(prose(1), 760.0),
        Printed("A ﬁrst sentence stands here. The ministry then opened of-", 700.0),
    ]
    second = [
        Printed("fices in the south of the country. It paid 40 soles a month.", 760.0),
        *paragraph(prose(9), 700.0),
    ]
    source = pdf(pdf_page(1, *first), pdf_page(2, *second))
    return found(source, "ministry then"), {page.number: page.text for page in source.pages}


def found(source: Source, words: str) -> Passage:
    return next(p for p in split_source(source, "0" * 64).passages if words in p.text)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("A first", 1),
        ("The ministry", 1),
        ("fices in the south", 2),
        ("south", 2),
        ("It paid", 2),
        ("month.", 2),
    ],
)
def test_a_part_of_a_passage_is_on_the_page_where_it_begins(words: str, page: int) -> None:
    passage, texts = over_the_break()
    assert passage.pages == (1, 2)
    assert page_at(passage, passage.text.index(words), texts.__getitem__) == page


@given(st.data())
def test_every_character_is_on_the_page_it_was_read_from(data: st.DataObject) -> None:
    passage, texts = over_the_break()
    offset = data.draw(st.integers(0, len(passage.text) - 1))
    page = page_at(passage, offset, texts.__getitem__)
    first = "".join(texts[number][start:end] for number, start, end in passage.spans if number == 1)
    assert page == (1 if len(fold(passage.text[:offset])) < len(fold(first)) else 2)


def test_the_end_of_a_passage_is_on_its_last_page() -> None:
    passage, texts = over_the_break()
    assert page_at(passage, len(passage.text), texts.__getitem__) == 2


def test_a_passage_on_one_page_needs_no_text() -> None:
    passage = found(pdf(pdf_page(1, *paragraph(prose(1), 760.0))), "ministry")
    assert page_at(passage, 40, {}.__getitem__) == 1


def passage(kind: str, text: str, *, page: int = 1, calls: tuple[tuple[int, int], ...] = ()) -> Passage:
    made = found(pdf(pdf_page(1, *paragraph(prose(1), 760.0))), "ministry")
    return replace(made, kind=kind, text=text, pages=(page, page), calls=calls, sentences=((0, len(text)),))


def notes(called: str, *footnotes: Passage) -> list[tuple[str, str]]:
    """Return the notes of a passage on page 1 that ends with the call `called`."""
    text = f"It rose in 2024{called}"
    caller = passage("body", text, calls=((len(text) - len(called), len(text)),))
    return [(note.mark, note.text) for note in called_notes(caller, footnotes, {}.__getitem__)]


LAW = passage("footnote", "3 Law 30220 of 2014, art. 5.", calls=((0, 1),))
SHOWN = {
    "raised": ("3", [LAW], [("³", "Law 30220 of 2014, art. 5.")]),
    "in_brackets": ("[3]", [passage("footnote", "[3] Law 5.")], [("³", "Law 5.")]),
    "with_a_stop": ("3", [passage("footnote", "3. Law 5.")], [("³", "Law 5.")]),
    "with_a_bar": ("3", [passage("footnote", "3/ Law 5.")], [("³", "Law 5.")]),
    "glued": ("3", [passage("footnote", "3Law 5.", calls=((0, 1),))], [("³", "Law 5.")]),
    "a_year": ("3", [passage("footnote", "3 2014 figures.")], [("³", "2014 figures.")]),
    "among_others": ("3", [passage("footnote", "2 See A.\n3 See B.\n4 See C.")], [("³", "See B.")]),
    "several": ("2,3", [passage("footnote", "2 See A."), LAW], [("²", "See A."), ("³", "Law 30220 of 2014, art. 5.")]),
    "a_range": ("2-3", [passage("footnote", "2 A."), passage("footnote", "3 B.")], [("²", "A."), ("³", "B.")]),
}  # fmt: skip
HIDDEN = {
    "another_number": ("5", [LAW]),
    "a_longer_number": ("3", [passage("footnote", "30 Law 5.")]),
    "an_amount": ("3", [passage("footnote", "3.5 million were asked.")]),
    "thousands": ("3", [passage("footnote", "3,500 were asked.")]),
    "a_share": ("3", [passage("footnote", "3 % were asked.")]),
    "a_number_within": ("3", [passage("footnote", "2 Law 5. 3 people were asked.")]),
    "another_page": ("3", [replace(LAW, pages=(2, 2))]),
    "twice": ("3", [LAW, passage("footnote", "3 Another.")]),
    "nothing_but_the_number": ("3", [passage("footnote", "3")]),
    "no_footnotes": ("3", []),
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_note_of_a_call_is_found(name: str) -> None:
    called, footnotes, expected = SHOWN[name]
    assert notes(called, *footnotes) == expected


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_not_surely_the_note_is_left_out(name: str) -> None:
    called, footnotes = HIDDEN[name]
    assert notes(called, *footnotes) == []


def test_a_note_calls_itself_in_vain() -> None:
    assert called_notes(LAW, [LAW], {}.__getitem__) == []


def test_pages_that_number_notes_anew_keep_their_own() -> None:
    over, texts = over_the_break()
    at = over.text.index("It paid")
    over = replace(over, calls=((at, at + 1),))  # the call stands on page 2
    both = [
        passage("footnote", "I On page 1."),
        passage("footnote", "1 On page 1."),
        passage("footnote", "1 On page 2.", page=2),
    ]
    over = replace(over, text=over.text[:at] + "1" + over.text[at + 1 :])
    assert [note.text for note in called_notes(over, both, texts.__getitem__)] == ["On page 2."]
