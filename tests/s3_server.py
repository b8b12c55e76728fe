"""An S3-compatible store on the loopback address (moto's server), for the tests of one process.

moto needs a botocore that cannot lie beside our python-dateutil: it has a virtual environment of its own, which
`python tests/s3_server.py` makes once in the cache folder, as `.ci/run` does.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from running_service import free_port

START_SECONDS = 60.0
MOTO = "moto[server]>=5,<6"
KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_REGION": "us-east-1"}
# Looked up once: tests give themselves other cache folders.
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
FOLDER = Path(os.environ.get("PINCITE_TEST_MOTO") or _CACHE / "pincite-tests" / "moto")
BINARY = {"Content-Type": "application/octet-stream"}


def environment() -> Path:
    """Return the virtual environment with moto, made where there is none."""
    folder = FOLDER
    if not (folder / "bin" / "moto_server").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", MOTO], check=True)
    return folder


class Store:
    """A server in a process of its own; it may be killed, stopped and started again (then empty)."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._process: subprocess.Popen[bytes] | None = None
        self._buckets = 0

    def start(self) -> None:
        """Start the server and wait until it answers."""
        program = environment() / "bin" / "moto_server"
        words = [str(program), "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(words, stdout=self._log, stderr=self._log)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, "moto's server has ended"
            try:
                self.ask("GET", "/moto-api/data.json")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("moto's server did not start")

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """Let the server accept connections and answer nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """End `hang`."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def bucket(self) -> str:
        """Make a bucket of its own and return its name."""
        self._buckets += 1
        self.ask("PUT", f"/papers-{self._buckets}")
        return f"papers-{self._buckets}"

    def url(self, bucket: str, prefix: str = "", **more: object) -> str:
        """Return what names a prefix of a bucket in `pincite.toml`."""
        options = "".join(f"&{key}={value}" for key, value in more.items())
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}{options}"

    def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store an object."""
        self.ask("PUT", f"/{bucket}/{quote(key)}", data)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, None where there is none."""
        try:
            return self.ask("GET", f"/{bucket}/{quote(key)}")
        except urllib.error.HTTPError as error:
            assert error.code == 404
            return None

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object."""
        self.ask("DELETE", f"/{bucket}/{quote(key)}")

    def want_keys(self, *, wanted: bool) -> None:
        """Let the server refuse keys that it does not know, or take any."""
        self.ask("POST", "/moto-api/reset-auth", b"0" if wanted else b"inf")

    def ask(self, method: str, path: str, data: bytes | None = None) -> bytes:
        """Send a request and return the answer."""
        signed = "Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        headers = {**BINARY, "Authorization": f"AWS4-HMAC-SHA256 {signed}"}
        request = urllib.request.Request(f"{self.endpoint}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())


@lru_cache(maxsize=1)
def shared_store() -> Store:
    """Return the store of this process, which ends with it."""
    store = Store()
    store.start()
    atexit.register(store.kill)
    return store


if __name__ == "__main__":
    print(environment())
