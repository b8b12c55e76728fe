"""Many programs at once: how long searches over `/api` take, which fail, and what the server's memory does.

    pincite serve --library L --port 8600 &
    python bench/api_load.py --port 8600 --pid $! --clients 50 --seconds 30

One client alone is measured first, in the same run; questions are made of words of the starter questions, none twice.
"""

import argparse
import json
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np

GOLD = Path(__file__).parents[1] / "evals" / "gold" / "starter.jsonl"


class Client(threading.Thread):
    """Asks one question after the other until `end`; keeps the times of the answers and what was refused."""

    def __init__(self, address: str, words: list[str], seed: int, end: float) -> None:
        super().__init__(daemon=True)
        self.address, self.words, self.end = address, words, end
        self.random = random.Random(seed)
        self.times: list[float] = []
        self.busy = self.errors = 0

    def run(self) -> None:
        """Ask until it is time to stop."""
        while time.monotonic() < self.end:
            question = " ".join(self.random.sample(self.words, 8))
            began = time.monotonic()
            try:
                with urllib.request.urlopen(
                    f"{self.address}?q={urllib.parse.quote(question)}", timeout=60
                ) as got:
                    json.load(got)
                self.times.append(time.monotonic() - began)
            except urllib.error.HTTPError as error:
                self.busy += error.code == 503
                self.errors += error.code != 503
                time.sleep(float(error.headers.get("Retry-After") or 1))
            except OSError:
                self.errors += 1


def measure(address: str, words: list[str], clients: int, seconds: float) -> tuple[list[float], int, int]:
    """Return the seconds that each answer took, how many requests were refused as too many, and how many failed."""
    end = time.monotonic() + seconds
    crowd = [Client(address, words, seed, end) for seed in range(clients)]
    for client in crowd:
        client.start()
    for client in crowd:
        client.join()
    times = [one for client in crowd for one in client.times]
    return times, sum(client.busy for client in crowd), sum(client.errors for client in crowd)


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    """Measure one client and then many; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--pid", type=int, required=True, help="process of the server")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    questions = [json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
    words = sorted({word for question in questions for word in question.split()})
    address = f"http://127.0.0.1:{given.port}/api/search"
    measure(address, words, 1, 2.0)
    alone = 0.0
    for clients, seconds in ((1, given.seconds / 3), (given.clients, given.seconds)):
        before = resident(given.pid)
        times, busy, errors = measure(address, words, clients, seconds)
        p50, p95 = np.quantile(times, [0.5, 0.95])
        alone = alone or float(p95)
        print(
            f"{clients} clients: {len(times)} answers, {len(times) / seconds:.1f} a second; p50 {p50:.3f} s, "
            f"p95 {p95:.3f} s ({p95 / alone:.1f} × one client's); {busy} refused, {errors} errors; "
            f"memory +{resident(given.pid) - before:.0f} MB"
        )


if __name__ == "__main__":
    main()
