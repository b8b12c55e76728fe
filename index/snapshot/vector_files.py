"""The vectors of a new generation, in `.npy` files: those of a large collection stay where they are.

They lie in a base that several generations share; new ones go into a tail, until a quarter of the base has
changed and it is written anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from index.embedding.cache import embed
from index.embedding.embedder import PROBES, Embedder
from index.indexed_text import embedded_spans, heading_of, with_heading
from index.retrieval import ivf
from index.retrieval.dense import FLAT_MAX, owners_of
from index.snapshot import snapshot
from index.snapshot.passage_files import BuildEvent, Draft, OnEvent
from index.snapshot.snapshot import IVF_FILE, TAIL, VECTORS, Manifest, Snapshot
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.library import Library

Rows = NDArray[np.int32]
Vectors = NDArray[np.float32]

BASE_MIN = 50_000
"""Vectors from which on a base is kept; fewer (75 MB) are copied in a tenth of a second."""
BASE_CHANGE = 0.25
"""Share of a base that may have left or come after it: what is read in vain, or compared exactly in the tail."""
IVF_NUMBERS = {"probes", "recall"}
BLOCK = 4096
"""Vectors summed and written at once: 6 MB. Fixed, so that the sum does not depend on who wrote what when."""
STORED = "<f4"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the vectors of a generation come from and go to.

    `places` are the numbers, in the generation before, of the first vector of each passage, −1 for one to be
    embedded. The vectors of `rows` are written: into the tail, behind a base of `kept`, or with 0 into a new
    base.
    """

    before: Snapshot | None
    places: NDArray[np.int64]
    rows: Rows
    kept: int


def _describe(embedder: Embedder) -> dict[str, Any]:
    probes = [[round(float(value), 5) for value in embedder.encode_query(text)] for text in PROBES]
    return {
        "name": embedder.name,
        "fingerprint": embedder.fingerprint,
        "dimension": embedder.dimension,
        "probes": probes,
        "profile": embedder.profile.as_dict(),
    }


def write(library: Library, draft: Draft, embedder: Embedder, tell: OnEvent, manifest: Manifest) -> Manifest:
    """Write the vector leg, embedding only texts without a stored vector; return the manifest with it.

    A large collection gets an approximate index as well; how it is read and its recall go into `numbers`.
    """
    plan = _plan(draft, embedder)
    before = plan.before
    counts = draft.vector_counts
    firsts = np.where(plan.places >= 0, plan.places, 0)
    firsts[plan.rows] = plan.kept + np.cumsum(counts[plan.rows]) - counts[plan.rows]
    name = f"base-{manifest.generation.removeprefix('gen-')}"
    base = draft.folder.parent / (name if not plan.kept or before is None else str(before.manifest.base))
    base.mkdir(exist_ok=True)
    target = draft.folder / TAIL if plan.kept else base / VECTORS
    written = int(counts[plan.rows].sum())
    with VectorWriter(target, written, embedder.dimension) as writer:
        _fill(writer, library, draft, embedder, tell, plan)
    if plan.kept and before is not None:
        own = writer.sum + before.array("base_sum") - _gone(before, plan, counts)
        base_sum = own - writer.sum
        numbers, shared = _shared(before.manifest)
    else:
        own = base_sum = writer.sum
        numbers, shared = _write_ivf(base, written), {}
        with VectorWriter(draft.folder / TAIL, 0, embedder.dimension):
            pass
    np.save(draft.folder / "vector_sum.npy", own)
    np.save(draft.folder / "base_sum.npy", base_sum)
    np.save(draft.folder / "vector_firsts.npy", firsts)
    np.save(draft.folder / "vector_owners.npy", owners_of(firsts, counts, plan.kept + written))
    return replace(
        manifest,
        vectors=int(counts.sum()),
        numbers=manifest.numbers | numbers,
        model=_describe(embedder),
        base=base.name,
        files=shared,
    )


def _shared(manifest: Manifest) -> tuple[dict[str, float], dict[str, tuple[int, str]]]:
    """Return what a manifest says of its base: how the approximate index is read, and the files."""
    numbers = {name: value for name, value in manifest.numbers.items() if name in IVF_NUMBERS}
    prefix = f"../{manifest.base}/"
    return numbers, {name: file for name, file in manifest.files.items() if name.startswith(prefix)}


