"""`pincite api` as a process: how it ends, and what it says of a taken port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running_service import REPOSITORY, answers, free_port


def started(library: Path, port: int, *command: str) -> subprocess.Popen[str]:
    words = [*(command or ("api",)), "--library", str(library), "--port", str(port)]
    called = [sys.executable, "-m", "app.cli", *words]
    return subprocess.Popen(called, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def within_a_minute(address: str) -> bool:
    """Return whether it is answered at last: the line is written before the port is open."""
    for _ in range(300):
        if answers(address):
            return True
        time.sleep(0.2)
    return False


def test_it_ends_as_every_command_that_is_stopped(small_library: Path) -> None:
    port = free_port()
    with started(small_library, port) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("pincite: http://127.0.0.1:")
        healthy = within_a_minute(f"http://127.0.0.1:{port}/healthz")
        os.kill(process.pid, signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "pincite: stopped\n") and healthy


@pytest.mark.parametrize("command", ["serve", "api", "mcp --http"])
def test_a_missing_library_is_told_at_the_start(command: str, tmp_path: Path) -> None:
    port, nowhere = free_port(), tmp_path / "none"
    with started(nowhere, port, *command.split()) as process:
        assert process.stderr is not None and process.stdout is not None
        assert process.stdout.readline().startswith("pincite: http://127.0.0.1:")
        told = process.stderr.readline()
        process.kill()
    assert told == (
        f"pincite: {nowhere}: there is no library here yet. Make one with: "
        f"pincite ingest CORPUS --library {nowhere}\n"
    )


def test_a_taken_port_names_this_command(small_library: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(small_library, port) as process:
            _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"pincite api --port {port + 1}" in told or f" api --port {port + 1}" in told
