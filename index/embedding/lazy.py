"""A model that is loaded when it is first needed, once for everyone who holds it."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.embedding.embedder import Embedder, ModelProfile
from index.embedding.questions import EncodesAhead, TellsPieces
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LazyEmbedder:
    """An `Embedder` that comes to be at its first use. Safe for several threads, which wait for one loading.

    Where loading failed, every use raises ModelUnavailable with the same line; nothing is tried again.
    """

    def __init__(self, name: str, load: Callable[[], Embedder]) -> None:
        """`name` is the one under which the model is asked for; `load` may raise ModelUnavailable."""
        self.name = name
        self._load = load
        self._lock = threading.Lock()
        self._model: Embedder | None = None
        self._trouble: str | None = None

    @property
    def settled(self) -> bool:
        """Whether loading is over, well or badly: nobody has to wait for it any more."""
        return self._model is not None or self._trouble is not None

    def load(self) -> Embedder:
        """Return the model. Raises ModelUnavailable, with the same line each time."""
        with self._lock:
            if self._trouble is not None:
                raise ModelUnavailable(self._trouble)
            if self._model is None:
                try:
                    self._model = self._load()
                except ModelUnavailable as error:
                    self._trouble = str(error)
                    raise
            return self._model

    @property
    def fingerprint(self) -> str:
        """Return the model's fingerprint."""
        return self.load().fingerprint

    @property
    def dimension(self) -> int:
        """Return how many numbers a vector has."""
        return self.load().dimension

    @property
    def profile(self) -> ModelProfile:
        """Return prompts, budget and calibration."""
        return self.load().profile

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "NDArray[np.float32]":
        """Return an array (len(texts), dimension)."""
        return self.load().encode_documents(texts, on_batch)

    def encode_query(self, text: str) -> "NDArray[np.float32]":
        """Return an array (dimension,)."""
        return self.load().encode_query(text)

    def encode_ahead(self, texts: Sequence[str]) -> None:
        """Let the model make the vectors of several questions together, if it can."""
        model = self.load()
        if isinstance(model, EncodesAhead):
            model.encode_ahead(texts)

    def pieces_of_words(self, words: Sequence[str]) -> list[int] | None:
        """Return the number of pieces of each word, None where the model cannot tell or is not there."""
        try:
            model = self.load()
        except ModelUnavailable:
            return None
        return model.pieces_of_words(words) if isinstance(model, TellsPieces) else None
