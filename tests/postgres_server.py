"""A PostgreSQL of the system's own package, on the loopback address, for the tests of one process."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import pytest
from running_service import free_port

USER, PASSWORD, DATABASE = "pincite", "s3cret/word", "libraries"
START_SECONDS = 30


@lru_cache(maxsize=1)
def programs() -> Path:
    """Return the folder of the newest PostgreSQL here; none is a fault of the machine, not a reason to skip."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    assert on_path, "PostgreSQL is not here: install the package postgresql"
    return Path(on_path).parent


class PostgresServer:
    """A cluster in a folder of its own, that checks its pages and asks for a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        self._as = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._as:
            os.chown(folder, self._as.pw_uid, self._as.pw_gid)

    def run(self, program: str, *arguments: str, check: bool = True) -> None:
        """Run one of PostgreSQL's programs as the user that owns the cluster."""
        become = {"user": self._as.pw_uid, "group": self._as.pw_gid} if self._as else {}
        done = subprocess.run(
            [str(programs() / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            **become,  # type: ignore[call-overload]
        )
        assert done.returncode == 0 or not check, (program, done.stderr)

    def make(self) -> None:
        """Make the cluster with a user and a database."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self.run(
            "initdb", "-D", str(self.data), "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}",
            "--data-checksums", "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        self.start()
        import psycopg

        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c max_connections=60"
        self.run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "fast" ends its sessions, "immediate" is a crash."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop", check=False)

    def restart(self, mode: str = "fast") -> None:
        """Stop and start the server."""
        self.stop(mode)
        self.start()

    def dsn(self, database: str = DATABASE) -> str:
        """Return how psycopg connects."""
        return f"host=127.0.0.1 port={self.port} user={USER} password={PASSWORD} dbname={database}"

    def url(self, schema: str = "pincite") -> str:
        """Return the URL of a library on this server."""
        password = PASSWORD.replace("/", "%2F")
        return f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{self.port}/{DATABASE}?schema={schema}"

    def damage(self, schema: str, table: str) -> None:
        """Overwrite a table's pages in the server's own files, as a broken disk would."""
        import psycopg

        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = connection.execute(f"SELECT pg_relation_filepath('{schema}.{table}')").fetchone()
        assert found is not None
        self.stop()
        with (self.data / found[0]).open("r+b") as file:
            file.seek(100)
            file.write(b"\xa5" * 2000)
        self.start()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Give a new server, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pincite-postgres-"))
    server = PostgresServer(folder)
    try:
        server.make()
        yield server
    finally:
        server.stop("immediate")
        for _ in range(3):
            with suppress(OSError):
                shutil.rmtree(folder)
                break
            time.sleep(0.1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server of all tests of this process; each test uses a schema of its own."""
    with running_server() as server:
        yield server


@pytest.fixture
def schema_url(postgres: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a schema that no other test uses, dropped afterwards with those that were renamed."""
    import psycopg

    name = f"t_{os.urandom(6).hex()}"
    yield postgres.url(name)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        for row in connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [f"{name}%"]
        ).fetchall():
            connection.execute(f'DROP SCHEMA "{row[0]}" CASCADE')
