"""The page of a part of a passage, and the notes that it calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.fold import fold
from ingest.passage import Passage
from ingest.pinpoint import page_at
from ingest.source import Source
from ingest.split import split_source


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
