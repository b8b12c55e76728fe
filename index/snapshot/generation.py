"""The files of a new generation: what is unchanged is copied from the one before, the rest is worked out.

A document is unchanged when its mark `written` is; then its passages, their words and their vectors are
taken over. Small collections get the same files as from nothing. Memory holds a batch of passages and the
postings, never all texts or vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser
from index.indexed_text import heading_of, passage_term_counts
from index.retrieval.bm25 import Postings, compile_postings
from index.snapshot import snapshot, vector_files
from index.snapshot.passage_files import BATCH, BuildEvent, Draft, OnEvent, write_passages
from index.snapshot.postings_merge import merge_postings
from index.snapshot.snapshot import Manifest, Snapshot
from index.snapshot.vector_files import Meaning
from ingest.library.records import Document
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.library import Library

Rows = NDArray[np.int32]


def write(  # noqa: PLR0917  # what `index.snapshot.publish.publish` found, passed on
    library: Library,
    folder: Path,
    before: Snapshot | None,
    analyser: Analyser,
    meaning: Meaning | None,
    tell: OnEvent,
) -> Manifest:
    """Write the files of a generation into an empty folder; return its manifest, still without the files.

    `before` is the generation to take over from, of this library and format, its files known to be right. Without
    `meaning` there are words only.
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
    if meaning is None:
        return manifest
    gets = meaning.gets([document.id for document in documents])
    return vector_files.write(library, draft, meaning, gets, tell, manifest)


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
    counting = _Counting(library, analyser, len(rows), tell)
    for passages in draft.passages(rows):
        yield from counting.counts(passages)


def keep_counts(library: Library, documents: Sequence[Document], analyser: Analyser, tell: OnEvent) -> None:
    """Count the words of documents into the library, so that a generation finds them there."""
    counting = _Counting(library, analyser, sum(document.passage_count for document in documents), tell)
    for document in documents:
        passages = (stored.passage for stored in library.passages(document.id))
        while some := list(islice(passages, BATCH)):
            counting.counts(some)


class _Counting:
    """Counts the words of `total` passages that have no stored counts, keeps them, and tells of each."""

    def __init__(self, library: Library, analyser: Analyser, total: int, tell: OnEvent) -> None:
        self._library, self._analyser, self._tell = library, analyser, tell
        self._space = f"counts:{analyser.version}"
        self._total, self._done = total, 0

    def counts(self, passages: Sequence[Passage]) -> list[dict[str, int]]:
        """Return the counts of some passages."""
        keys = [count_key(passage) for passage in passages]
        known = self._library.get_derived(self._space, set(keys))
        fresh: dict[str, bytes] = {}
        for key, passage in zip(keys, passages, strict=True):
            self._done += 1
            if key not in known:
                counts = passage_term_counts(
                    self._analyser, passage.search_text(), passage.language, heading_of(passage)
                )
                known[key] = fresh[key] = json.dumps(counts, separators=(",", ":")).encode("ascii")
                self._tell(BuildEvent("count", self._done, self._total))
        self._library.put_derived(self._space, fresh.items())
        return [json.loads(known[key]) for key in keys]


def count_key(passage: Passage) -> str:
    """Return the key under which the library keeps a passage's term counts."""
    content = json.dumps([passage.language, heading_of(passage), passage.search_text()])
    return hashlib.sha256(content.encode("ascii")).hexdigest()
