"""Embedding passages against sentence-transformers' own default `encode`, the same model folder.

    python bench/encode.py [--texts FOLDER] [--passages 64] [--write]

One thread, CPU seconds. Passages of about 150 words out of the BEIR folders under `--texts`, or made up.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import numpy as np  # noqa: E402  after the number of threads is set
import report  # noqa: E402

import corpus as texts_of  # noqa: E402

MARK = "<!-- bench-encode -->"


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
        report.write(
            HERE.parent / "docs" / "performance.md", MARK, table, "Embedding: `python bench/encode.py`"
        )


def measured(texts: list[str]) -> str:
    """Return what encoding the texts took both ways."""
    import torch
    from sentence_transformers import SentenceTransformer

    from index.embedding.loading import load_model
    from index.embedding.sentence_model import BATCH, has_bf16

    torch.set_num_threads(1)
    own = load_model()
    peer = SentenceTransformer(str(own.folder), device="cpu", local_files_only=True)  # type: ignore[attr-defined]
    mine, theirs = [], []
    for encode, times in ((own.encode_documents, mine), (peer.encode_document, theirs)):
        encode(texts[:4])
        start = time.process_time()
        vectors = encode(texts)
        times.extend((time.process_time() - start, np.asarray(vectors, np.float32)))
    other = theirs[1] / np.linalg.norm(theirs[1], axis=1, keepdims=True)
    cosines = np.sum(mine[1] * other, axis=1)
    words = sum(len(text.split()) for text in texts) / len(texts)
    return (
        f"{len(texts)} passages of {words:.0f} words, one thread, CPU: pincite (batches of {BATCH} of like length, "
        f"{'bf16' if has_bf16() else 'float32'}) {mine[0]:.1f} s, {len(texts) / mine[0]:.1f} a second; "
        f"sentence-transformers' `encode` with its defaults {theirs[0]:.1f} s, {len(texts) / theirs[0]:.1f} a second: "
        f"**{theirs[0] / mine[0]:.1f} times** (target 2). Cosine of the two: at least {cosines.min():.5f}, median "
        f"{np.median(cosines):.5f} (target .9999)."
    )


if __name__ == "__main__":
    main()
