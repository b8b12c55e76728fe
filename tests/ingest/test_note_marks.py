"""A raised number calls a note, or is the exponent of the unit or number in front of it."""

import pytest

from ingest.readers.note_marks import CALL, LONGEST, is_exponent


@pytest.mark.parametrize("text", ["1", "27", "150", "1,2", "3-5", "3–5", "[4]", "[1,3-5]"])
def test_calls(text: str) -> None:
    assert CALL.fullmatch(text)


@pytest.mark.parametrize("text", ["", "2019", "a", "1.5", "1,", "*", "-2", "1 2"])
def test_no_calls(text: str) -> None:
    assert CALL.fullmatch(text) is None


def test_a_call_has_so_many_digits_at_most() -> None:
    assert CALL.fullmatch("9" * LONGEST)
    assert CALL.fullmatch("9" * (LONGEST + 1)) is None


@pytest.mark.parametrize(
    "before", ["12 km", "5 m", "3 cm", "4 ha", "100 ft", "R", "10", "6.02 × 10", "CO", "x ="]
)
def test_exponents(before: str) -> None:
    assert is_exponent(before, 0, len(before))


@pytest.mark.parametrize("before", ["Lima", "in 2024", "farm", "the alarm", "110", "", "law."])
def test_what_a_note_is_called_by(before: str) -> None:
    assert not is_exponent(before, 0, len(before))


def test_only_the_part_before_the_number_and_within_the_line_counts() -> None:
    text = "an area of km2 in Lima3"
    at = text.index("2")
    assert is_exponent(text, 0, at)
    assert not is_exponent(text, 0, len(text) - 1)
    assert not is_exponent("km", 2, 2)
