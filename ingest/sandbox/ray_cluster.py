"""A Ray cluster that does the work of one run: how it is named, joined and left."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import ClusterAway, PinciteError, UsageError

HERE = "ray"
"""The cluster that this machine is part of: the one of $RAY_ADDRESS, else the one that runs here."""
LOCAL = "local"
"""No cluster: this machine alone, whatever the settings say."""
INSTALL = 'pip install "pincite[ray]"'
GO_ON = "Nothing stored so far is lost; run the same command again."
CONNECT_SECONDS = 5.0
# Without these Ray reports its use to its makers, and asks an address that does not answer for a quarter of an hour.
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_REPORT_URL": "http://127.0.0.1:9/",  # where it would tell that nothing is to be told
    "RAY_NUM_REDIS_GET_RETRIES": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_SERVER = re.compile(r"ray://(?P<host>[^\s/:@]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is joined. `ray` is the package, `nodes` are the cores of each node, `gpus` those of all."""

    ray: Any
    nodes: tuple[int, ...]
    gpus: int

    @property
    def cores(self) -> int:
        """The cores of all nodes."""
        return max(1, sum(self.nodes))

    @contextmanager
    def telling_of_loss(self) -> Iterator[None]:
        """Turn what Ray raises when the cluster itself is gone into a ClusterAway with the next step."""
        try:
            yield
        except (self.ray.exceptions.RayError, ConnectionError) as error:
            said = str(error).strip().split("\n")[0]
            raise ClusterAway(f"the Ray cluster went away ({said[:200]}). {GO_ON}") from error


def address_of(written: str) -> str:
    """Return what names a cluster: "ray", or "ray://HOST:PORT" of its client server. Raises: UsageError."""
    server = _SERVER.fullmatch(written)
    if written != HERE and (server is None or not 0 < int(server["port"]) < 2**16):
        raise UsageError(f"{written!r} names no Ray cluster: write ray, or ray://HOST:10001")
    return written


@contextmanager
def joined(address: str) -> Iterator[Cluster]:
    """Join a cluster and leave it at the end, with everything of this run that is still going on in it.

    Raises: UsageError for an address that is none; PinciteError where the package is missing; ClusterAway where
    nobody answers.
    """
    address = address_of(address)
    ray = package()
    if ray.is_initialized():
        yield _described(ray)
        return
    named = (os.environ.get("RAY_ADDRESS") or _left_here()) if address == HERE else address
    try:
        _knock(named)
        ray.init(
            address="auto" if address == HERE else address,
            log_to_driver=False,
            configure_logging=False,
            logging_level=logging.ERROR,
        )
    except (OSError, RuntimeError, ValueError) as error:
        said = str(error).strip().split("\n")[0] or type(error).__name__
        raise ClusterAway(
            f"the Ray cluster {named} cannot be joined ({said[:200]}). Nothing was read; "
            "see that it runs, or leave --on out (--on local where the settings name a cluster)."
        ) from error
    try:
        yield _described(ray)
    finally:
        ray.shutdown()


def _left_here() -> str:
    """Return the address that the last cluster of this machine left, which may have ended; "ray" without one."""
    from ray._common.utils import get_ray_address_file

    try:
        return Path(get_ray_address_file(None)).read_text(encoding="utf-8").strip() or HERE
    except OSError:
        return HERE


def _knock(named: str) -> None:
    """Raise OSError where nobody listens at an address: Ray itself would wait for a minute and more."""
    place = re.fullmatch(r"(ray://)?(?P<host>.+):(?P<port>\d+)", named)
    if place is not None:
        socket.create_connection((place["host"].strip("[]"), int(place["port"])), CONNECT_SECONDS).close()


def package() -> Any:
    """Return the package, told to send nothing to its makers. Raises: PinciteError where it is not installed."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise PinciteError(f"a Ray cluster needs the package ray. Install it with: {INSTALL}") from error
    return ray


def _described(ray: Any) -> Cluster:
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    gpus = sum(int(one.get("GPU", 0)) for one in alive)
    return Cluster(ray, tuple(int(one.get("CPU", 0)) for one in alive), gpus)
