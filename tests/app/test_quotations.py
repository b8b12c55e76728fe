"""Words quoted from a passage: exactly, nearly, and not."""

import pytest
from cited_samples import a_passage

from app.desk.quotations import PassageTexts, WordChange, near, quotations

STORED = "A permit that people cannot obtain protects nobody. It runs for one year and costs 41.90 soles."
QUOTED = {
    "curly": ("He wrote “the permit runs for one year”.", ["the permit runs for one year"]),
    "straight": ('He wrote "the permit runs for one year".', ["the permit runs for one year"]),
    "angled": ("Dice: «el permiso vale por un año».", ["el permiso vale por un año"]),
    "a term": ("They speak of “reproductive governance”.", []),
    "none": ("Nothing is quoted here at all.", []),
}
FOUND = {
    "whole": STORED,
    "part": "people cannot obtain protects nobody",
    "first letter": "a permit that people cannot obtain",
    "end left open": "it runs for one year …",
    "omission": "A permit … protects nobody",
    "as an item of a list": "- It runs for one year and costs 41.90 soles.",
    "broken over lines": "A permit that people\ncannot obtain",
}
NOT_FOUND = {
    "figure": "costs 49.90 soles",
    "word": "A permit that persons cannot obtain",
    "in other order": "protects nobody … A permit of one year",
    "empty": "…",
}


@pytest.mark.parametrize(("text", "expected"), QUOTED.values(), ids=QUOTED)
def test_what_stands_in_quotation_marks(text: str, expected: list[str]) -> None:
    assert quotations(text) == expected


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_verbatim(text: str) -> None:
    assert PassageTexts(a_passage(STORED)).has(text)


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_verbatim(text: str) -> None:
    assert not PassageTexts(a_passage(STORED)).has(text)


def test_calls_of_notes_need_not_be_quoted() -> None:
    passage = a_passage("In 202427 it ended. Nothing came after.", calls=((7, 9),))
    assert PassageTexts(passage).has("In 2024 it ended")
    assert PassageTexts(passage).has("In 202427 it ended")


def test_nearly_quoted_gives_what_differs() -> None:
    stored = "People who came by sea were asked for papers that nobody required."
    changes = near(stored.replace("that", "which"), stored)
    assert changes == (WordChange(draft="which", passage="that"),)
    assert near(stored.replace("by ", ""), stored) == (WordChange(draft="", passage="by"),)


def test_a_sentence_may_be_quoted_in_part() -> None:
    assert (
        near(
            "the lodgings are crowded and badly aired",
            "On arrival the lodgings are crowded and badly aired, it says.",
        )
        == ()
    )


def test_another_sentence_is_not_nearly_quoted() -> None:
    assert (
        near(
            "The ministry plans to open twelve clinics this year.",
            "The law opens the insurance to foreigners.",
        )
        is None
    )
    assert near("Too short here.", "Too short here.") is None


def test_a_negation_is_told() -> None:
    (change,) = (
        near(
            "The border centre was not closed for almost two years",
            "The border centre was closed for almost two years",
        )
        or ()
    )
    assert change.negates
    assert not WordChange(draft="which", passage="that").negates
