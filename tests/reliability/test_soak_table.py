"""The soak's table: each row is written as it ends, what tried less says so, and a broken promise ends it with 1."""

import sys
from pathlib import Path

import pytest

from bench import soak_table
from bench.soak_rows import BY_NAME, ROWS, Row, command, wanted
from bench.soak_table import Ended, figure, line, machine, renewed, run, section_of, soak, started

ROOT = Path(__file__).parent.parent.parent
PASSED = '<testsuites><testsuite><testcase name="a"/><testcase name="b"/></testsuite></testsuites>'
TOLD = (
    '<testsuites><testsuite><testcase name="a"><properties><property name="soak" value="200 kills, 0 lost"/>'
    '</properties></testcase><testcase name="b"><skipped/></testcase></testsuite></testsuites>'
)
FAILED = '<testsuites><testsuite><testcase name="a"><failure/></testcase><testcase name="b"/></testsuite></testsuites>'


def test_every_row_names_tests_that_are_there() -> None:
    for row in ROWS:
        path, _, name = row.of.partition("::")
        assert (ROOT / path).is_file(), row.name
        assert not name or f"def {name}(" in (ROOT / path).read_text(), row.of
    assert len(BY_NAME) == len(ROWS)


@pytest.mark.parametrize(
    ("code", "output", "report", "shown"),
    [
        (0, "", PASSED, "held: 2 tests; 7 s"),
        (0, "", TOLD, "held: 200 kills, 0 lost; 1 skipped; 7 s"),
        (1, "", FAILED, "BROKEN (exit 1): 1 tests; 7 s"),
        (5, "", "", "BROKEN (exit 5): nothing counted; 7 s"),
        (0, "204 files\nsoak: 200 damaged | 0 broken\n", "", "held: 200 damaged / 0 broken; 7 s"),
        (None, "", "", "not run to its end (stopped after 7 s)"),
    ],
)
def test_figures(code: int | None, output: str, report: str, shown: str) -> None:
    assert figure(Ended(code, output, report, 7.2)) == shown


def test_rows_are_chosen_by_name_and_number() -> None:
    assert wanted("") == [(row, row.asked) for row in ROWS]
    assert wanted("kills mutants=1500") == [(BY_NAME["kills"], 200), (BY_NAME["mutants"], 1500)]
    for wrong in ("nothing", "kills=0", "kills=many", "uploads=3"):
        with pytest.raises(SystemExit):
            wanted(wrong)


def test_tests_are_told_how_many_to_try_and_leave_a_report() -> None:
    words, more = command(BY_NAME["kills"], 25, "report.xml")
    assert more == {"PINCITE_SOAK": "25"} and "--junitxml=report.xml" in words
    assert words[words.index("-m", 2) + 1 :][0] == "", "the slow ones and those of the browser too"
    assert command(BY_NAME["mutants"], 7, "")[0][-2:] == ["--mutants", "7"]


def test_a_command_that_takes_too_long_is_ended() -> None:
    assert started([sys.executable, "-c", "import time; time.sleep(60)"], {}, 0.5) == (None, "")
    code = "import os; print(os.environ['A']); raise SystemExit(3)"
    assert started([sys.executable, "-c", code], {"A": "2 passed"}, 60) == (3, "2 passed\n")


def test_a_row_of_tests_is_run_and_counted() -> None:
    name = "test_nothing_but_one_error_comes_out_of_200_monsters"
    row = Row("one", "F26", "monsters", 3, f"tests/reliability/test_f26_small_files.py::{name}")
    ended = run(row, 3, 120)
    assert ended.code == 0
    assert figure(ended).startswith("held: 3 TOML monsters, each read or named in one line; 3 CSV monsters")


def test_the_table_is_renewed_row_by_row() -> None:
    first = renewed("", BY_NAME["kills"], 30, "held: a", day="2026-01-01", where="one machine")
    assert "| kills | F3 | kills of an ingest | 30 of 200 | held: a | 2026-01-01, A |" in first
    assert first.count("| not run | - |") == len(ROWS) - 1
    second = renewed(first, BY_NAME["power"], 500, "held: b", day="2026-01-02", where="another")
    assert "| held: a | 2026-01-01, A |" in second and "| 500 | held: b | 2026-01-02, B |" in second
    assert second.endswith("- A: one machine\n- B: another")
    third = renewed(second, BY_NAME["kills"], 200, "held: c", day="2026-01-03", where="another")
    assert "| 200 | held: c | 2026-01-03, B |" in third and "held: a" not in third
    assert third.endswith("\n\n- B: another"), "a machine that no row names goes"
    assert [text.split()[1] for text in third.splitlines()[2:] if text.startswith("|")] == list(BY_NAME)


def test_rows_that_are_no_more_are_left_out() -> None:
    old = line(BY_NAME["kills"], 200, "held", "2026-01-01, A").replace("| kills |", "| gone |")
    assert "gone" not in renewed(old, BY_NAME["power"], 500, "held", day="d", where="w")


def test_each_row_is_written_as_it_ends(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text("# What can go wrong\n\nText.\n")
    seen = []

    def start(row: object, size: int) -> Ended:
        seen.append(section_of(document))
        return Ended(len(seen) - 1, f"soak: {size} tried", "", 1.0)

    assert not soak(wanted("kills=3 power=4"), document, start)
    assert "3 tried" not in seen[0] and "held: 3 tried" in seen[1]
    text = document.read_text()
    assert text.startswith("# What can go wrong\n\nText.\n")
    assert "BROKEN (exit 1): 4 tried" in text and text.count(machine()) == 1


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 1)])
def test_a_broken_promise_ends_it_with_1(
    code: int,
    ends: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = tmp_path / "reliability.md"
    document.write_text("# Title\n")
    monkeypatch.setattr(soak_table, "run", lambda row, size: Ended(code, "why it broke\nsoak: x", "", 1.0))
    monkeypatch.setattr(sys, "argv", ["soak_table.py", "rot=7", "--out", str(document)])
    assert soak_table.main() == ends
    assert "| 7 of 1,000 |" in document.read_text()
    assert ("why it broke" in capsys.readouterr().out) is bool(code)


@pytest.mark.parametrize(("asked", "left"), [("200", []), (None, ["timeout"])])
def test_a_row_has_its_own_time(
    asked: str | None, left: list[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.delenv("PINCITE_SOAK", raising=False)
    if asked:
        monkeypatch.setenv("PINCITE_SOAK", asked)
    of_this_room = str(Path(__file__).with_name("conftest.py"))
    plugins = request.config.pluginmanager.get_plugins()
    conftest = next(one for one in plugins if getattr(one, "__file__", "") == of_this_room)
    here = FakeItem(Path(__file__))
    elsewhere = FakeItem(Path(__file__).parents[1] / "test_house.py")
    conftest.pytest_collection_modifyitems([here, elsewhere])
    assert [mark.name for mark in here.own_markers] == [*left, "slow"]
    assert [mark.name for mark in elsewhere.own_markers] == ["timeout", "slow"]


class FakeItem:
    """What the hook looks at of a test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.own_markers = [pytest.mark.timeout(900).mark, pytest.mark.slow.mark]
