"""Windows on a Milvus server against an exact comparison: `python bench/milvus_windows.py --library LIB --search URL`.

The windows are made out of those of a library: each lies between two of them. Prints the seconds to fill the server,
how long candidates take (p50, p95), and their recall among the ten best of an exact comparison. `--keep` goes on with
what a run before left there, as after a restart of the server.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.retrieval.base import VectorIndex
from index.retrieval.dense import DenseIndex
from index.retrieval.milvus import collection
from index.retrieval.milvus import server as server_module
from index.retrieval.milvus.address import Address
from index.retrieval.milvus.entities import Entities
from index.retrieval.milvus.server import MilvusServer, server_at
from index.retrieval.milvus.vectors import MilvusVectors
from index.snapshot.paths import snapshot_folder
from index.snapshot.snapshot import VECTORS, Snapshot

Vectors = NDArray[np.float32]
BEST = 10
DEPTH = 100


def between(vectors: Vectors, count: int, seed: int) -> Vectors:
    """Return so many unit vectors, each somewhere between two of the given ones."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, len(vectors), (2, count))
    share = rng.uniform(0.2, 0.8, (count, 1)).astype(np.float32)
    mixed = share * vectors[one] + (1 - share) * vectors[other]
    found: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return found


def recall(found: NDArray[np.int32], true: NDArray[np.int32]) -> float:
    """Return the share of the true rows that were found."""
    return len(set(found.tolist()) & set(true.tolist())) / len(true)


def unindexed(server: MilvusServer, name: str) -> int:
    """Return how many windows have no index yet."""

    def waiting(client: Any, seconds: float) -> int:
        return int(client.describe_index(name, "vector", timeout=seconds)["pending_index_rows"])

    return server.write(waiting)


def made_up_entities(count: int) -> Entities:
    """Return the entities of so many windows, each a passage of its own, a hundred to a document."""
    rows = np.arange(count)
    return Entities(
        ids=rows.astype(np.int64),
        counts=np.ones(count, np.int64),
        row_documents=(rows // 100).astype(np.int32),
        row_languages=np.zeros(count, np.int8),
        languages=[None],
    )


def fill(server: MilvusServer, name: str, windows: Vectors) -> None:
    """Put the windows on the server, in the place of what it has under this name."""
    collection.drop(server, name)
    collection.make_windows(server, name, windows.shape[1], "HNSW")
    begun = time.perf_counter()
    filled = (
        {"id": row, "passage": row, "document": row // 100 * 100, "language": "", "vector": windows[row]}
        for row in range(len(windows))
    )
    print(f"{collection.fill(server, name, filled)} windows in {time.perf_counter() - begun:.0f} s")


def wait_for_index(server: MilvusServer, name: str, most: float) -> None:
    """Wait up to so many seconds until all windows are in the index, and say how many are not."""
    begun = time.perf_counter()
    while (waiting := unindexed(server, name)) and time.perf_counter() - begun < most:
        time.sleep(1)
    print(f"{waiting} without an index after {time.perf_counter() - begun:.0f} s")


def compare(there: VectorIndex, exact: VectorIndex, questions: Vectors) -> None:
    """Ask both in turn, and print their times and the recall of the first."""
    seconds: tuple[list[float], list[float]] = ([], [])
    recalls = []
    for question in questions:
        found = []
        for index, taken in zip((there, exact), seconds, strict=True):
            begun = time.perf_counter()
            found.append(index.candidates(question, DEPTH)[0][:BEST])
            taken.append(time.perf_counter() - begun)
        recalls.append(recall(*found))
    for what, taken in zip(("Milvus", "exact, on this machine"), seconds, strict=True):
        print(f"{what}: p50 {1000 * np.median(taken):.0f} ms, p95 {1000 * np.percentile(taken, 95):.0f} ms")
    print(f"recall@{BEST} {np.mean(recalls):.4f}")


def main() -> None:
    """Print the figures."""
    server_module.ASK_SECONDS = 30.0  # what takes long is to be seen, not left out
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--search", required=True, help="milvus://HOST:19530/NAME")
    parser.add_argument("--windows", type=int, default=200_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--wait", type=float, default=600, help="seconds to wait for the index")
    parser.add_argument("--keep", action="store_true", help="do not fill the server again")
    given = parser.parse_args()
    files = Snapshot.open(snapshot_folder(given.library))
    real = np.load(files.base_folder / VECTORS, mmap_mode="r").view(np.ndarray)
    windows, questions = between(real, given.windows, 1), between(real, given.questions, 2)
    server = server_at(Address.parse(given.search))
    name = f"{server.address.name}_windows"
    if not given.keep:
        fill(server, name, windows)
    print(f"{collection.size(server, name, given.windows)} windows there; waiting for the index")
    wait_for_index(server, name, given.wait)
    entities, spans = made_up_entities(given.windows), np.zeros((given.windows, 2), np.int32)
    there = MilvusVectors(
        server=server, collection=name, entities=entities, spans=spans, span_firsts=np.arange(given.windows),
        mean=None, dimension=real.shape[1], graph=True,
    )  # fmt: skip
    compare(there, DenseIndex.over(windows, entities.counts, spans), questions)


if __name__ == "__main__":
    main()
