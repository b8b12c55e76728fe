"""Runs of a program that are killed by the hundred: one process imports what they need, and forks each of them.

A run is a process of its own, killed as any other; only the start of Python and its imports are done once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
# What the program prints belongs to its run; a run that raises ends with 1.
_SERVER = """
import os, sys, traceback
{imports}
def run():
{body}
for line in sys.stdin:
    named, name = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(name)
        os.read(named, 1)  # nothing is printed before the run is named
        code = 1
        try:
            run()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.write(1, f"pid {{pid}}\\n".encode())
    os.close(name)
    os.close(named)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(1, f"\\nended {{ended}}\\n".encode())
"""


class ForkedRuns:
    """The server of one program; one run at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.pid = 0
        self.code: int | None = None

    def start(self) -> int:
        """Begin a run; return its process id."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.code = None
        told = self.process.stdout.readline()
        assert told.startswith("pid "), told
        self.pid = int(told.split()[1])
        return self.pid

    def spent(self) -> float | None:
        """Return the CPU seconds of the run, None once it has ended."""
        try:
            process = psutil.Process(self.pid)
            times = process.cpu_times()
            return None if process.status() == psutil.STATUS_ZOMBIE else float(times.user + times.system)
        except psutil.NoSuchProcess:
            return None

    def line(self) -> str | None:
        """Return the next line that the run prints, None once it has ended."""
        if self.code is not None:
            return None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        while line == "\n":
            line = self.process.stdout.readline()
        assert line, "the server of runs has ended"
        if line.startswith("ended "):
            self.code = int(line.split()[1])
            return None
        return line.rstrip("\n")

    def kill(self) -> tuple[int, list[str]]:
        """Kill the run; return its exit code, that of the signal unless it was quicker, and what it printed since."""
        if self.code is None:
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(self.pid, signal.SIGKILL)
        lines = [*iter(self.line, None)]
        assert self.code is not None
        return self.code, lines


@contextmanager
def forked_runs(imports: str, body: str, *arguments: Path) -> Iterator[ForkedRuns]:
    """Start the server of a program: `body` is run anew each time, with `sys.argv[1:]` as given."""
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    code = _SERVER.format(imports=imports.strip(), body=indented)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield ForkedRuns(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
