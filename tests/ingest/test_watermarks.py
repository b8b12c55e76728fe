"""Slanted words over a page are hidden where they are large or stand there again; slanted labels stay."""

import pytest

from ingest.readers.pdf.watermarks import LONGEST, without_watermarks
from ingest.readers.source import Line, Page

TEXT = "Clinics open early in all of Lima."


def page(number: int, *slanted: tuple[str, float, float], hidden: bool = False) -> Page:
    """Return a page with a line of text and slanted words: (words, type size, degrees)."""
    parts, lines = [TEXT], [Line(0, len(TEXT), size=10.0)]
    at = len(TEXT) + 1
    for words, size, slant in slanted:
        lines.append(Line(at, at + len(words), size=size, slant=slant, hidden=hidden))
        parts.append(words)
        at += len(words) + 1
    return Page(number, "\n".join(parts), tuple(lines), 595.0, 842.0)


def hidden(pages: list[Page]) -> list[list[str]]:
    return [[one.text[line.start : line.end] for line in one.lines if line.hidden] for one in pages]


def test_large_slanted_words_are_a_watermark_at_once() -> None:
    (found,) = without_watermarks([page(1, ("DRAFT", 60.0, 45.0))])
    assert hidden([found]) == [["DRAFT"]]
    assert found.flags == {"watermark"}
    assert found.text == page(1, ("DRAFT", 60.0, 45.0)).text


@pytest.mark.parametrize(("size", "expected"), [(17.9, []), (18.0, ["COPIA"])])
def test_how_large_it_must_be(size: float, expected: list[str]) -> None:
    assert hidden(without_watermarks([page(1, ("COPIA", size, 30.0))])) == [expected]


@pytest.mark.parametrize(("count", "expected"), [(2, []), (3, ["Not for citation"])])
def test_small_words_count_where_they_stand_on_several_pages(count: int, expected: list[str]) -> None:
    pages = [page(at, ("Not for citation", 10.0, 30.0)) for at in range(1, count + 1)]
    assert hidden(without_watermarks(pages)) == [expected] * count


def test_words_tiled_over_one_page_count_whatever_their_blanks_and_case() -> None:
    tiles = [("Copia simple", 9.0, 30.0), ("COPIA  SIMPLE", 9.0, 30.0), ("copia simple", 9.0, 30.0)]
    assert hidden(without_watermarks([page(1, *tiles)])) == [[words for words, _, _ in tiles]]


def test_labels_of_an_axis_differ_and_stay() -> None:
    months = [(month, 8.0, 45.0) for month in ("January", "February", "March")]
    pages = [page(1, *months)]
    assert without_watermarks(pages) == pages


@pytest.mark.parametrize("slant", [0.0, 4.9])
def test_level_type_is_no_watermark(slant: float) -> None:
    pages = [page(1, ("DRAFT", 60.0, slant))]
    assert without_watermarks(pages) == pages


def test_long_lines_stay_however_slanted() -> None:
    pages = [page(1, ("w" * (LONGEST + 1), 60.0, 45.0))]
    assert hidden(without_watermarks(pages)) == [[]]


def test_what_is_hidden_already_is_left_as_it_is() -> None:
    pages = [page(1, ("DRAFT", 60.0, 45.0), hidden=True)]
    assert without_watermarks(pages) == pages


def test_only_pages_with_a_watermark_are_flagged() -> None:
    first, second = without_watermarks([page(1, ("DRAFT", 60.0, 45.0)), page(2)])
    assert first.flags == {"watermark"}
    assert second.flags == frozenset()
