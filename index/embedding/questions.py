"""The vectors of the last questions, kept: people page, filter and ask again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEPT = 256


@runtime_checkable
class EncodesAhead(Protocol):
    """A model that can make the vectors of several questions at once and keep them for `encode_query`."""

    def encode_ahead(self, texts: Sequence[str]) -> None:
        """Encode the texts together and keep the vectors; of more than `KEPT` texts those of the last remain."""


@runtime_checkable
class TellsPieces(Protocol):
    """A model that tells into how many pieces of its vocabulary words fall: one for a frequent word."""

    def pieces_of_words(self, words: Sequence[str]) -> list[int]:
        """Return the number of pieces of each word inside a question."""


class RememberedQuestions:
    """Encodes a question unless it is among the last ones. Safe for several threads."""

    def __init__(self, encode: "Callable[[str], NDArray[np.float32]]") -> None:
        self._encode = encode
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def vector(self, text: str) -> "NDArray[np.float32]":
        """Return the vector (dimension,) of a question, which nobody may change."""
        with self._lock:
            known = self._kept.get(text)
            if known is not None:
                self._kept.move_to_end(text)
                return known
        vector = self._encode(text)
        self._keep(text, vector)
        return vector

    def encode_ahead(
        self, texts: Sequence[str], encode: "Callable[[Sequence[str]], NDArray[np.float32]]"
    ) -> None:
        """Make the vectors of the texts that are not kept yet by one call of `encode`, and keep them."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if missing:
            for text, vector in zip(missing, encode(missing), strict=True):
                self._keep(text, vector.copy())

    def _keep(self, text: str, vector: "NDArray[np.float32]") -> None:
        vector.setflags(write=False)
        with self._lock:
            self._kept[text] = vector
            self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
