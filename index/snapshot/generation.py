"""The files of a new generation: what is unchanged is copied from the one before, the rest is worked out.

A document is unchanged when its mark `written` is; then its passages, their words and their vectors are
taken over. Small collections get the same files as from nothing. Memory holds a batch of passages and the
postings, never all texts or vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser
from index.embedding.embedder import Embedder
from index.indexed_text import heading_of, passage_term_counts
from index.retrieval.bm25 import Postings, compile_postings
from index.snapshot import snapshot, vector_files
from index.snapshot.passage_files import BuildEvent, Draft, OnEvent, write_passages
from index.snapshot.postings_merge import merge_postings
from index.snapshot.snapshot import Manifest, Snapshot
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.library import Library

Rows = NDArray[np.int32]


def write(  # noqa: PLR0917  # what `index.snapshot.publish.publish` found, passed on
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
    manifest = Manifest(
        generation=folder.name.removeprefix(".draft-"),
        format=snapshot.FORMAT,
        state=library.state(),
        analysis=analyser.version,
        passages=len(draft.origins),
        documents=len(documents),
        vectors=0,
        languages=languages,
        numbers=numbers,
    )
    return vector_files.write(library, draft, embedder, tell, manifest) if embedder else manifest


def _write_postings(library: Library, draft: Draft, analyser: Analyser, tell: OnEvent) -> Postings:
    """Write the lexical leg from the words of the generation before and the stored counts of the rest."""
    before = draft.before
    if before is None or before.manifest.analysis != analyser.version:
        rows = np.arange(len(draft.origins), dtype=np.int32)
        postings = compile_postings(_term_counts(library, draft, rows, analyser, tell))
    else:
        rows = np.flatnonzero(draft.origins < 0).astype(np.int32)
        moved = _moved(draft.origins, before.manifest.passages).astype(np.int32)
        postings = merge_postings(
            before.lexical, moved, rows, _term_counts(library, draft, rows, analyser, tell)
        )
    for name, array in postings.arrays().items():
        np.save(draft.folder / f"{name}.npy", array)
    return postings


def _moved(origins: NDArray[Any], before: int) -> NDArray[np.int64]:
    """Return the new row of each of the `before` old ones, −1 where there is none."""
    moved = np.full(before, -1, np.int64)
    kept = np.flatnonzero(origins >= 0)
    moved[origins[kept]] = kept
    return moved


def _term_counts(
    library: Library, draft: Draft, rows: Rows, analyser: Analyser, tell: OnEvent
) -> Iterator[dict[str, int]]:
    """Yield the term counts of some rows, counting only passages that have no stored ones."""
    space = f"counts:{analyser.version}"
    done = 0
    for passages in draft.passages(rows):
        keys = [count_key(passage) for passage in passages]
        known = library.get_derived(space, set(keys))
        fresh: dict[str, bytes] = {}
        for key, passage in zip(keys, passages, strict=True):
            done += 1
            if key not in known:
                counts = passage_term_counts(
                    analyser, passage.search_text(), passage.language, heading_of(passage)
                )
                known[key] = fresh[key] = json.dumps(counts, separators=(",", ":")).encode("ascii")
                tell(BuildEvent("count", done, len(rows)))
        library.put_derived(space, fresh.items())
        yield from (json.loads(known[key]) for key in keys)


def count_key(passage: Passage) -> str:
    """Return the key under which the library keeps a passage's term counts."""
    content = json.dumps([passage.language, heading_of(passage), passage.search_text()])
    return hashlib.sha256(content.encode("ascii")).hexdigest()
