"""The gold set over long reports: its mix, and each quote once on its page where the reports are at hand."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from evals.gold.questions import Question
from evals.gold.quotes import fold_quote
from evals.gold.reader import read_gold
from ingest.readers.read import read_source

ROOT = Path(__file__).parents[1]
GOLD = read_gold(ROOT / "evals" / "gold" / "policy.jsonl")
PAPERS = ROOT.parent / "shared" / "data" / "policy-pdfs"
KINDS = {"wrong_place", "wrong_year", "missing_figure", "false_premise", "off_topic"}
ANSWERABLE = [question for question in GOLD.questions if question.answerable]

needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")


@cache
def pages(name: str) -> dict[int, str]:
    (path,) = PAPERS.rglob(name.replace("*", "[*]"))
    return {page.number: fold_quote(page.text) for page in read_source(path, ocr=False).pages}


def test_size_and_languages() -> None:
    languages = Counter(question.lang for question in GOLD.questions)
    assert len(GOLD.questions) >= 200
    assert languages["es"] + languages["pt"] >= len(GOLD.questions) / 3
    assert len({evidence.doc for question in ANSWERABLE for evidence in question.evidence}) >= 25


def test_every_quote_names_its_page_and_is_short() -> None:
    evidence = [one for question in ANSWERABLE for one in question.evidence]
    assert all(one.page and len(one.quote.split()) <= 25 for one in evidence)


def test_five_kinds_of_questions_have_no_answer() -> None:
    kinds = Counter(question.kind for question in GOLD.questions if not question.answerable)
    assert set(kinds) == KINDS
    assert sum(kinds.values()) >= 60 and min(kinds.values()) >= 10


def test_questions_of_a_group_are_translations() -> None:
    groups: dict[str, list[Question]] = {}
    for question in GOLD.questions:
        groups.setdefault(question.group, []).append(question)
    assert all(len({tuple(one.evidence) for one in group}) == 1 for group in groups.values())


def test_both_halves_hold_what_has_an_answer_and_what_has_none() -> None:
    halves = Counter((GOLD.split_of(question), question.answerable) for question in GOLD.questions)
    assert set(halves) == {(half, known) for half in ("dev", "test") for known in (True, False)}
    assert min(halves.values()) >= 25


@needs_papers
@pytest.mark.slow
@pytest.mark.parametrize("question", ANSWERABLE, ids=[question.id for question in ANSWERABLE])
def test_each_quote_stands_once_and_on_the_page_named(question: Question) -> None:
    for evidence in question.evidence:
        quote = fold_quote(evidence.quote)
        places = [number for number, text in pages(evidence.doc).items() for _ in range(text.count(quote))]
        assert places == [evidence.page], evidence.quote
