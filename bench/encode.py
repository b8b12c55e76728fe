"""Embedding passages against sentence-transformers' own default `encode`, the same model folder.

    python bench/encode.py [--texts FOLDER] [--passages 64] [--write]

One thread, CPU seconds. Passages of about 150 words out of the BEIR folders under `--texts`, or made up.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402  after the number of threads is set

from bench import corpus as texts_of  # noqa: E402
from bench.section import write_section  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--corpus", type=Path, help="the prepared corpus; kept if given")
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = options.corpus or Path(scratch) / "corpus.json"
        if not path.exists():
            texts_of.prepare(options.texts, path)
        corpus = texts_of.read(path)
    texts = [corpus.text(row) for row in corpus.passages(options.passages)]
    table = measured(texts)
    print(table)
    if options.write:
        write_section("bench-encode", "Embedding: `python bench/encode.py`", table)


def timed(encode: Callable[[list[str]], Any], texts: list[str]) -> tuple[float, np.ndarray]:
    """Return the CPU seconds that encoding took, after a few texts to warm up, and the vectors."""
    encode(texts[:4])
    start = time.process_time()
    vectors = encode(texts)
    return time.process_time() - start, np.asarray(vectors, np.float32)


def measured(texts: list[str]) -> str:
    """Return what encoding the texts took both ways."""
    import torch
    from sentence_transformers import SentenceTransformer

    from index.embedding.embedder import BATCH, has_bf16, load_model

    torch.set_num_threads(1)
    own = load_model()
    peer = SentenceTransformer(str(own.folder), device="cpu", local_files_only=True)  # type: ignore[attr-defined]
    mine, vectors = timed(own.encode_documents, texts)
    theirs, other = timed(peer.encode_document, texts)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    cosines = np.sum(vectors * other, axis=1)
    words = sum(len(text.split()) for text in texts) / len(texts)
    return (
        f"{len(texts)} passages of {words:.0f} words, one thread, CPU: pincite (batches of {BATCH} of like length, "
        f"{'bf16' if has_bf16() else 'float32'}) {mine:.1f} s, {len(texts) / mine:.1f} a second; "
        f"sentence-transformers' `encode` with its defaults {theirs:.1f} s, {len(texts) / theirs:.1f} a second: "
        f"**{theirs / mine:.1f} times** (target 2). Cosine of the two: at least {cosines.min():.5f}, median "
        f"{np.median(cosines):.5f} (target .9999)."
    )


if __name__ == "__main__":
    main()
