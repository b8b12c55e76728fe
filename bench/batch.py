"""CPU seconds a question in one batch, and one by one in a process each.

    python bench/batch.py --library LIB [--questions 200] [--alone 5]

The questions are those of the starter set, each made a text of its own by a number at its end, in hybrid mode.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "evals" / "gold" / "starter.jsonl"


def questions(number: int) -> list[str]:
    """Return so many different questions."""
    asked = [
        json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    return [f"{asked[at % len(asked)]} {at // len(asked) or ''}".strip() for at in range(number)]


def cost(*words: str) -> float:
    """Return the CPU seconds of a `pincite` command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "app.cli", *words], cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--library", type=Path, required=True)
    options.add_argument("--questions", type=int, default=200)
    options.add_argument("--alone", type=int, default=5)
    chosen = options.parse_args()
    asked, library = questions(chosen.questions), str(chosen.library.absolute())
    alone = sum(cost("search", one, "--library", library, "--json") for one in asked[: chosen.alone])
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "q.jsonl", Path(folder) / "a.jsonl"
        lines = [json.dumps({"id": f"q{at}", "question": one}) for at, one in enumerate(asked)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        together = cost("batch", str(file), "--out", str(out), "--library", library)
        answers = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert answers == [f"q{at}" for at in range(len(asked))], "each once, in order"
    one, each = alone / chosen.alone, together / len(asked)
    print(f"alone {one:.2f} s a question; {len(asked)} in one batch {each:.3f} s each: {one / each:.0f} x")


if __name__ == "__main__":
    main()
