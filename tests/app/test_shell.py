"""What a terminal asks of the command itself: version, help, what could come next; results apart from messages."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from app.cli import main
from app.commands.shell import COMPLETE, Shell

ROOT = Path(__file__).parent.parent.parent


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_the_version(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(word) == 0
    assert capsys.readouterr().out == f"pincite {version('pincite')}\n"


def test_help_of_all_and_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("help") == 0
    whole = capsys.readouterr().out
    assert all(name in whole for name in ("ingest", "search", "api", "mcp", "catalogue"))
    assert call("help", "catalogue", "suggest") == 0
    assert "pincite catalogue suggest" in capsys.readouterr().out
    assert call("help", "nonsense") == 2
    assert "No such command 'nonsense'" in capsys.readouterr().err


@pytest.mark.parametrize("shell", Shell)
def test_each_shell_gets_its_script(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("completion", shell.value) == 0
    assert "pincite" in capsys.readouterr().out


def test_a_shell_is_told_what_could_come_next() -> None:
    asked = {COMPLETE: "complete_bash", "COMP_WORDS": "pincite sear", "COMP_CWORD": "1"}
    assert run(**asked).stdout.split() == ["search"]
    options = {COMPLETE: "complete_bash", "COMP_WORDS": "pincite search --mo", "COMP_CWORD": "2"}
    assert run(**options).stdout.split() == ["--mode"]


def test_results_go_to_stdout_and_messages_to_stderr(small_library: Path, tmp_path: Path) -> None:
    words = ("--library", str(small_library))
    found = run("search", "SIS policy", "--json", "--mode", "lexical", "--filter", "publisher=nobody", *words)
    assert found.stdout.startswith("{") and "no document has" in found.stderr
    missing = run("status", "--library", str(tmp_path / "none"))
    assert (
        missing.stdout == "" and "there is no library here yet" in missing.stderr and missing.returncode == 1
    )
    exported = run("export", "documents", "--format", "ris", *words)
    assert exported.stdout.startswith("TY  - ") and exported.stderr == ""
