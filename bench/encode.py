"""Embedding passages in four ways, in turn: sentence-transformers and CTranslate2, the same model folder.

    python bench/encode.py [--library LIBRARY | --texts FOLDER] [--passages 64] [--rounds 3] [--write]

One thread, CPU seconds, the best of the rounds. What is embedded of passages of a library (windows and wholes, under
their headings), or passages of about 150 words out of the BEIR folders under `--texts`, or made up. The converted model
in float32 is made for the bench and removed. As on a processor without bf16 and VNNI:

    ONEDNN_MAX_CPU_ISA=AVX2 CT2_FORCE_CPU_ISA=AVX2 python bench/encode.py …

`--speed-of-light` says instead what the processor could do at best: its rate of 8-bit products, measured on products of
the model's sizes, against the operations that a piece takes.
"""

import argparse
import json
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
    parser.add_argument("--library", type=Path, help="what an index of this library holds")
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--corpus", type=Path, help="the prepared corpus; kept if given")
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--speed-of-light", action="store_true")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):  # one worker for one core
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as scratch:
        texts = texts_for(options, Path(scratch))
        if options.speed_of_light:
            print(at_best(texts, options.rounds))
            return
        table = measured(texts, options.rounds, Path(scratch))
    print(table)
    if options.write:
        write_section("bench-encode", "Embedding: `python bench/encode.py`", table)


def texts_for(options: argparse.Namespace, scratch: Path) -> list[str]:
    """Return the texts to embed: those of passages spread over a library, or of a prepared corpus."""
    if options.library:
        from index.snapshot.paths import snapshot_folder
        from index.snapshot.snapshot import Snapshot
        from index.snapshot.vector_files import embedded_texts

        opened = Snapshot.open(snapshot_folder(options.library))
        rows = np.linspace(0, opened.manifest.passages - 1, options.passages).astype(int)
        return [
            text for row in sorted(set(rows.tolist())) for text in embedded_texts(opened.passage(row).passage)
        ]
    path = options.corpus or scratch / "corpus.json"
    if not path.exists():
        texts_of.prepare(options.texts, path)
    corpus = texts_of.read(path)
    return [corpus.text(row) for row in corpus.passages(options.passages)]


def operations_a_piece(hidden: int, inner: int, layers: int) -> int:
    """Return the 8-bit operations (a product and a sum are two) of one piece in the linear layers of a BERT encoder.

    Attention between pieces is left out: 4 in 100 more at a hundred pieces a text, and not in 8 bits.
    """
    return 2 * layers * (4 * hidden * hidden + 2 * hidden * inner)


def at_best(texts: list[str], rounds: int) -> str:
    """Return what the model reaches of the processor's own rate of 8-bit products, one thread."""
    import torch

    from index.embedding import bundled_e5
    from index.embedding.compiled_model import CompiledModel
    from index.embedding.loading import default_cache, load_model

    torch.set_num_threads(1)
    model = load_model()
    assert isinstance(model, CompiledModel)
    config = json.loads((default_cache() / bundled_e5.FOLDER_NAME / "config.json").read_text("utf-8"))
    hidden, inner, layers = (config[key] for key in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    pieces = model._pieces([model._before_document + text for text in texts])  # what is measured is inside
    count = sum(map(len, pieces))
    cut = _best(rounds, lambda: model._pieces(texts))
    whole = _best(rounds, lambda: model.encode_documents(texts))
    rate = min(eight_bit_rate(512, hidden, width, rounds) for width in (hidden, inner))
    needed = operations_a_piece(hidden, inner, layers)
    return (
        f"{len(texts)} texts, {count} pieces, {count / len(texts):.0f} a text; a piece: {needed / 1e6:.1f} million "
        f"operations; 8-bit products: {rate / 1e9:.0f} billion operations a CPU second; at best {rate / needed:.0f} "
        f"pieces a CPU second, reached {count / whole:.0f} ({count / whole * needed / rate:.0%}); cutting the texts "
        f"into pieces: {cut / whole:.1%} of the time"
    )


def eight_bit_rate(rows: int, inner: int, columns: int, rounds: int) -> float:
    """Return operations a CPU second of 8-bit products (rows, inner) by (inner, columns), as torch computes them."""
    import torch

    left = torch.randint(-127, 127, (rows, inner), dtype=torch.int8)
    right = torch.randint(-127, 127, (inner, columns), dtype=torch.int8)
    times = 50
    seconds = _best(rounds, lambda: [torch._int_mm(left, right) for _ in range(times)])
    return 2 * rows * inner * columns * times / seconds


def _best(rounds: int, work: Callable[[], object]) -> float:
    """Return the least CPU seconds that the work took, after a round that does not count."""
    work()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


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
        f"{len(texts)} texts of {words:.0f} words, one thread, best of {rounds} rounds in turn:",
        "",
        "| | texts a CPU second | × the defaults | cosine to them, least | mean |",
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
