"""A Milvus of the package milvus-lite, on the loopback address, for the tests of one process."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
from running_service import free_port

START_SECONDS = 60.0


class MilvusLite:
    """A server in a process of its own, with its data in a folder; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1",
                    "--port", str(self.port), "--data-dir", str(self.folder / "data"),
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, (self.folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("milvus-lite did not start")

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Let the server accept connections and answer nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """End `hang`; start the server where it was killed."""
        if self._process is None:
            self.start()
        else:
            os.kill(self._process.pid, signal.SIGCONT)

    def url(self, name: str) -> str:
        """Return the address of a search on this server."""
        return f"milvus://127.0.0.1:{self.port}/{name}"


@lru_cache(maxsize=1)
def shared_milvus() -> MilvusLite:
    """Return the server of this process, which ends with it."""
    running = running_milvus()
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()


def new_url() -> str:
    """Return the address of a search that nobody else uses, on the server of this process."""
    return shared_milvus().url(f"t_{os.urandom(6).hex()}")


@contextmanager
def running_milvus() -> Iterator[MilvusLite]:
    """Give a new server, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pincite-milvus-"))
    server = MilvusLite(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def milvus() -> Iterator[MilvusLite]:
    """The server of this process, which the test may kill or let hang: afterwards it runs again."""
    server = shared_milvus()
    yield server
    server.go_on()


@pytest.fixture
def milvus_url() -> str:
    """The address of a search that no other test uses."""
    return new_url()
