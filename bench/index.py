"""The index against its peers, and against the memory's own speed.

    make bench-index [BENCH=PYTHON] [ARGS="[--sizes 20000 100000 500000] [--texts FOLDER] [--vectors FILE] [--write]"]

Top ten, one thread, CPU milliseconds a question. `--texts` is a folder of BEIR folders, `--vectors` an array of
unit vectors of real texts (both made up where they are missing; see `bench/corpus.py`). Each system runs in a
process of its own. Peers that are not installed (bench/requirements.txt) are left out and named. `--write`
puts the tables and a plot into docs/.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  after the number of threads is set

from bench import corpus as texts_of  # noqa: E402
from bench import peers  # noqa: E402
from bench.section import write_section  # noqa: E402

PLOT = ROOT / "docs" / "bm25.svg"
QUESTIONS = 200
HYBRID_SIZE = 20_000
TOO_LARGE = {"rank_bm25": 100_000, "bm25s (numpy)": 100_000, "langchain BM25Retriever": 20_000}
"""Most passages for the slowest systems; rank_bm25 needs 16 KB a passage."""
NOT_INSTALLED = 3
Row = dict[str, Any]


def lexical(options: argparse.Namespace) -> Row:
    """Build one system at one size and ask it."""
    corpus = texts_of.read(options.corpus)
    passages = corpus.passages(options.size)
    asked = corpus.asked(options.questions)
    start = time.process_time()
    ask = peers.LEXICAL[options.system](corpus.words(passage) for passage in passages)
    built = time.process_time() - start
    few = asked[:40] if options.system.startswith("langchain") else asked
    times, answers = peers.timed(ask, few)
    found: Row = {"build": built, "p50": float(np.median(times)), "p95": float(np.quantile(times, 0.95))}
    if options.system in {"pincite", "rank_bm25"}:
        found["tops"] = [[part.tolist() for part in answer] for answer in answers]
    return found


def hybrid(options: argparse.Namespace) -> Row:
    """Build one hybrid system at 20,000 passages and ask it with given vectors."""
    corpus = texts_of.read(options.corpus)
    vectors, queries = _vectors(options.vectors, HYBRID_SIZE, QUESTIONS)
    texts = [corpus.text(passage) for passage in corpus.passages(HYBRID_SIZE)]
    start = time.process_time()
    ask = peers.HYBRID[options.system](texts, vectors)
    built = time.process_time() - start
    asked = [(text, query) for (text, _), query in zip(corpus.questions, queries, strict=False)]
    few = asked[:40] if options.system.startswith("langchain") else asked
    times, _ = peers.timed(lambda pair: ask(*pair), few)
    return {"build": built, "p50": float(np.median(times)), "p95": float(np.quantile(times, 0.95))}


def _vectors(path: Path | None, size: int, queries: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `size` vectors and others to ask with, none of which is among them."""
    if path is None:
        rng = np.random.default_rng(4)
        real = rng.normal(size=(500, 384))[rng.integers(0, 500, 40_000)] + rng.normal(size=(40_000, 384))
        real = (real / np.linalg.norm(real, axis=1, keepdims=True)).astype(np.float32)
    else:
        real = np.load(path)
    order = np.random.default_rng(6).permutation(len(real))
    return texts_of.spread(real[order[queries:]], size), real[order[:queries]]


def scan(options: argparse.Namespace) -> Row:
    """Compare the exact scan with reading the same memory, and the coarse index with the exact scan."""
    import faiss

    from index.retrieval import ivf
    from index.retrieval.dense import DenseIndex

    faiss.omp_set_num_threads(1)
    vectors, queries = _vectors(options.vectors, options.size, QUESTIONS)
    found = _rates(vectors, queries)
    counts, spans = np.ones(len(vectors), np.int64), np.zeros((len(vectors), 2), np.int32)
    exact = DenseIndex.over(vectors, counts, spans)
    times, true = peers.timed(lambda q: exact.candidates(q, 10), queries[:80])
    found |= _plain_faiss(vectors, queries[:80], [rows for rows, _ in true])
    start = time.process_time()
    index, probes, trained_recall = ivf.train(vectors)
    found |= {"train": time.process_time() - start, "probes": probes, "sample": trained_recall}
    large = DenseIndex.over(vectors, counts, spans, index, probes)
    fast, near = peers.timed(lambda q: large.candidates(q, 10), queries[:80])
    same = [len(np.intersect1d(one[0], other[0])) / 10 for one, other in zip(true, near, strict=True)]
    exact_ms, coarse_ms = float(np.median(times)), float(np.median(fast))
    return found | {"exact10": exact_ms, "coarse": coarse_ms, "recall": float(np.mean(same))}


