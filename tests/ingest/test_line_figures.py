"""Lines that differ in their figures only: heads with a counter, or lines of their own."""

import pytest

from ingest.layout.line import LayoutLine
from ingest.layout.line_figures import same_words


def rows(*texts: str) -> list[LayoutLine]:
    """Return one line on each page, in order."""
    return [
        LayoutLine(index=10 * page, page=page, start=0, end=len(text), text=text)
        for page, text in enumerate(texts, 1)
    ]


def kept(*texts: str) -> list[int]:
    """Return the pages whose line is one of the heads."""
    return sorted(index // 10 for index in same_words(rows(*texts)))


HEADS = {
    "no figure": ["Health on the move"] * 3,
    "one year": ["Health on the move 2023"] * 3,
    "the page's own number": [f"Health on the move {page}" for page in range(1, 5)],
    "a number that counts from elsewhere": [f"Health on the move {page + 17}" for page in range(1, 5)],
    "a chapter and the page": ["Chapter 2 | 11", "Chapter 2 | 12", "Chapter 3 | 13", "Chapter 3 | 14"],
    "a roman page": ["Foreword iii", "Foreword iv", "Foreword v"],
    "half of them explained": ["Chapter 1", "Chapter 1", "Chapter 7", "Chapter 9"],
}
LINES = {
    "figures of a form": ["Visits: 412", "Visits: 97", "Visits: 5012"],
    "numbered captions": ["Table 4: visits", "Table 9: visits", "Table 23: visits"],
    "counting sentences": [f"It rose by {page} points in the north." for page in range(1, 5)],
}


@pytest.mark.parametrize("name", HEADS)
def test_lines_that_their_figures_do_not_tell_apart(name: str) -> None:
    assert kept(*HEADS[name]) == list(range(1, len(HEADS[name]) + 1))


@pytest.mark.parametrize("name", LINES)
def test_lines_of_their_own(name: str) -> None:
    assert kept(*LINES[name]) == []


def test_less_than_half_explained_leaves_the_others() -> None:
    assert kept("Chapter 1", "Chapter 1", "Chapter 17", "Chapter 29", "Chapter 31") == [1, 2]


def test_no_lines_at_all() -> None:
    assert same_words([]) == set()
