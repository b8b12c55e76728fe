"""Passages in a list, as a source of passages and documents: the smallest `PassageSource`."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.query.filters import matches
from index.ranking.hybrid import Ranking
from index.ranking.term_weights import TermWeights
from ingest.library.records import Document, StoredPassage
from ingest.metadata.metadata import Metadata
from ingest.passage import Kind, Passage
from ingest.text.sentences import split_sentences

SECTION = ("Part", "Chapter", "Section")


def passage(
    text: str,
    number: int = 0,
    *,
    document: str = "one",
    kind: Kind = "body",
    section: tuple[str, ...] = SECTION,
) -> StoredPassage:
    """Return a passage on the first page of a document."""
    return StoredPassage(
        passage=Passage(
            id=f"{document}-{number}",
            text=text,
            kind=kind,
            language="en",
            section=section,
            spans=((1, 0, len(text)),),
            pages=(1, 1),
            labels=("i", "i"),
            label_source="printed",
            locator=None,
            sentences=split_sentences(text),
            tokens=len(text.split()),
        ),
        document_id=document,
        position=number,
        previous=None,
        next=f"{document}-{number + 1}",
    )


def ranking(scores: Sequence[float]) -> Ranking:
    """A ranking of the rows 0, 1, … with these scores; every second one is on the list of one leg only."""
    size = len(scores)
    ranks = np.arange(1, size + 1, dtype=np.int32)
    return Ranking(
        rows=np.arange(size, dtype=np.int32),
        scores=np.array(scores, float),
        lexical_scores=np.array(scores, float) * 10,
        dense_scores=np.full(size, 0.5),
        lexical_ranks=np.where(ranks % 2, ranks, 0).astype(np.int32),
        dense_ranks=ranks,
        windows=np.tile(np.array([[0, 10]], np.int32), (size, 1)),
        terms=(),
        weights=TermWeights(values=(), known=()),
        dense_weight=0.6,
    )


def document(name: str, metadata: Metadata | None = None) -> Document:
    """Return a document of one page."""
    return Document(
        id=name,
        sha256=name * 8,
        file=f"{name}.txt",
        path=f"{name}.txt",
        files=(f"{name}.txt",),
        format="text",
        paged=True,
        state="ready",
        reason=None,
        page_count=1,
        passage_count=1,
        pages_without_text=0,
        language="en",
        metadata=metadata or Metadata(title=name),
        notes=("a note",),
    )


class PassageList:
    """A `PassageSource` over a list; `read` and `opened` remember which rows were asked for."""

    def __init__(self, passages: Sequence[StoredPassage]) -> None:
        self.passages = passages
        self.read: list[int] = []
        self.opened: list[int] = []

    @property
    def languages(self) -> Sequence[str | None]:
        return ["en"]

    @property
    def row_languages(self) -> NDArray[np.int8]:
        return np.zeros(len(self.passages), np.int8)

    @property
    def row_documents(self) -> NDArray[np.int32]:
        names = list(dict.fromkeys(one.document_id for one in self.passages))
        return np.array([names.index(one.document_id) for one in self.passages], np.int32)

    @property
    def documents(self) -> Sequence[Document]:
        return [document(name) for name in dict.fromkeys(one.document_id for one in self.passages)]

    def passage(self, row: int) -> StoredPassage:
        self.read.append(row)
        return self.passages[row]

    def document_of(self, row: int, named: str | None = None) -> Document:
        self.opened.append(row)
        return document(self.passages[row].document_id)

    def rows_where(self, filters: Mapping[str, Sequence[str]]) -> NDArray[np.bool_]:
        return np.array([matches(document(one.document_id), filters) for one in self.passages], bool)
