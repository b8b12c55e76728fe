"""CPU time of a search: milliseconds a question over one library, by mode.

    python -m bench.search_cpu --library LIBRARY-OF-corpus/ [--gold FILE] [--rounds 5]

The question's vector is made before the clock starts, so what is measured is index alone. Of each question the
least of `rounds` counts, for other work on the machine only ever adds; printed are median and 95th percentile.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from evals.gold.reader import read_gold
from index.embedding.loading import load_model
from index.search import Searcher

MODES = ("hybrid", "lexical")


def measure(
    searcher: Searcher, questions: list[str], vectors: list[Any], mode: str, rounds: int
) -> list[float]:
    """Return the least CPU milliseconds of each question."""
    least = [float("inf")] * len(questions)
    for _ in range(rounds + 1):  # the first one loads files
        for place, (question, vector) in enumerate(zip(questions, vectors, strict=True)):
            start = time.process_time()
            searcher.search(question, mode=mode, vector=vector if mode == "hybrid" else None)
            least[place] = min(least[place], 1000 * (time.process_time() - start))
    return least


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--gold", type=Path, default=Path("evals/gold/starter.jsonl"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    questions = [question.question for question in read_gold(options.gold).questions]
    embedder = load_model()
    searcher = Searcher.open(options.library, embedder=embedder)
    vectors = [embedder.encode_query(question) for question in questions]
    for mode in MODES:
        times = measure(searcher, questions, vectors, mode, options.rounds)
        figures = {"median": np.median(times), "p95": np.percentile(times, 95)}
        shown = {name: round(float(value), 2) for name, value in figures.items()}
        print(json.dumps({"mode": mode, "questions": len(times), "cpu_ms": shown}))


if __name__ == "__main__":
    main()
