"""Numbers in words, in three languages; articles and words of another meaning are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.number_words import SCALES, TENS, UNITS, begins_number, read_number

NUMBERS = {
    "thirty five thousand": 35_000,
    "one million three hundred thousand": 1_300_000,
    "two hundred and fifty": 250,
    "treinta y cinco mil": 35_000,
    "un millon trescientas mil": 1_300_000,
    "ciento diez mil": 110_000,
    "cuatro millones trescientos mil": 4_300_000,
    "mil millones": 1_000_000_000,
    "dos mil dieciocho": 2018,
    "mil e duzentos": 1200,
    "noventa e duas mil": 92_000,
    "dois mil milhoes": 2_000_000_000,
    "cem mil": 100_000,
    "un millon": 1_000_000,
    "quinze": 15,
}
NO_NUMBERS = ("one", "un", "una", "uma", "once", "people", "y cinco", "and two")
PARTS = {
    "dos y tres": (2, 1),
    "cinco treinta": (5, 1),
    "seven out of ten": (7, 1),
    "tres de cada cien": (3, 1),
}


@pytest.mark.parametrize(("words", "value"), NUMBERS.items(), ids=NUMBERS)
def test_the_whole_of_a_number_is_read(words: str, value: int) -> None:
    assert read_number(words.split()) == (value, len(words.split()))


@pytest.mark.parametrize("words", NO_NUMBERS)
def test_what_is_no_number(words: str) -> None:
    assert read_number(words.split()) is None


@pytest.mark.parametrize(("words", "read"), PARTS.items(), ids=PARTS)
def test_what_follows_another_number_is_left(words: str, read: tuple[int, int]) -> None:
    assert read_number(words.split()) == read


@given(st.lists(st.sampled_from([*UNITS, *TENS, *SCALES, "hundred", "y", "e", "and", "casas"]), max_size=8))
def test_never_more_words_than_there_are(words: list[str]) -> None:
    read = read_number(words)
    assert read is None or (read[0] >= 0 and 0 < read[1] <= len(words))


@given(
    st.lists(
        st.sampled_from([*UNITS, *TENS, *SCALES, "hundred", "y", "and", "casas", "a"]), min_size=1, max_size=4
    )
)
def test_a_number_begins_with_a_word_that_may_begin_one(words: list[str]) -> None:
    assert read_number(words) is None or begins_number(words[0])


def test_other_words_begin_no_number() -> None:
    assert not any(map(begins_number, ("casas", "y", "and", "quarter", "")))
