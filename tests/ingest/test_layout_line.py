"""Printed lines as the later steps see them: trimmed, measured, and what is usual among them."""

from dataclasses import replace

import pytest
from split_samples import Printed, laid_out, lines_of, paragraph, pdf, pdf_page, prose, text_page

from ingest.layout.line import LayoutLine, layout_of, lines_of_pages
from ingest.readers.source import Line, Page


def test_blanks_collapse_controls_go_and_offsets_stay_those_of_the_page() -> None:
    page = text_page(1, "  It\u00a0 rose\u200b by\t5 %.  \n\nIt fell.")
    first, second = lines_of(page)
    assert (first.text, second.text) == ("It rose by 5 %.", "It fell.")
    assert page.text[first.start : first.end] == "It\u00a0 rose\u200b by\t5 %."
    assert page.text[second.start : second.end] == "It fell."


def test_hidden_and_blank_lines_are_left_out() -> None:
    page = pdf_page(
        1,
        Printed("Seen", 700.0),
        Printed("Hidden", 680.0, hidden=True),
        Printed("\u200b", 660.0),
        Printed("Too", 640.0),
    )
    assert [line.text for line in lines_of(page)] == ["Seen", "Too"]


def test_lines_are_counted_through_the_document() -> None:
    lines = lines_of(text_page(1, "One\nTwo"), text_page(2, ""), text_page(3, "Three"))
    assert [(line.index, line.page) for line in lines] == [(0, 1), (1, 1), (2, 3)]


def test_a_page_keeps_its_number_and_size() -> None:
    (page,), _ = laid_out(pdf_page(7, Printed("Seen", 700.0)))
    assert (page.number, page.width, page.height) == (7, 595.0, 842.0)


def test_empty_lines_above_are_counted_in_text_without_boxes() -> None:
    lines = lines_of(text_page(1, "One\nTwo\n\nThree\n\n\n\nFour"))
    assert [line.blank_above for line in lines] == [0, 0, 1, 3]
    assert [line.gap for line in lines] == [None] * 4


def test_white_space_above_is_measured_between_boxes() -> None:
    lines = lines_of(pdf_page(1, Printed("One", 700.0), Printed("Two", 680.0)))
    assert lines[0].gap is None
    assert lines[1].gap == pytest.approx(700.0 - 680.0 - 9.0)
    assert [line.blank_above for line in lines] == [0, 0]


def test_the_top_of_a_column_has_no_white_space_above() -> None:
    first, second = lines_of(
        pdf_page(
            1, Printed("Foot of one column", 100.0, 85, 280), Printed("Head of the next", 700.0, 310, 510)
        )
    )
    assert (first.gap, second.gap) == (None, None)


SAME_LINE = {"level": 700.0, "raised a little": 703.0, "lowered a little": 697.0}
NEXT_LINE = {"below": 688.0, "half of it": 694.0}


@pytest.mark.parametrize("name", SAME_LINE)
def test_boxes_beside_each_other_are_one_printed_line(name: str) -> None:
    page = pdf_page(1, Printed("One", 700.0, 85, 120), Printed("Two", SAME_LINE[name], 140, 160))
    assert [line.same_line for line in lines_of(page)] == [False, True]


@pytest.mark.parametrize("name", NEXT_LINE)
def test_boxes_below_each_other_are_two(name: str) -> None:
    page = pdf_page(1, Printed("One", 700.0, 85, 120), Printed("Two", NEXT_LINE[name], 140, 160))
    assert [line.same_line for line in lines_of(page)] == [False, False]


def sizes(*printed: Printed) -> list[float | None]:
    return [line.size for line in lines_of(pdf_page(1, *printed))]


def test_words_before_a_raised_number_take_the_type_of_their_line() -> None:
    following = Printed("Investment would create jobs.", 700.0, 120, 400)
    assert sizes(Printed("GDP. 150", 700.0, 85, 118, 6.5), following) == [10.0, 10.0]


