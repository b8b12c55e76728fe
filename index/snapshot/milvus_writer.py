"""A generation on a Milvus server, beside its files: what came is added, what left is taken away a generation later.

The collections NAME_LIBRARY_3_words and NAME_LIBRARY_3_windows are one version. Generations share a version; a reader
sees of it what its own generation names, so publishing is still the one replacement of CURRENT. A new version is filled
beside the one in use where that no longer fits (`_may_share`), and the aliases NAME_words and NAME_windows lead to it
once the generation is current. Versions that neither it nor the generation before names are dropped then.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.dense import FLAT_MAX
from index.retrieval.milvus import collection
from index.retrieval.milvus.words import sparse_vectors
from index.snapshot.served import ENTITY_IDS, collections
from index.snapshot.snapshot import TAIL, VECTORS, Manifest, Snapshot
from ingest.errors import SearchAway, UsageError

if TYPE_CHECKING:
    from index.retrieval.milvus.server import MilvusServer

log = logging.getLogger(__name__)

GONE = "entities_gone"
"""The array of a generation (n, 3) for each passage of the one before that it has not: its number, how many vectors it
had, and whether it had words."""
DRIFT = 0.1
"""Share by which the average length may move before the weights of all words are written anew."""
MOST_GONE = 0.25
"""Share of the passages that may leave at once; of more a new version is cheaper than the deleting."""

Search = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is written: the numbers of all passages, and the rows whose words and whose windows are not there yet.

    `cleared` are the passages (n, 3) to be deleted now, as `GONE` has them, `gone` those that go with the next
    generation. `before` is what the generation before says of the version, None in a new one.
    """

    before: Search | None
    version: int
    ids: NDArray[np.int64]
    words: NDArray[np.int64]
    windows: NDArray[np.int64]
    cleared: NDArray[np.int64]
    gone: NDArray[np.int64]
    following: int


def put(server: MilvusServer, draft: Path, manifest: Manifest, before: Snapshot | None) -> Manifest:
    """Bring a written generation to the server, so that it can be asked of it; return its manifest.

    Nothing is visible to searches before the generation is current, and doing it twice does no harm.

    Raises:
        SearchAway: the server does not answer, or does not hold what it acknowledged.
        UsageError: the name belongs to another library.

    """
    made = Snapshot(draft, manifest)
    there = server.write(lambda client, seconds: client.list_collections(timeout=seconds))
    versions = _versions(there, server.address.name, manifest)
    _check_owner(server, manifest)
    plan = _plan(server, made, before, max(versions, default=0) + 1)
    np.save(draft / f"{ENTITY_IDS}.npy", plan.ids)
    np.save(draft / f"{GONE}.npy", plan.gone)
    search = _described(server, made, plan)
    words, windows = collections(search)
    _prepare(server, made, plan, search)
    collection.fill(server, words, _word_entities(made, plan, search["length"]))
    if manifest.model is not None:
        collection.fill(server, windows, _window_entities(made, plan))
    if not is_there(server, search):
        raise SearchAway(
            f"{server.address.shown}: holds other entities than it took. Run pincite ingest again."
        )
    return replace(manifest, search=search)


def is_there(server: MilvusServer, search: Search) -> bool:
    """Return whether the server holds the collections of a generation, and as many entities as it is to.

    There may be more: a run that was ended leaves some that no generation names, and that the next one writes again.
    """
    words, windows = collections(search)
    wanted = {words: search["words"], windows: search["windows"]}
    end = search["next"]
    return all(collection.size(server, name, end) >= size for name, size in wanted.items() if size)


def settle(server: MilvusServer, manifest: Manifest, before: Manifest | None) -> None:
    """Lead the aliases to the version of the generation that has become current, and drop those out of use."""
    search = manifest.search or {}
    words, windows = collections(search)
    kept = {search["version"]}
    if before is not None and before.search is not None and before.search["url"] == search["url"]:
        kept.add(before.search["version"])
    there = server.write(lambda client, seconds: client.list_collections(timeout=seconds))
    name = server.address.name
    for alias, target in ((f"{name}_words", words), (f"{name}_windows", windows)):
        if target in there:
            collection.lead(server, alias, target)
    for version, names in _versions(there, name, manifest).items():
        if version not in kept:
            for one in names:
                collection.drop(server, one)


