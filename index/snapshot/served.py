"""A generation whose candidates come from a server: its files as ever, with words and vectors that ask there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.query.filters import Filters
from index.retrieval.base import LexicalIndex, VectorIndex
from index.snapshot import checked
from index.snapshot.search_place import search_url
from index.snapshot.snapshot import Manifest, Snapshot
from ingest.library.records import Document, StoredPassage

if TYPE_CHECKING:
    from index.retrieval.milvus.entities import Entities
    from index.retrieval.milvus.server import MilvusServer

ENTITY_IDS = "entity_ids"
"""The array of a generation: the number of each passage on the server."""


def server_of(folder: Path) -> MilvusServer | None:
    """Return the server that is to search the library in `folder`, None where this machine is to."""
    url = search_url(folder)
    return None if url is None else _server(url)


def _server(url: str) -> MilvusServer:
    from index.retrieval.milvus.address import Address
    from index.retrieval.milvus.server import server_at

    return server_at(Address.parse(url))


def collections(search: Mapping[str, Any]) -> tuple[str, str]:
    """Return the collections (words, windows) that a manifest's `search` names."""
    name = f"{search['url'].rpartition('/')[2]}_{search['library']}_{search['version']}"
    return f"{name}_words", f"{name}_windows"


def opened(parent: Path) -> Snapshot | ServedIndex:
    """Open the current generation of a snapshot as it is to be searched; raises as `Snapshot.open`."""
    return served(Snapshot.open(parent))


def served(files: Snapshot) -> Snapshot | ServedIndex:
    """Return a generation as it is to be searched: by the server that its manifest names, where it names one."""
    search = files.manifest.search
    if search is None:
        return files
    named = search_url(files.folder.parent.parent)
    return ServedIndex(files, _server(named or search["url"]))


class ServedIndex:
    """A generation, open for reading, whose candidates are those of a server (an `OpenIndex`)."""

    def __init__(self, files: Snapshot, server: MilvusServer) -> None:
        self.files = files
        self.server = server
        self._search: Mapping[str, Any] = files.manifest.search or {}
        self._entities = _entities(files)

    @property
    def manifest(self) -> Manifest:
        """What the generation holds and what it was made from."""
        return self.files.manifest

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The words, the best proposed by the server."""
        from index.retrieval.milvus.words import MilvusWords

        return MilvusWords(
            postings=self.files.lexical,
            server=self.server,
            collection=collections(self._search)[0],
            entities=self._entities,
        )

    @cached_property
    def vectors(self) -> VectorIndex | None:
        """The vectors, None where there are words only."""
        from index.retrieval.milvus.vectors import MilvusVectors

        files = self.files
        if files.manifest.model is None:
            return None
        total = files.array("vector_sum") / max(files.manifest.vectors, 1)
        return MilvusVectors(
            server=self.server,
            collection=collections(self._search)[1],
            entities=self._entities,
            spans=files.vector_spans,
            span_firsts=files.span_firsts,
            mean=total.astype(np.float32) if files.manifest.vectors else None,
            dimension=int(files.manifest.model["dimension"]),
            graph=self._search["index"] != "FLAT",
        )

    @property
    def language_steps(self) -> NDArray[np.float32] | None:
        """Where each language lies in the vectors, None where that is not kept."""
        return self.files.language_steps

    @property
    def languages(self) -> Sequence[str | None]:
        """The languages of the passages, None among them where some passage's is unknown."""
        return self.files.languages

    @property
    def row_languages(self) -> NDArray[np.int8]:
        """The number of each passage's language among `languages`."""
        return self.files.row_languages

    @property
    def row_documents(self) -> NDArray[np.int32]:
        """The number of each passage's document among `documents`, ascending."""
        return self.files.row_documents

    @property
    def documents(self) -> Sequence[Document]:
        """The documents that have passages."""
        return self.files.documents

    def passage(self, row: int) -> StoredPassage:
        """Return a passage."""
        return self.files.passage(row)

    def document_of(self, row: int, named: str | None = None) -> Document:
        """Return the document of a passage; `named` is the id that the passage has, where the caller knows it."""
        return self.files.document_of(row, named)

    def rows_where(self, filters: Filters) -> NDArray[np.bool_]:
        """Return a flag a passage: whether its document passes the filters."""
        return self.files.rows_where(filters)


def _entities(files: Snapshot) -> Entities:
    from index.retrieval.milvus.entities import Entities

    ids = files.array(ENTITY_IDS)
    if ids.dtype.str != "<i8" or ids.shape != (files.manifest.passages,):
        raise checked.damaged(files.folder, f"{ENTITY_IDS} has another shape")
    return Entities(
        ids=ids,
        counts=np.asarray(files.held_counts),
        row_documents=files.row_documents,
        row_languages=files.row_languages,
        languages=files.languages,
    )
