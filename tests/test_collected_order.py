"""The order in which tests run."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = ("tests/app/test_library_sequences.py", "tests/app/test_page_kept.py", "tests/app/test_read_time.py")


def test_browser_tests_come_last_wherever_they_stand() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *FILES]
    done = subprocess.run(
        [*command, "-m", "slow or browser or not slow"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line]
    assert set(files) == set(FILES)
    assert sorted(files, key=lambda file: file != FILES[2]) == files
    of_browser = [line for line in done.stdout.splitlines() if line.startswith(FILES[1])]
    assert of_browser[0].endswith("test_a_note_just_typed_is_in_the_file[Word]"), "in the order of their file"
