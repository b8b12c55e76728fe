"""The collections of a library on a Milvus server: made, filled, emptied. Each step may be done twice without harm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.retrieval.milvus.server import MilvusServer

BATCH = 500
"""Entities a request; of windows 0.8 MB."""
DELETED = 5_000
"""Numbers that one request deletes."""
HNSW = {"M": 32, "efConstruction": 360}
LANGUAGE_BYTES = 16


def make_words(server: MilvusServer, name: str) -> None:
    """Make the collection of the words of passages, unless it is there."""
    _make(server, name, "words", "SPARSE_FLOAT_VECTOR", {}, "SPARSE_INVERTED_INDEX", {})


def make_windows(server: MilvusServer, name: str, dimension: int, index: str) -> None:
    """Make the collection of windows, unless it is there; `index` is FLAT (all are compared) or HNSW."""
    params = HNSW if index == "HNSW" else {}
    _make(server, name, "vector", "FLOAT_VECTOR", {"dim": dimension}, index, params)


def _make(  # noqa: PLR0917  # what Milvus wants to know
    server: MilvusServer,
    name: str,
    field: str,
    kind: str,
    shape: dict[str, int],
    index: str,
    params: dict[str, int],
) -> None:
    def make(client: Any, seconds: float) -> None:
        from pymilvus import DataType

        if client.has_collection(name, timeout=seconds):
            return
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("passage", DataType.INT64)
        schema.add_field("document", DataType.INT64)
        schema.add_field("language", DataType.VARCHAR, max_length=LANGUAGE_BYTES)
        schema.add_field(field, DataType[kind], **shape)
        indexes = client.prepare_index_params()
        indexes.add_index(field, index_type=index, metric_type="IP", params=params)
        # A reader has to see what the generation that it opened counts on.
        client.create_collection(
            name, schema=schema, index_params=indexes, consistency_level="Strong", timeout=seconds
        )

    server.write(make)
    server.write(lambda client, seconds: client.load_collection(name, timeout=seconds))


def fill(server: MilvusServer, name: str, entities: Iterable[dict[str, Any]]) -> int:
    """Put entities into a collection, those with a number that is there in its place; return how many.

    What has been put is on the server's disk afterwards.
    """
    done = 0
    for some in _batches(entities):
        server.write(lambda client, seconds, some=some: client.upsert(name, some, timeout=seconds))  # type: ignore[misc]
        done += len(some)
    if done:
        server.write(lambda client, seconds: client.flush(name, timeout=seconds))
    return done


def _batches(entities: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(entities)
    while some := list(islice(left, BATCH)):
        yield some


def delete(server: MilvusServer, name: str, ids: NDArray[np.int64]) -> None:
    """Delete the entities with some numbers; those that are not there do not matter."""
    for first in range(0, len(ids), DELETED):
        some = ids[first : first + DELETED].tolist()
        server.write(lambda client, seconds, some=some: client.delete(name, ids=some, timeout=seconds))  # type: ignore[misc]


def delete_from(server: MilvusServer, name: str, first: int) -> None:
    """Delete the entities whose number is not below `first`."""
    server.write(lambda client, seconds: client.delete(name, filter=f"id >= {first}", timeout=seconds))


def size(server: MilvusServer, name: str, end: int) -> int:
    """Return how many entities with a number below `end` a collection holds, −1 where it is not there."""

    def count(client: Any, seconds: float) -> int:
        if not client.has_collection(name, timeout=seconds):
            return -1
        client.load_collection(name, timeout=seconds)
        found = client.query(name, filter=f"id < {end}", output_fields=["count(*)"], timeout=seconds)
        return int(found[0]["count(*)"])

    return server.write(count)


def led_to(server: MilvusServer, alias: str) -> str | None:
    """Return the collection that an alias leads to, None where there is no such alias."""

    def target(client: Any, seconds: float) -> str | None:
        for name in client.list_collections(timeout=seconds):
            if alias in _aliases(client, name, seconds):
                return str(name)
        return None

    return server.write(target)


def lead(server: MilvusServer, alias: str, name: str) -> None:
    """Let an alias lead to a collection, from wherever it led to before."""
    before = led_to(server, alias)
    if before == name:
        return

    def switch(client: Any, seconds: float) -> None:
        if before is not None:
            client.alter_alias(collection_name=name, alias=alias, timeout=seconds)
        else:
            client.create_alias(collection_name=name, alias=alias, timeout=seconds)

    server.write(switch)


def _aliases(client: Any, name: str, seconds: float) -> list[str]:
    return list(client.list_aliases(collection_name=name, timeout=seconds)["aliases"])


def drop(server: MilvusServer, name: str) -> None:
    """Drop a collection, and the aliases that lead to it, where it is there."""

    def remove(client: Any, seconds: float) -> None:
        if not client.has_collection(name, timeout=seconds):
            return
        for alias in _aliases(client, name, seconds):
            client.drop_alias(alias=alias, timeout=seconds)
        client.drop_collection(name, timeout=seconds)

    server.write(remove)
