"""One way to run a search: what may be asked, and what is told beside the hits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.service.search import (
    MAX_HITS,
    Mode,
    check_filter,
    checked_question,
    parse_filters,
    search,
)
from index.notices import NoticeKind
from index.query.parser import MAX_CHARACTERS
from index.search import Searcher
from ingest.errors import UsageError
from ingest.library.library import Library

QUESTION = "SIS policy"


@pytest.fixture(scope="module")
def searcher(small_library: Path) -> Iterator[Searcher]:
    yield Searcher.open(small_library)


def test_the_modes_and_the_limit_are_those_of_the_index() -> None:
    from index import search as index_search
    from index.ranking.hybrid import MODES

    assert tuple(Mode) == MODES
    assert MAX_HITS == index_search.MAX_HITS


def test_the_result_is_that_of_the_index(searcher: Searcher) -> None:
    answer = search(searcher, QUESTION, k=2, mode=Mode.lexical)
    direct = searcher.search(QUESTION, k=2, mode="lexical")
    assert [hit.passage.passage.id for hit in answer.result.hits] == [
        hit.passage.passage.id for hit in direct.hits
    ]
    assert (answer.unknown_values, answer.filters_alone, answer.until_embedded) == ((), False, False)


def test_values_that_no_document_has_are_told_once(searcher: Searcher) -> None:
    answer = search(
        searcher,
        f"{QUESTION} publisher:nobody",
        mode="lexical",
        filters={"publisher": ["nobody"], "year": ["1888"]},
    )
    told = [(notice.kind, notice.values["key"]) for notice in answer.unknown_values]
    assert told == [
        (NoticeKind.UNKNOWN_FILTER_VALUE, "publisher"),
        (NoticeKind.UNKNOWN_FILTER_VALUE, "year"),
    ]
    assert answer.result.hits == ()


ALONE = {"country:PER": True, "country:PER health": False, "health": False, "nothing:PER": False}


@pytest.mark.parametrize("question", ALONE)
def test_filters_without_a_question_are_told(searcher: Searcher, question: str) -> None:
    assert search(searcher, question, mode="lexical").filters_alone is ALONE[question]


def test_a_running_ingest_is_told_while_there_is_no_model(small_corpus: Path, tmp_path: Path) -> None:
    from index.snapshot.publish import publish
    from ingest.pipeline import ingest_folder

    with Library.open(tmp_path, create=True) as library:
        ingest_folder(small_corpus, library)
        publish(library, tmp_path, None)
    searcher = Searcher.open(tmp_path)
    assert search(searcher, QUESTION).until_embedded is False
    with Library.open(tmp_path) as library, library.writing():
        assert search(searcher, QUESTION).until_embedded is True
        assert search(searcher, QUESTION, mode="lexical").until_embedded is False


REFUSED = {
    "empty": ("", "q is empty"),
    "blank": (" \t\n", "q is empty"),
    "control characters": ("\x00\x1b", "q is empty"),
    "too long": ("x" * (MAX_CHARACTERS + 1), f"q is longer than {MAX_CHARACTERS} characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_questions_that_are_refused(case: str) -> None:
    text, message = REFUSED[case]
    with pytest.raises(UsageError, match=f"^{message}$"):
        checked_question(text, "q")


def test_a_question_becomes_one_line() -> None:
    assert checked_question(" health\u00ad care\n in  Lima ", "q") == "health care in Lima"
    assert len(checked_question("x" * MAX_CHARACTERS, "q")) == MAX_CHARACTERS


WRONG_FILTERS = {
    "no value": ("year", "--filter year: expected KEY=VALUE with a key of publisher, type, year"),
    "empty value": ("year=", "--filter year=: expected KEY=VALUE"),
    "unknown key": ("colour=red", "--filter colour=red: unknown filter “colour”"),
    "no year": ("year=soon", "--filter year=soon: “soon” is no year"),
}


@pytest.mark.parametrize("case", WRONG_FILTERS)
def test_wrong_filters_are_told(case: str) -> None:
    word, message = WRONG_FILTERS[case]
    with pytest.raises(UsageError, match=f"^{message}"):
        parse_filters([word], "--filter")


def test_repeated_keys_are_gathered_in_order() -> None:
    words = ["year=2019", "publisher=A=B", "year=2015..2017"]
    assert parse_filters(words, "filter") == {"year": ["2019", "2015..2017"], "publisher": ["A=B"]}
    check_filter("language", "xx", "q.jsonl, line 1")


@pytest.mark.parametrize("question", ["?", "the", "what is the", "¿qué?", "asdfgh qwerty", "zyzzyva"])
def test_a_question_that_names_nothing_or_only_strange_words_has_no_hits(
    searcher: Searcher, question: str
) -> None:
    result = search(searcher, question).result
    assert (result.hits, result.answerable, result.confidence) == ((), False, 0.0)