NO_FRAGMENTS = {
    "far away": Printed("GDP. 150", 700.0, 40, 70, 6.5),
    "long": Printed("The growth of GDP. 150", 700.0, 85, 118, 6.5),
    "a number": Printed("150", 700.0, 85, 118, 6.5),
    "on the line above": Printed("GDP. 150", 712.0, 85, 118, 6.5),
}


@pytest.mark.parametrize("name", NO_FRAGMENTS)
def test_other_small_words_keep_their_type(name: str) -> None:
    assert sizes(NO_FRAGMENTS[name], Printed("Investment would create jobs.", 700.0, 120, 400))[0] == 6.5


def measured(text: str, size: float, box: tuple[float, float, float, float]) -> float | None:
    page = Page(1, text, (Line(0, len(text), box, size),), 595.0, 842.0)
    return lines_of(page)[0].size


def test_a_size_told_from_a_raised_number_gives_way_to_the_height() -> None:
    assert measured("the growth of the product", 6.5, (85, 700, 300, 710)) == 10.0


def test_a_row_whose_cells_reach_into_the_line_above_keeps_its_type() -> None:
    page = pdf_page(
        1,
        Printed("International Leaders", 654.0, 60, 170, 8.0),
        Printed("Forum Mr. Name", 643.0, 60, 516, 8.0),
    )
    tall = replace(page.lines[1], box=(60.0, 643.0, 516.0, 654.4))
    assert lines_of(replace(page, lines=(page.lines[0], tall)))[1].size == 8.0


UNCHANGED = {
    "as high as its type": ("the growth of the product", 10.0, (85, 700, 300, 710)),
    "upright": ("the growth of the product", 6.5, (85, 600, 92, 710)),
    "short": ("GDP 150", 6.5, (85, 700, 120, 710)),
    "several lines in one": ("the growth\ufffe of the product", 6.5, (85, 690, 300, 710)),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_other_sizes_stay(name: str) -> None:
    text, size, box = UNCHANGED[name]
    assert measured(text, size, box) == size


def test_edges_without_a_box_are_zero() -> None:
    line = LayoutLine(index=0, page=1, start=0, end=3, text="One")
    assert (line.left, line.bottom, line.right, line.top) == (0.0, 0.0, 0.0, 0.0)
    boxed = replace(line, box=(1.0, 2.0, 3.0, 4.0))
    assert (boxed.left, boxed.bottom, boxed.right, boxed.top) == (1.0, 2.0, 3.0, 4.0)


def test_what_is_usual_is_the_type_of_most_characters() -> None:
    title = Printed("A title in large type", 800.0, 85, 400, 20.0, True)
    _, layout = laid_out(pdf_page(1, title, *paragraph(prose(1), 760.0), *paragraph(prose(2), 600.0)))
    assert (layout.body_size, layout.leading, layout.bold_body, layout.right) == (10.0, 12.0, False, 510.0)


def test_a_paper_all_in_bold_has_bold_body_type() -> None:
    printed = [replace(line, bold=True) for line in paragraph(prose(1), 760.0)]
    assert laid_out(pdf_page(1, *printed))[1].bold_body


def test_text_without_boxes_has_no_measures() -> None:
    _, layout = laid_out(text_page(1, "One\nTwo"))
    assert (layout.body_size, layout.leading, layout.bold_body, layout.right) == (0.0, 0.0, False, 0.0)
    assert layout_of(()) == layout


def test_a_scan_without_sizes_is_measured_by_its_boxes() -> None:
    page = pdf_page(1, *paragraph(prose(1), 760.0))
    scan = replace(page, lines=tuple(replace(line, size=None) for line in page.lines))
    _, layout = laid_out(scan)
    assert (layout.body_size, layout.leading, layout.right) == (0.0, 12.0, 510.0)


def test_a_source_without_pages_has_no_lines() -> None:
    assert lines_of_pages(pdf()) == ()
