"""Vectors written to a faiss file one block after the other, never all in memory.

The file is what faiss writes for an `IndexFlatIP`: a header of `HEADER` bytes, then the numbers row by row.
"""

import struct
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BLOCK = 4096
"""Vectors summed and written at once: 6 MB. Fixed, so that the sum does not depend on who wrote what when."""
HEADER, TOTAL_AT, SIZE_AT = 45, 8, 37
"""Bytes of the header; where the number of vectors and the number of floats stand in it."""


class VectorWriter:
    """Writes the file of an exact index; a context manager. `sum` is that of all vectors, in double precision."""

    def __init__(self, path: Path, dimension: int) -> None:
        import faiss

        self.total = 0
        self.sum = np.zeros(dimension)
        self._block = np.empty((BLOCK, dimension), np.float32)
        self._filled = 0
        self._header = faiss.serialize_index(faiss.IndexFlatIP(dimension)).tobytes()
        assert len(self._header) == HEADER, "another file format of faiss"
        self._file = path.open("wb")
        self._file.write(self._header)
        self._file.flush()

    def __enter__(self) -> "VectorWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self._flush()
                header = bytearray(self._header)
                struct.pack_into("<q", header, TOTAL_AT, self.total)
                struct.pack_into("<Q", header, SIZE_AT, self.total * self._block.shape[1])
                self._file.seek(0)
                self._file.write(header)

    def add(self, vectors: Vectors) -> None:
        """Append vectors (n, dimension)."""
        done = 0
        while done < len(vectors):
            some = vectors[done : done + BLOCK - self._filled]
            self._block[self._filled : self._filled + len(some)] = some
            self._filled += len(some)
            done += len(some)
            if self._filled == BLOCK:
                self._flush()

    def copy(self, path: Path, start: int, stop: int) -> None:
        """Append the vectors `start:stop` of another such file."""
        for first in range(start, stop, BLOCK):
            self.add(read_vectors(path, self._block.shape[1], first, min(first + BLOCK, stop)))

    def _flush(self) -> None:
        block = self._block[: self._filled]
        block.astype("<f4", copy=False).tofile(self._file)
        self.sum += np.ones(len(block), np.float32) @ block
        self.total += len(block)
        self._filled = 0


def read_vectors(path: Path, dimension: int, start: int, stop: int) -> Vectors:
    """Return the vectors `start:stop` of a file of an exact index."""
    offset = HEADER + start * dimension * 4
    found = np.fromfile(path, "<f4", (stop - start) * dimension, offset=offset)
    return found.reshape(-1, dimension).astype(np.float32, copy=False)
