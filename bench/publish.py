"""What adding one document costs, and what a build needs in memory.

    python bench/publish.py [--passages 100000] [--write]

A library of made-up papers of `PAPER` passages (made-up words drawn by Zipf's law), with vectors that
stand for a model's: reading and embedding are not measured here. Measured, each in a process of its own:
the build from stored counts and vectors (CPU, peak memory against the size of the snapshot), and one more
paper of 100 pages. `--write` puts the table into docs/measurements.md.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  after the number of threads is set

from bench.section import write_section  # noqa: E402
from index.embedding.embedder import ModelProfile  # noqa: E402
from index.snapshot.paths import snapshot_folder  # noqa: E402
from index.snapshot.publish import publish  # noqa: E402
from index.snapshot.snapshot import Snapshot  # noqa: E402
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage  # noqa: E402
from ingest.metadata.metadata import Metadata  # noqa: E402
from ingest.passage import Passage, passage_id  # noqa: E402

PAGES, PAPER = 100, 300
"""Pages and passages of a paper: three passages a page, as in the starter corpus's source papers."""
SENTENCES, SENTENCE_WORDS = 6, 21


class Made:
    """A stand-in for a model: a vector follows from a text alone, at next to no cost.

    Texts lie around 2,000 centres, so that the coarse index meets something like topics.
    """

    name, dimension, fingerprint = "made", 384, "made-up vectors"
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.centres = rng.normal(size=(2_000, self.dimension)).astype(np.float32)
        self.noise = rng.normal(size=1 << 20).astype(np.float32)
        self.seconds = 0.0

    def encode_documents(self, texts: Sequence[str], on_batch: object = None) -> np.ndarray:
        """Return unit vectors (len(texts), dimension)."""
        start = time.process_time()
        found = np.stack([self.encode_query(text) for text in texts])
        self.seconds += time.process_time() - start
        return found

    def encode_query(self, text: str) -> np.ndarray:
        """Return the unit vector of a text."""
        key = zlib.crc32(text.encode())
        at = key % (len(self.noise) - self.dimension)
        vector: np.ndarray = self.centres[key % len(self.centres)] + self.noise[at : at + self.dimension]
        return np.asarray(vector / np.linalg.norm(vector))


def vocabulary() -> list[str]:
    """Return 150,000 made-up words of two to five syllables."""
    syllables = [consonant + vowel for consonant in "bcdfglmnprst" for vowel in "aeiou"]
    rng = np.random.default_rng(9)
    sizes = rng.integers(2, 6, 200_000)
    return list(dict.fromkeys("".join(rng.choice(syllables, size)) for size in sizes))[:150_000]


def paper(number: int, words: np.ndarray, passages: int = PAPER) -> NewDocument:
    """Return a paper of made-up text."""
    rng = np.random.default_rng(number)
    sha = hashlib.sha256(f"paper {number}".encode()).hexdigest()
    drawn = words[rng.zipf(1.25, (passages, SENTENCES, SENTENCE_WORDS)) % len(words)]
    pages, made = [], []
    for page in range(PAGES):
        text = ""
        for row in drawn[page * passages // PAGES : (page + 1) * passages // PAGES]:
            start = len(text)
            spans = []
            for sentence in row:
                first = len(text) - start
                text += " ".join(sentence).capitalize() + ". "
                spans.append((first, len(text) - start - 1))
            own = text[start:-1]
            made.append(
                Passage(
                    id=passage_id(sha, own, 0), text=own, kind="body", language="en",
                    section=("1. Made up", f"1.{page}. Page"), spans=((page + 1, start, start + len(own)),),
                    pages=(page + 1, page + 1), labels=(), label_source=None, locator=None,
                    sentences=tuple(spans), tokens=200,
                )
            )  # fmt: skip
        pages.append(StoredPage(sha[:32], page + 1, text))
    return NewDocument(sha, "pdf", True, "ready", None, tuple(pages), tuple(made), "en")


def put(library: Library, number: int, words: np.ndarray) -> None:
    """Store a paper; the names of later ones come anywhere among the others."""
    new = paper(number, words)
    library.put_document(new, Metadata(title=f"Paper {number}"), [FileStamp(f"{new.sha256}.pdf")])


def measured(folder: Path, step: str) -> dict[str, float]:
    """Run one step in this process and return what it took; the last word of the folder's story."""
    words = np.array(vocabulary())
    model = Made()
    with Library.open(folder, create=True) as library:
        total = library.counts()["passages"]
        if step == "add":
            put(library, 10**6 + total, words)
        if step == "rebuild":
            import shutil

            shutil.rmtree(snapshot_folder(folder))
        before, base = time.process_time(), resident()
        publish(library, folder, model)
        spent = time.process_time() - before - model.seconds
    parent = snapshot_folder(folder)
    manifest = Snapshot.open(parent).manifest
    size = sum(bytes_ for bytes_, _ in manifest.files.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "passages": manifest.passages, "vectors": manifest.vectors, "before": total, "cpu": round(spent, 2),
        "peak_mb": round(peak), "base_mb": round(base), "size_mb": round(size / 2**20),
    }  # fmt: skip


def resident() -> float:
    """Return the memory of this process in MB."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the library here and use it again")
    parser.add_argument("--step", choices=["build", "rebuild", "add"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measured(options.folder, options.step)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "library"
        fill(folder, options.passages)
        found = {}
        for step in ("build", "rebuild", "add"):
            command = [sys.executable, __file__, "--folder", str(folder), "--step", step]
            found[step] = json.loads(subprocess.check_output(command))
            print(step, found[step], flush=True)
    if options.write:
        write_section("bench-publish", "Publishing: `python bench/publish.py`", report(found))


def fill(folder: Path, passages: int) -> None:
    """Put papers into the library until it holds so many passages."""
    words = np.array(vocabulary())
    with Library.open(folder, create=True) as library:
        there = library.counts()["passages"]
        for number in range(there // PAPER, passages // PAPER):
            put(library, number, words)


def report(found: dict[str, dict[str, float]]) -> str:
    """Return the section of docs/measurements.md."""
    full, add = found["rebuild"], found["add"]
    return "\n".join([
        f"{full['passages']:,} made-up passages of {SENTENCES * SENTENCE_WORDS} words with {full['vectors']:,} "
        f"vectors; a snapshot of {full['size_mb']:,} MB. CPU of one thread, after reading and embedding.",
        "",
        "| | CPU s | peak memory, MB | times the snapshot |",
        "|---|---|---|---|",
        *(
            f"| {name} | {step['cpu']:.1f} | {step['peak_mb']:,} | {step['peak_mb'] / step['size_mb']:.2f} |"
            for name, step in (("build from stored counts and vectors", full), ("one paper of 100 pages added", add))
        ),
        "",
        "Targets: 3 s for the paper, 2 times the size for the memory (which counts the files that are mapped, and "
        f"{full['base_mb']} MB that the process holds before).",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
