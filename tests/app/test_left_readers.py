"""A reader that leaves a pipe (`| head`) ends a command in silence, and with 0."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", [("search", "clinics", "--mode", "lexical"), ("status",)])
def test_a_reader_that_leaves_is_no_error(words: tuple[str, ...], small_library: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "app.cli", *words, "--library", str(small_library)]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")
