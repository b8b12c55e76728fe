"""The server of runs that the tests kill: each run is a process of its own, and its end is told truly."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
from forked_runs import forked_runs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fork")

COUNT = """
for n in range(3):
    print(n, Path(sys.argv[1]).name, flush=True)
"""


def test_runs_are_processes_of_their_own_and_print_what_they_print(tmp_path: Path) -> None:
    with forked_runs("from pathlib import Path", COUNT, tmp_path) as runs:
        pids = set()
        for _ in range(3):
            pids.add(runs.start())
            lines = [*iter(runs.line, None)]
            assert lines == [f"{n} {tmp_path.name}" for n in range(3)]
            assert runs.kill() == (0, []), "it was quicker"
            assert runs.line() is None
            assert runs.spent() is None
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_a_killed_run_says_so_and_the_next_one_begins_anew() -> None:
    with forked_runs("import time", "print('at work', flush=True)\ntime.sleep(60)") as runs:
        for _ in range(3):
            pid = runs.start()
            assert runs.line() == "at work"
            assert runs.spent() is not None
            assert runs.kill() == (-signal.SIGKILL, [])
            assert not psutil.pid_exists(pid)


def test_a_run_that_raises_ends_with_one(capfd: pytest.CaptureFixture[str]) -> None:
    with forked_runs("", "raise ValueError('the run failed')") as runs:
        runs.start()
        assert [*iter(runs.line, None)] == []
        assert runs.kill() == (1, [])
    assert "the run failed" in capfd.readouterr().err
