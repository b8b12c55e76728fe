"""The vectors of the last questions, kept: people page, filter and ask again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEPT = 256


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
        vector.setflags(write=False)
        with self._lock:
            self._kept[text] = vector
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return vector
