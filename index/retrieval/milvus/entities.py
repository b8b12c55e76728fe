"""Which row each entity of a server belongs to, and how a choice of rows is put to the server.

The passages of a generation have numbers on the server that later generations keep: a passage the number of its first
window, and its windows those that follow. Entities of other generations have no row, and are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.retrieval.base import Flags, Rows
from index.retrieval.milvus.server import MOST_FOUND, Ids

FEW = 2_000
"""Up to so many passages are named one by one in a filter."""
GROWTH = 4
"""How many times more is asked for, where too much of what was found was not allowed."""
ENOUGH = 0.9
"""The share of what was wanted that is enough: the rest are entities of other generations."""

Ask = Callable[[int, str], Ids]
"""Asks for so many entities that pass a filter; returns their ids, best first."""


@dataclass(frozen=True)
class Entities:
    """The entities of one generation: `ids` of the first window of each passage, `counts` of their numbers.

    `row_documents` and `row_languages` number documents, ascending, and `languages`, as in a snapshot.
    """

    ids: Ids
    counts: NDArray[np.int64]
    row_documents: NDArray[np.int32]
    row_languages: NDArray[np.int8]
    languages: Sequence[str | None]

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.ids, kind="stable")

    @cached_property
    def _sorted(self) -> Ids:
        return self.ids[self._order]

    @cached_property
    def document_ids(self) -> Ids:
        """What names each document on the server: the number of its first passage."""
        firsts = np.flatnonzero(np.diff(self.row_documents, prepend=-1))
        return self.ids[firsts]

    def rows(self, ids: Ids) -> Rows:
        """Return the passages that entities belong to, in their order, without those of other generations."""
        if not len(self.ids):
            return np.zeros(0, np.int32)
        at = np.maximum(np.searchsorted(self._sorted, ids, "right") - 1, 0)
        rows = self._order[at]
        own = (ids >= self.ids[rows]) & (ids < self.ids[rows] + np.maximum(self.counts[rows], 1))
        return rows[own].astype(np.int32)

    def found(self, ask: Ask, wanted: int, where: Flags | None) -> Rows:
        """Return the passages of about the `wanted` best entities, best first, a passage as often as it was found.

        `where` (a flag a passage) limits the choice: on the server where that can be said to it, and here always.
        """
        if where is not None and not where.any():
            return np.zeros(0, np.int32)
        chosen = "" if where is None else self.filter(where)
        limit = min(wanted, MOST_FOUND)
        while True:
            ids = ask(limit, chosen)
            rows = self.rows(ids)
            rows = rows if where is None else rows[where[rows]]
            if len(rows) >= ENOUGH * wanted or len(ids) < limit or limit == MOST_FOUND:
                return rows
            limit = min(GROWTH * limit, MOST_FOUND)

    def filter(self, where: Flags) -> str:
        """Return the filter of a choice of passages, one that lets more pass where it cannot be said exactly."""
        chosen = np.flatnonzero(where)
        if len(chosen) <= FEW:
            return f"passage in {_listed(self.ids[chosen])}"
        shaped = self._of_documents(where)
        if shaped is not None:
            return shaped
        left = np.flatnonzero(~where)
        return f"passage not in {_listed(self.ids[left])}" if len(left) <= FEW else ""

    def _of_documents(self, where: Flags) -> str | None:
        """Return the filter of a choice that takes documents whole, or their passages in a language; else None."""
        cells = self.row_documents.astype(np.int64) * len(self.languages) + self.row_languages
        size = len(self.document_ids) * len(self.languages)
        held = np.bincount(cells, minlength=size).reshape(-1, len(self.languages))
        taken = np.bincount(cells[where], minlength=size).reshape(-1, len(self.languages))
        if ((taken > 0) & (taken < held)).any():
            return None
        whole = (taken == held).all(axis=1)
        if (whole | (taken == 0).all(axis=1)).all():
            return self._documents(whole)
        parts = []
        for number in np.flatnonzero(taken.any(axis=0)).tolist():
            language = f'language == "{self.languages[number] or ""}"'
            full = taken[:, number] == held[:, number]
            parts.append(language if full.all() else f"({language} and {self._documents(full)})")
        return " or ".join(parts)

    def _documents(self, chosen: Flags) -> str:
        """Return the filter of some documents: they, or the others where those are fewer."""
        if np.count_nonzero(chosen) * 2 <= len(chosen):
            return f"document in {_listed(self.document_ids[chosen])}"
        return f"document not in {_listed(self.document_ids[~chosen])}" if not chosen.all() else ""


def _listed(ids: Iterable[int]) -> str:
    return f"[{', '.join(str(int(one)) for one in ids)}]"
