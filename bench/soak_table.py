"""Try the faults of docs/reliability.md in their long forms and write each result into the table there.

    python bench/soak_table.py                       all rows: hours
    python bench/soak_table.py mutants=1500 kills    these rows, the first of them smaller

Each row is written as soon as it has ended; the others keep what they last gave. A row that tried fewer than it should
says so. Exit 1 if any promise is broken.
"""

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.section import write_section  # noqa: E402  the repository root comes first
from bench.soak_rows import BY_NAME, Row, command, wanted  # noqa: E402

DOCUMENT = ROOT / "docs" / "reliability.md"
LONGEST_SECONDS = 4 * 3600.0
MARK = "<!-- soak -->"
NOT_RUN = "not run"
SHOWN = 6_000
"""Characters of what a row printed that are shown where it did not hold: the end, which says why."""
HEAD = ("| row | fault | tried | how many | result | on |", "|---|---|---|---|---|---|")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a row ended: exit code, None where it took too long, what it printed, its JUnit report, and seconds."""

    code: int | None
    output: str
    report: str
    seconds: float


Start = Callable[[Row, int], Ended]


def run(row: Row, size: int, seconds: float = LONGEST_SECONDS) -> Ended:
    """Try a row."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words, more = command(row, size, str(report))
        code, output = started(words, more, seconds)
        written = report.read_text(encoding="utf-8") if report.is_file() else ""
    return Ended(code, output, written, time.monotonic() - began)


def started(words: Sequence[str], more: Mapping[str, str], seconds: float) -> tuple[int | None, str]:
    """Run a command; return its exit code, None where it took too long, and what it printed."""
    environment = {**os.environ, **more}
    try:
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def figure(ended: Ended) -> str:
    """Return the result of a row in words: what its tests tell of themselves, else how many they were."""
    if ended.code is None:
        return f"not run to its end (stopped after {ended.seconds:.0f} s)"
    told = re.findall(r"^soak: (.+)$", ended.output, re.M)
    passed = skipped = 0
    for case in ElementTree.fromstring(ended.report).iter("testcase") if ended.report else ():
        skipped += case.find("skipped") is not None
        if not {"skipped", "failure", "error"}.intersection(child.tag for child in case):
            passed += 1
            told += [one.get("value", "") for one in case.iter("property") if one.get("name") == "soak"]
    counted = told or ([f"{passed} tests"] if passed else ["nothing counted"])
    left = [f"{skipped} skipped"] if skipped else []
    if ended.code == 0 and not told and not passed:
        return f"{NOT_RUN}: {skipped} skipped"
    held = "held" if ended.code == 0 else f"BROKEN (exit {ended.code})"
    return f"{held}: {'; '.join(dict.fromkeys([*counted, *left]))}; {ended.seconds:.0f} s".replace("|", "/")


def machine() -> str:
    """Return the versions that count, and the machine."""
    names = ("pypdfium2", "pypdf", "faiss-cpu", "numpy", "streamlit", "starlette")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"pincite {version('pincite')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{packages}; {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    )


def line(row: Row, size: int, result: str, on: str) -> str:
    """Return the line of a row."""
    many = f"{size:,}" if size >= row.asked else f"{size:,} of {row.asked:,}"
    return f"| {row.name} | {row.fault} | {row.tried} | {many} | {result} | {on} |"


def renewed(section: str, row: Row, size: int, result: str, *, day: str, where: str) -> str:
    """Return the section with one row's line anew, all rows in their order, and the machines that are still named."""
    lines = dict(re.findall(r"^(\| ([\w-]+) \|.*\|)$", section, re.M))
    kept = {name: text for text, name in lines.items() if name in BY_NAME}
    machines = {
        text: letter
        for letter, text in re.findall(r"^- ([A-Z]): (.+)$", section, re.M)
        if f" {letter} |" in section
    }
    if where not in machines:
        machines[where] = next(one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if one not in machines.values())
    kept[row.name] = line(row, size, result, f"{day}, {machines[where]}")
    rows = [kept.get(one.name, line(one, one.asked, NOT_RUN, "-")) for one in BY_NAME.values()]
    used = "\n".join(rows)
    named = [f"- {letter}: {text}" for text, letter in machines.items() if f" {letter} |" in used]
    return "\n".join([*HEAD, *rows, "", *named])


def section_of(document: Path) -> str:
    """Return what stands between the marks, "" without any."""
    parts = document.read_text(encoding="utf-8").split(MARK)
    return parts[1] if len(parts) == 3 else ""


def soak(rows: Sequence[tuple[Row, int]], document: Path, start: Start) -> bool:
    """Try rows, write each as it ends, and return whether all held."""
    held = True
    for row, size in rows:
        ended = start(row, size)
        result = figure(ended)
        if not result.startswith("held"):
            held = False
            print(ended.output[-SHOWN:], flush=True)
        day = str(datetime.now(UTC).date())
        text = renewed(section_of(document), row, size, result, day=day, where=machine())
        write_section("soak", "Last soak", text, document)
        print(row.name, result, flush=True)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help="rows to try, each NAME or NAME=NUMBER; none: all of them")
    parser.add_argument("--out", type=Path, default=DOCUMENT, help="document to write the table into")
    arguments = parser.parse_args()
    return 0 if soak(wanted(" ".join(arguments.rows)), arguments.out, run) else 1


if __name__ == "__main__":
    sys.exit(main())
