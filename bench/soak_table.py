"""Run the long forms of the faults of docs/reliability.md, one after the other, and write the table there.

    python bench/soak_table.py              all of it: hours
    python bench/soak_table.py --minutes 4  the quick forms, as far as the time goes; the rest says "not run"

Exit 1 if any promise is broken.
"""

import argparse
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.section import write_section  # noqa: E402  the repository root comes first

DOCUMENT = ROOT / "docs" / "reliability.md"
LONGEST_SECONDS = 4 * 3600.0
MUTANTS = "bench/soak.py"


@dataclass(frozen=True, slots=True)
class Row:
    """A fault: its numbers in the list, the script or test file, and how much of it the long and the quick form try."""

    fault: str
    of: str
    long: str
    quick: str


ROWS = (
    Row("F1", MUTANTS, "10,000 damaged PDFs among good ones", "200 damaged PDFs among good ones"),
    Row(
        "F3, F4, F5",
        "tests/ingest/test_faults_ingest.py",
        "30 kills, full disks, 20 pairs",
        "full disks, 20 pairs",
    ),
    Row("F3", "tests/ingest/test_faults_power.py", "750 power cuts", "90 power cuts"),
    Row(
        "F3",
        "tests/index/test_kills_while_publishing.py",
        "kills while publishing",
        "",
    ),
    Row(
        "F7",
        "tests/reliability/test_f07_bit_rot.py",
        "1,200 rotten files, 23 arrays",
        "200 rotten files, 23 arrays",
    ),
    Row(
        "F8",
        "tests/reliability/test_f08_unpacked_model.py",
        "10 changes of the model",
        "10 changes of the model",
    ),
    Row(
        "F10, F14",
        "tests/ingest/test_files_tricks.py",
        "34 path tricks, 33 names",
        "34 path tricks, 33 names",
    ),
    Row("F11", "tests/app/test_page_upload.py", "40 upload names", "40 upload names"),
    Row("F16", "tests/app/test_page_hostile.py", "60 payloads in a browser", ""),
    Row("F26", "tests/reliability/test_f26_small_files.py", "monster files", "monster files"),
    Row("F27", "tests/reliability/test_f27_cited_file.py", "files swapped", "files swapped"),
    Row("F30", "tests/reliability/test_f30_after_a_kill.py", "54 kills", "4 kills"),
    Row(
        "F31",
        "tests/reliability/test_f31_damaged_library.py",
        "1,060 damaged databases",
        "60 damaged databases",
    ),
    Row("F7", "tests/index/test_snapshot_files.py", "1,000 damaged snapshots", "1,000 damaged snapshots"),
)
NOT_RUN = (
    "10,000 damaged files of other formats, power losses of a whole file system, 50 page sessions for 60 s"
)


def command(row: Row, *, quick: bool) -> list[str]:
    """Return what runs a row."""
    if row.of == MUTANTS:
        return [sys.executable, MUTANTS, "--mutants", "200" if quick else "10000"]
    chosen = "not slow and not browser" if quick else "slow or browser or not slow"
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", chosen, row.of]


def run(words: Sequence[str], seconds: float) -> tuple[int | None, str]:
    """Run a command; return its exit code, None where it took too long, and what it printed."""
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def figure(code: int | None, output: str, seconds: float) -> str:
    """Return the result of a row in words."""
    if code is None:
        return f"not run to its end (stopped after {seconds:.0f} s)"
    tests = re.search(r"(\d+) passed", output)
    skipped = re.search(r"(\d+) skipped", output)
    files = re.search(r"^(\d+) files in", output, re.M)
    count = f"{tests[1]} tests" if tests else f"{files[1]} files" if files else "nothing counted"
    left = f", {skipped[1]} skipped" if skipped else ""
    return f"{'held' if code == 0 else f'BROKEN (exit {code})'}: {count}{left}, {seconds:.0f} s"


def soak(
    rows: Sequence[Row],
    *,
    quick: bool,
    most: float,
    start: Callable[[Sequence[str], float], tuple[int | None, str]],
) -> list[tuple[Row, str]]:
    """Return rows and their results; those for which no time is left are not begun."""
    found, begun = [], time.monotonic()
    for row in rows:
        remaining = most - (time.monotonic() - begun)
        if remaining <= 0 or (quick and not row.quick):
            found.append((row, "not run"))
            continue
        at = time.monotonic()
        code, output = start(command(row, quick=quick), remaining)
        found.append((row, figure(code, output, time.monotonic() - at)))
        print(row.fault, row.of, found[-1][1], flush=True)
    return found


def table(results: Sequence[tuple[Row, str]], *, quick: bool) -> str:
    """Return the table in Markdown, with date, versions and machine above it."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("pypdfium2", "pypdf", "numpy", "streamlit"))
    lines = [
        f"{'Quick' if quick else 'Long'} forms, {datetime.now(UTC).date()}; Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, {packages}; {platform.system()} {platform.machine()}.",
        "",
        "| fault | tried | result |",
        "|---|---|---|",
    ]
    lines += [
        f"| {row.fault} | {row.quick if quick and row.quick else row.long} | {output} |"
        for row, output in results
    ]
    return "\n".join([*lines, "", f"Never run: {NOT_RUN}."])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="run the quick forms, for so long at most")
    parser.add_argument("--out", type=Path, default=DOCUMENT, help="document to write the table into")
    arguments = parser.parse_args()
    quick = arguments.minutes is not None
    most = arguments.minutes * 60 if quick else LONGEST_SECONDS
    results = soak(ROWS, quick=quick, most=most, start=run)
    write_section("soak", "Last soak", table(results, quick=quick), arguments.out)
    return 1 if any("BROKEN" in output for _, output in results) else 0


if __name__ == "__main__":
    sys.exit(main())
