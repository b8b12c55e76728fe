"""Embedding passages in four ways, in turn: sentence-transformers and CTranslate2, the same model folder.

    python bench/encode.py [--texts FOLDER] [--passages 64] [--rounds 3] [--write]

One thread, CPU seconds, the best of the rounds. Passages of about 150 words out of the BEIR folders under
`--texts`, or made up. The converted model in float32 is made for the bench and removed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import numpy as np  # noqa: E402  after the number of threads is set

from bench import corpus as texts_of  # noqa: E402
from bench.section import write_section  # noqa: E402

DEFAULT, TODAY = "sentence-transformers, its defaults", "sentence-transformers, batches of 8 of like length"
Encode = Callable[[list[str]], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--corpus", type=Path, help="the prepared corpus; kept if given")
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):  # one worker for one core
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as scratch:
        path = options.corpus or Path(scratch) / "corpus.json"
        if not path.exists():
            texts_of.prepare(options.texts, path)
        corpus = texts_of.read(path)
        texts = [corpus.text(row) for row in corpus.passages(options.passages)]
        table = measured(texts, options.rounds, Path(scratch))
    print(table)
    if options.write:
        write_section("bench-encode", "Embedding: `python bench/encode.py`", table)


def ways(scratch: Path) -> dict[str, Encode]:
    """Return how each way encodes passages, by its name in the table."""
    import torch
    from ctranslate2.converters import TransformersConverter
    from sentence_transformers import SentenceTransformer

    from index.embedding import bundled_e5
    from index.embedding.compiled_model import CompiledModel
    from index.embedding.converted import Conversion
    from index.embedding.loading import default_cache, load_model
    from index.embedding.sentence_model import SentenceModel, has_bf16

    torch.set_num_threads(1)
    fast = load_model()
    if not isinstance(fast, CompiledModel):
        raise SystemExit("CTranslate2 does not serve the model here (see `pincite status`)")
    source = default_cache() / bundled_e5.FOLDER_NAME
    known = Conversion.read(fast.folder)
    assert known is not None
    TransformersConverter(str(source)).convert(str(scratch / "float32"))
    (scratch / "float32" / "tokenizer.json").symlink_to(source / "tokenizer.json")
    precise = CompiledModel(scratch / "float32", known, fast.name, compute_type="float32")
    peer = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    kind = "bf16" if has_bf16() else "float32"
    return {
        DEFAULT: lambda texts: np.asarray(peer.encode_document(texts), np.float32),
        f"{TODAY}, {kind}": SentenceModel(source, fast.name).encode_documents,
        "CTranslate2, float32": precise.encode_documents,
        "CTranslate2, int8": fast.encode_documents,
    }


def measured(texts: list[str], rounds: int, scratch: Path) -> str:
    """Return a table: passages a CPU second of each way, and its cosines to sentence-transformers' defaults."""
    encoders = ways(scratch)
    best = dict.fromkeys(encoders, float("inf"))
    vectors: dict[str, np.ndarray] = {}
    for encode in encoders.values():
        encode(texts[:4])
    for _ in range(rounds):
        for name, encode in encoders.items():
            start = time.process_time()
            vectors[name] = encode(texts)
            best[name] = min(best[name], time.process_time() - start)
    words = sum(len(text.split()) for text in texts) / len(texts)
    rows = [
        f"{len(texts)} passages of {words:.0f} words, one thread, best of {rounds} rounds in turn:",
        "",
        "| | passages a CPU second | × the defaults | cosine to them, least | mean |",
        "|---|---|---|---|---|",
    ]
    for name, seconds in best.items():
        cosines = np.sum(vectors[name] * vectors[DEFAULT], axis=1)
        rows.append(
            f"| {name} | {len(texts) / seconds:.1f} | {best[DEFAULT] / seconds:.2f} | "
            f"{cosines.min():.5f} | {cosines.mean():.5f} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
