"""An optional second look: a cross-encoder reads question and passage together. Off by default."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from index.hits import Hit
from index.model import check_folder
from ingest.errors import ModelUnavailable


class Reranker(Protocol):
    """Scores pairs of a question and a text; higher is better."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score a text."""


class CrossEncoderReranker:
    """A sentence-transformers `CrossEncoder` from a local folder or a hub name."""

    def __init__(self, name: str) -> None:
        local = Path(name).expanduser().is_dir()
        if local:
            check_folder(Path(name).expanduser())
            os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, device="cpu", trust_remote_code=False, local_files_only=local)
        except Exception as error:  # the libraries raise whatever they meet
            first = (str(error).strip() or type(error).__name__).split("\n")[0]
            raise ModelUnavailable(f"the reranker {name} cannot be loaded: {first}") from error

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score a text."""
        pairs = [(question, text) for text in texts]
        return [float(value) for value in self._model.predict(pairs, show_progress_bar=False)]


def reorder(hits: tuple[Hit, ...], question: str, reranker: Reranker) -> tuple[Hit, ...]:
    """Return the hits in the order of the reranker's scores; equal scores keep their order."""
    scores = reranker.score(question, [hit.passage.passage.text for hit in hits])
    order = sorted(range(len(hits)), key=lambda i: -scores[i])
    return tuple(replace(hits[i], rank=rank, score=scores[i]) for rank, i in enumerate(order, 1))
