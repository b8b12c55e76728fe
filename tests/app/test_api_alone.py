"""`pincite api` as a process: how it ends, and what it says of a taken port."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from running_service import REPOSITORY, answers, free_port


def started(library: Path, port: int) -> subprocess.Popen[str]:
    called = [sys.executable, "-m", "app.cli", "api", "--library", str(library), "--port", str(port)]
    return subprocess.Popen(called, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_ends_as_every_command_that_is_stopped(small_library: Path) -> None:
    port = free_port()
    with started(small_library, port) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("pincite: http://127.0.0.1:")
        assert answers(f"http://127.0.0.1:{port}/healthz")
        os.kill(process.pid, signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "pincite: stopped\n")


def test_a_taken_port_names_this_command(small_library: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(small_library, port) as process:
            _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"pincite api --port {port + 1}" in told or f" api --port {port + 1}" in told
