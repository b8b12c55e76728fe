"""Words and vectors of given passages on a Milvus server, as the contracts of both legs want them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from milvus_server import new_url
from numpy.typing import NDArray

from index.analysis.analyser import term_counts
from index.retrieval.base import LexicalIndex, VectorIndex
from index.retrieval.bm25 import compile_postings
from index.retrieval.milvus import collection
from index.retrieval.milvus.address import Address
from index.retrieval.milvus.entities import Entities
from index.retrieval.milvus.server import server_at
from index.retrieval.milvus.vectors import MilvusVectors
from index.retrieval.milvus.words import MilvusWords, sparse_vectors

GAP = 100
"""Where numbers begin, so that no row is taken for a number."""


def entities_of(counts: Sequence[int]) -> Entities:
    """Return entities of passages that are documents of their own; the later a passage, the smaller its numbers."""
    sizes = np.maximum(np.array(counts, np.int64), 1)
    ends = np.cumsum(sizes[::-1], dtype=np.int64)
    return Entities(
        ids=(GAP + ends - sizes[::-1])[::-1].copy(),
        counts=np.array(counts, np.int64),
        row_documents=np.arange(len(counts), dtype=np.int32),
        row_languages=np.zeros(len(counts), np.int8),
        languages=["en"],
    )


def fields(entities: Entities, row: int) -> dict[str, object]:
    first = int(entities.ids[row])
    return {"passage": first, "document": first, "language": "en"}


def words_on_milvus(passages: Sequence[Sequence[str]]) -> LexicalIndex:
    """Return the lexical leg over tokenised passages."""
    server = server_at(Address.parse(new_url()))
    name = f"{server.address.name}_words"
    postings = compile_postings(term_counts(passage) for passage in passages)
    entities = entities_of([1] * len(passages))
    collection.make_words(server, name)
    rows = np.arange(len(passages), dtype=np.int32)
    weighed = sparse_vectors(postings, rows, postings.average_length)
    collection.fill(
        server,
        name,
        ({"id": int(entities.ids[row]), "words": own} | fields(entities, row) for row, own in weighed),
    )
    return MilvusWords(postings=postings, server=server, collection=name, entities=entities)


def vectors_on_milvus(passages: Sequence[NDArray[np.float32]], index: str = "FLAT") -> VectorIndex:
    """Return the vector leg over the vectors of passages; window n of a passage stands for (n, n + 1)."""
    server = server_at(Address.parse(new_url()))
    name = f"{server.address.name}_windows"
    entities = entities_of([len(own) for own in passages])
    every = np.concatenate(passages)
    collection.make_windows(server, name, every.shape[1], index)
    collection.fill(
        server,
        name,
        (
            {"id": int(entities.ids[row]) + place, "vector": vector} | fields(entities, row)
            for row, own in enumerate(passages)
            for place, vector in enumerate(own)
        ),
    )
    spans = [(place, place + 1) for own in passages for place in range(len(own))]
    ends = np.cumsum([0, *map(len, passages)]).astype(np.int64)
    return MilvusVectors(
        server=server,
        collection=name,
        entities=entities,
        spans=np.array(spans, np.int32),
        span_firsts=ends,
        mean=every.mean(axis=0),
        dimension=every.shape[1],
        graph=index == "HNSW",
    )
