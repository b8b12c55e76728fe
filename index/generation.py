"""The files of a new generation: what is unchanged is copied from the one before, the rest is worked out.

A document is unchanged when its mark `written` is; then its passages, their words and their vectors are
taken over. The files are the same as those of a build from nothing, but for the coarse index, which is kept
up (`index.coarse`). Memory holds a batch of passages and the postings, never all texts or vectors.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import coarse, snapshot
from index.analysis import Analyser
from index.dense import FLAT_MAX, open_index, save_index, stored_vectors
from index.draft import Draft, write_passages
from index.flatfile import VectorWriter
from index.lexical import Postings, compile_bags
from index.model import PROBES, Embedder
from index.retrieval import passage_bag
from index.snapshot import COARSE, VECTORS, Manifest, Snapshot
from index.splice import splice
from index.vectors import embed
from index.windows import embedded_spans, with_heading
from ingest.library import Library
from ingest.passage import Passage

HEADING_LEVELS = 2


Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """Progress: `stage` is "count" or "embed"; `done` of `total`."""

    stage: str
    done: int
    total: int


OnEvent = Callable[[BuildEvent], None]


def heading_of(passage: Passage) -> str:
    """Return the lowest headings a passage stands under, for both legs."""
    return " › ".join(passage.section[-HEADING_LEVELS:])


def write(  # noqa: PLR0917  # what `index.build.publish` found, passed on
    library: Library,
    folder: Path,
    before: Snapshot | None,
    analyser: Analyser,
    embedder: Embedder | None,
    tell: OnEvent,
) -> Manifest:
    """Write the files of a generation into an empty folder; return its manifest, still without the files.

    `before` is the generation to take over from, of this library and format, its files known to be right.
    """
    documents = [document for document in library.documents() if document.passage_count]
    draft, languages = write_passages(library, documents, folder, before)
    postings = _write_postings(library, draft, analyser, tell)
    numbers = {"length": postings.average_length, "idf": postings.average_idf}
    vectors = _write_vectors(library, draft, embedder, tell, numbers) if embedder else 0
    return Manifest(
        generation=folder.name.removeprefix(".draft-"),
        format=snapshot.FORMAT,
        state=library.state(),
        analysis=analyser.version,
        passages=len(draft.origins),
        documents=len(documents),
        vectors=vectors,
        languages=languages,
        numbers=numbers,
        model=_describe(embedder) if embedder else None,
    )


def _describe(embedder: Embedder) -> dict[str, Any]:
    probes = [[round(float(value), 5) for value in embedder.encode_query(text)] for text in PROBES]
    return {
        "name": embedder.name,
        "fingerprint": embedder.fingerprint,
        "dimension": embedder.dimension,
        "probes": probes,
    }


def _write_postings(library: Library, draft: Draft, analyser: Analyser, tell: OnEvent) -> Postings:
    """Write the lexical leg from the words of the generation before and the stored counts of the rest."""
    before = draft.before
    if before is None or before.manifest.analysis != analyser.version:
        rows = np.arange(len(draft.origins), dtype=np.int32)
        postings = compile_bags(_bags(library, draft, rows, analyser, tell))
    else:
        rows = np.flatnonzero(draft.origins < 0).astype(np.int32)
        moved = _moved(draft.origins, before.manifest.passages).astype(np.int32)
        postings = splice(before.postings, moved, rows, _bags(library, draft, rows, analyser, tell))
    for name, array in postings.arrays().items():
        np.save(draft.folder / f"{name}.npy", array)
    return postings


def _moved(origins: NDArray[Any], before: int) -> NDArray[np.int64]:
    """Return the new row of each of the `before` old ones, −1 where there is none."""
    moved = np.full(before, -1, np.int64)
    kept = np.flatnonzero(origins >= 0)
    moved[origins[kept]] = kept
    return moved


def _bags(
    library: Library, draft: Draft, rows: Rows, analyser: Analyser, tell: OnEvent
) -> Iterator[dict[str, int]]:
    """Yield the term counts of some rows, counting only passages that have no stored ones."""
    space = f"counts:{analyser.version}"
    done = 0
    for passages in draft.passages(rows):
        keys = [_count_key(passage) for passage in passages]
        known = library.get_derived(space, set(keys))
        fresh: dict[str, bytes] = {}
        for key, passage in zip(keys, passages, strict=True):
            done += 1
            if key not in known:
                counts = passage_bag(analyser, passage.text, passage.language, heading_of(passage))
                known[key] = fresh[key] = json.dumps(counts, separators=(",", ":")).encode("ascii")
                tell(BuildEvent("count", done, len(rows)))
        library.put_derived(space, fresh.items())
        yield from (json.loads(known[key]) for key in keys)


def _count_key(passage: Passage) -> str:
    content = json.dumps([passage.language, heading_of(passage), passage.text])
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _runs(origins: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
    """Yield (first row, end, row of the first in the generation before) of rows taken over side by side.

    Rows that were not taken over come in runs of their own, with −1.
    """
    here, following = origins[:-1], origins[1:]
    breaks = np.flatnonzero(np.where(here < 0, following >= 0, following != here + 1)) + 1
    for first, end in pairwise([0, *breaks.tolist(), len(origins)]):
        if end > first:
            yield first, end, int(origins[first])


def _write_vectors(
    library: Library, draft: Draft, embedder: Embedder, tell: OnEvent, numbers: dict[str, float]
) -> int:
    """Write the vector leg, embedding only texts without a stored vector; return how many vectors.

    A large collection gets a coarse index as well; how it is read and its recall go into `numbers`.
    """
    before = draft.before
    made_with = before.manifest.model if before is not None else None
    same_model = made_with is not None and made_with["fingerprint"] == embedder.fingerprint
    origins = draft.origins if same_model else np.full_like(draft.origins, -1)
    total = int(draft.vector_counts[origins < 0].sum())
    done = 0

    def report(encoded: int, _: int) -> None:
        tell(BuildEvent("embed", done + encoded, total))

    with VectorWriter(draft.folder / VECTORS, embedder.dimension) as writer:
        for first, end, origin in _runs(origins):
            if origin >= 0 and before is not None:
                firsts = before.vector_firsts[[origin, origin + end - first]].tolist()
                writer.copy(before.folder / VECTORS, *firsts)
                continue
            for passages in draft.passages(np.arange(first, end, dtype=np.int32)):
                texts = [text for passage in passages for text in _texts(passage)]
                writer.add(embed(texts, embedder, library, report))
                done += len(texts)
    np.save(draft.folder / "vector_mean.npy", writer.mean())
    if writer.total > FLAT_MAX:
        numbers |= _write_coarse(draft, origins)
    return writer.total


def _texts(passage: Passage) -> list[str]:
    """Return what is embedded of a passage."""
    heading = heading_of(passage)
    spans = embedded_spans(passage.text, passage.sentences)
    return [with_heading(heading, passage.text[start:end]) for start, end in spans]


def _write_coarse(draft: Draft, origins: Rows) -> dict[str, float]:
    """Write the coarse index, kept up from the generation before where that is near enough in size.

    Returns how many cells are read, the recall measured when it was trained, and on how many vectors.
    """
    exact = open_index(draft.folder / VECTORS)
    vectors = stored_vectors(exact)
    before = draft.before
    known = before.manifest.numbers if before is not None and np.any(origins >= 0) else {}
    if before is None or "trained" not in known or coarse.has_drifted(known["trained"], len(vectors)):
        index, probes, recall = coarse.train(vectors)
        save_index(index, draft.folder / COARSE)
        return {"probes": probes, "recall": round(recall, 4), "trained": len(vectors)}
    index = open_index(before.folder / COARSE, mapped=False)
    moved = np.full(before.manifest.vectors, -1, np.int64)
    came = np.ones(len(vectors), bool)
    own = np.concatenate([[0], np.cumsum(draft.vector_counts)])
    for first, end, origin in _runs(origins):
        if origin >= 0:
            start, stop = before.vector_firsts[[origin, origin + end - first]].tolist()
            moved[start:stop] = np.arange(own[first], own[end])
            came[own[first] : own[end]] = False
    coarse.keep_up(index, moved, np.flatnonzero(came), lambda numbers: vectors[numbers])
    save_index(index, draft.folder / COARSE)
    return {name: known[name] for name in ("probes", "recall", "trained")}
