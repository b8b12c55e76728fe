"""Slanted words over a page are hidden where they are large or stand there again; slanted labels stay."""

from dataclasses import replace

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


def crossed(size: float, lines: int, *, width: float = 400.0) -> Page:
    """Return a page with lines of text, all of 10 points, so many of which run through a level word."""
    text, made = "DRAFT", [Line(0, 5, (100.0, 300.0, 100.0 + width, 300.0 + 20 * lines), size)]
    for at in range(12):
        start, low = len(text) + 1, 304.0 + 20 * at
        text += f"\n{TEXT}"
        made.append(Line(start, len(text), (72.0, low, 520.0, low + 10), 10.0))
    return Page(1, text, tuple(made), 595.0, 842.0)


@pytest.mark.parametrize(
    ("size", "lines", "width", "expected"),
    [
        (90.0, 5, 400.0, ["DRAFT"]),
        (25.0, 3, 400.0, ["DRAFT"]),
        (24.0, 5, 400.0, []),  # of a heading's size
        (90.0, 2, 400.0, []),  # a headline between two lines
        (90.0, 5, 40.0, ["DRAFT"]),
    ],
)
def test_large_level_words_that_lines_run_through_are_a_watermark(
    size: float, lines: int, width: float, expected: list[str]
) -> None:
    (found,) = without_watermarks([crossed(size, lines, width=width)])
    assert hidden([found]) == [expected]


def test_the_same_large_words_on_a_page_of_few_lines_are_a_watermark_too() -> None:
    pages = [crossed(90.0, 5), crossed(90.0, 2)]
    assert hidden(without_watermarks(pages)) == [["DRAFT"], ["DRAFT"]]


def test_large_figures_beside_lines_stay() -> None:
    read = crossed(90.0, 5)
    beside = tuple(replace(line, box=(510.0, *line.box[1:])) for line in read.lines[1:] if line.box)
    pages = [replace(read, lines=(read.lines[0], *beside))]
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
