"""Where the running text of a document stands: its type, its rows, and how high and low they reach."""

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose, text_page

from ingest.layout.line import LayoutLine, PageLines, lines_of_pages
from ingest.layout.text_block import TextBlock, text_block
from ingest.readers.source import Page


def block_of(*pages: Page, edge: frozenset[int] = frozenset()) -> tuple[tuple[PageLines, ...], TextBlock]:
    sheets = lines_of_pages(pdf(*pages))
    return sheets, text_block(sheets, set(edge))


def line(text: str, *, bottom: float = 700.0, size: float = 10.0) -> LayoutLine:
    box = (85.0, bottom, 510.0, bottom + 0.9 * size)
    return LayoutLine(index=99, page=1, start=0, end=len(text), text=text, box=box, size=size)


def test_the_body_type_is_that_of_most_characters() -> None:
    _, block = block_of(
        pdf_page(1, Printed("A title in large type", 780.0, size=24), *paragraph(prose(1), 700.0)),
        pdf_page(2, *paragraph(prose(2), 700.0), Printed("1 A note.", 60.0, size=8)),
    )
    assert block.body == 10.0


def test_without_type_sizes_there_is_no_body_and_nothing_is_large() -> None:
    _, block = block_of(text_page(1, "The first line.\nThe second line."))
    assert (block.body, block.prose, dict(block.extents)) == (0.0, frozenset(), {})
    assert not block.is_large(line("7", size=40.0))


def test_rows_of_text_are_prose_and_short_or_lonely_ones_are_not() -> None:
    rows = paragraph(prose(1), 700.0)
    (sheet,), block = block_of(
        pdf_page(
            1,
            *rows,
            Printed("short", 500.0),
            Printed("A long line that stands quite alone, far from anything else here", 300.0),
        )
    )
    texts = {row.text for row in sheet.lines if row.index in block.prose}
    assert texts == {row.text for row in rows if len(row.text) >= 45}


def test_notes_below_in_smaller_type_are_no_prose() -> None:
    notes = paragraph(prose(3), 120.0, size=8.0)
    (sheet,), block = block_of(pdf_page(1, *paragraph(prose(1) + " " + prose(2), 700.0), *notes))
    assert {row.size for row in sheet.lines if row.index in block.prose} == {10.0}


def test_running_heads_are_no_prose() -> None:
    rows = paragraph(prose(1), 700.0)
    _, all_in = block_of(pdf_page(1, *rows))
    _, without = block_of(pdf_page(1, *rows), edge=frozenset({0}))
    assert 0 in all_in.prose
    assert 0 not in without.prose


def test_the_block_reaches_from_the_highest_to_the_lowest_prose_and_holds_what_stands_within() -> None:
    (sheet,), block = block_of(pdf_page(1, *paragraph(prose(1) + " " + prose(2), 700.0)))
    ((top, bottom),) = block.extents.values()
    assert top == pytest.approx(709.0)
    assert bottom < top
    inside, above, below = line("x", bottom=690.0), line("x", bottom=780.0), line("x", bottom=40.0)
    assert block.holds(sheet, [inside], foot=False)
    assert not block.holds(sheet, [above], foot=False)
    assert block.holds(sheet, [inside], foot=True)
    assert not block.holds(sheet, [below], foot=True)


def test_a_page_of_a_size_without_text_holds_nothing() -> None:
    sheets, block = block_of(pdf_page(1, *paragraph(prose(1), 700.0)))
    wide = PageLines(number=2, width=842.0, height=595.0, lines=sheets[0].lines)
    assert not block.holds(wide, [line("x")], foot=False)
    assert not block.holds(wide, [line("x")], foot=True)


def test_one_stray_page_in_many_does_not_move_the_block() -> None:
    pages = [pdf_page(at, *paragraph(prose(at), 700.0)) for at in range(1, 40)]
    stray = pdf_page(40, *paragraph(prose(40), 820.0))
    _, usual = block_of(*pages)
    _, with_stray = block_of(*pages, stray)
    assert with_stray.extents == usual.extents


@pytest.mark.parametrize(("size", "large"), [(10.0, False), (13.0, False), (14.0, True), (40.0, True)])
def test_a_number_much_larger_than_the_text_is_large(size: float, large: bool) -> None:
    _, block = block_of(pdf_page(1, *paragraph(prose(1), 700.0)))
    assert block.is_large(line("7", size=size)) is large


@pytest.mark.parametrize(
    ("size", "foot", "title"), [(10.0, False, False), (12.0, False, True), (12.0, True, False)]
)
def test_a_number_at_the_head_in_larger_type_is_a_title(size: float, foot: bool, title: bool) -> None:
    _, block = block_of(pdf_page(1, *paragraph(prose(1), 700.0)))
    assert block.is_title(line("7", size=size), foot=foot) is title


@pytest.mark.parametrize(("y", "close"), [(720.0, True), (790.0, False)])
def test_a_number_close_above_text_is_the_texts(y: float, close: bool) -> None:
    (sheet,), block = block_of(pdf_page(1, Printed("7", y, 85, 95), *paragraph(prose(1), 700.0)))
    first = next(row for row in sheet.lines if row.text == "7")
    assert block.is_title(first, foot=False) is close
    assert not block.is_title(first, foot=True)
