"""A child process of this program: started, given orders, listened to, ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ingest.readers.child_processes import start_process

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ingest.readers.child_processes import end_with_parent; "
    "end_with_parent(int(sys.argv[2]), 9); from importlib import import_module; "
    "import_module(sys.argv[3]).main(*sys.argv[4:])"
)
# A child that closed its output is ending; after so many seconds it is ended.
PATIENCE = 5.0


class ChildProcess:
    """A Python that runs `main(*arguments)` of a module: orders are lines on its stdin, answers come from its stdout.

    It ends with us, however we end. What it sends is not trusted: every answer is read with a limit. What it says on
    stderr is dropped.
    Raises: OSError when it cannot be started.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = start_process(
            [sys.executable, "-P", "-c", _START, str(_ROOT), str(os.getpid()), module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def _facts(self) -> list[str]:
        """Return what Linux tells of the process, from its state on (proc(5), "stat"). Raises: OSError elsewhere."""
        return Path(f"/proc/{self.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()

    def waits_for_processor(self) -> bool:
        """Return whether the process could run just now; False where it sleeps, or the system does not tell."""
        try:
            return self._facts()[0] == "R"
        except (OSError, IndexError):
            return False

    def cpu_seconds(self) -> float | None:
        """Return the CPU time that the process has used so far, None where the system (but Linux) does not tell."""
        try:
            facts = self._facts()
            return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError, AttributeError):
            return None

    def send(self, order: Mapping[str, object]) -> None:
        """Hand over an order as one line of JSON. Raises: OSError when the child is gone."""
        self._orders.write(json.dumps(order).encode() + b"\n")
        self._orders.flush()

    def line(self, most: int) -> bytes:
        """Return the next line of at most `most` bytes; a longer one without its end; b"" when the child ended."""
        return self._answers.readline(most)

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer when the child ended."""
        return self._answers.read(size)

    def kill(self) -> None:
        """End the process without waiting for it; whoever listens gets b""."""
        self._process.kill()

    def stop(self) -> int:
        """End the process, close its pipes and return its exit code (negative: killed by that signal)."""
        self._process.kill()
        code = self._process.wait()
        for stream in (self._orders, self._answers):
            # Bytes may be waiting for a child that is gone.
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        return code

    def exit_code(self) -> int:
        """Return the code with which a process that closed its output ended."""
        try:
            return self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return self.stop()
