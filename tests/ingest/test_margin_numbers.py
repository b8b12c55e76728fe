"""Numbers in the margins of pages, with what bears each of them out."""

from collections.abc import Callable

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.layout.line import lines_of_pages
from ingest.layout.margin_numbers import Evidence, MarginNumber, margin_numbers
from ingest.layout.running_heads import running_heads

Feet = Callable[[int], tuple[Printed, ...]]


def found_in(feet: Feet, count: int = 4) -> list[MarginNumber]:
    """Return the numbers of a paper whose pages of prose end with these lines."""
    pages = [pdf_page(at, *paragraph(prose(at), 700.0), *feet(at)) for at in range(1, count + 1)]
    source = pdf(*pages)
    sheets = lines_of_pages(source)
    return margin_numbers(source, sheets, running_heads(sheets))


def foot(text: str, left: float = 280.0, right: float = 320.0) -> Printed:
    return Printed(text, 40.0, left, right, 8.0)


def values(found: list[MarginNumber]) -> list[tuple[int, int]]:
    return [(number.page, number.value) for number in found]


FORMS = {
    "alone": ("{n}", Evidence.LONE),
    "between dashes": ("– {n} –", Evidence.LONE),
    "called a page": ("Page {n}", Evidence.NAMED),
    "of a total": ("{n} of 40", Evidence.NAMED),
    "before the same words": ("{n} | Health on the move", Evidence.RUNNING),
    "behind the same words": ("Health on the move | {n}", Evidence.RUNNING),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_bears_a_number_out(name: str) -> None:
    form, evidence = FORMS[name]
    found = found_in(lambda at: (foot(form.format(n=at + 6), 85, 300),))
    assert values(found) == [(at, at + 6) for at in range(1, 5)]
    assert {number.evidence for number in found} == {evidence}
    assert all(number.foot for number in found)


def test_words_that_differ_from_page_to_page_bear_nothing_out() -> None:
    places = ("Lima", "Tacna", "Puno", "Cusco")
    found = found_in(lambda at: (foot(f"{places[at - 1]} and its schools | {at}", 85, 300),))
    assert {number.evidence for number in found} == {Evidence.LOOSE}


def test_place_and_text_are_those_of_the_line() -> None:
    number = found_in(lambda at: (foot(f"Page {at}"),))[0]
    assert number.place == pytest.approx(40.0)
    assert (number.text, number.style, number.prefix, number.rest) == ("1", "arabic", "", "")
    assert (number.whole, number.last, number.middle) == (True, False, False)


@pytest.mark.parametrize(
    ("text", "style", "prefix", "value"),
    [("iv", "roman", "", 4), ("A-3", "compound", "A-", 3), ("3", "arabic", "", 3)],
)
def test_styles(text: str, style: str, prefix: str, value: int) -> None:
    number = found_in(lambda _: (foot(text),))[0]
    assert (number.style, number.prefix, number.value) == (style, prefix, value)


NO_NUMBERS = {
    "a total smaller than the number": "7 of 3",
    "a total that is a year": "7 of 2019",
    "nought": "0",
    "an amount": "Fees rose by $ {n}",
    "words only": "Health on the move",
}


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_numbers_that_are_ruled_out(name: str) -> None:
    assert found_in(lambda at: (foot(NO_NUMBERS[name].format(n=at), 85, 300),)) == []


def test_two_numbers_of_a_spread_are_read_as_one() -> None:
    found = found_in(lambda at: (foot(str(2 * at), 40, 50), foot(str(2 * at + 1), 540, 555)))
    spreads = [number for number in found if number.style == "spread"]
    assert [(number.value, number.text) for number in spreads][:2] == [(2, "2–3"), (4, "4–5")]


def test_numbers_far_from_one_another_in_value_are_no_spread() -> None:
    found = found_in(lambda at: (foot(str(2 * at), 40, 50), foot(str(2 * at + 9), 540, 555)))
    assert not any(number.style == "spread" for number in found)


def test_the_total_is_kept() -> None:
    assert {number.total for number in found_in(lambda at: (foot(f"{at}/40"),))} == {40}
