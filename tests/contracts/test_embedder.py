"""What every embedding model has to keep, whichever way it is served."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tiny_model
from index_library import HashingEmbedder
from ray_nodes import shared_cluster

from index.embedding.compiled_model import CompiledModel
from index.embedding.embedder import DEFAULT_MODEL, PROBES, Embedder
from index.embedding.lazy import LazyEmbedder
from index.embedding.loading import load_model
from index.embedding.ray_model import RayEmbedder
from index.embedding.sentence_model import SentenceModel

TEXTS = [
    "the cab",
    "a bad cafe and a decade of added debt " * 40,
    "the cab",
    "",
    "Façade: ¿dónde?",
    "a bad cafe",
]


def tiny(folder: Path) -> Path:
    """A folder of a few kilobytes with random weights."""
    return tiny_model.write_folder(folder)


def served_by_sentence_transformers(folder: Path) -> Embedder:
    return SentenceModel(tiny(folder), "tiny")


def served_by_ctranslate2(folder: Path) -> Embedder:
    model = load_model(str(tiny(folder)), cache=folder / "cache")
    assert isinstance(model, CompiledModel)
    return model


def loaded_late(folder: Path) -> Embedder:
    return LazyEmbedder("tiny", lambda: SentenceModel(tiny(folder), "tiny"))


def of_the_tests(folder: Path) -> Embedder:
    return HashingEmbedder()


def bundled(folder: Path) -> Embedder:
    return load_model()


def on_ray(folder: Path) -> Embedder:
    return RayEmbedder(shared_cluster(), str(tiny(folder)), cache=folder / "cache")


MADE: dict[str, Callable[[Path], Embedder]] = {
    "sentence_transformers": served_by_sentence_transformers,
    "ctranslate2": served_by_ctranslate2,
    "lazy": loaded_late,
    "of_the_tests": of_the_tests,
}


@pytest.fixture(
    scope="module",
    params=[*MADE.values(), *(pytest.param(made, marks=pytest.mark.slow) for made in (bundled, on_ray))],
    ids=[*MADE, "bundled", "on_ray"],
)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    """Each implementation in turn."""
    yield request.param(tmp_path_factory.mktemp("model"))


def test_vectors_are_float32_of_norm_1_a_row_a_text(model: Embedder) -> None:
    vectors = model.encode_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), model.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_row(model: Embedder) -> None:
    assert model.encode_documents([]).shape == (0, model.dimension)


def test_a_vector_does_not_hang_on_what_is_encoded_beside_it(model: Embedder) -> None:
    together = model.encode_documents(TEXTS)
    alone = np.concatenate([model.encode_documents([text]) for text in TEXTS])
    assert np.sum(together * alone, axis=1).min() > 0.9999
    np.testing.assert_array_equal(together[0], together[2])


def test_a_question_has_one_vector_of_norm_1(model: Embedder) -> None:
    for text in PROBES:
        vector = model.encode_query(text)
        assert vector.shape == (model.dimension,) and vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        np.testing.assert_array_equal(vector, model.encode_query(text))


def test_each_text_is_told_once(model: Embedder) -> None:
    told: list[int] = []
    model.encode_documents(TEXTS, told.append)
    assert sum(told) in (0, len(TEXTS)), "a model of one batch may tell nothing"


def test_it_says_what_it_is(model: Embedder) -> None:
    assert model.name
    assert len(model.fingerprint) >= 5
    assert model.profile.budget > 0
    assert set(model.profile.prompts) <= {"query", "document"}


def test_the_confidence_was_fitted_on_the_embedded_model_alone(model: Embedder) -> None:
    assert model.profile.calibration == (DEFAULT_MODEL if model.name == DEFAULT_MODEL else None)
