"""A Ray cluster of three nodes of one core each on the loopback network, for the tests of one process.

Run as a program it holds the nodes: it says its addresses, and kills or adds a node for each line it is told.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from running_service import free_port

from ingest.sandbox import ray_cluster
from ingest.sandbox.ray_cluster import Cluster

ROOT = Path(__file__).parent.parent
# Ray takes 127.0.0.1 for a name of the machine's own address and goes there; any other loopback address stays.
HOST = "127.0.0.2"
EACH: dict[str, Any] = {"num_cpus": 1, "node_ip_address": HOST, "object_store_memory": 100 * 2**20}


class Nodes:
    """The processes of a cluster; nodes can be killed and added."""

    def __init__(self, count: int = 3) -> None:
        # Without such a file in the home folder Ray asks the network whether it runs in a cloud.
        home = self._home = Path(tempfile.mkdtemp(prefix="pincite-ray-"))
        (home / "ray_bootstrap_config.yaml").write_text("{}\n")
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
        self._held = subprocess.Popen(
            [sys.executable, __file__, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ray's workers give way to everything else otherwise, and take minutes beside other programs. The client
            # server starts processes while gRPC's threads run, whose part in a fork ends the new one (SIGSEGV).
            env={
                **os.environ,
                **{"PYTHONPATH": paths, "HOME": str(home)},
                **{"RAY_worker_niceness": "0", "GRPC_ENABLE_FORK_SUPPORT": "0"},
            },
            text=True,
        )
        assert self._held.stdout is not None
        self.address, self.client_address = json.loads(self._held.stdout.readline())

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that joins by `--on ray`."""
        return {**os.environ, "RAY_ADDRESS": self.address}

    def kill_node(self) -> None:
        """End the last node with all of its processes, as a power cut would."""
        self._order("kill")

    def add_node(self) -> None:
        """Let another node join."""
        self._order("add")

    def stop(self) -> None:
        """End all processes."""
        self._order("stop")
        self._held.wait(30)
        shutil.rmtree(self._home, ignore_errors=True)

    def _order(self, order: str) -> None:
        assert self._held.stdin is not None
        assert self._held.stdout is not None
        self._held.stdin.write(f"{order}\n")
        self._held.stdin.flush()
        assert self._held.stdout.readline() == f"{order}\n"


@lru_cache(maxsize=1)
def shared_nodes() -> Nodes:
    """Return the nodes of this process, which end with it."""
    nodes = Nodes()
    atexit.register(nodes.stop)
    return nodes


@lru_cache(maxsize=1)
def shared_cluster() -> Cluster:
    """Return the cluster of this process, joined."""
    before = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_ADDRESS"] = shared_nodes().address
    entered = ray_cluster.joined(ray_cluster.HERE)
    atexit.register(entered.__exit__, None, None, None)
    try:
        return entered.__enter__()
    finally:
        os.environ.pop("RAY_ADDRESS")
        if before is not None:
            os.environ["RAY_ADDRESS"] = before


def kill_workers(kind: str, most: int = 1, seconds: float = 20.0) -> int:
    """End up to `most` Ray workers that do `kind` now, as the kernel does; return how many there were."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _does(path, kind)][:most]
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if found:
            return len(found)
        time.sleep(0.02)
    return 0


def _does(process: Path, kind: str) -> bool:
    try:
        return (process / "cmdline").read_bytes().startswith(f"ray::{kind}".encode())
    except OSError:
        return False


def hold(count: int) -> None:
    """Hold the nodes until stdin ends or says "stop"."""
    answers, sys.stdout = sys.stdout, sys.stderr
    ray_cluster.package()
    from ray.cluster_utils import Cluster as Local

    port = free_port()
    head = {**EACH, "include_dashboard": False, "ray_client_server_port": port}
    local = Local(initialize_head=True, head_node_args=head)
    others = [local.add_node(**EACH) for _ in range(count - 1)]
    print(json.dumps([str(local.address), f"ray://{HOST}:{port}"]), file=answers, flush=True)
    for line in sys.stdin:
        if line == "kill\n":
            local.remove_node(others.pop(), allow_graceful=False)
        elif line == "add\n":
            others.append(local.add_node(**EACH))
        else:
            break
        print(line, end="", file=answers, flush=True)
    local.shutdown()  # type: ignore[no-untyped-call]  # untyped library
    with suppress(BrokenPipeError):
        print("stop", file=answers, flush=True)


if __name__ == "__main__":
    hold(int(sys.argv[1]))
