"""The languages of many texts at once: py3langid's model walked over all of them side by side.

The library walks its automaton byte by byte in Python. Here numpy takes one byte of every text a step; a long text is
cut into rows, which is the same because the automaton knows no more than the last bytes: its states are the beginnings
of strings of at most `LONGEST` bytes that it looks for, and which one it is in depends on these bytes alone.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Bytes that a state stands for at most (six in py3langid 0.4): so many are walked before a row of a longer text.
LONGEST = 6
# Texts that are walked at once (in a megabyte or two), in about so many rows of at least so many bytes: a step costs
# the same for few rows as for many.
TEXTS = 64
ROWS = 256
SHORTEST_ROW = 64


class Batches:
    """Answers for many texts what `identifier`, py3langid's with a model of few languages, says of each."""

    def __init__(self, identifier: Any) -> None:
        self._identifier = identifier
        self._next: NDArray[np.uint32] = np.asarray(identifier.tk_nextmove)
        self._features: NDArray[np.int32] = np.asarray(identifier.tk_output, np.int32)
        self._weights: NDArray[np.float32] = np.asarray(identifier.nb_ptc)

    @cached_property
    def _rows(self) -> NDArray[np.uint32]:
        """Where the moves of each state begin."""
        return np.asarray(self._identifier.tk_row).astype(np.uint32) << np.uint32(8)

    def classify(self, texts: Sequence[str]) -> list[str]:
        """Return the language code of each text."""
        found: list[str] = []
        for first in range(0, len(texts), TEXTS):
            found += self._classify(texts[first : first + TEXTS])
        return found

    def _classify(self, texts: Sequence[str]) -> list[str]:
        owners, features = self._visits([self._identifier._encode(text) for text in texts])
        scores = np.zeros((len(texts), self._weights.shape[1]), np.float32)
        width = len(self._weights)
        # How often each text has each feature, text by text.
        keys, counts = np.unique(owners * width + features, return_counts=True)
        own, which = np.divmod(keys, width)
        weighed = np.log1p(counts.astype(np.float32))[:, None] * self._weights[which]
        if len(own):
            starts = np.flatnonzero(np.diff(own, prepend=-1))
            scores[own[starts]] = np.add.reduceat(weighed, starts, axis=0) + self._identifier.nb_pc
        return [str(self._identifier.nb_classes[best]) for best in scores.argmax(axis=1)]

    def _visits(self, texts: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the features that the texts have, each as often as it occurs, and whose text each is."""
        length = max(SHORTEST_ROW, sum(map(len, texts)) // ROWS)
        rows = sorted(
            (
                (text[max(0, at - LONGEST) : at + length], owner, min(at, LONGEST))
                for owner, text in enumerate(texts)
                for at in range(0, len(text), length)
            ),
            key=lambda row: -len(row[0]),
        )
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        visited = self._walk([row[0] for row in rows])
        skipped = np.array([row[2] for row in rows])
        visited[np.arange(len(visited))[:, None] < skipped[None, :]] = -1
        steps, columns = np.nonzero(visited >= 0)
        owners = np.array([row[1] for row in rows], np.int64)
        return owners[columns], visited[steps, columns].astype(np.int64)

    def _walk(self, rows: Sequence[bytes]) -> NDArray[np.int32]:
        """Return, step by step, the feature that each row (longest first) has there, -1 for none."""
        longest = len(rows[0])
        letters = np.zeros((longest, len(rows)), np.uint8)
        for column, row in enumerate(rows):
            letters[: len(row), column] = np.frombuffer(row, np.uint8)
        ends = np.bincount([len(row) for row in rows], minlength=longest + 1)
        alive = [len(rows) - gone for gone in accumulate(ends.tolist())]
        visited = np.full(letters.shape, -1, np.int32)
        state = np.zeros(len(rows), np.uint32)
        for step in range(longest):
            count = alive[step]
            state = self._next[self._rows[state[:count]] + letters[step, :count]]
            visited[step, :count] = self._features[state]
        return visited
