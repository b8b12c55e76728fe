"""The file of questions for `pincite batch`."""

from pathlib import Path

import pytest

from app.commands.question_file import Question, check_question, read_questions
from ingest.errors import UsageError


def write(folder: Path, *lines: str) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_questions_with_their_filters(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"id": 7, "question": "Why?", "filters": {"year": 2019, "country": ["PER", "COL"]}}',
        "",
        '{"id": "b", "question": "How?", "topic": "my own key", "filters": null}',
    )
    assert list(read_questions(path)) == [
        Question("7", "Why?", {"year": ["2019"], "country": ["PER", "COL"]}),
        Question("b", "How?", {}),
    ]


BROKEN = {
    "no object": ("[1]", "is not a JSON object"),
    "no question": ('{"id": "b"}', 'expected an object with "id" and "question"'),
    "question no text": ('{"id": "b", "question": null}', 'expected an object with "id" and "question"'),
    "misspelt": (
        '{"id": "b", "question": "x", "Filter": {}}',
        "unknown key 'Filter'; did you mean 'filters'?",
    ),
    "id a switch": ('{"id": true, "question": "x"}', '"id" must be text or a whole number'),
    "id a fraction": ('{"id": 1.5, "question": "x"}', '"id" must be text or a whole number'),
    "id blank": ('{"id": " ", "question": "x"}', '"id" is empty'),
    "id twice": ('{"id": "a", "question": "x"}', "the id 'a' occurs twice"),
    "only marks": ('{"id": "b", "question": "?!"}', "there is no letter or digit in '?!'; ask in words"),
    "filters a list": ('{"id": "b", "question": "x", "filters": [1]}', '"filters" must be an object'),
    "value a switch": (
        '{"id": "b", "question": "x", "filters": {"year": true}}',
        "filter 'year' must be a value or a list of values",
    ),
    "no year": ('{"id": "b", "question": "x", "filters": {"year": "soon"}}', "“soon” is no year"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_line_is_told_with_its_number(case: str, tmp_path: Path) -> None:
    line, message = BROKEN[case]
    path = write(tmp_path, '{"id": "a", "question": "x"}', line)
    with pytest.raises(UsageError) as fault:
        list(read_questions(path))
    assert str(fault.value).startswith(f"{path}, line 2: ") and message in str(fault.value)


def test_an_id_with_a_blank_is_none_in_a_trec_run(tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "a b", "question": "x"}')
    assert [item.id for item in read_questions(path)] == ["a b"]
    with pytest.raises(UsageError, match="line 1: the id 'a b' holds a blank; a TREC run cannot"):
        list(read_questions(path, trec=True))


@pytest.mark.parametrize(
    ("question", "message"),
    [("  ", "it: the question is empty"), ("x" * 1_001, "it: the question is longer than 1000 characters")],
)
def test_a_question_is_told_by_where_it_stands(question: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}$"):
        check_question(question, "it")
