"""The approximate index of a large collection: it proposes candidates, whose scores then come from the full vectors.

IVF (cells around k-means centres) with 8 bits a number.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

RECALL = 0.97
"""Share of the true ten nearest vectors that the index must find on a sample, when it is trained."""
SAMPLE = 200
TRAINED_ON = 64
"""Vectors a cell to learn the cells from; faiss asks for 39 at least."""
AT_ONCE = 1 << 14
"""Vectors added in one call: 24 MB."""


def train(vectors: Vectors) -> tuple[Any, int, float]:
    """Return an IVF index of 8-bit vectors, how many cells to read, and the recall@10 measured with that.

    The number of cells read is the least power of two that reaches `RECALL` against exact search
    on `SAMPLE` of the vectors, spread evenly.
    """
    import faiss

    total, dimension = vectors.shape
    cells = 1 << max(4, round(np.log2(4 * np.sqrt(total))))
    quantizer = faiss.IndexFlatIP(dimension)
    index: Any = faiss.IndexIVFScalarQuantizer(
        quantizer, dimension, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.train(np.ascontiguousarray(vectors[:: max(1, total // (cells * TRAINED_ON))]))
    for start in range(0, total, AT_ONCE):
        index.add(np.ascontiguousarray(vectors[start : start + AT_ONCE]))
    sample = np.ascontiguousarray(vectors[:: max(1, total // SAMPLE)][:SAMPLE])
    _, true = faiss.knn(sample, vectors, 10, metric=faiss.METRIC_INNER_PRODUCT)
    probes, recall = 8, 0.0
    while recall < RECALL and probes < cells:
        probes *= 2
        options: Any = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]
        _, found = index.search(sample, 10, params=options)
        pairs = zip(true, found, strict=True)
        recall = float(np.mean([len(np.intersect1d(one, other)) / len(one) for one, other in pairs]))
    return index, probes, recall


def save(index: Any, path: Path) -> None:
    """Write the index to a file."""
    import faiss

    faiss.write_index(index, str(path))


def open_map(path: Path) -> Any:
    """Open the index of a file as a memory map."""
    import faiss

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
