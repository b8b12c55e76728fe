"""The packed file of multilingual-e5-small, read.

The file ("E5S1", little endian) holds the sizes of the network, the word pieces with their scores, a table of
character normalisations, and the weights: 4-bit blocks of 32 values with one float16 scale each, or plain
float32.
"""

import contextlib
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "token_types")
PIECES = ("count", "bos", "eos", "pad", "unk")
BLOCK = 32


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The packed file, read: network sizes, word pieces (text, score), normalisations, named weights."""

    sizes: dict[str, int]
    ids: dict[str, int]
    pieces: list[tuple[str, float]]
    normalise: dict[str, str]
    weights: dict[str, "NDArray[np.float32]"]


class _Cursor:
    """Reads consecutive little-endian fields of a buffer."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def take(self, fmt: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return values

    def array(self, dtype: str, count: int) -> "NDArray[Any]":
        import numpy as np

        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values.copy()


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def read_packed(path: Path) -> PackedModel:
    """Return what the file holds. Raises ModelUnavailable for another format or version."""
    with _mapped(path) as data:
        cursor = _Cursor(data)
        if cursor.take("4sI") != (b"E5S1", 1):
            raise ModelUnavailable(
                f"{path} is not a packed model of version 1; reinstall the package it is from"
            )
        sizes = dict(zip(SIZES, cursor.take("7i"), strict=True))
        _eps, block = cursor.take("fi")
        if block != BLOCK:
            raise ModelUnavailable(f"{path} has blocks of {block} values instead of {BLOCK}")
        ids = dict(zip(PIECES, cursor.take("5i"), strict=True))
        pieces = _read_pieces(cursor, ids["count"])
        normalise = _read_normalisations(cursor)
        return PackedModel(sizes, ids, pieces, normalise, _read_weights(cursor))


def _read_pieces(cursor: _Cursor, count: int) -> list[tuple[str, float]]:
    (size,) = cursor.take("Q")
    bounds = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.array("u1", size).tobytes()
    return [(text[bounds[i] : bounds[i + 1]].decode(), scores[i]) for i in range(count)]


def _read_normalisations(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.take("iI")
    end = cursor.at + size
    table = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        table[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    cursor.at = end
    return table


def _read_weights(cursor: _Cursor) -> dict[str, "NDArray[np.float32]"]:
    weights = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.take(f"{length}s")[0].decode()
        packed, values, offset, _size = cursor.take("BIQQ")
        place = _Cursor(cursor.data)
        place.at = offset
        weights[name] = _four_bit(place, values) if packed else place.array("<f4", values)
    return weights


def _four_bit(cursor: _Cursor, count: int) -> "NDArray[np.float32]":
    """Return `count` float32 values: (nibble − 8) · scale; low nibbles are a block's first half."""
    import numpy as np

    blocks = np.frombuffer(
        cursor.data, [("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)], count // BLOCK, cursor.at
    )
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - np.float32(8)
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.ravel()
