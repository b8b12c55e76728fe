"""An optional second look: a cross-encoder reads question and passage together. Off by default."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from index.embedding.model_folder import check_folder, resolve
from index.ranking.hits import Hit
from ingest.errors import ModelUnavailable


class Reranker(Protocol):
    """Scores pairs of a question and a text; higher is better."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score a text."""


class CrossEncoderReranker:
    """A sentence-transformers `CrossEncoder` from a local folder or a hub name, under the rules of an embedder."""

    def __init__(self, name: str) -> None:
        folder = resolve(name)
        check_folder(folder)
        # Even for a local folder the libraries would ask the hub for newer files.
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(
                str(folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
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
