"""The lexical leg against rank_bm25 and bm25s, and the exact scan against reading memory.

    python bench/index.py [--sizes 20000 100000] [--questions 50] [--write]

Made-up passages of 120 words with a Zipf vocabulary, questions of 8 words, top ten, one thread. Peers that
are not installed (bench/requirements.txt) are left out and named. `--write` puts the table into
docs/performance.md.
"""

import argparse
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  after the number of threads is set

from index.analysis import bag  # noqa: E402
from index.lexical import compile_bags  # noqa: E402

DOCUMENT = ROOT / "docs" / "performance.md"
MARK = "<!-- bench-index -->"
WORDS = 120
VOCABULARY = 50_000
RANK_BM25_QUESTIONS = 10


def passages(size: int) -> list[list[str]]:
    """Return passages of words drawn by Zipf's law."""
    rng = np.random.default_rng(1)
    drawn = rng.zipf(1.15, size * WORDS) % VOCABULARY
    names = np.array([f"w{i}" for i in range(VOCABULARY)])
    return [list(row) for row in names[drawn].reshape(size, WORDS)]


def questions(number: int) -> list[list[str]]:
    """Return questions of eight words, rarer ones than the passages' average."""
    rng = np.random.default_rng(2)
    return [[f"w{i}" for i in rng.zipf(1.05, 8) % VOCABULARY] for _ in range(number)]


def timed(ask: Callable[[list[str]], object], asked: Sequence[list[str]]) -> tuple[float, float]:
    """Return p50 and p95 of CPU milliseconds a question, after one to warm up."""
    ask(asked[0])
    times = []
    for question in asked:
        start = time.process_time()
        ask(question)
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times), float(np.quantile(times, 0.95))


def measure(size: int, number: int) -> list[tuple[str, float, float, float]]:
    """Return (system, build seconds, p50, p95) for one size."""
    texts, asked = passages(size), questions(number)
    found = []
    start = time.process_time()
    index = compile_bags(bag(text) for text in texts)
    built = time.process_time() - start
    found.append(("pincite", built, *timed(lambda q: index.search(list(bag(q).items()), 10), asked)))
    if importlib.util.find_spec("rank_bm25"):
        from rank_bm25 import BM25Okapi

        start = time.process_time()
        peer = BM25Okapi(texts)
        built = time.process_time() - start
        found.append(("rank_bm25", built, *timed(peer.get_scores, asked[:RANK_BM25_QUESTIONS])))
        for question in asked[:RANK_BM25_QUESTIONS]:
            scores = peer.get_scores(question)
            rows, own = index.search(list(bag(question).items()), 10)
            assert np.allclose(np.sort(scores)[::-1][: len(own)], own, atol=1e-6), "scores differ"
            assert np.allclose(scores[rows], own, atol=1e-6), "scores differ"
    if importlib.util.find_spec("bm25s"):
        import bm25s

        start = time.process_time()
        other = bm25s.BM25(k1=1.5, b=0.75)
        other.index(texts, show_progress=False)
        built = time.process_time() - start
        ask = lambda q: other.retrieve([q], k=10, show_progress=False)  # noqa: E731
        found.append(("bm25s (numpy)", built, *timed(ask, asked)))
    return found


def scan(size: int) -> str:
    """Return a line on the exact scan of `size` vectors against summing the same memory."""
    import faiss

    faiss.omp_set_num_threads(1)
    vectors = np.random.default_rng(3).normal(size=(size, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = faiss.IndexFlatIP(384)
    index.add(vectors)
    read, searched = [], []
    for row in range(9):
        start = time.process_time()
        vectors.sum()
        read.append(time.process_time() - start)
        start = time.process_time()
        index.search(vectors[row : row + 1], 100)
        searched.append(time.process_time() - start)
    rate = vectors.nbytes / 1e9
    fast, slow = rate / statistics.median(searched), rate / statistics.median(read)
    return f"Exact scan of {size:,} vectors: {fast:.1f} GB/s; numpy sums the same memory at {slow:.1f} GB/s."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = ["| passages | system | build, CPU s | p50 ms | p95 ms |", "|---|---|---|---|---|"]
    for size in options.sizes:
        for name, built, middle, high in measure(size, options.questions):
            lines.append(f"| {size:,} | {name} | {built:.1f} | {middle:.2f} | {high:.2f} |")
    missing = [name for name in ("rank_bm25", "bm25s") if not importlib.util.find_spec(name)]
    lines += ["", scan(options.sizes[0]), f"Not installed, left out: {', '.join(missing) or 'none'}."]
    table = "\n".join(lines)
    print(table)
    if options.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        if MARK not in text:
            text = f"{text.rstrip()}\n\n## Search: `make bench-index`\n\n{MARK}\n{MARK}\n"
        before, _, after = text.split(MARK, 2)
        DOCUMENT.write_text(f"{before}{MARK}\n{table}\n{MARK}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
