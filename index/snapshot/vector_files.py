"""The vectors of a new generation, in `.npy` files: those of a large collection stay where they are.

They lie in a base that several generations share; new ones go into a tail, until a quarter of the base has
changed and it is written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.cache import embed
from index.embedding.embedder import PROBES, Embedder
from index.indexed_text import embedded_spans, heading_of, with_heading
from index.retrieval import ivf
from index.retrieval.dense import FLAT_MAX, DenseIndex, owners_of
from index.retrieval.language_steps import known_sizes, language_offsets
from index.snapshot import snapshot
from index.snapshot.passage_files import BuildEvent, Draft, OnEvent
from index.snapshot.snapshot import IVF_FILE, TAIL, VECTORS, Manifest, Snapshot
from index.snapshot.vector_writer import VectorWriter, read_vectors
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.library import Library

Rows = NDArray[np.int32]

BASE_MIN = 50_000
"""Vectors from which on a base is kept; fewer (75 MB) are copied in a tenth of a second."""
BASE_CHANGE = 0.25
"""Share of a base that may have left or come after it: what is read in vain, or compared exactly in the tail."""
IVF_NUMBERS = {"probes", "recall"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Which documents of a generation get vectors: those that have some in the generation before, and some more.

    `model` describes the model of the vectors. `embedder` makes those that are not there; without one no document gets
    any. `documents` are the ids of those that get theirs, None for all.
    """

    model: Mapping[str, Any]
    embedder: Embedder | None = None
    documents: Collection[str] | None = None

    @classmethod
    def of(cls, embedder: Embedder, documents: Collection[str] | None = None) -> Meaning:
        """Return the vectors of a model, for some documents or for all."""
        return cls(model=_describe(embedder), embedder=embedder, documents=documents)

    def gets(self, ids: Sequence[str]) -> NDArray[np.bool_]:
        """Return a flag for each document: whether it gets vectors where it has none yet."""
        if self.embedder is None:
            return np.zeros(len(ids), bool)
        return np.array([self.documents is None or ident in self.documents for ident in ids], bool)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the vectors of a generation come from and go to.

    `places` are the numbers, in the generation before, of the first vector of each passage, −1 for one to be
    embedded. `counts` are the vectors of each passage, 0 for those that get none yet, which `missing` flags. The
    vectors of `rows` are written: into the tail, behind a base of `kept`, or with 0 into a new base.
    """

    before: Snapshot | None
    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    missing: NDArray[np.bool_]
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


def write(  # noqa: PLR0917  # what `index.snapshot.generation.write` was given, passed on
    library: Library,
    draft: Draft,
    meaning: Meaning,
    gets: NDArray[np.bool_],
    tell: OnEvent,
    manifest: Manifest,
) -> Manifest:
    """Write the vector leg, embedding only texts without a stored vector; return the manifest with it.

    `gets` flags the documents that get vectors beside those that have them. Where none has any, there is no vector
    leg. A large collection gets an approximate index as well; how it is read and its recall go into `numbers`.
    """
    plan = _plan(draft, meaning, gets)
    if plan.missing.all() and len(plan.missing):
        return manifest
    dimension = int(meaning.model["dimension"])
    base = _base(draft, plan, manifest)
    written = int(plan.counts[plan.rows].sum())
    with VectorWriter(draft.folder / TAIL if plan.kept else base / VECTORS, written, dimension) as writer:
        _fill(writer, library, draft, meaning.embedder, tell, plan)
    if plan.kept and plan.before is not None:
        base_sum = plan.before.array("base_sum") - _gone(plan.before, plan)
        numbers, shared = _shared(plan.before.manifest)
    else:
        base_sum = np.zeros(dimension)
        numbers, shared = _write_ivf(base, written), {}
        VectorWriter(draft.folder / TAIL, 0, dimension).close()
    np.save(draft.folder / "vector_sum.npy", base_sum + writer.sum)
    np.save(draft.folder / "base_sum.npy", base_sum if plan.kept else writer.sum)
    _write_places(draft, base, plan, manifest.languages)
    return replace(
        manifest,
        embedded=manifest.documents - len(np.unique(draft.owners[plan.missing])),
        vectors=int(plan.counts.sum()),
        numbers=manifest.numbers | numbers,
        model=dict(meaning.model),
        base=base.name,
        files=shared,
    )


def _base(draft: Draft, plan: _Plan, manifest: Manifest) -> Path:
    """Return the folder of the base: the one that is kept, or a new one of this generation."""
    if plan.kept and plan.before is not None:
        return plan.before.base_folder
    base = draft.folder.parent / f"base-{manifest.generation.removeprefix('gen-')}"
    base.mkdir(exist_ok=True)
    return base


def _write_places(draft: Draft, base: Path, plan: _Plan, languages: Mapping[str, int]) -> None:
    """Write where the vectors of each passage begin, whose each is, and where each language lies in them."""
    counts = plan.counts[plan.rows]
    firsts = np.where(plan.missing, -1, np.maximum(plan.places, 0))
    firsts[plan.rows] = plan.kept + np.cumsum(counts) - counts
    vectors = DenseIndex(
        base=np.load(base / VECTORS, mmap_mode="r").view(np.ndarray),
        tail=np.load(draft.folder / TAIL, mmap_mode="r").view(np.ndarray),
        owners=np.zeros(0, np.int32),
        firsts=firsts,
        counts=plan.counts,
        spans=np.zeros((0, 2), np.int32),
        span_firsts=firsts,
    )
    owners = owners_of(firsts, plan.counts, len(vectors.base) + len(vectors.tail))
    numbers = np.load(draft.folder / "row_languages.npy")
    np.save(draft.folder / "vector_firsts.npy", firsts)
    np.save(draft.folder / "vector_owners.npy", owners)
    steps = language_offsets(vectors, numbers, known_sizes(numbers, list(languages)))
    np.save(draft.folder / "language_steps.npy", steps)


def _shared(manifest: Manifest) -> tuple[dict[str, float], dict[str, tuple[int, str]]]:
    """Return what a manifest says of its base: how the approximate index is read, and the files."""
    numbers = {name: value for name, value in manifest.numbers.items() if name in IVF_NUMBERS}
    prefix = f"../{manifest.base}/"
    return numbers, {name: file for name, file in manifest.files.items() if name.startswith(prefix)}


def _plan(draft: Draft, meaning: Meaning, gets: NDArray[np.bool_]) -> _Plan:
    """Return what is taken over: the base as it is while little of it changed, else what fits of its vectors."""
    before, origins = draft.before, draft.origins
    places = np.full(len(origins), -1, np.int64)
    if before is None or before.vector_firsts is None or before.manifest.model is None:
        return _planned(draft, None, places, gets, 0)
    if before.manifest.model["fingerprint"] != meaning.model["fingerprint"]:
        return _planned(draft, None, places, gets, 0)
    places[origins >= 0] = before.vector_firsts[origins[origins >= 0]]
    size = before.base_size
    kept = _planned(draft, before, places, gets, size)
    inside = (places >= 0) & (places < size)
    left = int(kept.counts[inside].sum())
    changed = size - left + int(kept.counts.sum()) - left
    if size >= BASE_MIN and changed <= BASE_CHANGE * size:
        return kept
    if not snapshot.base_sound(before):
        return _planned(draft, None, np.full(len(origins), -1, np.int64), gets, 0)
    return _planned(draft, before, places, gets, 0)


def _planned(
    draft: Draft, before: Snapshot | None, places: NDArray[np.int64], gets: NDArray[np.bool_], kept: int
) -> _Plan:
    missing = (places < 0) & ~gets[draft.owners]
    written = ~missing & ((places < 0) | (places >= kept))
    counts = np.where(missing, 0, draft.vector_counts)
    return _Plan(before, places, counts, missing, np.flatnonzero(written).astype(np.int32), kept)


def _fill(  # noqa: PLR0917  # the state of the one caller
    writer: VectorWriter,
    library: Library,
    draft: Draft,
    embedder: Embedder | None,
    tell: OnEvent,
    plan: _Plan,
) -> None:
    """Write the vectors of the plan's rows, those side by side in the generation before in one go."""
    counts = plan.counts
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
        assert embedder is not None, "without one only vectors that are there are written"
        for passages in draft.passages(rows):
            texts = [text for passage in passages for text in embedded_texts(passage)]
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


def _gone(before: Snapshot, plan: _Plan) -> NDArray[np.float64]:
    """Return the sum of the base's vectors that were in use in the generation before and are no more."""
    used = np.zeros(before.base_size + 1, np.int64)
    for firsts, own, step in (
        (before.array("vector_firsts"), before.held_counts, 1),
        (plan.places, plan.counts, -1),
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


def embedded_texts(passage: Passage) -> list[str]:
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
