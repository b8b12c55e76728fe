"""Which numbers in the margins count with the pages, and which series holds where several do."""

from collections.abc import Sequence
from typing import Any

import pytest

from ingest.layout.margin_numbers import Evidence, MarginNumber
from ingest.layout.number_series import offset_of, stretches


def number(page: int, value: int, **changes: Any) -> MarginNumber:
    """Return a number alone at the foot of a page, 40 points from its edge."""
    values: dict[str, Any] = {
        "page": page,
        "style": "arabic",
        "prefix": "",
        "value": value,
        "text": str(value),
        "row": page * 10,
        "evidence": Evidence.LONE,
        "foot": True,
        "place": 40.0,
    }
    return MarginNumber(**(values | changes))


def series(pages: Sequence[int], offset: int = 0, **changes: Any) -> list[MarginNumber]:
    return [number(page, page + offset, **changes) for page in pages]


def held(found: Sequence[MarginNumber], full: int) -> list[dict[int, int]]:
    """Return page → number of each stretch that holds in a paper of `full` pages."""
    kept, _ = stretches(found, range(1, full + 1))
    return [{page: one.value for page, one in stretch.members.items()} for stretch in kept]


def test_numbers_that_count_with_the_pages_are_a_series() -> None:
    assert held(series(range(3, 9), offset=-2), 10) == [{page: page - 2 for page in range(3, 9)}]


def test_numbers_that_do_not_count_are_none() -> None:
    assert held([number(1, 5), number(2, 12), number(3, 7), number(4, 4)], 4) == []


def test_one_page_in_a_series_may_print_nothing() -> None:
    assert held(series([1, 2, 4, 5]), 5) == [{1: 1, 2: 2, 4: 4, 5: 5}]


def test_a_hole_too_long_parts_a_series_in_two_stretches() -> None:
    found = held(series([*range(1, 9), *range(40, 50)]), 50)
    assert [min(one) for one in found] == [40, 1]
    assert sum(map(len, found)) == 18


@pytest.mark.parametrize(("pages", "full", "count"), [((1, 2), 2, 1), ((1, 2), 3, 0), ((1, 2, 3), 3, 1)])
def test_how_many_pages_a_numbering_needs(pages: tuple[int, ...], full: int, count: int) -> None:
    assert len(held(series(pages), full)) == count


def test_numbers_at_different_heights_do_not_bear_one_another_out() -> None:
    found = [number(page, page, place=40.0 + 30.0 * page) for page in range(1, 6)]
    assert held(found, 5) == []


def test_numbers_called_pages_may_stand_anywhere() -> None:
    found = [number(page, page, place=40.0 + 30.0 * page, evidence=Evidence.NAMED) for page in range(1, 6)]
    assert held(found, 5) == [{page: page for page in range(1, 6)}]


def test_words_that_differ_from_page_to_page_bear_nothing_out() -> None:
    assert held(series(range(1, 6), evidence=Evidence.LOOSE), 5) == []


def test_years_are_no_page_numbers_unless_called_so() -> None:
    years = series(range(1, 6), offset=2014)
    assert held(years, 5) == []
    named = series(range(1, 6), offset=2014, evidence=Evidence.NAMED)
    assert len(held(named, 5)) == 1


def test_a_short_stretch_in_a_long_paper_must_begin_with_one_or_two() -> None:
    assert held(series(range(10, 14)), 60) == []
    assert held(series(range(10, 14), offset=-9), 60) == [{10: 1, 11: 2, 12: 3, 13: 4}]


def test_numbers_on_few_pages_of_their_stretch_are_none() -> None:
    assert held(series([1, 5, 10, 16]), 16) == []
    headed = series([1, 5, 10, 16], headed=True)
    assert held(headed, 16) == [{1: 1, 5: 5, 10: 10, 16: 16}]


def test_a_number_that_moves_with_the_text_needs_nearly_all_pages() -> None:
    assert held(series([1, 2, 3], last=True), 10) == []
    assert held(series(range(1, 10), last=True), 10) == [{page: page for page in range(1, 10)}]


def test_roman_and_arabic_stretches_follow_one_another() -> None:
    front = [number(page, page, style="roman", text="iv") for page in (1, 2, 3, 4)]
    found = held([*front, *series(range(5, 15), offset=-4)], 14)
    assert [set(one) for one in found] == [set(range(5, 15)), {1, 2, 3, 4}]


def test_of_two_series_on_the_same_pages_the_outer_one_holds() -> None:
    outer = series(range(1, 8), place=30.0)
    inner = [number(page, page + 100, place=60.0, row=page * 10 + 1) for page in range(1, 8)]
    kept, beaten = stretches([*inner, *outer], range(1, 8))
    assert [one.members[1].value for one in kept] == [1]
    assert [one.members[1].value for one in beaten] == [101]


def test_of_two_series_as_far_out_none_holds() -> None:
    one = series(range(1, 8))
    other = [number(page, page + 100, row=page * 10 + 1) for page in range(1, 8)]
    kept, beaten = stretches([*one, *other], range(1, 8))
    assert kept == []
    assert len(beaten) == 2


def test_a_series_called_pages_beats_one_further_out() -> None:
    outer = series(range(1, 8), offset=100, place=30.0)
    named = [
        number(page, page, place=60.0, row=page * 10 + 1, evidence=Evidence.NAMED) for page in range(1, 8)
    ]
    kept, _ = stretches([*outer, *named], range(1, 8))
    assert [one.members[1].value for one in kept] == [1]


def compound(page: int, prefix: str, value: int) -> MarginNumber:
    return number(page, value, style="compound", prefix=prefix, text=f"{prefix}{value}")


def test_numbers_within_chapters_begin_anew_with_each() -> None:
    found = [compound(1, "1-", 1), compound(2, "1-", 2), compound(3, "1-", 3), compound(4, "2-", 1)]
    assert held(found, 4) == [{1: 1, 2: 2, 3: 3, 4: 1}]


def test_numbers_within_chapters_that_never_rise_are_none() -> None:
    assert held([compound(page, f"{page}-", 1) for page in range(1, 5)], 4) == []


def test_what_stays_the_same_through_a_series() -> None:
    assert offset_of(number(7, 5)) == -2
    assert [offset_of(number(page, 2 * page + 4, style="spread")) for page in (1, 2, 3)] == [4, 4, 4]


def test_the_evidence_of_a_stretch_is_the_mean_of_its_numbers() -> None:
    (stretch,), _ = stretches(
        [number(1, 1), number(2, 2), number(3, 3), number(4, 4, evidence=Evidence.NAMED)], range(1, 5)
    )
    assert stretch.evidence == pytest.approx((3 * Evidence.LONE + Evidence.NAMED) / 4)
