"""The starter gold set: every quote stands once in its document, on its page, and the mix is as planned."""

from collections import Counter
from pathlib import Path

import pytest
from starter_pages import assert_each_quote_stands_once

from evals.gold.questions import Question
from evals.gold.reader import read_gold

ROOT = Path(__file__).parents[1]
GOLD = read_gold(ROOT / "evals" / "gold" / "starter.jsonl")
QUESTIONS = {question.id: question for question in GOLD.questions}
# The shares a good set has, in percent, and how far this one may stray from them.
SHARES = {
    "natural": 25, "fact": 20, "paraphrase": 12, "keyword": 5, "negation": 8, "table": 4, "legal": 7,
    "multi": 6, "conflict": 2, "pagebreak": 3, "unanswerable": 13,
}  # fmt: skip
STRAY = 3
UNANSWERABLE_KINDS = {"near_topic", "keyword_trap", "false_premise", "wrong_year_or_place", "off_topic"}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_each_quote_stands_once_and_on_the_page_named(question: Question) -> None:
    assert_each_quote_stands_once(question)


def test_the_mix_of_types() -> None:
    counts = Counter(question.type for question in GOLD.questions)
    assert set(counts) == set(SHARES)
    for name, share in SHARES.items():
        assert abs(100 * counts[name] / len(GOLD.questions) - share) <= STRAY, name


def test_size_languages_and_groups() -> None:
    languages = Counter(question.lang for question in GOLD.questions)
    groups = {question.group for question in GOLD.questions}
    grouped = Counter(question.group for question in GOLD.questions)
    assert len(GOLD.questions) >= 150
    assert languages["es"] + languages["pt"] >= 45
    assert sum(count == 3 for count in grouped.values()) >= len(groups) / 3


def test_unanswerable_questions_of_five_kinds() -> None:
    unanswerable = [question for question in GOLD.questions if not question.answerable]
    assert len(unanswerable) >= 20
    assert {question.kind for question in unanswerable} == UNANSWERABLE_KINDS
    assert all(question.type == "unanswerable" and not question.evidence for question in unanswerable)


def test_both_halves_hold_every_type() -> None:
    halves = {half: Counter(q.type for q in GOLD.questions if q.split == half) for half in ("dev", "test")}
    assert halves["dev"].keys() == halves["test"].keys()
    assert 0.4 <= sum(halves["dev"].values()) / len(GOLD.questions) <= 0.6


def test_every_document_is_asked_about() -> None:
    asked = {evidence.doc for question in GOLD.questions for evidence in question.evidence}
    assert asked == {path.name for path in (ROOT / "corpus").iterdir()} - {"catalogue.toml"}
