"""The documentation is a site without a warning that asks no other host; its commands do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from app.cli import main

ROOT = Path(__file__).parent.parent
LOADED = re.compile(r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+stylesheet[^>]+href="https?:')
# A fence that became a line of text, as within a list.
UNBLOCKED = re.compile(r"<code>(?:sh|toml|json|python|r)\n")
PROGRAMS = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")


def test_the_site_is_built_without_a_warning_and_loads_from_nowhere_else(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=quiet, check=False)
    assert done.returncode == 0, done.stderr
    python = (tmp_path / "site" / "reference" / "python" / "index.html").read_text(encoding="utf-8")
    for name in (
        "index.search.Searcher.search",
        "ingest.library.records.Document",
        "ingest.errors.LibraryBusy",
    ):
        assert f'id="{name}"' in python, "the Python reference is made from the code"
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert LOADED.findall(text) == [], page
        assert UNBLOCKED.findall(text) == [], page
    assert (tmp_path / "site" / "index.html").is_file()


def test_the_commands_for_a_team_do_what_the_page_says(
    small_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINCITE_LIBRARY", str(small_library))
    book = Workbook()
    book.active.append(("question",))
    book.active.append(("Who has a SIS policy?",))
    book.save("questions.xlsx")
    told = re.findall(r"`pincite ((?:batch|catalogue)[^`]+)`", PROGRAMS)
    assert len(told) == 2
    for command in told:
        with pytest.raises(SystemExit) as stop:
            main(command.split())
        assert stop.value.code in (0, None), command
    assert "31 percent" in load_workbook("answers.xlsx")["Answers"]["D2"].value
    assert Path("proposed.toml").is_file()
