"""How long an assistant waits for `pincite mcp`: from the start of the process to the list of its tools.

    python bench/mcp_start.py --library LIB [--times 5]

Seconds of the CPU hold on a busy machine as well; beside them stands what importing the protocol's own package costs in
a process of its own, which nothing here can undercut. "Unqueued" is the clock without the time that the server's own
thread was ready to run and had to wait for a processor, as Linux counts it: what the clock says on a machine that does
nothing else.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

MESSAGES = (
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds by the clock and of the CPU until the tools were listed, and how many there were.

    `queued` are the seconds of the clock in which its first thread waited for a processor; 0 where nobody counts them.
    """

    seconds: float
    cpu: float
    tools: int
    queued: float


def start(library: Path) -> Start:
    """Start the server, list its tools, and let it go."""
    words = [sys.executable, "-m", "app.cli", "mcp", "--library", str(library)]
    began = time.monotonic()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        for message in MESSAGES:
            server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
        answer: dict[str, object] = {}
        while answer.get("id") != 2:
            answer = json.loads(server.stdout.readline())
        seconds = time.monotonic() - began
        used = psutil.Process(server.pid).cpu_times()
        waited = queued(server.pid)
        server.kill()
    result = answer["result"]
    assert isinstance(result, dict)
    return Start(seconds, used.user + used.system, len(result["tools"]), waited)


def queued(process: int) -> float:
    """Return the seconds that the first thread of a process was ready and had no processor (Linux only, else 0)."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.is_file() else 0.0


def bare_import() -> float:
    """Return the CPU seconds of a process that only imports the protocol's server."""
    code = "import time, mcp.server.mcpserver; print(time.process_time())"
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--library", type=Path, required=True)
    options.add_argument("--times", type=int, default=5)
    chosen = options.parse_args()
    starts = [start(chosen.library) for _ in range(chosen.times)]
    bare = statistics.median(bare_import() for _ in range(chosen.times))
    cpu = statistics.median(one.cpu for one in starts)
    clock = sorted(one.seconds for one in starts)
    print(f"{starts[0].tools} tools listed, {chosen.times} starts")
    print(f"clock: median {statistics.median(clock):.2f} s, best {clock[0]:.2f} s")
    unqueued = sorted(one.seconds - one.queued for one in starts)
    print(f"unqueued: median {statistics.median(unqueued):.2f} s, worst {unqueued[-1]:.2f} s")
    print(
        f"CPU: median {cpu:.2f} s; importing the protocol's package alone {bare:.2f} s ({cpu / bare:.2f} x)"
    )


if __name__ == "__main__":
    main()
