"""What pydantic says of an argument becomes a line that people understand."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from app.web.faults import plain, plain_fault, plain_faults


class Call(BaseModel):
    question: Annotated[str, Field(min_length=1, max_length=5)]
    k: Annotated[int, Field(ge=1, le=50)] = 8
    language: Literal["en", "es"] = "en"
    filters: list[str] = []
    page: int | None = None
    deep: bool = False


def line_of(**words: Any) -> str:
    with pytest.raises(ValidationError) as told:
        Call.model_validate(words)
    return plain_faults(told.value)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({}, "question is missing"),
    "too long": ({"question": "abcdefg"}, "question must be of at most 5 characters"),
    "too short": ({"question": ""}, "question must be of at least 1 character"),
    "too many": ({"question": "x", "k": 51}, "k must be at most 50"),
    "too few": ({"question": "x", "k": 0}, "k must be at least 1"),
    "no number": ({"question": "x", "k": "many"}, "k must be a whole number"),
    "no list": ({"question": "x", "filters": "year=2020"}, "filters must be a list"),
    "no text": ({"question": "x", "filters": ["a", 3]}, "filters[1] must be a string"),
    "another word": ({"question": "x", "language": "fr"}, "language must be 'en' or 'es'"),
    "no switch": ({"question": "x", "deep": "perhaps"}, "deep must be true or false"),
    "several": (
        {"k": 51, "page": "two"},
        "question is missing; k must be at most 50; page must be a whole number",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_said_plainly(case: str) -> None:
    words, message = CASES[case]
    assert line_of(**words) == message


def test_an_own_check_speaks_for_itself() -> None:
    assert plain("Value error, question is empty") == "question is empty"
    assert plain_fault({"loc": ("q",), "msg": "Value error, no such thing"}) == "q: no such thing"
    assert plain_fault({"loc": (), "msg": "Field required"}) == "is missing"
