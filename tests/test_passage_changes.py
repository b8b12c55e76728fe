"""The readable diff of two exports: what stayed, changed, came and went, by document and page."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from passage_changes import as_markdown, compare, main, read


def record(text: str, page: int = 1, **values: Any) -> dict[str, Any]:
    document = {"id": "d" * 32, "title": values.pop("title", "Rivers | Roads")}
    given = {"kind": "body", "section": ["1. Rivers"], "pages": [page, page], "labels": [str(page)]}
    return {"document": document, "text": text, **given, **values}


RAIN = "It rained in the north for many days of the year 2024."


def test_what_is_the_same_is_only_counted() -> None:
    (found,) = compare([record(RAIN)], [record(RAIN)])
    assert (found.same, found.count) == (1, 0)
    text = as_markdown([found], most=5)
    assert "| Rivers \\| Roads (dddddddd) | 1 | 0 | 0 | 0 |" in text
    assert RAIN not in text


VALUES: dict[str, tuple[Any, Any]] = {
    "kind": ("body", "list"),
    "section": (["1. Rivers"], ["2. Roads"]),
    "labels": (["7"], []),
}


@pytest.mark.parametrize("name", VALUES)
def test_another_value_is_a_change_that_names_it(name: str) -> None:
    before, after = VALUES[name]
    (found,) = compare([record(RAIN, **{name: before})], [record(RAIN, **{name: after})])
    assert [changed.what for changed in found.changed] == [(name,)]
    shown = as_markdown([found], most=5)
    assert f"  - {name}: " in shown
    assert " → " in shown


def test_words_that_came_and_went_are_marked() -> None:
    (found,) = compare([record(RAIN)], [record(RAIN.replace("north", "south"))])
    assert [changed.what for changed in found.changed] == [("text",)]
    assert "~~north~~ **south**" in as_markdown([found], most=5)


def test_a_passage_on_another_page_came_and_one_went() -> None:
    (found,) = compare([record(RAIN, 1)], [record(RAIN + " It fell.", 2)])
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 1, 0)
    shown = as_markdown([found], most=5)
    assert "**added** p. 2, body" in shown
    assert "**removed** p. 1, body" in shown


def test_the_same_text_twice_is_two_passages() -> None:
    (found,) = compare([record(RAIN), record(RAIN)], [record(RAIN)])
    assert (found.same, len(found.removed)) == (1, 1)


def test_documents_that_only_one_holds_are_told() -> None:
    found = compare([record(RAIN, title="Old")], [record(RAIN, title="New")])
    assert [(item.name[:3], len(item.added), len(item.removed)) for item in found] == [
        ("New", 1, 0),
        ("Old", 0, 1),
    ]


def test_a_table_is_told_by_its_size() -> None:
    table = {"caption": None, "columns": ["", "2024"], "rows": [["Lima", "3"]]}
    (found,) = compare([record(RAIN, kind="table", table=None)], [record(RAIN, kind="table", table=table)])
    assert "table: none → 1 rows of 2 columns" in as_markdown([found], most=5)


def test_no_more_are_shown_than_asked_for() -> None:
    (found,) = compare([], [record(f"{RAIN} {number}", number) for number in range(1, 9)])
    assert "… and 5 more" in as_markdown([found], most=3)


def test_the_files_are_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after, out = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.md"
    before.write_text(json.dumps(record(RAIN)) + "\n", encoding="utf-8")
    after.write_text("", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["passage_changes", str(before), str(after), "--out", str(out)])
    main()
    assert "**removed**" in out.read_text(encoding="utf-8")


def test_a_line_that_is_no_passage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"a\.jsonl:1"):
        read(path)
