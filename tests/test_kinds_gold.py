"""The gold set by kinds over the starter corpus: its mix, and each quote once on its page."""

from collections import Counter
from pathlib import Path

import pytest
from starter_pages import assert_each_quote_stands_once

from evals.gold.questions import Question
from evals.gold.reader import read_gold

ROOT = Path(__file__).parents[1]
GOLD = read_gold(ROOT / "evals" / "gold" / "kinds.jsonl")
ANSWERABLE = [question for question in GOLD.questions if question.answerable]
KINDS = {"number", "table", "identifier", "reference", "own_language", "pointer", "spelling"}
UNANSWERABLE = {"wrong_place", "wrong_year", "missing_figure", "false_premise", "off_topic"}


@pytest.mark.parametrize("question", ANSWERABLE, ids=[question.id for question in ANSWERABLE])
def test_each_quote_stands_once_and_on_the_page_named(question: Question) -> None:
    assert_each_quote_stands_once(question)


def test_size_languages_and_kinds() -> None:
    languages = Counter(question.lang for question in GOLD.questions)
    assert len(GOLD.questions) >= 100
    assert languages["es"] + languages["pt"] >= len(GOLD.questions) / 3
    assert {question.kind for question in ANSWERABLE} == KINDS
    assert {question.kind for question in GOLD.questions if not question.answerable} == UNANSWERABLE


def test_no_question_stands_in_the_older_set() -> None:
    older = read_gold(ROOT / "evals" / "gold" / "starter.jsonl")
    asked = {question.question.casefold() for question in older.questions}
    assert not [one.question for one in GOLD.questions if one.question.casefold() in asked]
