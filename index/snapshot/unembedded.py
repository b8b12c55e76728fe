"""The documents of a generation that have no vectors yet, and embedding them one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.embedding.cache import CHUNK, embed_into
from index.embedding.embedder import Embedder
from index.snapshot.passage_files import OnEvent
from index.snapshot.remaining import Remaining
from index.snapshot.snapshot import Snapshot
from index.snapshot.vector_files import embedded_texts
from ingest.library.library import Library

PASSAGES_AT_ONCE = 1_000
"""Passages of a long document whose texts are in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unembedded:
    """A document without vectors: its id, its rows `first:end`, and the texts and characters to embed."""

    ident: str
    first: int
    end: int
    texts: int
    characters: int


def unembedded(opened: Snapshot, fingerprint: str) -> list[Unembedded]:
    """Return the documents of a generation without vectors of the model with this fingerprint, in their order."""
    model = opened.manifest.model
    same = model is not None and model["fingerprint"] == fingerprint
    there = opened.embedded if same else np.zeros(len(opened.row_documents), bool)
    ends = np.searchsorted(opened.row_documents, np.arange(len(opened.document_ends)), "right").tolist()
    lengths = np.concatenate([[0], np.cumsum(np.diff(opened.vector_spans, axis=1)[:, 0], dtype=np.int64)])
    found = []
    for number, (first, end) in enumerate(pairwise([0, *ends])):
        if end > first and not there[first:end].all():
            start, stop = int(opened.span_firsts[first]), int(opened.span_firsts[end])
            found.append(
                Unembedded(
                    ident=opened.document(number).id,
                    first=first,
                    end=end,
                    texts=stop - start,
                    characters=int(lengths[stop] - lengths[start]),
                )
            )
    return found


def embed_documents(
    opened: Snapshot, waiting: list[Unembedded], embedder: Embedder, library: Library, tell: OnEvent
) -> Iterator[set[str]]:
    """Embed documents and keep their vectors in the library; yield the ids of those just done.

    Small documents go together, so that the model has texts of like length to put side by side.
    """
    remaining = Remaining(sum(one.texts for one in waiting), sum(one.characters for one in waiting), tell)
    for group in _groups(waiting):
        for rows in _parts(group):
            texts = [text for row in rows for text in embedded_texts(opened.passage(row).passage)]
            planned = sum(_characters(opened, row) for row in rows)
            remaining.begin(planned, sum(map(len, texts)))
            embed_into(texts, embedder, library, remaining)
        yield {one.ident for one in group}


def _characters(opened: Snapshot, row: int) -> int:
    """Return the characters of what is embedded of a passage, without its heading."""
    first, end = opened.span_firsts[row : row + 2]
    return int(np.diff(opened.vector_spans[first:end], axis=1).sum())


def _groups(waiting: list[Unembedded]) -> Iterator[list[Unembedded]]:
    """Yield documents that follow each other, together so many that they have `CHUNK` texts."""
    group: list[Unembedded] = []
    for one in waiting:
        group.append(one)
        if sum(other.texts for other in group) >= CHUNK:
            yield group
            group = []
    if group:
        yield group


def _parts(group: list[Unembedded]) -> Iterator[Sequence[int]]:
    """Yield the rows of a group, at most `PASSAGES_AT_ONCE` at a time."""
    rows = [row for one in group for row in range(one.first, one.end)]
    for first in range(0, len(rows), PASSAGES_AT_ONCE):
        yield rows[first : first + PASSAGES_AT_ONCE]
