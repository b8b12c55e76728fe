"""The passages of a new generation: which are taken over from the one before, and the arrays of their rows."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.indexed_text import embedded_spans
from index.snapshot import jsonl
from index.snapshot.snapshot import Snapshot
from ingest.library.records import Document, StoredPassage
from ingest.passage import Passage

if TYPE_CHECKING:
    from ingest.library.library import Library

BATCH = 2_000
"""Passages in memory at once; their texts are embedded like lengths together."""

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """Progress: `stage` is "count", "embed" or "published"; `done` of `total` passages, texts or documents.

    Of embedding also the time left, in seconds, and the texts a second, None before they can be told. "published" is a
    generation that searches open from then on: `done` of its `total` documents have their vectors.
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    per_second: float | None = None


OnEvent = Callable[[BuildEvent], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation being written. Arrays have one entry a passage of it.

    `owners` are the numbers of their documents, `origins` the rows in the generation before, −1 for passages that were
    read from the library. `ends` are the ends of the lines in passages.jsonl, `vector_counts` the vectors that each
    has or will have.
    """

    folder: Path
    before: Snapshot | None
    owners: Rows
    origins: Rows
    ends: NDArray[np.int64]
    vector_counts: NDArray[np.int64]

    def passages(self, rows: Rows) -> Iterator[list[Passage]]:
        """Yield the passages of some rows in batches, read from the file."""
        with (self.folder / "passages.jsonl").open("rb") as file:
            for first in range(0, len(rows), BATCH):
                batch = []
                for row in rows[first : first + BATCH].tolist():
                    start = int(self.ends[row - 1]) if row else 0
                    file.seek(start)
                    batch.append(jsonl.decode_passage(file.read(int(self.ends[row]) - start)).passage)
                yield batch


def taken_over(documents: Sequence[Document], before: Snapshot | None) -> list[tuple[int, int] | None]:
    """Return for each document its rows (first, end) in the generation before, None where it is to be read.

    Documents whose passages were not written again keep their rows. Of those that changed places (a file
    was renamed) so many are left out that the others stand in the order they had.
    """
    if before is None:
        return [None] * len(documents)
    ends = np.searchsorted(before.row_documents, np.arange(len(before.documents)), "right").tolist()
    known = {
        (document.id, document.written): (ends[number - 1] if number else 0, ends[number])
        for number, document in enumerate(before.documents)
    }
    found = [known.get((document.id, document.written)) for document in documents]
    return _ascending(found)


def _ascending(places: Sequence[tuple[int, int] | None]) -> list[tuple[int, int] | None]:
    """Return the places with the fewest of them replaced by None for the rest to ascend (patience sorting)."""
    tails: list[int] = []
    lengths = [0] * len(places)
    for i, place in enumerate(places):
        if place is not None:
            at = bisect_left(tails, place[0])
            tails[at : at + 1] = [place[0]]
            lengths[i] = at + 1
    wanted = len(tails)
    chosen: list[tuple[int, int] | None] = [None] * len(places)
    limit = float("inf")
    for i in range(len(places) - 1, -1, -1):
        place = places[i]
        if place is not None and lengths[i] == wanted and place[0] < limit:
            chosen[i], limit, wanted = place, place[0], wanted - 1
    return chosen


def write_passages(
    library: Library, documents: Sequence[Document], folder: Path, before: Snapshot | None
) -> tuple[Draft, dict[str, int]]:
    """Write documents, passages and what is known of each row; return the draft and passages by language."""
    lines = [jsonl.encode(document) for document in documents]
    (folder / "documents.jsonl").write_bytes(b"".join(lines))
    np.save(folder / "document_ends.npy", np.cumsum([len(line) for line in lines], dtype=np.int64))
    table = _RowTable()
    with (folder / "passages.jsonl").open("wb") as file:
        for number, (document, place) in enumerate(
            zip(documents, taken_over(documents, before), strict=True)
        ):
            if place is not None and before is not None:
                file.write(before.lines(*place))
                table.take(number, before, *place)
            else:
                for stored in library.passages(document.id):
                    table.add(number, stored, file.write(jsonl.encode(stored)))
    return table.save(folder, before)


class _RowTable:
    """The columns of the row arrays while documents are gone through, one chunk a document or passage."""

    def __init__(self) -> None:
        self.owners: list[int] = []
        self.origins: list[NDArray[Any]] = []
        self.sizes: list[NDArray[Any]] = []
        self.languages: list[str] = []
        self.counts: list[NDArray[Any]] = []
        self.spans: list[NDArray[Any]] = []

    def take(self, number: int, before: Snapshot, first: int, end: int) -> None:
        """Add the rows `first:end` of the generation before."""
        codes = list(before.manifest.languages)
        starts = before.span_firsts
        self.owners.extend([number] * (end - first))
        self.origins.append(np.arange(first, end))
        ends = before.passage_ends[first:end]
        self.sizes.append(np.diff(ends, prepend=before.passage_ends[first - 1] if first else 0))
        self.languages.extend(codes[code] for code in before.row_languages[first:end].tolist())
        self.counts.append(before.vector_counts[first:end])
        self.spans.append(before.vector_spans[starts[first] : starts[end]])

    def add(self, number: int, stored: StoredPassage, size: int) -> None:
        """Add a passage whose line has `size` bytes."""
        passage = stored.passage
        spans = embedded_spans(passage.text, passage.sentences)
        self.owners.append(number)
        self.origins.append(np.array([-1]))
        self.sizes.append(np.array([size]))
        self.languages.append(passage.language or "")
        self.counts.append(np.array([len(spans)]))
        self.spans.append(np.array(spans, np.int32).reshape(-1, 2))

    def save(self, folder: Path, before: Snapshot | None) -> tuple[Draft, dict[str, int]]:
        """Write the arrays; return the draft and how many passages each language has."""
        languages = dict(sorted(Counter(self.languages).items()))
        order = {language: number for number, language in enumerate(languages)}
        ends = np.cumsum(_joined(self.sizes, np.int64), dtype=np.int64)
        counts = _joined(self.counts, np.int64)
        empty = np.zeros((0, 2), np.int32)
        owners = np.array(self.owners, np.int32)
        arrays: dict[str, NDArray[Any]] = {
            "passage_ends": ends,
            "row_documents": owners,
            "row_languages": np.array([order[language] for language in self.languages], np.int8),
            "vector_counts": counts,
            "vector_spans": np.concatenate([empty, *self.spans]).astype(np.int32),
            "span_firsts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        }
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        return Draft(folder, before, owners, _joined(self.origins, np.int32), ends, counts), languages


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)
