"""The description of the house is that of the code: its picture, its seams, its folders."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_picture_is_that_of_the_imports() -> None:
    told = subprocess.run(
        [sys.executable, "tools/architecture_picture.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_there_are_no_circles() -> None:
    told = subprocess.run(
        [sys.executable, "tools/import_circles.py", "--rooms"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert told.stdout.endswith(" 0 circles\n")


def test_files_and_folders_named_are_there() -> None:
    named = re.findall(r"`((?:app|evals|index|ingest|tests|tools)/[\w/.]*)`", TEXT)
    assert len(named) > 30
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_seam_has_its_contract() -> None:
    contracts = set(re.findall(r"`(test_\w+\.py)`", TEXT))
    assert contracts == {path.name for path in (ROOT / "tests" / "contracts").glob("test_*.py")}
