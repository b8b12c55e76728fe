"""What a search asks of the stores behind it: words, vectors and passages, all numbered by row.

One index holds the passages in rows 0 … n − 1, the same in all three. `Postings`, `DenseIndex` and `Snapshot` are the
implementations that ship; `tests/contracts` says what any other must do.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.library.records import Document, StoredPassage

Rows = NDArray[np.int32]
Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]
Vector = NDArray[np.float32]
Spans = NDArray[np.int32]
Wanted = Sequence[tuple[str, float]]
"""Terms of a question and how often each is counted; a term of another spelling counts for less than once."""


NO_VECTOR = -1.0
"""The score by meaning of a passage that has no vector."""


class LexicalIndex(Protocol):
    """Terms and the passages that hold them, scored by BM25 as rank-bm25's `BM25Okapi` defines it."""

    @property
    def passages(self) -> int:
        """How many passages there are."""

    def frequency(self, term: str) -> int:
        """Return in how many passages a term stands, 0 for an unknown one."""

    def idf(self, frequency: int) -> float:
        """Return the weight of a term that stands in so many passages."""

    def rows_of(self, term: str) -> Rows:
        """Return the passages that hold a term, ascending."""

    def holds(self, term: str, rows: Rows) -> Flags:
        """Return which of some passages hold a term."""

    def similar(self, term: str, edits: int) -> Sequence[tuple[str, int]]:
        """Return other terms within so many typing errors of one, with their number, the fewest first."""

    def scores(self, wanted: Wanted, rows: Rows) -> Scores:
        """Return the BM25 score of each of some passages, equal to rank-bm25's within 1e-9."""

    def search(self, wanted: Wanted, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return the best `k` passages that hold a term, and their scores, best first.

        Equal scores keep row order. `where` (a flag a passage) limits the choice before the top k.
        """


class VectorIndex(Protocol):
    """Unit vectors of passages: one for the whole and, where it has several, one for each window.

    The score of a window is the cosine of its vector mixed with that of the whole, a passage's that of its best window.
    """

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def mean(self) -> Vector | None:
        """The mean of all vectors, None where there are none."""

    @property
    def embedded(self) -> Flags:
        """Which passages have a vector."""

    def candidates(self, vector: Vector, k: int, where: Flags | None = None) -> tuple[Rows, Scores]:
        """Return about the best `k` passages and their exact scores, best first; equal scores keep row order.

        `where` (a flag a passage) limits the choice before the top k.
        """

    def scores(self, vector: Vector, rows: Rows) -> tuple[Scores, Spans]:
        """Return the score of each passage and the place (n, 2) of its best window in the text.

        A passage without a vector has `NO_VECTOR` and (0, 0).
        """

    def windows(self, vector: Vector, row: int) -> tuple[Scores, Spans]:
        """Return the score that each window of a passage would earn it, and the windows' places (n, 2)."""

    def whole_vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of whole passages; each must be `embedded`."""


class PassageSource(Protocol):
    """Passages and documents by row."""

    @property
    def languages(self) -> Sequence[str | None]:
        """The languages of the passages, None among them where some passage's is unknown."""

    @property
    def row_languages(self) -> NDArray[np.int8]:
        """The number of each passage's language among `languages`."""

    @property
    def row_documents(self) -> NDArray[np.int32]:
        """The number of each passage's document among `documents`, ascending."""

    @property
    def documents(self) -> Sequence[Document]:
        """The documents that have passages."""

    def passage(self, row: int) -> StoredPassage:
        """Return a passage."""

    def document_of(self, row: int, named: str | None = None) -> Document:
        """Return the document of a passage; `named` is the id that the passage has, where the caller knows it."""

    def rows_where(self, filters: Mapping[str, Sequence[str]]) -> Flags:
        """Return a flag a passage: whether its document passes the filters (`index.query.filters`)."""