def _versions(there: Iterable[str], name: str, manifest: Manifest) -> dict[int, list[str]]:
    """Return the collections of this library among those that are there, by their version."""
    found: dict[int, list[str]] = {}
    for one in there:
        if match := re.fullmatch(rf"{re.escape(name)}_{_mark(manifest)}_(\d+)_(?:words|windows)", one):
            found.setdefault(int(match[1]), []).append(one)
    return found


def _mark(manifest: Manifest) -> str:
    """Return what stands for a library in the names of its collections."""
    return hashlib.sha256(manifest.state.split(":")[0].encode()).hexdigest()[:8]


def _check_owner(server: MilvusServer, manifest: Manifest) -> None:
    """Raise UsageError where the aliases of this name lead to the collections of another library."""
    name = server.address.name
    target = collection.led_to(server, f"{name}_words")
    if target is not None and not target.startswith(f"{name}_{_mark(manifest)}_"):
        raise UsageError(
            f"{server.address.shown}: another library is searched under this name. Write another one under search in "
            f"pincite.toml, or drop {name}_* on the server"
        )


def _plan(server: MilvusServer, made: Snapshot, before: Snapshot | None, free: int) -> _Plan:
    search = before.manifest.search if before is not None else None
    rows = len(made.row_documents)
    nothing = np.zeros((0, 3), np.int64)
    if before is not None and search is not None and _may_share(server, made.manifest, before.manifest):
        origins = _origins(made, before)
        left = np.setdiff1d(np.arange(before.manifest.passages), origins)
        if len(left) <= MOST_GONE * before.manifest.passages:
            ids = np.where(origins >= 0, before.array(ENTITY_IDS)[origins], -1)
            new = np.flatnonzero(origins < 0)
            filled = made.embedded & (made.vector_counts > 0)
            known = (origins >= 0) & before.embedded[origins] & (before.manifest.model is not None)
            worded = before.lexical.lengths[left] > 0
            gone = np.stack([before.array(ENTITY_IDS)[left], before.held_counts[left], worded], axis=1)
            ids[new], following = _numbered(made, new, search["next"])
            return _Plan(
                before=search,
                version=search["version"],
                ids=ids,
                words=new,
                windows=np.flatnonzero(filled & ~known),
                cleared=before.array(GONE),
                gone=gone.astype(np.int64),
                following=following,
            )
    ids, following = _numbered(made, np.arange(rows), 0)
    every = np.flatnonzero(made.embedded & (made.vector_counts > 0))
    return _Plan(
        before=None,
        version=free,
        ids=ids,
        words=np.arange(rows),
        windows=every,
        cleared=nothing,
        gone=nothing,
        following=following,
    )


def _numbered(made: Snapshot, rows: NDArray[np.int64], first: int) -> tuple[NDArray[np.int64], int]:
    """Return numbers for some passages from `first` on, as many each as it will have vectors, and the next free one."""
    counts = np.maximum(made.vector_counts[rows], 1)
    ends = np.cumsum(counts, dtype=np.int64)
    return first + ends - counts, first + int(counts.sum())


def _may_share(server: MilvusServer, manifest: Manifest, before: Manifest) -> bool:
    """Return whether a generation may go into the version of the one before, as far as the whole is asked."""
    search = before.search
    if search is None or search["url"] != server.address.shown or before.analysis != manifest.analysis:
        return False
    if None not in (before.model, manifest.model):
        assert before.model is not None and manifest.model is not None
        if before.model["fingerprint"] != manifest.model["fingerprint"]:
            return False
    moved = abs(manifest.numbers["length"] - search["length"]) > DRIFT * max(search["length"], 1.0)
    return not moved and search["index"] == _index(manifest) and is_there(server, search)


def _index(manifest: Manifest) -> str:
    return "FLAT" if manifest.vectors <= FLAT_MAX else "HNSW"


