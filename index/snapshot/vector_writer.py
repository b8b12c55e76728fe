"""Vectors in an `.npy` file, written block by block and read in parts: memory never holds all of them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BLOCK = 4096
"""Vectors summed and written at once: 6 MB. Fixed, so that the sum does not depend on who wrote what when."""
STORED = "<f4"


class VectorWriter:
    """Writes an array of `total` vectors; a context manager. `sum` is that of all, in double precision.

    Raises:
        ValueError: at the end, when there were not `total` vectors.

    """

    def __init__(self, path: Path, total: int, dimension: int) -> None:
        self.sum = np.zeros(dimension)
        self._missing = total
        self._block = np.empty((BLOCK, dimension), np.float32)
        self._filled = 0
        self._file = path.open("wb")
        # The header is padded, so the numbers begin at a multiple of 64 bytes.
        header = {"descr": STORED, "fortran_order": False, "shape": (total, dimension)}
        npy.write_array_header_1_0(self._file, header)
        self._file.flush()

    def __enter__(self) -> VectorWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        self._file.close()

    def close(self) -> None:
        """Write what is left."""
        with self._file:
            self._flush()
            if self._missing:
                raise ValueError(f"{self._file.name}: {self._missing} vectors are missing")

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
            self.add(read_vectors(path, first, min(first + BLOCK, stop)))

    def _flush(self) -> None:
        block = self._block[: self._filled]
        block.astype(STORED, copy=False).tofile(self._file)
        self.sum += np.ones(len(block), np.float32) @ block
        self._missing -= len(block)
        self._filled = 0


def read_vectors(path: Path, start: int, stop: int) -> Vectors:
    """Return the vectors `start:stop` of a file, read and not mapped: a map counts as the process's memory."""
    with path.open("rb") as file:
        npy.read_magic(file)
        (_, dimension), _, _ = npy.read_array_header_1_0(file)
        file.seek(start * dimension * np.dtype(STORED).itemsize, 1)
        found = np.fromfile(file, STORED, (stop - start) * dimension)
    return found.reshape(-1, dimension).astype(np.float32, copy=False)