def _rates(vectors: np.ndarray, queries: np.ndarray) -> Row:
    """Return the GB/s of the exact scan and of numpy's fastest way through the same memory, the best of 30 each."""
    from index.retrieval.exact import nearest

    reads, scans = [], []
    for query in queries[:30]:
        reads.append(min(_seconds(read, vectors) for read in (np.sum, np.max, _words)))
        scans.append(_seconds(lambda q: nearest(vectors, q, 100), query))
    size = vectors.nbytes / 1e9
    return {"vectors": len(vectors), "read": size / min(reads), "scan": size / min(scans)}


def _plain_faiss(vectors: np.ndarray, queries: np.ndarray, tops: list[np.ndarray]) -> Row:
    """Return what faiss's flat index takes, how often it has the same ten, and other ways to the first 100."""
    import faiss

    from index.retrieval.exact import largest, nearest

    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    times, answers = peers.timed(lambda q: flat.search(q[None], peers.TOP)[1][0], queries)
    ip = faiss.METRIC_INNER_PRODUCT
    knn, _ = peers.timed(lambda q: faiss.knn(q[None], vectors, 10 * peers.TOP, metric=ip), queries)
    pairs, _ = peers.timed(
        lambda q: largest(faiss.pairwise_distances(q[None], vectors, metric=ip)[0], 10 * peers.TOP), queries
    )
    own, _ = peers.timed(lambda q: nearest(vectors, q, 10 * peers.TOP), queries)
    plain = {"own": own, "knn": knn, "pairwise": pairs}
    same = [set(one.tolist()) == set(other.tolist()) for one, other in zip(answers, tops, strict=True)]
    found = {"faiss": float(np.median(times)), "same": sum(same), "asked": len(same)}
    return found | {name: float(np.median(values)) for name, values in plain.items()}


def _words(vectors: np.ndarray) -> object:
    return vectors.view(np.int64).sum()


def _seconds(work: Any, on: np.ndarray) -> float:
    start = time.process_time()
    work(on)
    return time.process_time() - start


STEPS = {"lexical": lexical, "hybrid": hybrid, "scan": scan}


def child(options: argparse.Namespace, step: str, system: str, size: int) -> Row | None:
    """Run one step in a process of its own; None where the system is not installed."""
    command = [sys.executable, __file__, "--step", step, "--system", system, "--size", str(size)]
    command += ["--questions", str(options.questions)]
    for name in ("corpus", "vectors"):
        if getattr(options, name):
            command += [f"--{name}", str(getattr(options, name))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == NOT_INSTALLED:
        return None
    done.check_returncode()
    row: Row = json.loads(done.stdout.splitlines()[-1])
    shown = {key: round(value, 3) for key, value in row.items() if key != "tops"}
    print(step, system, size, shown, flush=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000, 500_000])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--corpus", type=Path, help="the prepared corpus; kept if given")
    parser.add_argument("--results", type=Path, help="keep what was measured here, and go on from there")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="asked of the systems of words")
    parser.add_argument("--report", action="store_true", help="measure nothing, show what --results holds")
    parser.add_argument("--only", nargs="+", choices=[*STEPS], default=[*STEPS])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--step", choices=[*STEPS])
    parser.add_argument("--system", default="")
    parser.add_argument("--size", type=int, default=0)
    options = parser.parse_args()
    if options.step:
        try:
            print(json.dumps(STEPS[options.step](options)))
        except ImportError as error:
            print(error, file=sys.stderr)
            sys.exit(NOT_INSTALLED)
        return
    from bench import report

    with tempfile.TemporaryDirectory() as scratch:
        options.corpus = options.corpus or Path(scratch) / "corpus.json"
        if not options.report and not options.corpus.exists():
            texts_of.prepare(options.texts, options.corpus)
        found = measure(options)
    text = report.document(found, options)
    print(text)
    if options.write:
        if importlib.util.find_spec("matplotlib"):
            report.plot(found, PLOT)
            text += "\n\n![CPU time of a question by number of passages](bm25.svg)"
        write_section("bench-index", "Search: `make bench-index`", text)


def measure(options: argparse.Namespace) -> dict[str, dict[str, Row | None]]:
    """Return step → "system|size" → what was measured."""
    kept = options.results is not None and options.results.exists()
    found: dict[str, dict[str, Row | None]] = {step: {} for step in STEPS}
    found |= json.loads(options.results.read_text()) if kept else {}
    for step, system, size in () if options.report else wanted(options):
        if f"{system}|{size}" not in found[step]:
            found[step][f"{system}|{size}"] = child(options, step, system, size)
            if options.results is not None:
                options.results.write_text(json.dumps(found))
    return found


def wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Yield (step, system, size) of all that is to be measured."""
    if "hybrid" in options.only:
        yield from (("hybrid", system, HYBRID_SIZE) for system in peers.HYBRID)
    for size in options.sizes:
        if "lexical" in options.only:
            systems = (name for name in peers.LEXICAL if size <= TOO_LARGE.get(name, size))
            yield from (("lexical", system, size) for system in systems)
        if "scan" in options.only:
            yield "scan", "", size


if __name__ == "__main__":
    main()
