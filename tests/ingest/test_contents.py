"""Contents lists: titles, dot leaders, and which lines of a page belong to one."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.readers.source import Page
from ingest.structure.contents import contents_lines, has_leader, is_contents_title

LEADERS = [
    "1. Access ........ 4",
    "Message . . . . . . . . 1",
    "Annex ...................... iv",
    "Salud……………… 12",
]
NOT_LEADERS = ["and so on ...", "He said… and left.", "Name: ________", "0.5 1.5 2.5 3.5"]


@pytest.mark.parametrize("text", LEADERS)
def test_leader(text: str) -> None:
    assert has_leader(text)


@pytest.mark.parametrize("text", NOT_LEADERS)
def test_no_leader(text: str) -> None:
    assert not has_leader(text)


@pytest.mark.parametrize(
    "text", ["Contents", "Índice", "Tabla de contenido", "Sumário", "T a b l e o f C o n t e n t s"]
)
def test_contents_title(text: str) -> None:
    assert is_contents_title(text)


def test_not_contents_title() -> None:
    assert not is_contents_title(
        "The contents of the parcel were never checked by anyone at the border post."
    )


def found(*pages: Page, taken: frozenset[int] = frozenset()) -> list[str]:
    lines, _ = laid_out(*pages)
    indices = contents_lines(lines, taken)
    return [line.text for page in lines for line in page.lines if line.index in indices]


ENTRIES = [f"{n}. Chapter {n} ........ {n * 3}" for n in range(1, 6)]
NUMBERED = ["Introduction 3", "Access to health 7", "Schools 12", "Annexes 31"]


def test_leaders_below_a_title_are_a_list_without_its_title() -> None:
    assert found(text_page(1, "\n".join(["Contents", *ENTRIES, "It rained."]))) == ENTRIES


def test_leaders_without_a_title_are_a_list_too() -> None:
    assert found(text_page(1, "\n".join(["Annual report", *ENTRIES]))) == ENTRIES


def test_what_stands_between_two_leaders_belongs_to_the_list() -> None:
    broken = [*ENTRIES[:2], "A chapter whose title is", *ENTRIES[2:]]
    assert found(text_page(1, "\n".join(broken))) == broken


def test_two_leaders_are_no_list() -> None:
    assert found(text_page(1, "\n".join(["Annual report", *ENTRIES[:2], "It rained."]))) == []


def test_a_list_goes_on_at_the_top_of_the_next_page() -> None:
    second = ["Annex A ........ 20", "It rained."]
    pages = text_page(1, "\n".join(["Contents", *ENTRIES])), text_page(2, "\n".join(second))
    assert found(*pages) == [*ENTRIES, second[0]]


def test_it_does_not_go_on_where_text_follows_it() -> None:
    first = ["Contents", *ENTRIES, "It rained.", "It rained again.", "It fell."]
    assert found(text_page(1, "\n".join(first)), text_page(2, "Annex A ........ 20")) == ENTRIES


def test_lines_that_end_with_page_numbers_are_a_list_below_a_title_only() -> None:
    assert found(text_page(1, "\n".join(["Contents", *NUMBERED]))) == NUMBERED
    assert found(text_page(1, "\n".join(["Annual report", *NUMBERED]))) == []


def test_a_few_numbers_in_much_text_are_no_list() -> None:
    text = [word for entry in NUMBERED[:3] for word in (entry, "It rained.", "It fell.", "It rose.")]
    assert found(text_page(1, "\n".join(["Contents", *text]))) == []


def test_lines_that_are_taken_are_left_out() -> None:
    page = text_page(1, "\n".join(["Contents", *ENTRIES]))
    assert found(page, taken=frozenset({1, 5})) == ENTRIES[1:4]


def test_a_page_of_prose_has_no_list() -> None:
    assert found(pdf_page(1, Printed("Contents", 780.0), *paragraph(prose(1), 760.0))) == []
    assert found(text_page(1, "")) == []
