"""Forty broken gold files: each gives a message with the file and the line, and exit code 2."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.gold.check import check_gold, sound_gold
from evals.gold.questions import GoldError
from evals.gold.reader import read_gold
from ingest.errors import UsageError
from ingest.library.library import Library

QUOTE = {"doc": "clinics.pdf", "quote": "registered 4,812 visits by migrants", "page": 1, "grade": 2}


def quote(**changes: object) -> list[dict[str, object]]:
    return [{key: value for key, value in {**QUOTE, **changes}.items() if value is not None}]


# name: (changes of the question on line 2, words that the message must hold)
BROKEN_QUESTIONS: dict[str, tuple[dict[str, object], str]] = {
    "no id": ({"id": None}, "lacks 'id'"),
    "id is a number": ({"id": 7}, "'id' is not a text"),
    "id with a blank": ({"id": "q 2"}, "holds a blank"),
    "empty id": ({"id": " "}, "'id' is empty"),
    "id given twice": ({"id": "q1"}, "repeats the id 'q1' of line 1"),
    "no group": ({"group": None}, "lacks 'group'"),
    "no language": ({"lang": None}, "lacks 'lang'"),
    "language in words": ({"lang": "Spanish"}, "not a language code"),
    "no type": ({"type": None}, "lacks 'type'"),
    "type with blanks": ({"type": "Natural question"}, "'type'"),
    "no question": ({"question": None}, "lacks 'question'"),
    "empty question": ({"question": "  "}, "'question' is empty"),
    "question is a list": ({"question": ["a"]}, "'question' is not a text"),
    "question too long": ({"question": "why " * 200}, "more than 500 characters"),
    "half a character": ({"question": "why \ud800?"}, "lone surrogate"),
    "question asked twice": (
        {"question": "How many visits by migrants were registered, number 1?"},
        "asks the question of line 1 again",
    ),
    "answerable missing": ({"answerable": None}, "lacks 'answerable'"),
    "answerable as a word": ({"answerable": "yes"}, "not true or false"),
    "answerable without evidence": ({"evidence": []}, "has no evidence"),
    "answerable without the key": ({"evidence": None}, "has no evidence"),
    "unanswerable with evidence": ({"answerable": False}, "unanswerable but has evidence"),
    "group of two minds": (
        {"group": "g1", "answerable": False, "evidence": []},
        "both answerable and unanswerable",
    ),
    "group in both halves": ({"group": "g1", "split": "test"}, "into both halves"),
    "split unknown": ({"split": "train"}, "'split' is 'train'"),
    "unknown key": ({"evidense": []}, "unknown key 'evidense'"),
    "evidence is an object": ({"evidence": QUOTE}, "'evidence' is not a list"),
    "evidence is a text": ({"evidence": ["a quote"]}, "evidence 1 is not an object"),
    "evidence without document": ({"evidence": quote(doc=None)}, "lacks 'doc'"),
    "evidence without quote": ({"evidence": quote(quote=None)}, "lacks 'quote'"),
    "evidence with an unknown key": ({"evidence": quote(pages=[1])}, "unknown key 'pages'"),
    "empty quote": ({"evidence": quote(quote="")}, "'quote' is empty"),
    "quote of marks only": ({"evidence": quote(quote="“—” - ' '")}, "too short"),
    "quote of 26 words": ({"evidence": quote(quote="word " * 26)}, "has 26 words"),
    "page 0": ({"evidence": quote(page=0)}, "not a page counted from 1"),
    "page as a label": ({"evidence": quote(page="iv")}, "not a page counted from 1"),
    "page as truth": ({"evidence": quote(page=True)}, "not a page counted from 1"),
    "grade 3": ({"evidence": quote(grade=3)}, "'grade' is 3"),
    "grade as a word": ({"evidence": quote(grade="high")}, "'grade' is 'high'"),
    "the same quote twice": ({"evidence": quote() + quote()}, "the same quote"),
    "note is a number": ({"note": 3}, "'note' is not a text"),
}
BROKEN_LINES = {
    "not JSON": ("{'id': 1}", "is not JSON"),
    "cut off": ('{"id": "q2", "question": "Wh', "is not JSON"),
    "a list": ("[]", "is not a JSON object"),
    "a word": ('"why"', "is not a JSON object"),
    "not a number": ('{"id": NaN}', "NaN is not a JSON value"),
    "key twice": ('{"id": "q2", "id": "q3"}', "key 'id' stands twice"),
    "too deep": ("[" * 100_000, "is not"),
    "huge number": ('{"id": ' + "9" * 10_000 + "}", "is not a JSON question"),
}
BROKEN_QUOTES = {
    "no such document": (quote(doc="clinic.pdf"), "did you mean 'clinics.pdf'"),
    "name of two documents": (
        quote(doc="note.html", quote="vaccine is offered at", page=None),
        "names 2 documents",
    ),
    "no such words": (quote(quote="four thousand visits by migrants"), "quote not found"),
    "found twice": (quote(quote="Health on the move", page=None), "found 2 times"),
    "other page": (quote(page=2), "is on PDF page 1"),
    "page beyond the end": (quote(page=99), "is on PDF page 1"),
    "page of a source without pages": (
        quote(doc="other/note.html", quote="airport every Sunday"),
        "has no pages",
    ),
}


@pytest.mark.parametrize("name", BROKEN_QUESTIONS)
def test_broken_question(
    name: str,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
    library: Library,
) -> None:
    changes, words = BROKEN_QUESTIONS[name]
    split = {"split": "dev"} if name == "group in both halves" else {}
    path = gold_file(gold_question(1, **split), gold_question(2, **changes))
    expect(path, library, 2, words)


@pytest.mark.parametrize("name", BROKEN_LINES)
def test_broken_line(
    name: str,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
    library: Library,
) -> None:
    line, words = BROKEN_LINES[name]
    expect(gold_file(gold_question(1), "", line), library, 3, words)


@pytest.mark.parametrize("name", BROKEN_QUOTES)
def test_broken_quote(
    name: str,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
    library: Library,
) -> None:
    evidence, words = BROKEN_QUOTES[name]
    if name == "name of two documents":
        evidence[0]["doc"] = "twin.txt"
        twin(library)
    path = gold_file(gold_question(1), gold_question(2, evidence=evidence))
    report = check_gold(path, library)
    assert report.exit_code == 2
    assert [problem.line for problem in report.problems] == [2]
    assert words in str(report.problems[0])
    with pytest.raises(GoldError, match=r"gold\.jsonl, line 2: question 'q2'"):
        sound_gold(path, library)


def twin(library: Library) -> None:
    from ingest.library.library import FileStamp, NewDocument
    from ingest.metadata.metadata import Metadata

    for number in (1, 2):
        new = NewDocument(str(number) * 64, "text", False, "ready", None)
        library.put_document(new, Metadata(), [FileStamp(f"{number}/twin.txt", 1, 1, 1, number)])


def expect(path: Path, library: Library, line: int, words: str) -> None:
    with pytest.raises(GoldError) as caught:
        read_gold(path)
    assert caught.value.exit_code == 2
    assert f"{path}, line {line}: " in str(caught.value)
    assert words in str(caught.value)
    assert check_gold(path, library).exit_code == 2


def test_every_problem_is_told_at_once(
    gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]], library: Library
) -> None:
    path = gold_file(gold_question(1, lang="?"), "{", gold_question(3, evidence=quote(grade=9, page=0)))
    lines = [problem.line for problem in check_gold(path, library).problems]
    assert lines == [1, 2, 3, 3]


def test_an_empty_file_and_a_file_of_blank_lines(gold_file: Callable[..., Path], library: Library) -> None:
    for path in (gold_file(), gold_file("", "  ", "")):
        assert "holds no question" in str(check_gold(path, library).problems[0])


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"id": "q1"}\n{"id": "ñ"}\n'.encode("latin-1"))
    with pytest.raises(UsageError, match="line 2: not UTF-8"):
        read_gold(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file; a gold file has one JSON question a line"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="cannot be read"):
        read_gold(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(
    tmp_path: Path, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    text = gold_file(gold_question(1), gold_question(2)).read_text(encoding="utf-8")
    path = tmp_path / "windows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert len(read_gold(path).questions) == 2
