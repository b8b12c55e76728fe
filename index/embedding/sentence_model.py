"""A model served by sentence-transformers, which is imported when one is loaded, never before."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index.embedding.embedder import ModelProfile, calibration_for
from index.embedding.model_folder import check_folder, fingerprint, is_e5, quiet
from index.embedding.questions import RememberedQuestions
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH = 8
"""Texts a forward pass. On passages of 150 words one core took 4.3 s with 8, 5.4 with 16, 7.0 with 32."""
E5_PROMPTS = {"query": "query: ", "document": "passage: "}


class SentenceModel:
    """A sentence-transformers folder. Safe for several threads: one forward pass at a time."""

    def __init__(
        self, folder: Path, name: str, *, precise: bool = False, device: Literal["cpu", "cuda"] = "cpu"
    ) -> None:
        """Load the folder; `precise` computes in float32 where the processor has bfloat16 too, as a GPU does."""
        check_folder(folder)
        self.name = name
        self.folder = folder
        self._lock = threading.Lock()
        self._questions = RememberedQuestions(self._encode_question)
        self._model = _load(folder, precise=precise, device=device)
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise ModelUnavailable(f"the model folder {folder} does not say how long its vectors are")
        self.dimension: int = int(dimension)
        if not any(self._model.prompts.values()) and is_e5(folder, name):
            self._model.prompts = dict(E5_PROMPTS)
        prompts = dict(self._model.prompts)
        self.fingerprint = fingerprint(folder, self.dimension, prompts)
        self.profile = ModelProfile(
            prompts=prompts, budget=int(self._model.max_seq_length), calibration=calibration_for(name)
        )

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "Vectors":
        """Return unit vectors (len(texts), dimension). Batches are of like length, longest first.

        Memory beyond the result is bounded by one batch. `on_batch` gets the number of texts just done.
        """
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for rows in self.batches(texts):
            vectors[rows] = self._forward([texts[i] for i in rows], "document")
            if on_batch is not None:
                on_batch(len(rows))
        return vectors

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the batches of `encode_documents`; some of them encoded elsewhere give the same vectors."""
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]

    def encode_query(self, text: str) -> "Vectors":
        """Return the unit vector (dimension,) of a question; recent questions are remembered."""
        return self._questions.vector(text)

    def encode_ahead(self, texts: Sequence[str]) -> None:
        """Make the vectors of several questions together; `encode_query` then finds them."""
        self._questions.encode_ahead(texts, lambda missing: self._forward(list(missing), "query"))

    def pieces_of_words(self, words: Sequence[str]) -> list[int]:
        """Return into how many pieces each word falls."""
        return [len(self._model.tokenizer.tokenize(word)) for word in words]

    def _encode_question(self, text: str) -> "Vectors":
        vector: Vectors = self._forward([text], "query")[0]
        return vector

    def _forward(self, texts: list[str], kind: str) -> "Vectors":
        import numpy as np

        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._lock:
            raw = encode(texts, batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False)
        vectors: Vectors = raw.float().cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
            raise ModelUnavailable(f"the model {self.name} gave a vector without length; use another model")
        unit: Vectors = vectors / norms
        return unit


def _load(folder: Path, *, precise: bool, device: str) -> Any:
    quiet()
    # Even for a local folder the libraries would ask the hub for newer files.
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped library
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped library
    settings: dict[str, Any] = {"use_safetensors": True}
    if device == "cpu" and has_bf16() and not precise:
        settings["dtype"] = torch.bfloat16
    try:
        return SentenceTransformer(
            str(folder), device=device, local_files_only=True, trust_remote_code=False, model_kwargs=settings
        )
    except Exception as error:  # the libraries raise whatever they meet in a broken folder
        first = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise ModelUnavailable(f"the model folder {folder} cannot be loaded: {first}") from error


def has_bf16() -> bool:
    """Tell whether this CPU computes bfloat16 (AMX or AVX512-BF16).

    There it is 2.8 times as fast as float32 at cosine .99996; on other processors it is slower.
    """
    import torch

    found = torch.cpu.get_capabilities()
    return bool(found.get("amx_bf16") or found.get("avx512_bf16"))
