"""The page of formats names what the code reads and writes, in tables made from it."""

import json
import re
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from app.exports.schema import HitObject, SearchObject
from ingest.passage import Kind
from ingest.readers.formats import FORMATS

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import formats_reference  # noqa: E402  the tools come first on the path

PAGE = (ROOT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", [SearchObject, HitObject])
def test_every_key_of_an_answer_is_explained(shape: type) -> None:
    rows = formats_reference.keys_of(shape)
    assert len(rows) == len(get_type_hints(shape))
    for name, meaning in rows:
        assert name in PAGE and meaning in PAGE


def test_no_key_is_explained_that_is_in_no_answer() -> None:
    assert (
        formats_reference.KEYS.keys()
        == get_type_hints(SearchObject).keys() | get_type_hints(HitObject).keys()
    )


def test_kinds_of_passages_are_those_of_the_code() -> None:
    assert set(re.findall(r"`(\w+)`", formats_reference.KEYS["kind"])) == set(get_args(Kind))


def test_every_format_that_is_read_is_there() -> None:
    for one in FORMATS:
        assert f"| `{one.name}` |" in PAGE


def test_the_question_that_is_shown_is_one() -> None:
    from app.service.questions import question_of

    (shown,) = re.findall(r"```json\n(.*?)\n```", PAGE, re.S)
    asked = question_of(json.loads(shown), "line 1")
    assert (asked.id, asked.filters["year"]) == ("q1", ["2020..2023"])


def test_a_table_of_markdown_has_a_line_below_its_head() -> None:
    assert formats_reference.table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert formats_reference.words(["x", "y"]) == "`x`, `y`"
