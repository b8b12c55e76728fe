"""Lines like "Page 2 of 6" in text files: they cut it into pages with those numbers and are no text themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passages.split import split_source
from ingest.readers.page_marks import page_marks
from ingest.readers.read import read_bytes
from ingest.readers.text import cut_marked

FOOTS = "It rained.\n\n{0} 1 of 3\n\nIt snowed.\n{0} 2 of 3\nIt froze.\n{0} 3 of 3\n"
PAGES = {
    "feet": (FOOTS.format("Page"), ["1", "2", "3"]),
    "feet in Spanish": (FOOTS.format("Página").replace(" of ", " de "), ["1", "2", "3"]),
    "feet with a slash": (FOOTS.format("Pág.").replace(" of ", "/"), ["1", "2", "3"]),
    "heads": ("Page 7\nIt rained.\nPage 8\nIt snowed.\n", ["7", "8"]),
    "fences": ("--- Page 1 ---\nIt rained.\n--- Page 2 ---\nIt snowed.", ["1", "2"]),
    "fences from the second page": (
        "It rained.\n--- Page 2 ---\nIt snowed.\n--- Page 3 ---\nIt froze.",
        [None, "2", "3"],
    ),
    "brackets": ("[page 3]\nIt rained.\n[page 4]\nIt snowed.", ["3", "4"]),
    "fences behind a title": (
        "A report\n=== PAGE 1 ===\nIt rained.\n=== PAGE 2 ===\nIt snowed.",
        [None, "1", "2"],
    ),
    "the last foot is missing": (
        "It rained.\nPage 1 of 3\nIt snowed.\nPage 2 of 3\nIt froze.",
        ["1", "2", None],
    ),
    "Windows line ends": ("It rained.\r\nPage 1 of 2\r\nIt snowed.\r\nPage 2 of 2\r\n", ["1", "2"]),
}
NO_PAGES = {
    "one mark": "It rained.\nPage 2 of 6\nIt snowed.",
    "a gap": "It rained.\nPage 1 of 4\nIt snowed.\nPage 3 of 4\n",
    "other totals": "It rained.\nPage 1 of 4\nIt snowed.\nPage 2 of 7\n",
    "either side": "It rained.\nPage 4\nIt snowed.\nPage 5\nIt froze.",
    "within a sentence": "See page 1 of 3\nIt snowed.\nSee page 2 of 3\n",
    "a long number": "Page 1234567\nIt rained.\nPage 1234568\nIt snowed.",
}


@pytest.mark.parametrize("name", PAGES)
def test_marks_cut_a_text_into_pages_with_their_numbers(name: str) -> None:
    text, labels = PAGES[name]
    split = split_source(read_bytes(text.encode(), "a.txt"), "0" * 64)
    found = [page.label for page in split.pages]
    assert [label.text if label else None for label in found] == labels
    assert {label.source for label in found if label} == {"printed"}
    assert not any(
        "page" in passage.text.lower() or "pág" in passage.text.lower() for passage in split.passages
    )


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_does_not_count_makes_no_pages(name: str) -> None:
    source = read_bytes(NO_PAGES[name].encode(), "a.txt")
    assert not source.paged
    assert source.pages[0].pagelabel is None


def test_a_mark_that_makes_no_page_is_no_text_either() -> None:
    split = split_source(read_bytes(NO_PAGES["a gap"].encode(), "a.txt"), "0" * 64)
    assert [passage.text for passage in split.passages] == ["It rained.\nIt snowed."]
    assert {passage.section for passage in split.passages} == {()}


def test_a_text_of_marks_alone_is_read_in_time() -> None:
    rows = [f"--- Page {number} ---" for number in range(1, 4_000)]
    assert len(page_marks(rows)) == 3_999
    assert page_marks(["-" * 100_000, " " * 100_000, "page " * 20_000]) == ()


@given(
    st.lists(st.sampled_from(["Page 1 of 3", "Page 2 of 3", "Page 3 of 3", "-- Page 4 --", "It rained.", ""]))
)
def test_pages_joined_give_the_text_back(rows: list[str]) -> None:
    text = "\n".join(rows)
    parts = cut_marked(text)
    assert not parts or "".join(part for part, _ in parts) == text
