"""The forms in which page numbers are printed, and what only looks like one."""

import pytest

from ingest.layout.number_forms import ALONE, CLOSING, MIDDLE, NAMED, OPENING, PAGE_WORD, PAIR, parsed

# Line -> the number that stands in it with nothing beside it, None where something does.
LINES_ALONE = {
    "7": "7",
    "– 7 –": "7",
    "[7]": "7",
    "| 7": "7",
    "iv": "iv",
    "XII": "XII",
    "A-3": "A-3",
    "II-14": "II-14",
    "Page 7": "7",
    "página 7 de 40": "7",
    "7/40": "7",
    "7 | P a g e": "7",
    "pp. 7": "7",
    "hoja 3": "3",
    "7 persons": None,
    "In 2019": None,
    "7,812": None,
    "7 8": None,
    "Table 7": None,
    "1234567": None,
    "": None,
    "—": None,
}


@pytest.mark.parametrize("line", LINES_ALONE)
def test_a_number_alone(line: str) -> None:
    match = ALONE.match(line)
    assert (match["number"] if match else None) == LINES_ALONE[line]


@pytest.mark.parametrize(
    ("line", "total"),
    [("7/40", "40"), ("Page 7 of 40", "40"), ("Seite 7 von 40", "40"), ("7", None), ("Page 7", None)],
)
def test_the_total_is_told_apart(line: str, total: str | None) -> None:
    match = ALONE.match(line)
    assert match is not None
    assert match["total"] == total


@pytest.mark.parametrize(
    ("line", "before", "after"), [("Page 7", True, False), ("7 | Page", False, True), ("7", False, False)]
)
def test_the_word_page_stands_before_or_after(line: str, before: bool, after: bool) -> None:
    match = ALONE.match(line)
    assert match is not None
    assert (match["name"] is not None, match["after"] is not None) == (before, after)


@pytest.mark.parametrize("word", ["page", "Pages", "página", "PAG", "Seite", "p.", "pg", "folio"])
def test_words_for_a_page(word: str) -> None:
    assert PAGE_WORD.search(f"the {word} 3")


@pytest.mark.parametrize("word", ["pageant", "papers", "pan", "seiten"])
def test_other_words(word: str) -> None:
    assert PAGE_WORD.search(f"the {word} 3") is None


NAMED_IN = {
    "Health on the move, page 7": "7",
    "Salud · Página 12 de 40": "12",
    "see page 7.2": None,
    "chapter and page: page 7-9": "7-9",
    "Health on the move 7": None,
}


@pytest.mark.parametrize("line", NAMED_IN)
def test_a_number_named_within_a_line(line: str) -> None:
    match = NAMED.search(line)
    assert (match["number"] if match else None) == NAMED_IN[line]


AT_ENDS = {
    "7 | Health on the move": ("7", None),
    "Health on the move | 7": (None, "7"),
    "xii Health on the move": ("xii", None),
    "Health on the move": (None, None),
    "Health in 2019": (None, "2019"),
    "7.2 Health on the move": (None, None),
    "COVID-19": (None, None),
}


@pytest.mark.parametrize("line", AT_ENDS)
def test_a_number_at_either_end_of_a_running_head(line: str) -> None:
    opening, closing = OPENING.search(line), CLOSING.search(line)
    found = (opening["number"] if opening else None, closing["number"] if closing else None)
    assert found == AT_ENDS[line]


def test_a_number_between_words() -> None:
    assert [match["number"] for match in MIDDLE.finditer("Health 12 Lima 13,5 and 14.")] == ["12"]


@pytest.mark.parametrize(
    ("line", "pair"),
    [("12 Health on the move 13", ("12", "13")), ("12 Health 1.13", None), ("Health 12 13", None)],
)
def test_two_numbers_at_the_two_ends(line: str, pair: tuple[str, str] | None) -> None:
    match = PAIR.match(line)
    assert ((match[1], match[3]) if match else None) == pair


PARSED = {
    ("7", True): ("arabic", "", 7),
    ("007", True): ("arabic", "", 7),
    ("A-3", True): ("compound", "A-", 3),
    ("II–14", False): ("compound", "II–", 14),
    ("iv", False): ("roman", "", 4),
    ("IV", True): ("roman", "", 4),
    ("IV", False): ("roman", "", 0),
    ("iiii", True): ("roman", "", 0),
}


@pytest.mark.parametrize(("text", "alone"), PARSED)
def test_style_prefix_and_value(text: str, alone: bool) -> None:
    assert parsed(text, alone=alone) == PARSED[text, alone]