def _origins(made: Snapshot, before: Snapshot) -> NDArray[np.int64]:
    """Return the row in the generation before of each passage, −1 for those of documents that were written since."""
    ends = np.searchsorted(before.row_documents, np.arange(len(before.documents)), "right").tolist()
    known = {
        (document.id, document.written): (ends[number - 1] if number else 0, ends[number])
        for number, document in enumerate(before.documents)
    }
    origins = np.full(len(made.row_documents), -1, np.int64)
    first = 0
    own_ends = np.searchsorted(made.row_documents, np.arange(len(made.documents)), "right").tolist()
    for document, end in zip(made.documents, own_ends, strict=True):
        place = known.get((document.id, document.written))
        if place is not None and place[1] - place[0] == end - first:
            origins[first:end] = np.arange(*place)
        first = end
    return origins


def _described(server: MilvusServer, made: Snapshot, plan: _Plan) -> dict[str, Any]:
    """Return what the manifest says of the search: what the server is to hold once all is written."""
    manifest, before = made.manifest, plan.before
    filled = made.embedded & (made.vector_counts > 0)
    return {
        "url": server.address.shown,
        "library": _mark(manifest),
        "version": plan.version,
        "index": _index(manifest),
        "length": before["length"] if before is not None else manifest.numbers["length"],
        "next": plan.following,
        "words": int(np.count_nonzero(made.lexical.lengths)) + int(plan.gone[:, 2].sum()),
        "windows": int(made.vector_counts[filled].sum()) + int(plan.gone[:, 1].sum()),
    }


def _prepare(server: MilvusServer, made: Snapshot, plan: _Plan, search: Search) -> None:
    """Make the collections, and delete what a failure left and what no generation names any more."""
    words, windows = collections(search)
    if plan.before is None:
        collection.drop(server, words)
        collection.drop(server, windows)
    collection.make_words(server, words)
    if made.manifest.model is not None:
        collection.make_windows(server, windows, int(made.manifest.model["dimension"]), search["index"])
    if plan.before is not None:
        spans = [np.arange(first, first + count) for first, count, _ in plan.cleared.tolist()]
        collection.delete(server, words, plan.cleared[:, 0])
        collection.delete_from(server, words, plan.before["next"])
        if made.manifest.model is not None:
            collection.delete(server, windows, np.concatenate([np.zeros(0, np.int64), *spans]))
            collection.delete_from(server, windows, plan.before["next"])


def _places(made: Snapshot, plan: _Plan, rows: NDArray[np.int64]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield some rows, each with the fields that are there to choose by."""
    numbers = np.unique(made.row_documents, return_index=True)[1]
    codes = made.languages
    for row in rows.tolist():
        yield (
            row,
            {
                "passage": int(plan.ids[row]),
                "document": int(plan.ids[numbers[made.row_documents[row]]]),
                "language": codes[made.row_languages[row]] or "",
            },
        )


def _word_entities(made: Snapshot, plan: _Plan, average: float) -> Iterator[dict[str, Any]]:
    """Yield the entities of the passages whose words are not there yet."""
    fields = dict(_places(made, plan, plan.words)) if len(plan.words) else {}
    for row, weights in sparse_vectors(made.lexical, plan.words.astype(np.int32), average):
        yield {"id": int(plan.ids[row]), "words": weights} | fields[row]


def _window_entities(made: Snapshot, plan: _Plan) -> Iterator[dict[str, Any]]:
    """Yield the entities of the windows that are not there yet."""
    if not len(plan.windows):
        return
    base = np.load(made.base_folder / VECTORS, mmap_mode="r")
    tail = np.load(made.folder / TAIL, mmap_mode="r")
    assert made.vector_firsts is not None
    for row, fields in _places(made, plan, plan.windows):
        place = int(made.vector_firsts[row])
        for number in range(int(made.vector_counts[row])):
            at = place + number
            vector = base[at] if at < len(base) else tail[at - len(base)]
            yield {"id": int(plan.ids[row]) + number, "vector": np.asarray(vector)} | fields
