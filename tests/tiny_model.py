"""A packed model file of a few kilobytes in the format of `index.embedding.bundled_e5`, with random weights."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from index.embedding import bundled_e5

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 1, 2, 64, 512
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *"abcdefghijklmnopqrstuvwxyz:",
    "▁query",
    "▁passage",
    "▁the",
    "<mask>",
]
LINEAR = {
    "q": (HIDDEN, HIDDEN),
    "k": (HIDDEN, HIDDEN),
    "v": (HIDDEN, HIDDEN),
    "ao": (HIDDEN, HIDDEN),
    "fi": (FEED_FORWARD, HIDDEN),
    "fo": (HIDDEN, FEED_FORWARD),
}


def weights() -> dict[str, np.ndarray]:
    """Named random weights; the same every time."""
    random = np.random.default_rng(7)

    def some(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    found = {
        "emb.word": some(len(PIECES), HIDDEN),
        "emb.pos": some(POSITIONS, HIDDEN),
        "emb.type": some(2, HIDDEN),
        "emb.ln.w": np.ones(HIDDEN, np.float32),
        "emb.ln.b": some(HIDDEN),
    }
    for layer in range(LAYERS):
        for name, shape in LINEAR.items():
            found[f"l{layer}.{name}.w"] = some(*shape)
            found[f"l{layer}.{name}.b"] = some(shape[0])
        for name in ("aln", "oln"):
            found[f"l{layer}.{name}.w"] = np.ones(HIDDEN, np.float32)
            found[f"l{layer}.{name}.b"] = some(HIDDEN)
    return found


def four_bit(values: np.ndarray) -> bytes:
    """Blocks of 32: a float16 scale, then the low nibbles (first half) and the high ones (second half)."""
    packed = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7 or 1)
        nibbles = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        packed += scale.tobytes() + (nibbles[:16] | nibbles[16:] << 4).tobytes()
    return packed


def write_packed(path: Path, *, magic: bytes = b"E5S1", version: int = 1, block: int = 32) -> Path:
    """Write the file; matrices in 4 bits, vectors as float32."""
    texts = [piece.encode() for piece in PIECES]
    bounds = np.cumsum([0, *map(len, texts)])
    head = struct.pack("<4sI", magic, version)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, block)
    head += struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
    head += struct.pack("<Q", sum(map(len, texts)))
    head += bounds.astype("<u4").tobytes()
    head += np.array([-float(rank) for rank in range(len(PIECES))], "<f4").tobytes() + b"".join(texts)
    table = struct.pack("<IB", ord("\u200b"), 0) + struct.pack("<IBI", ord("\u00a0"), 1, ord(" "))
    head += struct.pack("<iI", 2, len(table)) + table
    named = weights()
    bodies = {n: four_bit(v) if v.ndim == 2 else v.astype("<f4").tobytes() for n, v in named.items()}
    start = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in named)
    listing = struct.pack("<i", len(named))
    for name, values in named.items():
        size = len(bodies[name])
        listing += struct.pack(f"<H{len(name)}s", len(name), name.encode())
        listing += struct.pack("<BIQQ", values.ndim == 2, values.size, start, size)
        start += size
    path.write_bytes(head + listing + b"".join(bodies.values()))
    return path


def write_folder(place: Path) -> Path:
    """Unpack such a file into `place / "model"` as an ordinary model folder, and return that."""
    packed = write_packed(place / "packed.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(packed.read_bytes()).hexdigest())
        return bundled_e5.unpack(place / "model", packed)
