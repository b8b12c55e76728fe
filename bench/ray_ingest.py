"""An ingest by this machine's one reader and on 1, 2 and 3 Ray workers: times, and whether the libraries are equal.

    python -m bench.ray_ingest FOLDER [--most-kb 400] [--workers 1 2 3]

The workers are nodes of one core each, processes of this machine: on two cores the third can gain nothing.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ray_nodes import Nodes


def ingest(
    corpus: Path, library: Path, environment: dict[str, str], words: Sequence[str]
) -> tuple[float, float]:
    """Ingest, and return the seconds until all is read, and those from the first to the last text embedded."""
    command = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(library)]
    command += ["--progress", "json", "--priority", "normal", *words]
    times: dict[str, list[float]] = {}
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            times.setdefault(json.loads(line)["stage"], []).append(time.monotonic())
    assert process.returncode in (0, 3), process.returncode
    embedding = times.get("embed", [started])
    return times["file"][-1] - started, embedding[-1] - embedding[0]


def digest(library: Path) -> str:
    """Return a hash of all passages and pages as they are exported, and of the vectors."""
    found = hashlib.sha256()
    for what in ("passages", "pages"):
        command = [sys.executable, "-m", "app.cli", "export", what, "--library", str(library)]
        found.update(subprocess.run(command, check=True, capture_output=True).stdout)
    with closing(sqlite3.connect(library / "library.db")) as database:
        for key, value in database.execute(
            "SELECT key, value FROM derived WHERE space LIKE 'vectors:%' ORDER BY key"
        ):
            found.update(key.encode() + value)
    return found.hexdigest()[:16]


def main() -> None:
    """Print a line a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most-kb", type=int, default=10**9, help="leave larger files out")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="bench-ray-"))
    (place / "corpus").mkdir()
    for path in sorted(asked.folder.rglob("*.pdf")):
        if path.stat().st_size <= asked.most_kb * 1000:
            shutil.copy(path, place / "corpus")
    print(f"{len(list((place / 'corpus').iterdir()))} files")
    read, embedded = ingest(place / "corpus", place / "here", dict(os.environ), ["--jobs", "1"])
    own = digest(place / "here")
    print(f"here, one reader: read {read:.1f} s, embedded {embedded:.1f} s", flush=True)
    for count in asked.workers:
        nodes = Nodes(count)
        library = place / f"ray-{count}"
        times = ingest(place / "corpus", library, nodes.environment(), ["--on", "ray"])
        nodes.stop()
        equal = "the same" if digest(library) == own else "ANOTHER"
        print(f"Ray, {count}: read {times[0]:.1f} s, embedded {times[1]:.1f} s, {equal} library", flush=True)
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
