"""The rows of the soak's table: what each tries, how much of it is asked for, and what runs it."""

import sys
from dataclasses import dataclass

MUTANTS = "bench/soak.py"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, its faults in docs/reliability.md, what is tried, how many of it, and a script or tests.

    `fixed` says that the tests try so many whatever is asked: their list has no other length.
    """

    name: str
    fault: str
    tried: str
    asked: int
    of: str
    fixed: bool = False


RELIABILITY = "tests/reliability/"
ROWS = (
    Row("mutants", "F1", "damaged PDFs among good ones", 10_000, MUTANTS),
    Row(
        "kills",
        "F3",
        "kills of an ingest",
        200,
        "tests/reliability/test_f03_f04_f05_ingest.py::test_kills_lose_nothing",
    ),
    Row(
        "kills-publishing",
        "F3",
        "kills while it embeds and publishes",
        200,
        "tests/reliability/test_f03_kills_while_publishing.py::test_kills_lose_nothing_and_nothing_is_embedded_twice",
    ),
    Row(
        "power-folder",
        "F3",
        "power cuts of the whole folder",
        500,
        f"{RELIABILITY}test_f03_power_of_a_folder.py",
    ),
    Row(
        "errors",
        "F4",
        "calls failing with ENOSPC and EIO",
        1_200,
        f"{RELIABILITY}test_f04_every_call_fails.py",
    ),
    Row(
        "readers",
        "F6",
        "seconds of 8 readers against 30 commits",
        60,
        f"{RELIABILITY}test_f06_readers_and_writer.py",
    ),
    Row("sessions", "F19", "seconds of 50 page sessions", 60, f"{RELIABILITY}test_f19_page_sessions.py"),
    Row("power", "F3", "power cuts of the database", 500, "tests/reliability/test_f03_power_cuts.py"),
    Row(
        "writers",
        "F5",
        "pairs of ingests",
        20,
        "tests/reliability/test_f03_f04_f05_ingest.py::test_twenty_pairs_of_writers_exclude_each_other_and_a_kill_frees_the_lock",
        True,
    ),
    Row(
        "snapshots",
        "F7",
        "damaged snapshots",
        1_000,
        "tests/index/test_snapshot_files.py::test_a_thousand_mutants_give_no_wrong_answer",
        True,
    ),
    Row("rot", "F7", "rotten files, times unchanged", 1_000, f"{RELIABILITY}test_f07_bit_rot.py"),
    Row("databases", "F31", "damaged databases", 1_000, f"{RELIABILITY}test_f31_damaged_library.py"),
    Row("models", "F8", "changes of the model", 10, f"{RELIABILITY}test_f08_unpacked_model.py", True),
    Row(
        "paths",
        "F10",
        "path tricks",
        34,
        "tests/reliability/test_f10_f12_f14_file_tricks.py::test_all_tricks_together_do_not_hang_or_leave_the_corpus",
        True,
    ),
    Row("uploads", "F11", "upload tricks", 40, "tests/reliability/test_f11_uploads.py", True),
    Row(
        "names",
        "F14",
        "file names",
        35,
        "tests/reliability/test_f10_f12_f14_file_tricks.py::test_odd_names_are_kept_listed_cited_exported_and_opened_again",
        True,
    ),
    Row("markup", "F16", "markup payloads in a browser", 60, "tests/app/test_page_hostile.py", True),
    Row(
        "cells",
        "F17",
        "formula cells",
        40,
        "tests/app/test_page_brief.py::test_forty_formula_cells_are_text_when_read_again",
        True,
    ),
    Row("monsters", "F26", "TOML, CSV and JSON monsters", 200, f"{RELIABILITY}test_f26_small_files.py"),
    Row("swaps", "F27", "files swapped behind a citation", 40, f"{RELIABILITY}test_f27_cited_file.py", True),
    Row(
        "children",
        "F30",
        "kills, children and temporary folders",
        50,
        f"{RELIABILITY}test_f30_after_a_kill.py",
    ),
)
BY_NAME = {row.name: row for row in ROWS}


def wanted(written: str) -> list[tuple[Row, int]]:
    """Return rows and how many to try, as `ROWS=` names them: "mutants=1500 kills"; "" is all of them in full.

    Raises SystemExit for a name or a number that is none.
    """
    found = []
    for word in written.split() or list(BY_NAME):
        name, _, number = word.partition("=")
        if name not in BY_NAME or not (number or "1").isdigit() or number == "0":
            sys.exit(f"no such row: {word}. Known are {', '.join(BY_NAME)}, each also as NAME=NUMBER")
        row = BY_NAME[name]
        if number and row.fixed and int(number) != row.asked:
            sys.exit(f"{name} is always {row.asked}")
        found.append((row, int(number or row.asked)))
    return found


def command(row: Row, size: int, report: str) -> tuple[list[str], dict[str, str]]:
    """Return what tries a row, and what it must find in its environment. Tests write a JUnit `report`."""
    if row.of == MUTANTS:
        return [sys.executable, MUTANTS, "--mutants", str(size)], {}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", ""]
    # The older form of the report has places for what a test tells of itself.
    words += ["-o", "junit_family=xunit1", f"--junitxml={report}"]
    return [*words, "--timeout=14400", row.of], {"PINCITE_SOAK": str(size)}
