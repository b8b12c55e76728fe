"""A fresh process to its first hybrid answer, the question's vector given.

    python bench/first_answer.py --texts FOLDER --vectors FILE.npy [--passages 500000] [--write]

The snapshot is made by the product from a stand-in for the library that makes its passages as they are
asked for (`bench/corpus.py`), one vector each. Then processes are started one after the other: each opens
the snapshot and answers one question.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  after the number of threads is set

from bench import corpus as texts_of  # noqa: E402
from bench.corpus import Corpus  # noqa: E402
from bench.section import write_section  # noqa: E402
from index.analysis.analyser import term_counts  # noqa: E402
from index.embedding.embedder import ModelProfile  # noqa: E402
from index.snapshot.generation import count_key  # noqa: E402
from index.snapshot.publish import publish  # noqa: E402
from ingest.library.library import Document, StoredPassage  # noqa: E402
from ingest.metadata.metadata import Metadata  # noqa: E402
from ingest.passage import Passage  # noqa: E402

PAPER = 300
TIMES = 9

ASK = """
import time; start, cpu = time.perf_counter(), time.process_time()
import sys; from pathlib import Path; import numpy as np
sys.path.insert(0, sys.argv[1])
from index.search import Searcher
searcher = Searcher.open(Path(sys.argv[2]))
opened = time.perf_counter()
found = searcher.search(sys.argv[4], vector=np.load(sys.argv[3]))
assert found.mode == "hybrid" and len(found.hits) == 10, found.mode
end, cpu = time.perf_counter(), time.process_time() - cpu
searcher.search(sys.argv[4] + " again", vector=np.load(sys.argv[3]))
print(opened - start, end - start, cpu, time.perf_counter() - end)
"""


class Made:
    """The part of `ingest.library.library.Library` that publishing asks for: papers of `PAPER` passages of a corpus."""

    def __init__(self, corpus: Corpus, passages: int) -> None:
        self.corpus = corpus
        self.drawn = corpus.passages(passages)
        self.rows: dict[str, int] = {}

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """Return no lock: nobody else knows of this library."""
        return contextlib.nullcontext()

    def state(self) -> str:
        """Return the state of a library that never changes."""
        return "made:1"

    def documents(self) -> list[Document]:
        """Return the papers."""
        return [
            Document(
                f"{n:032x}", f"{n:064x}", f"{n}.pdf", f"{n}.pdf", (f"{n}.pdf",), "pdf", True, "ready", None,
                PAPER // 3, PAPER, 0, "en", Metadata(title=f"Paper {n}"), written=f"{n:032x}",
            )
            for n in range(len(self.drawn) // PAPER)
        ]  # fmt: skip

    def passages(self, ident: str) -> Iterator[StoredPassage]:
        """Yield the passages of a paper, three a page."""
        first = int(ident, 16) * PAPER
        for row in range(first, first + PAPER):
            text, page = self.corpus.text(self.drawn[row]), (row - first) // 3 + 1
            passage = Passage(
                id=f"{row:032x}", text=text, kind="body", language="en", section=(), spans=((page, 0, len(text)),),
                pages=(page, page), labels=(), label_source=None, locator=None, sentences=(), tokens=160,
            )  # fmt: skip
            self.rows[count_key(passage)] = row
            yield StoredPassage(passage, ident, row - first)

    def get_derived(self, space: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the counts of passages, and no vectors."""
        return {key: self._counts(key) for key in keys} if space.startswith("counts") else {}

    def _counts(self, key: str) -> bytes:
        numbers = np.concatenate(self.corpus.terms_of(self.drawn[self.rows[key]])).tolist()
        return json.dumps(term_counts(self.corpus.names[number] for number in numbers)).encode()

    def put_derived(self, space: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep nothing."""


class Given:
    """A stand-in for a model: hands out given vectors one after the other."""

    name, fingerprint = "given", "given"
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def __init__(self, vectors: np.ndarray, query: np.ndarray) -> None:
        self.vectors, self.query = vectors, query
        self.dimension = vectors.shape[1]
        self.at = 0

    def encode_documents(self, texts: Sequence[str], on_batch: object = None) -> np.ndarray:
        """Return the next vectors (len(texts), dimension)."""
        self.at += len(texts)
        return self.vectors[self.at - len(texts) : self.at]

    def encode_query(self, text: str) -> np.ndarray:
        """Return the vector of the question."""
        return self.query


def build(folder: Path, options: argparse.Namespace) -> tuple[str, np.ndarray]:
    """Publish a snapshot; return a question and its vector."""
    corpus = texts_of.real(options.texts)
    real = np.load(options.vectors)
    vectors = texts_of.spread(real[1:], options.passages)
    stand_in: Any = Made(corpus, options.passages)  # what publishing asks of a library, and no more
    model: Any = Given(vectors, real[0])
    publish(stand_in, folder, model)
    return corpus.questions[0][0], real[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=500_000)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="keep the snapshot here and use it again")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        asked = folder / "asked.json"
        if not asked.exists():
            start = time.process_time()
            question, vector = build(folder, options)
            np.save(folder / "vector.npy", vector)
            asked.write_text(json.dumps(question))
            print(f"built in {time.process_time() - start:.0f} CPU s", flush=True)
        table = measured(folder, json.loads(asked.read_text()), options.passages)
    print(table)
    if options.write:
        write_section("bench-first-answer", "Fresh process: `python bench/first_answer.py`", table)


def measured(folder: Path, question: str, passages: int) -> str:
    """Start processes and return what they took."""
    command = [sys.executable, "-c", ASK, str(ROOT), str(folder), str(folder / "vector.npy"), question]
    subprocess.check_output(command)  # checks the hashes of a new snapshot, and fills the page cache
    runs = []
    for _ in range(TIMES):
        start = time.perf_counter()
        numbers = [float(number) for number in subprocess.check_output(command, text=True).split()]
        runs.append([*numbers, time.perf_counter() - start])
    opened, answered, cpu, again, whole = (statistics.median(column) for column in zip(*runs, strict=True))
    best = min(run[1] for run in runs)
    return (
        f"{passages:,} passages with a vector each, {TIMES} processes, median: opened after {opened:.2f} s, first "
        f"hybrid answer after {answered:.2f} s (best {best:.2f}; target 0.5) and {cpu:.2f} s of CPU; a second answer "
        f"takes {again * 1000:.0f} ms. From the start of the interpreter to its end: {whole:.2f} s."
    )


if __name__ == "__main__":
    main()