def _plan(draft: Draft, embedder: Embedder) -> _Plan:
    """Return what is taken over: the base as it is while little of it changed, else what fits of its vectors."""
    before, origins = draft.before, draft.origins
    every = np.arange(len(origins), dtype=np.int32)
    nothing = np.full(len(origins), -1, np.int64)
    if before is None or before.manifest.model is None:
        return _Plan(None, nothing, every, 0)
    if before.manifest.model["fingerprint"] != embedder.fingerprint:
        return _Plan(None, nothing, every, 0)
    places = nothing.copy()
    places[origins >= 0] = before.array("vector_firsts")[origins[origins >= 0]]
    size = before.base_size
    inside = (places >= 0) & (places < size)
    left = int(draft.vector_counts[inside].sum())
    changed = size - left + int(draft.vector_counts.sum()) - left
    if size >= BASE_MIN and changed <= BASE_CHANGE * size:
        return _Plan(before, places, np.flatnonzero(~inside).astype(np.int32), size)
    if not snapshot.base_sound(before):
        return _Plan(None, nothing, every, 0)
    return _Plan(before, places, every, 0)


def _fill(  # noqa: PLR0917  # the state of the one caller
    writer: VectorWriter, library: Library, draft: Draft, embedder: Embedder, tell: OnEvent, plan: _Plan
) -> None:
    """Write the vectors of the plan's rows, those side by side in the generation before in one go."""
    counts = draft.vector_counts
    places = plan.places[plan.rows]
    total = int(counts[plan.rows][places < 0].sum())
    done = 0

    def report(encoded: int, _: int) -> None:
        tell(BuildEvent("embed", done + encoded, total))

    for first, end in _runs(places, counts[plan.rows]):
        rows = plan.rows[first:end]
        if places[first] >= 0 and plan.before is not None:
            _copy(writer, plan.before, int(places[first]), int(counts[rows].sum()))
            continue
        for passages in draft.passages(rows):
            texts = [text for passage in passages for text in _texts(passage)]
            writer.add(embed(texts, embedder, library, report))
            done += len(texts)


def _runs(places: NDArray[np.int64], counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of entries whose vectors follow each other, and of those to be embedded (−1)."""
    here, following = places[:-1], places[1:]
    breaks = np.flatnonzero(np.where(here < 0, following >= 0, following != here + counts[:-1])) + 1
    for first, end in pairwise([0, *breaks.tolist(), len(places)]):
        if end > first:
            yield first, end


def _copy(writer: VectorWriter, before: Snapshot, first: int, count: int) -> None:
    """Copy vectors of the generation before by their numbers, out of its base and its tail."""
    size = before.base_size
    if first < size:
        writer.copy(before.base_folder / VECTORS, first, min(first + count, size))
    if first + count > size:
        writer.copy(before.folder / TAIL, max(first - size, 0), first + count - size)


def _gone(before: Snapshot, plan: _Plan, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of the base's vectors that were in use in the generation before and are no more."""
    used = np.zeros(before.base_size + 1, np.int64)
    for firsts, own, step in (
        (before.array("vector_firsts"), before.vector_counts, 1),
        (plan.places, counts, -1),
    ):
        inside = (firsts >= 0) & (firsts < before.base_size)
        np.add.at(used, firsts[inside], step)
        np.add.at(used, firsts[inside] + own[inside], -step)
    gone = np.flatnonzero(np.cumsum(used)[:-1])
    total = np.zeros(before.array("base_sum").shape)
    edges = np.flatnonzero(np.diff(gone) != 1) + 1
    for run in np.split(gone, edges) if len(gone) else ():
        some = read_vectors(before.base_folder / VECTORS, int(run[0]), int(run[-1]) + 1)
        total += some.sum(axis=0, dtype=np.float64)
    return total


def _texts(passage: Passage) -> list[str]:
    """Return what is embedded of a passage."""
    heading = heading_of(passage)
    spans = embedded_spans(passage.text, passage.sentences)
    return [with_heading(heading, passage.search_text(start, end)) for start, end in spans]


def _write_ivf(base: Path, total: int) -> dict[str, float]:
    """Write the approximate index of a large base; return how many cells are read and the recall measured."""
    if total <= FLAT_MAX:
        return {}
    index, probes, recall = ivf.train(np.load(base / VECTORS, mmap_mode="r").view(np.ndarray))
    ivf.save(index, base / IVF_FILE)
    return {"probes": probes, "recall": round(recall, 4)}


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
        with self._file:
            if kind is None:
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
