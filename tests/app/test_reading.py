"""A document read through: contents, passages of a page, and selected words that verify finds."""

from pathlib import Path

import pytest
from cited_samples import a_document, a_passage
from hypothesis import given
from hypothesis import strategies as st

from app.checks.excerpts import Excerpt
from app.checks.verify import verify_excerpts
from app.desk.reading import contents, on_page, quoted_from_page, still_stands
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.library.records import StoredPage, StoredPassage
from ingest.passage import Gap, Passage
from ingest.text.folding import fold


def stored(*passages: Passage) -> list[StoredPassage]:
    return [StoredPassage(one, "d" * 32, at) for at, one in enumerate(passages)]


def test_headings_stand_once_where_they_begin_and_tables_by_their_caption() -> None:
    document = stored(
        a_passage("Preface.", pages=(1, 1), section=("1 Health",)),
        a_passage("Costs.", pages=(2, 2), section=("1 Health", "1.1 Costs")),
        a_passage("More costs.", pages=(2, 3), section=("1 Health", "1.1 Costs")),
        a_passage("Table 1. Fees\nVisit 20", pages=(3, 3), section=("1 Health", "1.1 Costs"), kind="table"),
        a_passage("Work.", pages=(4, 4), section=("2 Work",)),
    )
    assert [(one.kind, one.level, one.title, one.page) for one in contents(document)] == [
        ("heading", 1, "1 Health", 1),
        ("heading", 2, "1.1 Costs", 2),
        ("table", 3, "Table 1. Fees", 3),
        ("heading", 1, "2 Work", 4),
    ]


def test_passages_of_a_page_begin_or_end_there() -> None:
    document = stored(
        a_passage("One.", pages=(1, 1)), a_passage("Two.", pages=(1, 2)), a_passage("Three.", pages=(3, 3))
    )
    assert [one.passage.text for one in on_page(document, 2)] == ["Two."]
    assert [one.passage.text for one in on_page(document, 1)] == ["One.", "Two."]


def page(text: str, *gaps: Gap) -> StoredPage:
    return StoredPage("d" * 32, 4, text, label="iv", label_source="printed", gaps=gaps)


def test_selected_words_are_found_across_lines_and_hyphens() -> None:
    found = quoted_from_page(
        a_document(),
        page("The co\x02\nordination of well-\nbeing in 2020 failed."),
        "coordination of well-being in",
    )
    assert found.text == "coordination of well-being in"
    assert (found.pages, found.labels) == ((4, 4), ("iv", "iv"))
    ((number, start, end),) = found.spans
    assert number == 4
    assert fold(page("The co\x02\nordination of well-\nbeing in 2020 failed.").text[start:end]) == fold(
        found.text
    )


@pytest.mark.parametrize(
    ("selected", "told"),
    [("of the moon", "do not stand"), ("  ", "at least a word"), ("hidden words", "does not show")],
)
def test_what_the_page_does_not_show_is_no_passage(selected: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        quoted_from_page(a_document(), page("Plain and hidden words.", Gap(10, 22, "hidden")), selected)


@given(st.text(alphabet="abc é-\n.ﬁ", min_size=1, max_size=40), st.data())
def test_any_part_of_a_page_is_a_passage_with_its_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    selected = text[start:end]
    if len(fold(selected)) < 3:
        return
    found = quoted_from_page(a_document(), page(text), selected)
    ((_, first, last),) = found.spans
    assert fold(text[first:last]) == fold(found.text) == "".join(fold(char) for char in selected)


def test_verify_finds_the_selected_words_of_a_real_page(small_library: Path) -> None:
    library = Library.open(small_library)
    document = library.document("clinics.pdf")
    assert document is not None
    real = library.page(document.id, 2)
    assert real is not None
    found = quoted_from_page(document, real, "only 31 percent of the people\ninterviewed had a SIS policy")
    excerpt = Excerpt("it", (found.text,), document=document.id, pages=found.pages, spans=found.spans)
    assert verify_excerpts([excerpt], library).all_found
    assert still_stands(library, document.id, found)
    assert not still_stands(library, document.id, a_passage("Another text.", pages=(2, 2)))
