"""Where the CPU time of an ingest goes: reading, storing, words, model, cutting into pieces, network.

    python -m bench.ingest_stages FOLDER [--library EMPTY-FOLDER]

One reading process, one stage after the other, each for all documents; what an ingest publishes on its way is left out.
CPU seconds of this process and of the reading ones.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Stages = dict[str, float]


def spent(who: int) -> float:
    """Return the CPU seconds of this process or of its children."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def timed(stages: Stages, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same work that adds its CPU seconds, those of its own thread, to a stage."""

    def doing(*given: Any) -> Any:
        start = time.thread_time()
        found = work(*given)
        stages[name] = stages.get(name, 0.0) + time.thread_time() - start
        return found

    return doing


def measure(folder: Path, target: Path) -> Stages:
    """Ingest a folder into an empty library; return the CPU seconds of each stage."""
    from index.embedding.compiled_model import CompiledModel
    from index.embedding.loading import load_model
    from index.snapshot.publish import publish
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder

    stages: Stages = {}
    with Library.open(target, create=True) as library:
        own, others = spent(resource.RUSAGE_SELF), spent(resource.RUSAGE_CHILDREN)
        ingest_folder(folder, library, workers=1)
        stages["reading and splitting"] = spent(resource.RUSAGE_CHILDREN) - others
        stages["storing"] = spent(resource.RUSAGE_SELF) - own
        start = time.process_time()
        publish(library, target, None)
        stages["counting and publishing words"] = time.process_time() - start
        start = time.process_time()
        model = load_model()
        assert isinstance(model, CompiledModel), "CTranslate2 has to serve the model"
        stages["loading the model"] = time.process_time() - start
        model._pieces = timed(stages, "cutting into pieces", model._pieces)  # type: ignore[method-assign]
        start = time.process_time()
        publish(library, target, model)
        whole = time.process_time() - start
        # The network works in threads of its own; looking for kept vectors and writing is a hundredth of it.
        stages["network, and writing the vectors"] = whole - stages["cutting into pieces"]
    return stages


def main() -> None:
    """Print a table of the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path, help="kept if given; must not exist")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stages-") as scratch:
        stages = measure(given.folder, given.library or Path(scratch) / "library")
    print(table(stages))


def table(stages: Stages) -> str:
    """Return the stages with their seconds and shares, the longest first."""
    total = sum(stages.values())
    rows = [
        f"| {name} | {seconds:.1f} | {seconds / total:.0%} |"
        for name, seconds in sorted(stages.items(), key=lambda item: -item[1])
    ]
    return "\n".join(["| stage | CPU s | share |", "|---|---|---|", *rows])


if __name__ == "__main__":
    main()
