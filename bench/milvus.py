"""A library searched on Milvus, held against the same library searched on this machine.

    python bench/milvus.py --library LIBRARY --gold GOLD --search milvus://HOST:19530/NAME [--every 4]

The library's folder is copied twice, one copy published here, one on the server, and each question asked of both.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from evals.results import QuestionResult, RunReport
from evals.run import run_gold
from index.search import Searcher
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.search_place import LOCAL, search_at
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library

METRICS = ("page_hit@5", "ndcg@10")
MODE = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Means of the metrics here and there, shares of questions with the same first hit and ten, seconds (p50, p95)."""

    questions: int
    here: dict[str, float]
    there: dict[str, float]
    first: float
    ten: float
    seconds_here: tuple[float, float]
    seconds_there: tuple[float, float]


def agreement(library: Library, here: Searcher, there: Searcher, gold: Path, out: Path) -> Agreement:
    """Ask both searchers the questions of a gold file; the runs stand in the folders `here` and `there` of `out`.

    Raises: PinciteError where one of them answers by words only.
    """
    runs = [
        run_gold(gold, library, one, out / name, modes=[MODE])
        for name, one in (("here", here), ("there", there))
    ]
    tops = [[tuple(hit.passage_id for hit in one.top) for one in run.questions] for run in runs]
    same = list(zip(*tops, strict=True))
    return Agreement(
        questions=len(same),
        here=_means(runs[0].questions),
        there=_means(runs[1].questions),
        first=sum(ours[:1] == theirs[:1] for ours, theirs in same) / len(same),
        ten=sum(ours[:10] == theirs[:10] for ours, theirs in same) / len(same),
        seconds_here=_seconds(runs[0]),
        seconds_there=_seconds(runs[1]),
    )


def _means(questions: tuple[QuestionResult, ...]) -> dict[str, float]:
    scores = [one.scores[MODE] for one in questions if one.scores.get(MODE)]
    return {name: sum(one[name] for one in scores) / len(scores) for name in METRICS}


def _seconds(run: RunReport) -> tuple[float, float]:
    assert run.timings is not None, "a run that was just made"
    latency = run.timings.latency[MODE]
    return latency.p50, latency.p95


def part_of(gold: Path, every: int, out: Path) -> Path:
    """Write every so many questions of a gold file into a file; return it."""
    lines = gold.read_text(encoding="utf-8").splitlines(keepends=True)
    out.write_text("".join(lines[::every]), encoding="utf-8")
    return out


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--search", required=True, help="milvus://HOST:19530/NAME")
    parser.add_argument("--every", type=int, default=1, help="ask every so many questions")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        own, folder = Path(scratch) / "own", Path(scratch) / "library"
        shutil.copytree(given.library, own)
        search_at(own, LOCAL)
        model = Searcher.open(own).embedder
        with Library.open(own) as library:
            publish(library, own, model)
        here = Searcher(Snapshot.open(snapshot_folder(own)), own, None, None)
        shutil.copytree(own, folder)
        search_at(folder, given.search)
        with Library.open(folder) as library:
            begun = time.perf_counter()
            made = publish(library, folder, here.embedder)
            published = time.perf_counter() - begun
            gold = part_of(given.gold, given.every, Path(scratch) / given.gold.name)
            found = agreement(library, here, Searcher.open(folder), gold, Path(scratch))
    print(f"{made.passages} passages, {made.vectors} windows, published in {published:.1f} s")
    print(f"{found.questions} questions | this machine | Milvus")
    for name in METRICS:
        print(f"{name} | {found.here[name]:.4f} | {found.there[name]:.4f}")
    for place, name in enumerate(("p50", "p95")):
        print(
            f"{name}, ms | {1000 * found.seconds_here[place]:.0f} | {1000 * found.seconds_there[place]:.0f}"
        )
    print(f"same first hit {found.first:.3f}, same ten {found.ten:.3f}")


if __name__ == "__main__":
    main()
