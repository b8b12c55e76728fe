"""What a newcomer meets first: the set-up's words, and what the README promises of the delivered folder."""

import itertools
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def set_up(folder: Path, answer: int) -> "subprocess.CompletedProcess[str]":
    """Run the set-up with every program it starts replaced by one that notes its words down."""
    code = f"""
import json, sys
sys.path.insert(0, 'tools')
import bootstrap
bootstrap.VENV = {str(folder / "venv")!r}
bootstrap.PYTHON = {str(folder / "venv" / "python")!r}
def call(command, cwd):
    bootstrap.os.makedirs(bootstrap.VENV, exist_ok=True)
    bootstrap.say('CALL ' + json.dumps(command))
    return {answer}
bootstrap.subprocess.call = call
bootstrap.main('')
"""
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_each_step_of_the_set_up_is_named_and_then_silent(tmp_path: Path) -> None:
    done = set_up(tmp_path, 0)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    calls = [json.loads(line.removeprefix("CALL ")) for line in lines if line.startswith("CALL ")]
    assert [("pip" in call, call.count("--quiet") == 2) for call in calls] == [
        (False, False),
        (True, True),
        (True, True),
        (True, True),
    ]
    for before, line in itertools.pairwise(lines):
        if line.startswith("CALL ") and "pip" in line:
            assert "setup: installing" in before
            assert "minutes" in before or "--no-deps" in line
    assert len(lines) == 2 * len(calls) + 1


def test_a_step_that_fails_is_named_in_one_line(tmp_path: Path) -> None:
    failed = set_up(tmp_path, 1)
    assert failed.returncode == 1
    assert failed.stderr.startswith("setup: this step failed: making the environment")
    assert failed.stderr.count("\n") == 1


def held(key: str) -> set[str]:
    entries = tomllib.loads((ROOT / "corpus" / "catalogue.toml").read_text(encoding="utf-8")).values()
    if key == "country":
        return {country for entry in entries for country in entry.get("countries", ())}
    return {str(entry[key]) for entry in entries if key in entry}


def filters_of_the_readme() -> list[tuple[str, str]]:
    options = [
        words[0] for found in re.findall(r"`--filter ([^`]+)`", README) for words in [shlex.split(found)]
    ]
    written = re.findall(r"`((?:publisher|type|year|country|language):[^`]+)`", README)
    return [tuple(re.split("[=:]", one, maxsplit=1)) for one in (*options, *written)]  # type: ignore[misc]


@pytest.mark.parametrize(("key", "value"), filters_of_the_readme())
def test_the_filters_of_the_readme_find_something_in_the_delivered_folder(key: str, value: str) -> None:
    if key == "year":
        first, _, last = value.partition("..")
        assert any(first <= year <= (last or first) for year in held(key))
    else:
        assert value in held(key)


def test_the_readme_has_filters_in_both_forms() -> None:
    assert {key for key, _ in filters_of_the_readme()} >= {"publisher", "year", "country"}


def test_the_readme_names_the_port_and_the_place_of_settings_and_commands() -> None:
    for word in ("make run PORT=", ".venv/bin/pincite`", "$PINCITE_CONFIG", "--library papers-library"):
        assert word in README
