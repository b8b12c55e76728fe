"""The soak's table: what was run says its number, what was not says so, and a broken promise ends it with 1."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import soak_table
from bench.section import write_section
from bench.soak_table import ROWS, Row, command, figure, run, soak, table

ROOT = Path(__file__).parent.parent.parent


def test_every_row_names_a_file_that_is_there() -> None:
    assert [row.of for row in ROWS if not (ROOT / row.of).is_file()] == []


@pytest.mark.parametrize(
    ("code", "output", "shown"),
    [
        (0, "....\n12 passed in 3.2s\n", "held: 12 tests, 7 s"),
        (0, "12 passed, 3 skipped in 3.2s\n", "held: 12 tests, 3 skipped, 7 s"),
        (1, "1 failed, 11 passed in 3.2s\n", "BROKEN (exit 1): 11 tests, 7 s"),
        (5, "no tests ran in 0.1s\n", "BROKEN (exit 5): nothing counted, 7 s"),
        (0, "204 files in 9 s: {'ready': 4}\nparent: 80 MB before\n", "held: 204 files, 7 s"),
        (None, "", "not run to its end (stopped after 7 s)"),
    ],
)
def test_figures(code: int | None, output: str, shown: str) -> None:
    assert figure(code, output, 7.2) == shown


def test_what_there_is_no_time_for_is_not_run() -> None:
    begun: list[Sequence[str]] = []

    def start(words: Sequence[str], seconds: float) -> tuple[int | None, str]:
        begun.append(words)
        return 0, "1 passed"

    browser = next(row for row in ROWS if not row.quick)
    results = soak([ROWS[1], browser], quick=True, most=60, start=start)
    assert [output.partition(":")[0] for _, output in results] == ["held", "not run"]
    assert [output for _, output in soak(ROWS, quick=True, most=0, start=start)] == ["not run"] * len(ROWS)
    assert len(begun) == 1


def test_the_long_form_runs_all_tests_of_a_file() -> None:
    assert "slow or browser or not slow" in command(ROWS[1], quick=False)
    assert "not slow and not browser" in command(ROWS[1], quick=True)
    assert command(ROWS[0], quick=False)[-1] == "10000"


def test_a_command_that_takes_too_long_is_ended() -> None:
    assert run([sys.executable, "-c", "import time; time.sleep(60)"], 0.5) == (None, "")
    assert run([sys.executable, "-c", "print('2 passed'); raise SystemExit(3)"], 60) == (3, "2 passed\n")


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text("# What can go wrong\n\nText.\n")
    for output in ("held: 1 tests, 1 s", "held: 2 tests, 1 s"):
        write_section("soak", "Last soak", table([(ROWS[2], output)], quick=True), document)
    text = document.read_text()
    assert text.startswith("# What can go wrong\n\nText.\n")
    assert text.count("| F3 | 90 power cuts |") == 1 and "2 tests" in text and "1 tests" not in text
    assert "SQLite" in text and "Never run:" in text


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 1)])
def test_a_broken_promise_ends_it_with_1(
    code: int, ends: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "reliability.md"
    document.write_text("# Title\n")
    monkeypatch.setattr(soak_table, "ROWS", (Row("F9", "tests/none.py", "all", "some"),))
    monkeypatch.setattr(soak_table, "run", lambda words, seconds: (code, "3 passed"))
    monkeypatch.setattr(sys, "argv", ["soak_table.py", "--minutes", "1", "--out", str(document)])
    assert soak_table.main() == ends
    assert "| F9 | some |" in document.read_text()
