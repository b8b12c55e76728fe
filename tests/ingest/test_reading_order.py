"""Reading order: the file's own, but for a block of text drawn late that stands above what it follows."""

from itertools import permutations

import pytest

from ingest.layout.reading_order import reading_order
from ingest.readers.source import Line


class Drawn:
    """Lines of 60 characters, drawn one after the other."""

    def __init__(self) -> None:
        self._at = 0

    def block(
        self, *, left: float, top: float, count: int = 3, width: float = 200.0, size: float = 10.0
    ) -> list[Line]:
        """Return lines of 10 points, 12 apart, downwards from `top`; `size` is that of their type."""
        lines = []
        for number in range(count):
            bottom = top - 10 - 12 * number
            lines.append(Line(self._at, self._at + 60, (left, bottom, left + width, bottom + 10), size))
            self._at += 61
        return lines


def test_lines_from_top_to_bottom_stay() -> None:
    drawn = Drawn()
    lines = drawn.block(left=80, top=700) + drawn.block(left=80, top=600)
    assert reading_order(lines) == lines


def test_columns_stay_one_after_the_other() -> None:
    drawn = Drawn()
    lines = drawn.block(left=80, top=700, count=20) + drawn.block(left=320, top=700, count=20)
    assert reading_order(lines) == lines


def test_a_block_drawn_late_moves_before_the_text_below_it() -> None:
    drawn = Drawn()
    text, title = drawn.block(left=80, top=600, count=9), drawn.block(left=80, top=760)
    assert reading_order(text + title) == title + text


def test_a_short_line_drawn_late_stays() -> None:
    drawn = Drawn()
    text, number = drawn.block(left=80, top=600, count=9), drawn.block(left=80, top=760, count=1)
    assert reading_order(text + number) == text + number


def test_a_banner_drawn_last_moves_before_the_text_of_its_page() -> None:
    drawn = Drawn()
    head = drawn.block(left=80, top=800, count=1, size=8.0)
    text = drawn.block(left=80, top=600, count=9)
    banner = drawn.block(left=80, top=760, count=1, size=18.0)
    assert reading_order(head + text + banner) == head + banner + text


NO_BANNERS = {
    "between two texts": (80.0, 400.0, 18.0),
    "in body type": (80.0, 760.0, 10.0),
    "a little larger": (80.0, 760.0, 12.0),
}


@pytest.mark.parametrize("name", NO_BANNERS)
def test_what_is_no_banner_stays(name: str) -> None:
    left, top, size = NO_BANNERS[name]
    drawn = Drawn()
    text = drawn.block(left=80, top=600, count=9)
    late = drawn.block(left=left, top=top, count=1, size=size)
    assert reading_order(text + late) == text + late


def test_a_block_above_another_column_stays() -> None:
    drawn = Drawn()
    text, beside = drawn.block(left=80, top=600, count=9), drawn.block(left=320, top=760)
    assert reading_order(text + beside) == text + beside


def test_a_title_over_two_columns_moves_before_both() -> None:
    drawn = Drawn()
    left, right = drawn.block(left=80, top=600, count=9), drawn.block(left=320, top=600, count=9)
    title = drawn.block(left=80, top=760, width=440)
    assert reading_order(left + right + title) == title + left + right


def test_lines_without_boxes_stay_in_any_order() -> None:
    lines = [Line(0, 60), Line(61, 120), Line(121, 180)]
    for order in permutations(lines):
        assert reading_order(order) == list(order)


def test_one_line_without_a_box_keeps_the_order_of_all() -> None:
    drawn = Drawn()
    lines = [*drawn.block(left=80, top=600, count=9), *drawn.block(left=80, top=760), Line(0, 5)]
    assert reading_order(lines) == lines


def test_no_line_is_lost() -> None:
    drawn = Drawn()
    tops = (600, 760, 300, 500, 120)
    lines = [line for top in tops for line in drawn.block(left=80 + top % 7 * 40, top=top)]
    assert sorted(reading_order(lines), key=lambda line: line.start) == lines
    assert reading_order([]) == []


def test_what_stands_beside_a_column_to_its_left_comes_behind_it() -> None:
    drawn = Drawn()
    lower = drawn.block(left=320, top=400, count=9)
    left = drawn.block(left=80, top=700, count=40)
    upper = drawn.block(left=320, top=700, count=9)
    assert reading_order(lower + left + upper) == left + upper + lower
