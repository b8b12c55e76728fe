"""The gold set by kinds over the starter corpus: its mix, and each quote once on its page."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from evals.gold.questions import Question
from evals.gold.quotes import fold_quote
from evals.gold.reader import read_gold
from ingest.readers.read import read_source

ROOT = Path(__file__).parents[1]
GOLD = read_gold(ROOT / "evals" / "gold" / "kinds.jsonl")
ANSWERABLE = [question for question in GOLD.questions if question.answerable]
KINDS = {"number", "table", "identifier", "reference", "own_language", "pointer", "spelling"}
UNANSWERABLE = {"wrong_place", "wrong_year", "missing_figure", "false_premise", "off_topic"}


@cache
def pages(name: str) -> tuple[tuple[int | None, str], ...]:
    """Page number (None where the source has no pages) and folded text, OCR left out."""
    source = read_source(ROOT / "corpus" / name, ocr=False)
    return tuple((page.number if source.paged else None, fold_quote(page.text)) for page in source.pages)


@pytest.mark.parametrize("question", ANSWERABLE, ids=[question.id for question in ANSWERABLE])
def test_each_quote_stands_once_and_on_the_page_named(question: Question) -> None:
    for evidence in question.evidence:
        quote = fold_quote(evidence.quote)
        places = [number for number, text in pages(evidence.doc) for _ in range(text.count(quote))]
        assert places == [evidence.page], evidence.quote


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
