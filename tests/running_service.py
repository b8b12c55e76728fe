"""A service of the command line in a process of its own, for tests that ask it over the network."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
SECONDS = 60


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: str, library: Path, folder: Path, config: str, *words: str, path: str) -> Iterator[str]:
    """Start `pincite COMMAND`, give its address when `path` answers, with whatever status, and end it."""
    with running_process(command, library, folder, config, *words, path=path) as (address, _):
        yield address


@contextmanager
def running_process(
    command: str, library: Path, folder: Path, config: str, *words: str, path: str, port: int | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """As `running`; give the process as well, on a given port if one is."""
    port = port or free_port()
    settings = folder / "pincite.toml"
    settings.write_text(config, encoding="utf-8")
    log = folder / f"{command}.log"
    called = [
        sys.executable,
        "-m",
        "app.cli",
        command,
        "--library",
        str(library),
        "--port",
        str(port),
        *words,
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            called,
            cwd=REPOSITORY,
            env={**os.environ, "PINCITE_CONFIG": str(settings)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(SECONDS * 5):
            if answers(f"http://127.0.0.1:{port}{path}"):
                break
            if process.poll() is not None:
                raise AssertionError(f"it did not start: {log.read_text()}")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(address: str) -> bool:
    """Return whether somebody answers there, be it with a refusal."""
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def status_of(
    address: str, headers: Mapping[str, str], method: str = "GET", data: bytes | None = None
) -> int:
    """Return the status of a request, 0 where nobody answers."""
    asked = urllib.request.Request(address, data, dict(headers), method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def upgrade_status(port: int, host: str, origin: str, *headers: str) -> int:
    """Return the status with which the page's WebSocket is opened, or not."""
    lines = ["GET /_stcore/stream HTTP/1.1", f"Host: {host}:{port}", f"Origin: {origin}"]
    lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(4_096).split()[1])
