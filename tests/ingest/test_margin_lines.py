"""Which printed lines stand in the margins of a page, and how far from its edge."""

import pytest
from split_samples import Printed, lines_of, paragraph, pdf, pdf_page, prose, text_page

from ingest.layout.line import LayoutLine, lines_of_pages
from ingest.layout.margin_lines import MarginLine, is_turned, outer_lines
from ingest.layout.running_heads import running_heads
from ingest.layout.text_block import text_block
from ingest.readers.source import Page

HEAD = Printed("Health on the move", 800.0, 85, 300, 8)
FOOT = Printed("7", 40.0, 290, 300, 8)


def margins(*pages: Page, edge: set[int] | None = None) -> list[list[MarginLine]]:
    """Return the margin lines of each page; `edge` are the running heads where they are not looked for."""
    sheets = lines_of_pages(pdf(*pages))
    heads = running_heads(sheets) if edge is None else edge
    block = text_block(sheets, heads)
    return [list(outer_lines(sheet, heads, block)) for sheet in sheets]


def texts(found: list[MarginLine], *, foot: bool) -> list[str]:
    return [" ".join(line.text for line in one.lines) for one in found if one.foot == foot]


def page(number: int, *extra: Printed, top: float = 700.0) -> Page:
    """Return a page of prose between what stands above and below it."""
    above = [line for line in extra if line.y > top]
    below = [line for line in extra if line.y <= top]
    return pdf_page(number, *above, *paragraph(prose(number), top), *below)


def test_lines_above_and_below_the_text_are_found_with_their_distance_from_the_edge() -> None:
    (found,) = margins(page(1, HEAD, FOOT), edge=set())
    assert texts(found, foot=False)[0] == "Health on the move"
    assert texts(found, foot=True) == ["7"]
    (number,) = (one for one in found if one.foot)
    assert number.place == pytest.approx(40.0)
    assert (number.last, number.headed) == (False, False)
    (title,) = (one for one in found if not one.foot)
    assert title.place == pytest.approx(842.0 - 800.0)


def test_running_text_ends_the_margin() -> None:
    (found,) = margins(page(1, HEAD, FOOT), edge=set())
    assert not any(line in prose(1) for line in texts(found, foot=False))


def test_a_line_beside_another_belongs_to_one_printed_line() -> None:
    pair = Printed("12", 800.0, 490, 510, 8)
    (found,) = margins(page(1, pair, HEAD), edge=set())
    assert texts(found, foot=False) == ["Health on the move 12"]


def test_the_lowest_line_counts_wherever_it_stands_and_says_so() -> None:
    short = pdf_page(1, *paragraph(prose(1), 700.0), Printed("7", 400.0, 290, 300, 8))
    full = pdf_page(2, *paragraph(prose(2) + prose(3) + prose(4), 700.0))
    found, _ = margins(short, full, edge=set())
    last = [one for one in found if one.foot]
    assert [one.lines[0].text for one in last] == ["7"]
    assert last[0].last


def test_a_page_without_lines_has_no_margin() -> None:
    assert margins(pdf_page(1)) == [[]]


def test_only_so_many_lines_are_looked_at() -> None:
    stack = [Printed(f"Head {at}", 830.0 - 9.0 * at, 85, 200, 8) for at in range(10)]
    (found,) = margins(page(1, *stack, top=600.0), edge=set(range(10)))
    assert texts(found, foot=False) == [f"Head {at}" for at in range(6)]


def test_a_line_turned_at_the_side_is_a_foot() -> None:
    turned = Printed("Annex 3 of the report", 300.0, 20, 30, 8)
    high = pdf_page(1, *paragraph(prose(1), 700.0), turned)
    line = next(line for line in high.lines if high.text[line.start : line.end].startswith("Annex"))
    stretched = tuple(
        one if one is not line else type(line)(line.start, line.end, (20.0, 300.0, 30.0, 420.0), 8.0)
        for one in high.lines
    )
    (found,) = margins(Page(1, high.text, stretched, high.width, high.height), edge=set())
    sideways = [one for one in found if one.lines[0].text.startswith("Annex")]
    assert [(one.foot, one.place) for one in sideways] == [(True, 20.0)]


BOXES = {
    "level": ("Annex 3", (20.0, 300.0, 60.0, 309.0), False),
    "turned": ("Annex 3", (20.0, 300.0, 30.0, 360.0), True),
    "a few high letters": ("IV", (20.0, 300.0, 25.0, 330.0), False),
    "as wide as high": ("Annex 3", (20.0, 300.0, 60.0, 339.0), False),
}


@pytest.mark.parametrize("name", BOXES)
def test_turned_lines(name: str) -> None:
    text, box, expected = BOXES[name]
    line = LayoutLine(index=0, page=1, start=0, end=len(text), text=text, box=box, size=10.0)
    assert is_turned(line) is expected


def test_without_boxes_the_outer_lines_are_those_that_only_numbers_and_heads_part_from_the_edge() -> None:
    found, _ = margins(
        text_page(1, "Health on the move\n7\nThe first words of the text.\nMore.\nLast words.\n12"),
        text_page(2, "Other words open this page.\nAnd go on."),
        edge={0},
    )
    assert texts(found, foot=False) == ["Health on the move", "7", "The first words of the text."]
    assert texts(found, foot=True) == ["12", "Last words."]
    assert [one.headed for one in found if not one.foot] == [False, True, False]


def test_lines_of_a_page_without_boxes_have_no_distance() -> None:
    (found,) = margins(text_page(1, "7\nWords of the text."))
    assert {one.place for one in found} == {0.0}
    assert len(lines_of(text_page(1, "7\nWords of the text."))) == 2
